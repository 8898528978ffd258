package ml.refract.solver;

import java.util.Arrays;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Softmax;

/**
 * Classes as a learner with logistic loss takes them: indicators of the class less the shares pi of the classes, in one column, that
 * of class 1, for two classes and one column per class otherwise. An output f stands for the logit above that of the shares: the
 * probabilities of a row are sigmoid(ln(pi / (1 - pi)) + f) and softmax(ln pi_k + f_k). So f = 0, which is what a kernel machine says
 * far from its centers, means the shares, and the shares need no place of their own: they are read off a row. Immutable.
 */
public final class LogisticTargets {
    /** What rounding may change in a share. */
    private static final double ROUNDING = 1e-9;

    private final int rows;
    private final int columns;
    private final int[] labels;
    private final double[] offsets;

    private LogisticTargets(int rows, int columns, int[] labels, double[] offsets) {
        this.rows = rows;
        this.columns = columns;
        this.labels = labels;
        this.offsets = offsets;
    }

    /**
     * Reads classes and shares.
     *
     * @param targets n x c, at least one row
     * @throws IllegalArgumentException when they are not indicators less shares, the same shares in every row
     */
    public static LogisticTargets of(DoubleMatrix targets) {
        int[] labels = new int[targets.rows()];
        double[] shares = new double[0];
        for (int i = 0; i < labels.length; i++) {
            double[] row = targets.row(i);
            labels[i] = label(row);
            double[] theirs = shares(row, labels[i]);
            if (i == 0) {
                shares = theirs;
            }
            requireSame(shares, theirs, i);
        }
        double[] offsets = new double[targets.cols()];
        for (int k = 0; k < offsets.length; k++) {
            offsets[k] = Math.log(shares[k]) - (offsets.length == 1 ? Math.log1p(-shares[k]) : 0);
        }
        return new LogisticTargets(labels.length, offsets.length, labels, offsets);
    }

    /** The column of the only target above 0; for a single column its class. */
    private static int label(double[] row) {
        if (row.length == 1) {
            return row[0] > 0 ? 1 : 0;
        }
        int label = 0;
        for (int k = 1; k < row.length; k++) {
            label = row[k] > row[label] ? k : label;
        }
        return label;
    }

    private static double[] shares(double[] row, int label) {
        double[] shares = new double[row.length];
        for (int k = 0; k < row.length; k++) {
            boolean own = row.length == 1 ? label == 1 : k == label;
            shares[k] = (own ? 1 : 0) - row[k];
        }
        return shares;
    }

    private static void requireSame(double[] shares, double[] theirs, int row) {
        for (int k = 0; k < shares.length; k++) {
            if (!(theirs[k] > 0 && theirs[k] < 1 && Math.abs(theirs[k] - shares[k]) <= ROUNDING)) {
                throw new IllegalArgumentException(
                        "The logistic loss is for classes: wanted targets that are indicators of the class less the "
                                + "shares of the classes, the same in every row; row " + row + " speaks for the shares "
                                + Arrays.toString(theirs) + ", row 0 for " + Arrays.toString(shares)
                                + ". For numbers take the squared loss");
            }
        }
    }

    /** Mean over rows of -ln of the probability of the class, of outputs m x c. */
    public double meanLoss(DoubleMatrix outputs) {
        return loss(outputs.transpose().values()) / rows;
    }

    /** A bound of the curvature of the loss of a row in every direction (Boehning 1992). */
    double curvature() {
        return columns == 1 ? 0.25 : 0.5;
    }

    /** Sum over rows of the loss; output l of row i at {@code f[l * n + i]}. */
    double loss(double[] f) {
        double sum = 0;
        double[] z = new double[columns];
        for (int i = 0; i < rows; i++) {
            logits(f, i, z);
            if (columns == 1) {
                double against = labels[i] == 1 ? -z[0] : z[0];
                sum += Math.max(against, 0) + Math.log1p(Math.exp(-Math.abs(against)));
            } else {
                double own = z[labels[i]];
                sum += Softmax.inPlace(z, 0, columns) - own;
            }
        }
        return sum;
    }

    /** The gradient of the loss with respect to the outputs, p - y, laid out as they are. */
    double[] gradient(double[] f) {
        double[] gradient = new double[f.length];
        double[] z = new double[columns];
        for (int i = 0; i < rows; i++) {
            logits(f, i, z);
            if (columns == 1) {
                gradient[i] = labels[i] == 1 ? -1 / (1 + Math.exp(z[0])) : 1 / (1 + Math.exp(-z[0]));
            } else {
                Softmax.inPlace(z, 0, columns);
                for (int k = 0; k < columns; k++) {
                    gradient[k * rows + i] = z[k] - (k == labels[i] ? 1 : 0);
                }
            }
        }
        return gradient;
    }

    private void logits(double[] f, int row, double[] z) {
        for (int k = 0; k < columns; k++) {
            z[k] = offsets[k] + f[k * rows + row];
        }
    }
}

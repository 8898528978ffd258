package ml.refract.wide;

import java.util.Arrays;
import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;

/**
 * The Hilbert kernel smoother f(z) = sum_i |z - x_i|^-alpha y_i / sum_i |z - x_i|^-alpha (Devroye, Gyorfi and Krzyzak, 1998): it
 * interpolates, has nothing to fit, and is consistent where alpha is the dimension d the data fill. Networks of great width and
 * depth become it where {@link ml.refract.kernel.DepthLimit} says so. At a training row it takes the mean over the rows there.
 *
 * <p>Scores are shares between 0 and 1 that add up to 1, but no calibrated probabilities. Cost m n d flops. Immutable, safe to share.
 */
public final class HilbertSmoother implements Interpolator {
    private final double[][] rows;
    private final DoubleMatrix targets;
    private final double order;

    private HilbertSmoother(DoubleMatrix x, DoubleMatrix targets, double order) {
        this.rows = new double[x.rows()][];
        Arrays.setAll(rows, x::row);
        this.targets = targets;
        this.order = order;
    }

    /**
     * A classifier.
     *
     * @param x n x k rows
     * @param labels class of each row, 0 to classes - 1
     * @param order alpha > 0
     * @throws IllegalArgumentException when shapes differ, a label or the order is out of range, or a number is not finite
     */
    public static HilbertSmoother of(DoubleMatrix x, int[] labels, int classes, double order) {
        if (!(order > 0 && order <= 1e6)) {
            throw new IllegalArgumentException(
                    "The order of a singular kernel must be above 0 and at most 1e6, got " + order);
        }
        return new HilbertSmoother(x, Sample.oneHot(x, labels, classes), order);
    }

    @Override
    public DoubleMatrix scores(DoubleMatrix z, Execution execution) {
        Sample.requireFinite(z, rows[0].length);
        DoubleMatrix result = DoubleMatrix.zeros(z.rows(), targets.cols());
        execution.workers().run(z.rows(), j -> {
            execution.requireNotCancelled();
            double[] row = z.row(j);
            double[] logs = new double[rows.length];
            for (int i = 0; i < rows.length; i++) {
                logs[i] = -order / 2 * Math.log(Sample.squaredDistance(row, rows[i]));
            }
            share(logs, j, result);
        });
        return result;
    }

    /** Weights relative to the largest; where that is infinite only the rows at distance zero count. */
    private void share(double[] logs, int j, DoubleMatrix result) {
        double largest = Arrays.stream(logs).max().orElse(0);
        double total = 0;
        for (int i = 0; i < logs.length; i++) {
            double weight = logs[i] == largest ? 1 : Math.exp(logs[i] - largest);
            total += weight;
            for (int l = 0; l < targets.cols(); l++) {
                result.set(j, l, result.get(j, l) + weight * targets.get(i, l));
            }
        }
        for (int l = 0; l < targets.cols(); l++) {
            result.set(j, l, result.get(j, l) / total);
        }
    }
}

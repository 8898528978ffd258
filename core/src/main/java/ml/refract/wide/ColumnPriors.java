package ml.refract.wide;

import ml.refract.kernel.InfiniteNetwork;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;

/**
 * Kernels between the columns of a matrix, from what is known of each column (specification of the RFM family, section 10;
 * Radhakrishnan, Stefanakis, Belkin and Uhler, "Simple, fast, and flexible framework for matrix completion with infinite width
 * neural networks", PNAS 2022).
 */
public final class ColumnPriors {
    /** The tail the authors use for gene expression. */
    public static final double TAIL = 1.5;

    private ColumnPriors() {}

    /**
     * K(i, j) of a network whose input for column i is (p_i, tail e_i), scaled to length 1. The tail, a multiple of row i of the
     * identity, makes columns differ that have the same features: it keeps the kernel positive definite, and shrinks what columns
     * learn from each other by |p|^2 / (|p|^2 + tail^2). It is the regulariser.
     *
     * @param features p, one row for each of the n columns: n x k
     * @param tail at least 0
     * @return n x n
     * @throws IllegalArgumentException when the tail is out of range, a feature is not finite, or a column is left without input
     */
    public static DoubleMatrix kernel(
            DoubleMatrix features, double tail, InfiniteNetwork network, ParallelFor parallel) {
        if (!(tail >= 0 && tail <= Double.MAX_VALUE)) {
            throw new IllegalArgumentException("The tail of a prior must be at least 0 and finite, got " + tail);
        }
        int n = features.rows();
        double[][] inputs = new double[n][];
        for (int i = 0; i < n; i++) {
            inputs[i] = scaled(features, i, tail);
        }
        DoubleMatrix result = DoubleMatrix.zeros(n, n);
        parallel.run(n, i -> {
            for (int j = 0; j < i; j++) {
                double u = 0;
                for (int s = 0; s < inputs[i].length; s++) {
                    u += inputs[i][s] * inputs[j][s];
                }
                double value = network.ofCorrelation(Math.max(-1, Math.min(1, u)));
                result.set(i, j, value);
                result.set(j, i, value);
            }
            result.set(i, i, network.ofCorrelation(1));
        });
        return result;
    }

    /** p_i over the length of (p_i, tail). */
    private static double[] scaled(DoubleMatrix features, int column, double tail) {
        double[] row = features.row(column);
        double square = tail * tail;
        for (double value : row) {
            square += value * value;
        }
        if (!(square > 0 && square <= Double.MAX_VALUE)) {
            throw new IllegalArgumentException("The features of column " + column + " are "
                    + (square == 0
                            ? "all zero, and there is no tail: give it a feature, or a tail above 0"
                            : "not finite"));
        }
        for (int s = 0; s < row.length; s++) {
            row[s] /= Math.sqrt(square);
        }
        return row;
    }
}

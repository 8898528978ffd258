package ml.refract.rfm.linear;

import ml.refract.linalg.DoubleMatrix;

/**
 * A completed matrix, W = centre + L R'. Immutable; safe to share between threads. The factors are not copied.
 *
 * @param left L (n x k)
 * @param right R (d x k)
 * @param centre what is added to every entry
 */
public record CompletionModel(DoubleMatrix left, DoubleMatrix right, double centre) {
    /** n. */
    public int rows() {
        return left.rows();
    }

    /** d. */
    public int cols() {
        return right.rows();
    }

    /** k, the directions that are left. */
    public int rank() {
        return left.cols();
    }

    /**
     * The entry of a row and a column, also where one was observed. Cost 2 k flops.
     *
     * @throws IllegalArgumentException when there is no such entry
     */
    public double predict(int row, int col) {
        if (row < 0 || row >= rows() || col < 0 || col >= cols()) {
            throw new IllegalArgumentException(
                    "There is no entry (" + row + ", " + col + ") in a " + rows() + " x " + cols() + " matrix");
        }
        int k = rank();
        double sum = 0;
        for (int l = 0; l < k; l++) {
            sum += left.values()[row * k + l] * right.values()[col * k + l];
        }
        return centre + sum;
    }
}

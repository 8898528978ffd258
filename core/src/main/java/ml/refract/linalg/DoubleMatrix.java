package ml.refract.linalg;

import java.util.Arrays;

/**
 * A dense matrix of doubles, row-major: entry (i, j) is {@code values[i * cols + j]}. Carries targets, coefficients,
 * predictions, metrics and every small system; kernel blocks never live here.
 *
 * <p>{@link #of} wraps without a copy. Reading from several threads is safe as long as nobody writes.
 */
public final class DoubleMatrix implements Rows {
    /** A block of the right factor of a product: 64 x 512 doubles, a quarter of a megabyte. */
    private static final int BLOCK_DEPTH = 64;

    private static final int BLOCK_COLS = 512;

    private final int rows;
    private final int cols;
    private final double[] values;

    private DoubleMatrix(int rows, int cols, double[] values) {
        this.rows = rows;
        this.cols = cols;
        this.values = values;
    }

    /**
     * Wraps an array as a matrix; the array is not copied.
     *
     * @throws IllegalArgumentException when the length does not match the shape
     */
    public static DoubleMatrix of(int rows, int cols, double[] values) {
        Shapes.requireLength(rows, cols, values.length);
        return new DoubleMatrix(rows, cols, values);
    }

    /** A matrix of zeros. */
    public static DoubleMatrix zeros(int rows, int cols) {
        return new DoubleMatrix(rows, cols, new double[Shapes.length(rows, cols)]);
    }

    /** The identity matrix of order n. */
    public static DoubleMatrix identity(int n) {
        DoubleMatrix result = zeros(n, n);
        for (int i = 0; i < n; i++) {
            result.values[i * n + i] = 1;
        }
        return result;
    }

    /** A copy of the given rows, which must all have the same length. */
    public static DoubleMatrix fromRows(double[][] rows) {
        int cols = rows.length == 0 ? 0 : rows[0].length;
        DoubleMatrix result = zeros(rows.length, cols);
        for (int i = 0; i < rows.length; i++) {
            Shapes.requireRowLength(i, rows[i].length, cols);
            System.arraycopy(rows[i], 0, result.values, i * cols, cols);
        }
        return result;
    }

    /** An n x 1 matrix that wraps the given array. */
    public static DoubleMatrix column(double... values) {
        return new DoubleMatrix(values.length, 1, values);
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int cols() {
        return cols;
    }

    @Override
    public double get(int row, int col) {
        return values[Shapes.index(row, col, rows, cols)];
    }

    /** Sets one entry. Only for whoever is still building the matrix. */
    public void set(int row, int col, double value) {
        values[Shapes.index(row, col, rows, cols)] = value;
    }

    /** The backing array itself, row-major; treat it as read-only unless you built the matrix. */
    public double[] values() {
        return values;
    }

    @Override
    public void copyRow(int row, double[] target, int offset) {
        System.arraycopy(values, Shapes.rowStart(row, rows, cols), target, offset, cols);
    }

    /** A copy of one row. */
    public double[] row(int row) {
        double[] result = new double[cols];
        copyRow(row, result, 0);
        return result;
    }

    /** A copy of one column. */
    public double[] col(int col) {
        double[] result = new double[rows];
        for (int i = 0; i < rows; i++) {
            result[i] = get(i, col);
        }
        return result;
    }

    @Override
    public DoubleMatrix select(int[] selected) {
        DoubleMatrix result = zeros(selected.length, cols);
        for (int i = 0; i < selected.length; i++) {
            copyRow(selected[i], result.values, i * cols);
        }
        return result;
    }

    /** A copy that shares nothing with this matrix. */
    public DoubleMatrix copy() {
        return new DoubleMatrix(rows, cols, values.clone());
    }

    /** The transpose, as a copy. */
    public DoubleMatrix transpose() {
        DoubleMatrix result = zeros(cols, rows);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < cols; j++) {
                result.values[j * rows + i] = values[i * cols + j];
            }
        }
        return result;
    }

    /**
     * The product of this (m x k) and another (k x n) matrix. Cost 2mkn flops on one thread, in blocks that stay in the
     * cache; every entry is one sum in the order of k.
     *
     * @throws IllegalArgumentException when the inner sizes differ
     */
    public DoubleMatrix times(DoubleMatrix other) {
        requireInnerSize(other);
        DoubleMatrix result = zeros(rows, other.cols);
        for (int k = 0; k < cols; k += BLOCK_DEPTH) {
            for (int j = 0; j < other.cols; j += BLOCK_COLS) {
                int depth = Math.min(BLOCK_DEPTH, cols - k);
                int width = Math.min(BLOCK_COLS, other.cols - j);
                for (int i = 0; i < rows; i++) {
                    addRowTimesBlock(
                            i * cols + k,
                            depth,
                            other.values,
                            k * other.cols + j,
                            other.cols,
                            result.values,
                            i * other.cols + j,
                            width);
                }
            }
        }
        return result;
    }

    /**
     * The product of this (m x k) and another (k x n) matrix, meant for large ones. Cost 2mkn flops, in blocks of rows that are
     * shared out to threads; every entry is a sum over blocks of k in order, whatever the number of threads.
     *
     * @throws IllegalArgumentException when the inner sizes differ
     */
    public DoubleMatrix times(DoubleMatrix other, DoubleKernels kernels, ParallelFor parallel) {
        requireInnerSize(other);
        DoubleMatrix result = zeros(rows, other.cols);
        PackedProduct.multiply(values, rows, cols, other.values, other.cols, result.values, kernels, parallel);
        return result;
    }

    private void requireInnerSize(DoubleMatrix other) {
        if (cols != other.rows) {
            throw new IllegalArgumentException(
                    "Cannot multiply " + rows + " x " + cols + " by " + other.rows + " x " + other.cols);
        }
    }

    /** out[0 .. width) += a' B for a row a of this matrix and a depth x width block B. */
    private void addRowTimesBlock(
            int row, int depth, double[] b, int block, int stride, double[] out, int at, int width) {
        int k = 0;
        for (; k + 4 <= depth; k += 4) {
            double f0 = values[row + k];
            double f1 = values[row + k + 1];
            double f2 = values[row + k + 2];
            double f3 = values[row + k + 3];
            int in = block + k * stride;
            for (int j = 0; j < width; j++) {
                out[at + j] = out[at + j]
                        + f0 * b[in + j]
                        + f1 * b[in + stride + j]
                        + f2 * b[in + 2 * stride + j]
                        + f3 * b[in + 3 * stride + j];
            }
        }
        for (; k < depth; k++) {
            double factor = values[row + k];
            for (int j = 0; j < width; j++) {
                out[at + j] += factor * b[block + k * stride + j];
            }
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DoubleMatrix m && m.rows == rows && m.cols == cols && Arrays.equals(m.values, values);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * rows + cols) + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "DoubleMatrix[" + rows + " x " + cols + ", float64]";
    }
}

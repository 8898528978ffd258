package ml.refract.linalg;

import java.util.Arrays;

/**
 * A dense n x d matrix of floats, row-major: entry (i, j) is {@code values[i * cols + j]}.
 *
 * <p>The shape never changes. {@link #of} wraps the caller's array without a copy, so whoever keeps that array shares
 * the entries; everything inside Refract treats a matrix it was given as read-only. Reading from several threads is
 * safe as long as nobody writes.
 */
public final class Matrix implements Rows {
    private final int rows;
    private final int cols;
    private final float[] values;

    private Matrix(int rows, int cols, float[] values) {
        this.rows = rows;
        this.cols = cols;
        this.values = values;
    }

    /**
     * Wraps an array as a matrix; the array is not copied.
     *
     * @param values row-major entries, exactly {@code rows * cols} of them
     * @throws IllegalArgumentException when the length does not match the shape
     */
    public static Matrix of(int rows, int cols, float[] values) {
        Shapes.requireLength(rows, cols, values.length);
        return new Matrix(rows, cols, values);
    }

    /** A matrix of zeros. */
    public static Matrix zeros(int rows, int cols) {
        return new Matrix(rows, cols, new float[Shapes.length(rows, cols)]);
    }

    /** A copy of the given rows, which must all have the same length. */
    public static Matrix fromRows(float[][] rows) {
        int cols = rows.length == 0 ? 0 : rows[0].length;
        Matrix result = zeros(rows.length, cols);
        for (int i = 0; i < rows.length; i++) {
            Shapes.requireRowLength(i, rows[i].length, cols);
            System.arraycopy(rows[i], 0, result.values, i * cols, cols);
        }
        return result;
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
    public void set(int row, int col, float value) {
        values[Shapes.index(row, col, rows, cols)] = value;
    }

    /** The backing array itself, row-major; treat it as read-only unless you built the matrix. */
    public float[] values() {
        return values;
    }

    @Override
    public void copyRow(int row, double[] target, int offset) {
        int start = Shapes.rowStart(row, rows, cols);
        for (int j = 0; j < cols; j++) {
            target[offset + j] = values[start + j];
        }
    }

    @Override
    public Matrix select(int[] selected) {
        Matrix result = zeros(selected.length, cols);
        for (int i = 0; i < selected.length; i++) {
            System.arraycopy(values, Shapes.rowStart(selected[i], rows, cols), result.values, i * cols, cols);
        }
        return result;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Matrix m && m.rows == rows && m.cols == cols && Arrays.equals(m.values, values);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * rows + cols) + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "Matrix[" + rows + " x " + cols + ", float32]";
    }
}

package ml.refract.linalg;

/**
 * A dense table of numbers read row by row, in single or double precision.
 *
 * <p>Learners accept either form: {@link Matrix} is what tables are encoded to, {@link DoubleMatrix} serves results,
 * small algebra and the float64 reference engine.
 */
public sealed interface Rows permits Matrix, DoubleMatrix {

    /** Number of rows, n. */
    int rows();

    /** Number of columns, d. */
    int cols();

    /** The entry at a 0-based row and column. */
    double get(int row, int col);

    /**
     * Copies one row into {@code target[offset .. offset + cols)}.
     *
     * @throws IndexOutOfBoundsException when the row does not exist or the target is too short
     */
    void copyRow(int row, double[] target, int offset);

    /** A new table of the same precision holding the given rows in the given order; repeats are allowed. */
    Rows select(int[] rows);
}

package ml.refract.linalg;

/**
 * Arithmetic on single tiles in {@link Panels} layout, the part of a factorisation that a compute engine supplies.
 *
 * <p>Methods run on the calling thread, allocate little, and give the same bits for the same input every time.
 *
 * @param <A> the array type entries are stored in, {@code float[]} or {@code double[]}
 */
public interface TileKernels<A> {

    /** A zeroed array. */
    A allocate(int length);

    /** One entry of an array, widened. */
    double get(A array, int index);

    /** Stores one entry, rounded to the storage precision. */
    void set(A array, int index, double value);

    /** Copies the first {@code length} entries. */
    void copy(A source, A target, int length);

    /**
     * C := C - A B'.
     *
     * @param a rows x depth tile
     * @param b cols x depth tile
     * @param c rows x cols tile, updated
     */
    void subtractProduct(A a, A b, int depth, A c, int rows, int cols);

    /** C := C - A A' for a rows x depth tile A; only the lower triangle of C is sure to be updated. */
    void subtractSquare(A a, int depth, A c, int rows);

    /**
     * Replaces the lower triangle of an n x n tile by its Cholesky factor; the strict upper triangle is left undefined.
     *
     * @return -1, or the 0-based index of the first pivot that is not a positive number
     */
    int factor(A tile, int n);

    /**
     * X := X L'^-1, with L the factor that {@link #factor} left in a tile.
     *
     * @param factor n x n tile
     * @param x rows x n tile, updated
     */
    void solveRight(A factor, int n, A x, int rows);

    /**
     * Writes the transpose of a tile.
     *
     * @param tile rows x cols
     * @param target cols x rows; its padding is left as it was
     */
    default void transpose(A tile, int rows, int cols, A target) {
        for (int j = 0; j < cols; j++) {
            for (int i = 0; i < rows; i++) {
                set(target, Panels.index(j, i, rows), get(tile, Panels.index(i, j, cols)));
            }
        }
    }

    /**
     * x := L^-1 x in double arithmetic, with L the factor that {@link #factor} left in an n x n tile.
     *
     * @param x right-hand side at {@code x[from .. from + n]}, overwritten by the solution
     */
    default void solveLower(A factor, int n, double[] x, int from) {
        for (int c = 0; c < n; c++) {
            double value = x[from + c] / get(factor, Panels.index(c, c, n));
            x[from + c] = value;
            for (int r = c + 1; r < n; r++) {
                x[from + r] -= value * get(factor, Panels.index(r, c, n));
            }
        }
    }

    /** x := L'^-1 x in double arithmetic; arguments as in {@link #solveLower}. */
    default void solveLowerTransposed(A factor, int n, double[] x, int from) {
        for (int c = n - 1; c >= 0; c--) {
            double sum = x[from + c];
            for (int r = c + 1; r < n; r++) {
                sum -= x[from + r] * get(factor, Panels.index(r, c, n));
            }
            x[from + c] = sum / get(factor, Panels.index(c, c, n));
        }
    }

    /**
     * y := y + scale * T x for each right-hand side, in double arithmetic.
     *
     * @param tile rows x cols tile
     * @param x right-hand sides, side l at {@code x[xFrom + l * stride ..]}
     * @param y results, side l at {@code y[yFrom + l * stride ..]}
     */
    void multiplyAdd(
            A tile,
            int rows,
            int cols,
            double scale,
            double[] x,
            int xFrom,
            double[] y,
            int yFrom,
            int stride,
            int sides);

    /** y := y + scale * T' x for each right-hand side; arguments as in {@link #multiplyAdd}, x of length rows. */
    void transposeMultiplyAdd(
            A tile,
            int rows,
            int cols,
            double scale,
            double[] x,
            int xFrom,
            double[] y,
            int yFrom,
            int stride,
            int sides);

    /**
     * Both products of one reading: y := y + T x and z := z + T' w for each right-hand side, in double arithmetic.
     *
     * @param x holds both right-hand sides: x of length cols, side l at {@code x[xFrom + l * stride ..]}, and w of length
     *     rows, side l at {@code x[wFrom + l * stride ..]}
     * @param y of length rows, side l at {@code y[yFrom + l * stride ..]}
     * @param z of length cols, side l at {@code z[zFrom + l * stride ..]}
     */
    void multiplyAddBoth(
            A tile,
            int rows,
            int cols,
            double[] x,
            int xFrom,
            int wFrom,
            double[] y,
            int yFrom,
            double[] z,
            int zFrom,
            int stride,
            int sides);
}

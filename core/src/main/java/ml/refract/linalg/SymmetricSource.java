package ml.refract.linalg;

/**
 * A symmetric matrix that is read tile by tile, whether its tiles are stored or made when they are asked for. Reading is safe
 * from several threads.
 *
 * @param <A> the array type of a tile
 */
public interface SymmetricSource<A> {
    /** Right-hand sides multiplied in one reading of the tiles. */
    int SIDES_AT_ONCE = 8;

    /** Doubles that {@link #multiply} takes for a matrix of order n besides x and y. */
    static long multiplyEntries(long n, long sides) {
        return SymmetricProduct.MOST_TASKS * n * Math.min(sides, SIDES_AT_ONCE);
    }

    /** Order of the matrix, n. */
    int size();

    /**
     * Tile (i, j), with j not above i; not to be written to.
     *
     * @param scratch as long as the tile, may be filled with it
     * @return the tile: {@code scratch}, or an array of the matrix's own
     */
    A tile(int i, int j, A scratch);

    /** Number of tiles along the diagonal. */
    default int tileCount() {
        return Panels.tiles(size());
    }

    /** Rows (and columns) covered by tile row i. */
    default int tileRows(int i) {
        return Panels.tileRows(size(), i);
    }

    /**
     * y := (A + shift I) x for each right-hand side, in double. Tile rows are dealt to a fixed number of tasks; each adds what
     * its tiles contribute to rows above them to a sum of its own, and those sums are added in order, so the bits do not
     * depend on the number of threads. Cost 2 n^2 flops per side; every tile is read once per eight sides.
     *
     * @param x side l at {@code x[l * n ..]}
     * @param y overwritten, laid out as x
     */
    default void multiply(
            TileKernels<A> kernels, double shift, double[] x, double[] y, int sides, ParallelFor parallel) {
        for (int first = 0; first < sides; first += SIDES_AT_ONCE) {
            int some = Math.min(SIDES_AT_ONCE, sides - first);
            new SymmetricProduct<>(this, kernels, shift, x, y, first, some).run(parallel);
        }
    }
}

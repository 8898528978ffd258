package ml.refract.linalg;

import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Tiled Cholesky factor L of A + shift I = L L', left-looking by tile columns: every tile of a column first gathers all
 * updates from the columns before it, then the diagonal tile is factored and the tiles below are solved against it
 * (Golub and Van Loan, Matrix Computations, section 4.2).
 *
 * <p>Cost n^3/3 flops and one triangle of memory. Tiles of a column are independent tasks with a fixed order of
 * summation inside each, so the factor has the same bits for any number of threads. Not thread-safe while factoring;
 * solves may run from several threads.
 *
 * @param <A> the array type of a tile
 */
public final class Cholesky<A> {
    /** From this many right-hand sides on, a solve is faster as a product of tiles in storage precision. */
    private static final int MANY_SIDES = 12;

    private final TileKernels<A> kernels;
    private final ParallelFor parallel;
    private final SymmetricTiles<A> factor;
    private @Nullable BlockSolve<A> blockSolve;

    /** Room for factors of order n, to be filled by {@link #factor}. */
    public Cholesky(TileKernels<A> kernels, int n, ParallelFor parallel) {
        this.kernels = kernels;
        this.parallel = parallel;
        this.factor = new SymmetricTiles<>(kernels, n);
    }

    /** Entries that {@link #solve} takes for a matrix of order n besides the factor and the right-hand sides. */
    public static long solveEntries(long n, long sides) {
        return sides < MANY_SIDES ? 0 : 2 * n * (Panels.TILE + sides);
    }

    /**
     * Factors A + shift I. A is only read.
     *
     * @param progress told, on the calling thread, the share of the work that is done after each tile column; what it
     *     throws ends the factorisation
     * @return -1, or the 0-based index of the first pivot that is not positive; the factor is then unusable
     */
    public int factor(SymmetricSource<A> a, double shift, DoubleConsumer progress) {
        int count = factor.tileCount();
        blockSolve = null;
        for (int j = 0; j < count; j++) {
            int column = j;
            parallel.run(count - j, t -> gather(a, shift, column + t, column));
            int pivot = kernels.factor(factor.tile(j, j), factor.tileRows(j));
            if (pivot >= 0) {
                return j * Panels.TILE + pivot;
            }
            parallel.run(count - j - 1, t -> {
                int i = column + 1 + t;
                kernels.solveRight(
                        factor.tile(column, column),
                        factor.tileRows(column),
                        factor.tile(i, column),
                        factor.tileRows(i));
            });
            double columns = (j + 1.0) / count;
            progress.accept(columns * columns * (3 - 2 * columns)); // column j takes j (count - j) products
        }
        return -1;
    }

    private void gather(SymmetricSource<A> a, double shift, int i, int j) {
        A target = factor.tile(i, j);
        int rows = factor.tileRows(i);
        int cols = factor.tileRows(j);
        A source = a.tile(i, j, target);
        if (source != target) {
            kernels.copy(source, target, Panels.length(rows, cols));
        }
        if (i == j) {
            for (int r = 0; r < rows; r++) {
                int at = Panels.index(r, r, cols);
                kernels.set(target, at, kernels.get(target, at) + shift);
            }
        }
        for (int k = 0; k < j; k++) {
            if (i == j) {
                kernels.subtractSquare(factor.tile(j, k), Panels.TILE, target, rows);
            } else {
                kernels.subtractProduct(factor.tile(i, k), factor.tile(j, k), Panels.TILE, target, rows, cols);
            }
        }
    }

    /**
     * Replaces each right-hand side b by (L L')^-1 b: a few in double arithmetic on the stored factor, twelve and more in
     * storage precision, several times as fast. Cost 2 n^2 flops a side.
     *
     * @param b side l at {@code b[l * n ..]}, overwritten by the solution
     */
    public void solve(double[] b, int sides) {
        if (sides < MANY_SIDES) {
            forward(b, sides);
            backward(b, sides);
        } else {
            blockSolve().solve(b, sides);
        }
    }

    private synchronized BlockSolve<A> blockSolve() {
        if (blockSolve == null) {
            blockSolve = new BlockSolve<>(kernels, factor, parallel);
        }
        return blockSolve;
    }

    private void forward(double[] b, int sides) {
        int n = factor.size();
        int count = factor.tileCount();
        for (int k = 0; k < count; k++) {
            int column = k;
            for (int l = 0; l < sides; l++) {
                kernels.solveLower(factor.tile(k, k), factor.tileRows(k), b, l * n + k * Panels.TILE);
            }
            parallel.run(count - k - 1, t -> {
                int i = column + 1 + t;
                kernels.multiplyAdd(
                        factor.tile(i, column),
                        factor.tileRows(i),
                        factor.tileRows(column),
                        -1,
                        b,
                        column * Panels.TILE,
                        b,
                        i * Panels.TILE,
                        n,
                        sides);
            });
        }
    }

    private void backward(double[] b, int sides) {
        int n = factor.size();
        for (int k = factor.tileCount() - 1; k >= 0; k--) {
            int row = k;
            for (int l = 0; l < sides; l++) {
                kernels.solveLowerTransposed(factor.tile(k, k), factor.tileRows(k), b, l * n + k * Panels.TILE);
            }
            parallel.run(
                    k,
                    j -> kernels.transposeMultiplyAdd(
                            factor.tile(row, j),
                            factor.tileRows(row),
                            factor.tileRows(j),
                            -1,
                            b,
                            row * Panels.TILE,
                            b,
                            j * Panels.TILE,
                            n,
                            sides));
        }
    }

    /**
     * Diagonal of (L L')^-1, to about n u times the root of the condition number, relatively, with u the rounding unit of
     * the storage precision. Cost n^3/3 flops; 256 n numbers for each thread.
     */
    public double[] inverseDiagonal() {
        return blockSolve().inverseDiagonal();
    }

    /** Smallest diagonal entry of the factor squared: a lower-end estimate for the spectrum of A + shift I. */
    public double smallestPivot() {
        double smallest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < factor.tileCount(); i++) {
            int m = factor.tileRows(i);
            for (int r = 0; r < m; r++) {
                double pivot = kernels.get(factor.tile(i, i), Panels.index(r, r, m));
                smallest = Math.min(smallest, pivot * pivot);
            }
        }
        return smallest;
    }
}

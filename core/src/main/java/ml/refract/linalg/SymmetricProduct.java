package ml.refract.linalg;

import java.util.Arrays;

/**
 * Products y := (A + shift I) x of symmetric matrices of one order, in double. An instance serves many products without new
 * memory: touching that for the first time can take longer than the arithmetic. Not thread-safe.
 *
 * <p>Tile rows are dealt to a fixed number of tasks; each adds what its tiles contribute to rows above them to a sum of its own,
 * and those sums are added in order, so the bits do not depend on the number of threads.
 *
 * @param <A> the array type of a tile
 */
public final class SymmetricProduct<A> {
    /**
     * Up to this many right-hand sides the tiles are read once, and what tasks add to the rows of others is kept apart; more are
     * worth a second reading and take no such memory.
     */
    public static final int SIDES_AT_ONCE = 8;
    /** Tasks the tile rows are dealt to, whatever the number of threads. */
    private static final int MOST_TASKS = 16;

    private final TileKernels<A> kernels;
    private final int size;
    private final ParallelFor parallel;
    private final int tasks;
    /** What each task adds to rows above its own tiles. */
    private final double[][] above;

    private final A noTile;
    private final IdleTiles<A> idleTiles;

    /** For matrices of order n. */
    public SymmetricProduct(TileKernels<A> kernels, int n, ParallelFor parallel) {
        this.kernels = kernels;
        this.size = n;
        this.parallel = parallel;
        this.tasks = Math.min(MOST_TASKS, Panels.tiles(n));
        this.idleTiles = new IdleTiles<>(kernels);
        this.noTile = kernels.allocate(0);
        this.above = new double[tasks][0];
    }

    /** Doubles that an instance for order n comes to take by products with some sides. */
    public static long entries(long n, long sides) {
        return sides > SIDES_AT_ONCE ? 0 : MOST_TASKS * n * sides;
    }

    /**
     * y := (A + shift I) x for each right-hand side. Cost 2 n^2 flops per side; every tile is read once, or twice for more than
     * {@value #SIDES_AT_ONCE} sides.
     *
     * @param x side l at {@code x[l * n ..]}
     * @param y overwritten, laid out as x
     */
    public void multiply(SymmetricSource<A> matrix, double shift, double[] x, double[] y, int sides) {
        Pass pass = new Pass(matrix, shift, x, y, sides);
        if (sides > SIDES_AT_ONCE) {
            parallel.run(matrix.tileCount(), pass::gatherTileRow);
        } else {
            parallel.run(tasks, pass::multiplyTileRows);
            parallel.run(matrix.tileCount(), pass::addAbove);
        }
    }

    private A takeTile(SymmetricSource<A> matrix) {
        return matrix.isStored() ? noTile : idleTiles.take();
    }

    private void giveTile(A tile) {
        if (tile != noTile) {
            idleTiles.give(tile);
        }
    }

    /** One product. */
    private final class Pass {
        private final SymmetricSource<A> matrix;
        private final double shift;
        private final double[] x;
        private final double[] y;
        private final int sides;

        Pass(SymmetricSource<A> matrix, double shift, double[] x, double[] y, int sides) {
            this.matrix = matrix;
            this.shift = shift;
            this.x = x;
            this.y = y;
            this.sides = sides;
        }

        private void multiplyTileRows(int task) {
            if (above[task].length < size * sides) {
                above[task] = new double[size * sides];
            } else {
                Arrays.fill(above[task], 0, size * sides, 0);
            }
            A scratch = takeTile(matrix);
            for (int i = task; i < matrix.tileCount(); i += tasks) {
                multiplyTileRow(i, scratch, above[task]);
            }
            giveTile(scratch);
        }

        private void multiplyTileRow(int i, A scratch, double[] sums) {
            int from = i * Panels.TILE;
            int rows = matrix.tileRows(i);
            startFromShift(from, rows);
            for (int j = 0; j < i; j++) {
                int other = j * Panels.TILE;
                A tile = matrix.tile(i, j, scratch);
                kernels.multiplyAddBoth(
                        tile, rows, matrix.tileRows(j), x, other, from, y, from, sums, other, size, sides);
            }
            kernels.multiplyAdd(matrix.tile(i, i, scratch), rows, rows, 1, x, from, y, from, size, sides);
        }

        private void addAbove(int j) {
            int from = j * Panels.TILE;
            for (double[] part : above) {
                for (int l = 0; l < sides; l++) {
                    for (int r = from; r < from + matrix.tileRows(j); r++) {
                        y[l * size + r] += part[l * size + r];
                    }
                }
            }
        }

        /** A tile row of the result from all tiles that add to it. */
        private void gatherTileRow(int i) {
            int from = i * Panels.TILE;
            int rows = matrix.tileRows(i);
            startFromShift(from, rows);
            A scratch = takeTile(matrix);
            for (int j = 0; j < matrix.tileCount(); j++) {
                int other = j * Panels.TILE;
                int others = matrix.tileRows(j);
                if (j <= i) {
                    A tile = matrix.tile(i, j, scratch);
                    kernels.multiplyAdd(tile, rows, others, 1, x, other, y, from, size, sides);
                } else {
                    A tile = matrix.tile(j, i, scratch);
                    kernels.transposeMultiplyAdd(tile, others, rows, 1, x, other, y, from, size, sides);
                }
            }
            giveTile(scratch);
        }

        private void startFromShift(int from, int rows) {
            for (int l = 0; l < sides; l++) {
                for (int r = l * size + from; r < l * size + from + rows; r++) {
                    y[r] = shift * x[r];
                }
            }
        }
    }
}

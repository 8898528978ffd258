package ml.refract.linalg;

import java.util.Objects;

/**
 * A symmetric n x n matrix stored as the lower triangle of square tiles ({@link Panels#TILE} rows each, the last one
 * smaller), so that n is not bound by the length of one array and nothing is stored twice. Tiles on the diagonal hold
 * both of their triangles.
 *
 * <p>Memory: about n (n + 256) / 2 entries. Not thread-safe while tiles are written.
 *
 * @param <A> the array type of a tile
 */
public final class SymmetricTiles<A> {
    /** Tasks a product is cut into, whatever the number of threads. */
    private static final int TASKS = 16;
    /** Right-hand sides multiplied in one reading of the tiles. */
    private static final int SIDES_AT_ONCE = 8;

    private final TileKernels<A> kernels;
    private final int size;
    private final A[][] tiles;

    /** A zero matrix of order n. */
    @SuppressWarnings("unchecked")
    public SymmetricTiles(TileKernels<A> kernels, int n) {
        this.kernels = Objects.requireNonNull(kernels);
        this.size = n;
        int count = Panels.tiles(n);
        this.tiles = (A[][]) new Object[count][];
        for (int i = 0; i < count; i++) {
            Object[] row = new Object[i + 1];
            for (int j = 0; j <= i; j++) {
                row[j] = kernels.allocate(Panels.length(Panels.tileRows(n, i), Panels.tileRows(n, j)));
            }
            tiles[i] = (A[]) row;
        }
    }

    /** Entries all tiles of a matrix of order n hold, padding included. */
    public static long entries(long n) {
        long padded = (n + Panels.ROWS - 1) / Panels.ROWS * Panels.ROWS;
        return padded * (padded + Panels.TILE) / 2;
    }

    /** Order of the matrix, n. */
    public int size() {
        return size;
    }

    /** Number of tiles along the diagonal. */
    public int tileCount() {
        return tiles.length;
    }

    /** Rows (and columns) covered by tile row i. */
    public int tileRows(int i) {
        return Panels.tileRows(size, i);
    }

    /** Tile (i, j) with j not above i. */
    public A tile(int i, int j) {
        return tiles[i][j];
    }

    /** Entry (i, j); slow, for tests and small matrices. */
    public double get(int i, int j) {
        int row = Math.max(i, j);
        int col = Math.min(i, j);
        int tileRow = row / Panels.TILE;
        int tileCol = col / Panels.TILE;
        return kernels.get(
                tiles[tileRow][tileCol], Panels.index(row % Panels.TILE, col % Panels.TILE, tileRows(tileCol)));
    }

    /**
     * y := (A + shift I) x for each right-hand side, in double. Tile rows are dealt to a fixed number of tasks; each adds what
     * its tiles contribute to rows above them to a sum of its own, and those sums are added in order, so the bits do not
     * depend on the number of threads. Cost 2 n^2 flops per side; every tile is read once per eight sides.
     *
     * @param x side l at {@code x[l * n ..]}
     * @param y overwritten, laid out as x
     */
    public void multiply(double shift, double[] x, double[] y, int sides, ParallelFor parallel) {
        for (int first = 0; first < sides; first += SIDES_AT_ONCE) {
            multiply(shift, x, y, first, Math.min(SIDES_AT_ONCE, sides - first), parallel);
        }
    }

    private void multiply(double shift, double[] x, double[] y, int first, int sides, ParallelFor parallel) {
        int tasks = Math.min(TASKS, tiles.length);
        double[][] above = new double[tasks][size * sides];
        parallel.run(tasks, task -> {
            for (int i = task; i < tiles.length; i += tasks) {
                multiplyTileRow(i, shift, x, y, first, sides, above[task]);
            }
        });
        parallel.run(tiles.length, j -> {
            for (double[] part : above) {
                for (int l = 0; l < sides; l++) {
                    for (int r = j * Panels.TILE; r < j * Panels.TILE + tileRows(j); r++) {
                        y[(first + l) * size + r] += part[l * size + r];
                    }
                }
            }
        });
    }

    private void multiplyTileRow(int i, double shift, double[] x, double[] y, int first, int sides, double[] above) {
        int base = first * size;
        int from = i * Panels.TILE;
        int rows = tileRows(i);
        for (int l = 0; l < sides; l++) {
            for (int r = 0; r < rows; r++) {
                y[base + l * size + from + r] = shift * x[base + l * size + from + r];
            }
        }
        for (int j = 0; j < i; j++) {
            kernels.multiplyAddBoth(
                    tiles[i][j],
                    rows,
                    tileRows(j),
                    x,
                    base + j * Panels.TILE,
                    base + from,
                    y,
                    base + from,
                    above,
                    j * Panels.TILE,
                    size,
                    sides);
        }
        kernels.multiplyAdd(tiles[i][i], rows, rows, 1, x, base + from, y, base + from, size, sides);
    }
}

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
public final class SymmetricTiles<A> implements SymmetricSource<A> {
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

    @Override
    public int size() {
        return size;
    }

    /** Tile (i, j) with j not above i. */
    public A tile(int i, int j) {
        return tiles[i][j];
    }

    @Override
    public A tile(int i, int j, A scratch) {
        return tiles[i][j];
    }

    @Override
    public boolean isStored() {
        return true;
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
}

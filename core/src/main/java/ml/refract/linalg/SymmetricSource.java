package ml.refract.linalg;

/**
 * A symmetric matrix that is read tile by tile, whether its tiles are stored or made when they are asked for. Reading is safe
 * from several threads.
 *
 * @param <A> the array type of a tile
 */
public interface SymmetricSource<A> {
    /** Order of the matrix, n. */
    int size();

    /**
     * Tile (i, j), with j not above i; not to be written to.
     *
     * @param scratch as long as the tile, may be filled with it
     * @return the tile: {@code scratch}, or an array of the matrix's own
     */
    A tile(int i, int j, A scratch);

    /** Whether tiles are arrays of the matrix's own, and {@code scratch} may be shorter than a tile. */
    default boolean isStored() {
        return false;
    }

    /** Number of tiles along the diagonal. */
    default int tileCount() {
        return Panels.tiles(size());
    }

    /** Rows (and columns) covered by tile row i. */
    default int tileRows(int i) {
        return Panels.tileRows(size(), i);
    }
}

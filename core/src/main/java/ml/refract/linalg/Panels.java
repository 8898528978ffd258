package ml.refract.linalg;

/**
 * The memory layout of tiles and packed points: rows are cut into panels of {@value #ROWS}, and inside a panel columns
 * follow one another, so that the {@value #ROWS} entries of one column stand side by side. A product over columns then
 * reads both operands, and writes its result, strictly forwards.
 *
 * <p>Rows are padded to a multiple of {@value #ROWS} and columns to a multiple of {@value #COLUMNS}; padding is zero.
 */
public final class Panels {
    /** Rows in a panel: two AVX-512 vectors of floats. */
    public static final int ROWS = 32;

    /** Columns are padded to a multiple of this, the width of the micro-kernel. */
    public static final int COLUMNS = 8;

    /** Rows and columns of a full tile. 256 KiB of floats: one tile of each operand fits a level-2 cache. */
    public static final int TILE = 256;

    private Panels() {}

    /** Number of entries an array needs to hold a rows x cols block. */
    public static int length(int rows, int cols) {
        return Math.multiplyExact(paddedRows(rows), paddedColumns(cols));
    }

    /** Position of entry (row, col) of a block with the given number of columns. */
    public static int index(int row, int col, int cols) {
        return panelStart(row, cols) + col * ROWS + row % ROWS;
    }

    /** Position of the first entry of the panel that holds the row. */
    public static int panelStart(int row, int cols) {
        return row / ROWS * ROWS * paddedColumns(cols);
    }

    /** Rows rounded up to whole panels. */
    public static int paddedRows(int rows) {
        return roundUp(rows, ROWS);
    }

    /** Columns rounded up to whole micro-kernels. */
    public static int paddedColumns(int cols) {
        return roundUp(cols, COLUMNS);
    }

    /** How many tiles n rows are cut into. */
    public static int tiles(int n) {
        return (n + TILE - 1) / TILE;
    }

    /** Number of rows of tile {@code index} when n rows are cut into tiles. */
    public static int tileRows(int n, int index) {
        return Math.min(TILE, n - index * TILE);
    }

    private static int roundUp(int value, int multiple) {
        return Math.addExact(value, multiple - 1) / multiple * multiple;
    }
}

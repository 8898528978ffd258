package ml.refract.rfm.linear;

/**
 * Observed entries of an n x d matrix, each position at most once, sorted by row and then by column. Immutable; safe to
 * share between threads.
 */
public final class Entries {
    private final int rows;
    private final int cols;
    private final int[] row;
    private final int[] col;
    private final double[] values;
    private final SparseSide byRow;
    private final SparseSide byColumn;

    private Entries(int rows, int cols, int[] row, int[] col, double[] values) {
        this.rows = rows;
        this.cols = cols;
        this.row = row;
        this.col = col;
        this.values = values;
        this.byRow = SparseSide.of(row, col, rows);
        this.byColumn = SparseSide.of(col, row, cols);
    }

    /**
     * Collects entries; the arrays are only read. Cost linear in their number.
     *
     * @param rows n, at least 1
     * @param cols d, at least 1
     * @param row 0-based row of each entry
     * @param col 0-based column of each entry
     * @param value what stands there
     * @throws IllegalArgumentException when lengths differ, there are no entries, a position is outside the matrix or appears
     *     twice, or a value is not finite; the message names the entry by its index
     */
    public static Entries of(int rows, int cols, int[] row, int[] col, double[] value) {
        if (row.length != col.length || row.length != value.length || row.length == 0) {
            throw new IllegalArgumentException("Entries need as many rows and columns as values, at least one, got "
                    + row.length + ", " + col.length + " and " + value.length);
        }
        for (int e = 0; e < row.length; e++) {
            if (row[e] < 0 || row[e] >= rows || col[e] < 0 || col[e] >= cols || !Double.isFinite(value[e])) {
                throw new IllegalArgumentException("Entry " + e + " is " + value[e] + " at (" + row[e] + ", " + col[e]
                        + "); wanted a finite number within " + rows + " x " + cols);
            }
        }
        int[] order = SparseSide.sorted(row, SparseSide.sorted(col, null, cols), rows);
        int n = order.length;
        int[] sortedRow = new int[n];
        int[] sortedCol = new int[n];
        double[] sorted = new double[n];
        for (int e = 0; e < n; e++) {
            sortedRow[e] = row[order[e]];
            sortedCol[e] = col[order[e]];
            sorted[e] = value[order[e]];
            if (e > 0 && sortedRow[e] == sortedRow[e - 1] && sortedCol[e] == sortedCol[e - 1]) {
                throw new IllegalArgumentException("Entries " + order[e - 1] + " and " + order[e] + " are both at ("
                        + sortedRow[e] + ", " + sortedCol[e] + "); a position may be given once");
            }
        }
        return new Entries(rows, cols, sortedRow, sortedCol, sorted);
    }

    /** n. */
    public int rows() {
        return rows;
    }

    /** d. */
    public int cols() {
        return cols;
    }

    /** How many entries there are. */
    public int size() {
        return values.length;
    }

    /** 0-based row of an entry. */
    public int row(int entry) {
        return row[entry];
    }

    /** 0-based column of an entry. */
    public int col(int entry) {
        return col[entry];
    }

    /** Value of an entry. */
    public double value(int entry) {
        return values[entry];
    }

    /** Some of the entries, in a matrix of the same shape. */
    public Entries select(int[] picked) {
        int[] someRows = new int[picked.length];
        int[] someCols = new int[picked.length];
        double[] some = new double[picked.length];
        for (int e = 0; e < picked.length; e++) {
            someRows[e] = row[picked[e]];
            someCols[e] = col[picked[e]];
            some[e] = values[picked[e]];
        }
        return of(rows, cols, someRows, someCols, some);
    }

    /** The entries by row (0) or by column (1). */
    SparseSide side(int which) {
        return which == 0 ? byRow : byColumn;
    }

    /** (value - centre) / scale of each entry. */
    double[] standardised(double centre, double scale) {
        double[] result = new double[values.length];
        for (int e = 0; e < result.length; e++) {
            result[e] = (values[e] - centre) / scale;
        }
        return result;
    }
}

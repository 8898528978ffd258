package ml.refract.table;

/** One typed column of a {@link Table}. Immutable and safe for use by several threads. */
public abstract sealed class Column permits NumericColumn, CategoricalColumn, DateTimeColumn {
    private final String name;

    Column(String name) {
        this.name = name;
    }

    /** The name in the header. */
    public final String name() {
        return name;
    }

    /** The type, one that {@link ColumnType#isUsed() is used}. */
    public abstract ColumnType type();

    /** Number of cells. */
    public abstract int rows();

    /** Whether a cell is missing. */
    public abstract boolean isMissing(int row);

    /** A cell for people to read: the number, the level, the time, or the word "missing". */
    public final String text(int row) {
        return isMissing(row) ? "missing" : presentText(row);
    }

    abstract String presentText(int row);

    /** How the column is described in a {@link Schema}. */
    abstract SchemaColumn schema();

    abstract Column select(int[] rows);
}

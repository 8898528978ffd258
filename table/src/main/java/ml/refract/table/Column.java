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

    /** How the column is described in a {@link Schema}. */
    abstract SchemaColumn schema();

    abstract Column select(int[] rows);
}

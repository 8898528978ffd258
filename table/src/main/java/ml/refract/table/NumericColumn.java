package ml.refract.table;

/** Finite numbers; NaN stands for a missing cell. */
public final class NumericColumn extends Column {
    private final double[] values;

    /** Takes the array over; nobody may write to it any more. */
    NumericColumn(String name, double[] values) {
        super(name);
        this.values = values;
    }

    @Override
    public ColumnType type() {
        return ColumnType.NUMERIC;
    }

    @Override
    public int rows() {
        return values.length;
    }

    /** The number in a row, NaN when missing. */
    public double value(int row) {
        return values[row];
    }

    /** A copy of all numbers, NaN where missing. */
    public double[] toArray() {
        return values.clone();
    }

    @Override
    public boolean isMissing(int row) {
        return Double.isNaN(values[row]);
    }

    @Override
    String presentText(int row) {
        return Decimal.canonical(values[row]);
    }

    @Override
    SchemaColumn schema() {
        return SchemaColumn.numeric(name());
    }

    @Override
    NumericColumn select(int[] rows) {
        return new NumericColumn(name(), RowSelection.of(values, rows));
    }
}

package ml.refract.table;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Builds a table from arrays of known type. Arrays are copied. Types are taken as given: nothing is inferred or left
 * out.
 */
public final class TableBuilder {
    private static final String SOURCE = "table";
    private static final double EARLIEST = LocalDate.of(1, 1, 1).toEpochDay() * 86_400.0;
    private static final double LATEST = LocalDate.of(10_000, 1, 1).toEpochDay() * 86_400.0 - 1e-3;

    private final Map<String, Column> columns = new LinkedHashMap<>();
    private int rows = -1;

    TableBuilder() {}

    /**
     * Adds a column of numbers, NaN where missing.
     *
     * @throws DataException when a number is infinite
     * @throws IllegalArgumentException when the name is blank or taken, or the length differs; so in the methods below
     */
    public TableBuilder numeric(String name, double... values) {
        for (int i = 0; i < values.length; i++) {
            if (Double.isInfinite(values[i])) {
                throw unfit(name, i, values[i], "a finite number");
            }
        }
        return add(new NumericColumn(name, values.clone()));
    }

    /** Adds a column of levels, which are trimmed; null or empty where missing. */
    public TableBuilder categorical(String name, @Nullable String... values) {
        TextIndex texts = new TextIndex();
        int[] codes = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            String value = values[i];
            codes[i] = value == null || value.isBlank() ? -1 : texts.add(value.trim());
        }
        return add(CategoricalColumn.ordered(name, ColumnType.CATEGORICAL, texts.texts(), codes));
    }

    /**
     * Adds a column of times as seconds since 1970-01-01T00:00 UTC, NaN where missing.
     *
     * @throws DataException when a time lies outside the years 1 to 9999
     */
    public TableBuilder dateTime(String name, double... seconds) {
        for (int i = 0; i < seconds.length; i++) {
            if (seconds[i] < EARLIEST || seconds[i] > LATEST) {
                throw unfit(name, i, seconds[i], "seconds since 1970 within the years 1 to 9999");
            }
        }
        return add(new DateTimeColumn(name, DateKind.YEAR_FIRST, seconds.clone()));
    }

    private static DataException unfit(String name, int row, double found, String wanted) {
        return new DataException(
                Where.column(Where.row(SOURCE, row, 0), name),
                "found " + found + ", wanted " + wanted,
                "pass NaN if the value is missing");
    }

    private TableBuilder add(Column column) {
        if (column.name().isBlank()) {
            throw new IllegalArgumentException("A column needs a name");
        }
        if (columns.containsKey(column.name())) {
            throw new IllegalArgumentException("Column " + Where.name(column.name()) + " was added before");
        }
        if (rows >= 0 && column.rows() != rows) {
            throw new IllegalArgumentException("Column " + Where.name(column.name()) + " has " + column.rows()
                    + " rows, the columns before it have " + rows);
        }
        rows = column.rows();
        columns.put(column.name(), column);
        return this;
    }

    /**
     * The table.
     *
     * @throws IllegalArgumentException when no column was added
     */
    public Table build() {
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("A table needs at least one column");
        }
        List<Column> all = new ArrayList<>(columns.values());
        List<ColumnReport> reports = all.stream().map(TableBuilder::report).toList();
        TableOrigin origin =
                new TableOrigin(SOURCE, Optional.empty(), CsvOptions.defaults().missingTokens(), reports);
        return Table.of(origin, all, rows, 0);
    }

    private static ColumnReport report(Column column) {
        int missing = 0;
        DistinctCounter distinct = new DistinctCounter();
        for (int i = 0; i < column.rows(); i++) {
            if (column.isMissing(i)) {
                missing++;
            } else if (!distinct.isFull(DistinctCounter.SHORT)) {
                distinct.add(hash(column, i));
            }
        }
        return new ColumnReport(
                column.name(),
                column.type(),
                "given by the program",
                missing,
                distinct.count(),
                distinct.isComplete(),
                List.of());
    }

    private static long hash(Column column, int row) {
        if (column instanceof NumericColumn numbers) {
            return DistinctCounter.hash(numbers.value(row));
        }
        return DistinctCounter.hash(
                column instanceof DateTimeColumn dates ? dates.seconds(row) : ((CategoricalColumn) column).code(row));
    }
}

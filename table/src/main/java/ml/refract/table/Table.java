package ml.refract.table;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rows of typed columns, held column by column. Immutable and safe for use by several threads.
 *
 * <p>A table has the columns that carry information; those left out (free text, identifiers, constants) are only in the
 * {@link #reports}. Missing cells are NaN in numeric and date columns and code -1 in categorical ones; zero and the
 * empty level are never used for them.
 */
public final class Table {
    private final TableOrigin origin;
    private final Map<String, Column> columns;
    private final Map<String, Column> keys;
    private final int rows;
    private final long firstRow;
    private final long @Nullable [] selected;

    private Table(
            TableOrigin origin,
            Map<String, Column> columns,
            Map<String, Column> keys,
            int rows,
            long firstRow,
            long @Nullable [] selected) {
        this.origin = origin;
        this.columns = columns;
        this.keys = keys;
        this.rows = rows;
        this.firstRow = firstRow;
        this.selected = selected;
    }

    /** A table of consecutive rows of its origin, of which the first has the given number. */
    static Table of(TableOrigin origin, List<Column> columns, int rows, long firstRow) {
        return of(origin, columns, List.of(), rows, firstRow);
    }

    /** The same with columns that are no inputs, or inputs of another type, but divide the rows. */
    static Table of(TableOrigin origin, List<Column> columns, List<Column> keys, int rows, long firstRow) {
        return new Table(origin, byName(columns), byName(keys), rows, firstRow, null);
    }

    private static Map<String, Column> byName(List<Column> columns) {
        Map<String, Column> result = new LinkedHashMap<>();
        columns.forEach(column -> result.put(column.name(), column));
        return result;
    }

    /**
     * Reads a file with default options and infers the type of every column.
     *
     * @throws DataException when the file cannot be read or understood
     */
    public static Table read(Path file) {
        return read(file, CsvOptions.defaults(), ColumnOptions.defaults());
    }

    /**
     * Reads a file and infers the type of every column the options do not give.
     *
     * @throws DataException when the file cannot be read or understood
     */
    public static Table read(Path file, CsvOptions csv, ColumnOptions columns) {
        try (TableSource source = TableSource.of(file)) {
            return read(source, csv, columns);
        }
    }

    /**
     * Reads a source in two passes and infers the type of every column the options do not give. The source is not
     * closed; a stream is copied to a temporary file, which the source deletes when it is closed.
     *
     * @throws DataException when the source cannot be read or understood
     */
    public static Table read(TableSource source, CsvOptions csv, ColumnOptions columns) {
        source.keepForAnotherPass();
        return new TableLoader(() -> CsvRows.open(source, csv), columns, csv.missingTokens()).load();
    }

    /**
     * Reads all rows of a source under a schema, in two passes, of which the first only counts them. For files of any length
     * see {@link RowReader}. The source is not closed.
     *
     * @throws DataException when the source cannot be read, lacks columns, or a cell does not fit its column
     */
    public static Table read(TableSource source, CsvOptions csv, Schema schema) {
        source.keepForAnotherPass();
        int count = 0;
        try (CsvRows rows = CsvRows.open(source, csv)) {
            while (rows.next()) {
                count = Math.addExact(count, 1);
            }
        }
        try (RowReader reader = RowReader.open(source, csv, schema, Math.max(1, count))) {
            return reader.next();
        }
    }

    /**
     * Takes rows from a program and infers types as for a file. A column that a row does not name, null and NaN are
     * missing, as are the default missing tokens of {@link CsvOptions}; values may be numbers, text, booleans, enum
     * constants and java.time dates.
     *
     * @throws DataException when there are no rows, or values cannot be understood; as the rows of a file
     */
    public static Table ofRows(List<? extends Map<String, ? extends @Nullable Object>> rows, ColumnOptions columns) {
        return new TableLoader(
                        () -> MapRows.ofUnion(rows),
                        columns,
                        CsvOptions.defaults().missingTokens())
                .load();
    }

    /**
     * Takes rows from a program under a schema, for prediction. Every row must name every column of the schema, with
     * null for a missing value; other names are ignored.
     *
     * @throws DataException when a row lacks a column or a value does not fit its type
     */
    public static Table ofRows(List<? extends Map<String, ? extends @Nullable Object>> rows, Schema schema) {
        List<String> names = schema.names();
        for (int i = 0; i < rows.size(); i++) {
            if (!rows.get(i).keySet().containsAll(names)) {
                schema.locate(
                        Where.row(MapRows.SOURCE, i, 0), List.copyOf(rows.get(i).keySet()));
            }
        }
        int[] fields = new int[schema.columns().size()];
        Arrays.setAll(fields, k -> k);
        return new BatchLoader(new MapRows(rows, names), schema, fields).load(rows.size());
    }

    /** Starts a table of typed arrays. */
    public static TableBuilder builder() {
        return new TableBuilder();
    }

    /** What messages call the origin of this table. */
    public String source() {
        return origin.source();
    }

    /** Bytes that the cells take: eight for a number or a date, four for a level. */
    public long bytes() {
        return Stream.concat(columns.values().stream(), keys.values().stream())
                .mapToLong(column -> (long) rows * (column instanceof CategoricalColumn ? Integer.BYTES : Double.BYTES))
                .sum();
    }

    /** Number of rows. */
    public int rows() {
        return rows;
    }

    /** The columns in use, in order; an unmodifiable list. */
    public List<Column> columns() {
        return List.copyOf(columns.values());
    }

    /** Whether a column of this name is in use. */
    public boolean has(String name) {
        return columns.containsKey(name);
    }

    /**
     * The column of a name.
     *
     * @throws DataException when there is none, or it was left out; the message says why, or which name is nearest
     */
    public Column column(String name) {
        Column column = columns.get(name);
        if (column == null) {
            throw noColumn(name);
        }
        return column;
    }

    /**
     * The column of a name by which rows are divided: that of {@link ColumnOptions#withGroup} or
     * {@link ColumnOptions#withTime}, also when it is no input, or any column in use.
     *
     * @throws DataException as {@link #column}
     */
    public Column keyColumn(String name) {
        Column key = keys.get(name);
        return key == null ? column(name) : key;
    }

    private DataException noColumn(String name) {
        Optional<ColumnReport> leftOut = origin.reports().stream()
                .filter(report -> report.name().equals(name))
                .findFirst();
        return leftOut.map(report -> new DataException(
                        Where.column(source(), name),
                        "the column was left out as " + report.type() + ": " + report.reason(),
                        "name it categorical or numeric, or name it as the target when the table is read"))
                .orElseGet(() -> new DataException(
                        source(),
                        "there is no column " + Where.name(name) + Where.didYouMean(name, columns.keySet()),
                        "use one of " + Where.someOf(List.copyOf(columns.keySet()))));
    }

    /**
     * What was found in every column of the source, also those left out; empty for rows read under a schema, whose types
     * were not inferred.
     */
    public List<ColumnReport> reports() {
        return origin.reports();
    }

    /** The character between the cells of the source, given or detected; empty for rows of a program. */
    public Optional<Character> delimiter() {
        return origin.delimiter();
    }

    /** The texts that were taken as missing when the table was read. */
    public Set<String> missingTokens() {
        return origin.missingTokens();
    }

    /** The 0-based data row of the source that a row of this table was. */
    public long dataRow(int row) {
        return selected == null ? firstRow + row : selected[row];
    }

    /**
     * A copy of the given rows in the given order; repeats are allowed. Categorical columns keep all their levels.
     *
     * @throws IndexOutOfBoundsException when there is no such row
     */
    public Table select(int[] picked) {
        long[] dataRows = Arrays.stream(picked).mapToLong(this::dataRow).toArray();
        return new Table(origin, select(columns, picked), select(keys, picked), picked.length, 0, dataRows);
    }

    private static Map<String, Column> select(Map<String, Column> columns, int[] picked) {
        Map<String, Column> result = new LinkedHashMap<>();
        columns.forEach((name, column) -> result.put(name, column.select(picked)));
        return result;
    }

    /**
     * This table without some columns, for example without the target; nothing is copied.
     *
     * @throws DataException when there is no such column
     */
    public Table without(String... names) {
        Map<String, Column> rest = new LinkedHashMap<>(columns);
        for (String name : names) {
            rest.remove(column(name).name());
        }
        return new Table(origin, rest, keys, rows, firstRow, selected);
    }

    @Override
    public String toString() {
        return "Table[" + source() + ", " + rows + " rows, " + columns.size() + " columns]";
    }
}

package ml.refract.table;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Entries of a matrix read from lines of row, column and value, rows and columns named by any text. The arrays are not copied;
 * treat them as read-only.
 *
 * @param source what messages call the file
 * @param names the columns of the file that hold row, column and value; without the last when only positions were read
 * @param rowIds names of the rows, in order of appearance
 * @param rows row of each entry, an index of {@code rowIds}
 * @param columnIds names of the columns, in order of appearance
 * @param columns column of each entry, an index of {@code columnIds}
 * @param values value of each entry, finite; empty when only positions were read
 */
public record Triples(
        String source,
        List<String> names,
        List<String> rowIds,
        int[] rows,
        List<String> columnIds,
        int[] columns,
        double[] values) {

    /**
     * Which columns of the file to read; those not given are found by position in a file of exactly three.
     *
     * @param row column that names the row
     * @param column column that names the column
     * @param value column that holds the value
     */
    public record Columns(Optional<String> row, Optional<String> column, Optional<String> value) {}

    /** How many entries there are. */
    public int size() {
        return rows.length;
    }

    /**
     * Reads entries. Ids are texts, compared after trimming: 7 and 07 differ.
     *
     * @throws DataException when the file cannot be read, columns are not there, an id is empty, a value is missing or no finite
     *     number, or a position appears twice; the message names the line
     */
    public static Triples read(TableSource source, CsvOptions csv, Columns columns) {
        try (CsvRows rows = CsvRows.open(source, csv)) {
            Reader reader = new Reader(rows, located(rows, columns), csv);
            reader.readAll();
            reader.refuseDuplicates();
            return reader.finish();
        }
    }

    /**
     * Reads positions without values: those to predict. A position may appear more than once.
     *
     * @param names the columns that hold row and column
     * @throws DataException as for {@link #read}
     */
    public static Triples readPairs(TableSource source, CsvOptions csv, List<String> names) {
        try (CsvRows rows = CsvRows.open(source, csv)) {
            int[] fields =
                    names.stream().limit(2).mapToInt(name -> field(rows, name)).toArray();
            Reader reader = new Reader(rows, fields, csv);
            reader.readAll();
            return reader.finish();
        }
    }

    private static int[] located(CsvRows rows, Columns columns) {
        List<Optional<String>> wanted = List.of(columns.row, columns.column, columns.value);
        int width = rows.header().size();
        if (width != 3 && wanted.stream().anyMatch(Optional::isEmpty)) {
            throw new DataException(
                    rows.source(),
                    "the header names " + width + (width == 1 ? " column, " : " columns, ")
                            + Where.someOf(rows.header())
                            + ", so that row, column and value cannot be told by position",
                    "name them with --row, --column and --value");
        }
        int[] fields = new int[3];
        for (int k = 0; k < 3; k++) {
            int position = k;
            fields[k] = wanted.get(k).map(name -> field(rows, name)).orElse(position);
        }
        if (Arrays.stream(fields).distinct().count() < 3) {
            throw new DataException(
                    rows.source(),
                    "row, column and value would be read from "
                            + Where.names(Arrays.stream(fields)
                                    .mapToObj(rows.header()::get)
                                    .toList())
                            + ", which are not three columns",
                    "name three with --row, --column and --value");
        }
        return fields;
    }

    private static int field(CsvRows rows, String name) {
        int index = rows.header().indexOf(name);
        if (index < 0) {
            throw new DataException(
                    rows.source(),
                    "there is no column " + Where.name(name) + Where.didYouMean(name, rows.header()) + "; there are "
                            + Where.someOf(rows.header()),
                    "name a column of the file, or add it to the header");
        }
        return index;
    }

    /** Collects entries row by row. */
    private static final class Reader {
        private final CsvRows source;
        private final int[] fields;
        private final MissingTokens missing;
        private final Decimal decimal = new Decimal();
        private final TextIndex rowIds = new TextIndex();
        private final TextIndex columnIds = new TextIndex();
        private int size;
        private int[] rows = new int[1024];
        private int[] columns = new int[1024];
        private long[] lines = new long[1024];
        private double[] values;

        Reader(CsvRows source, int[] fields, CsvOptions csv) {
            this.source = source;
            this.fields = fields;
            this.missing = new MissingTokens(csv.missingTokens());
            this.values = new double[fields.length == 3 ? 1024 : 0];
        }

        void readAll() {
            while (source.next()) {
                add(source.row());
            }
        }

        private void add(Row row) {
            if (size == rows.length) {
                grow(row);
            }
            rows[size] = id(row, fields[0], rowIds);
            columns[size] = id(row, fields[1], columnIds);
            lines[size] = row.line();
            if (fields.length == 3) {
                values[size] = value(row, fields[2]);
            }
            size++;
        }

        private void grow(Row row) {
            if (size > Integer.MAX_VALUE / 2) {
                throw new DataException(
                        Where.row(source.source(), row),
                        "more than " + size + " entries cannot be read",
                        "split the file, or leave entries out");
            }
            rows = Arrays.copyOf(rows, 2 * size);
            columns = Arrays.copyOf(columns, 2 * size);
            lines = Arrays.copyOf(lines, 2 * size);
            values = fields.length == 3 ? Arrays.copyOf(values, 2 * size) : values;
        }

        private int id(Row row, int field, TextIndex ids) {
            if (row.start(field) == row.end(field)) {
                throw new DataException(
                        Where.cell(source.source(), row, source.header().get(field)),
                        "found an empty cell, wanted an id",
                        "fill it in, or leave the row out");
            }
            return ids.add(row.chars(), row.start(field), row.end(field));
        }

        private double value(Row row, int field) {
            boolean there = !missing.contains(row, field);
            boolean read = there && decimal.read(row.chars(), row.start(field), row.end(field));
            double value = read ? decimal.value() : Double.NaN;
            if (!Double.isFinite(value)) {
                throw new DataException(
                        Where.cell(source.source(), row, source.header().get(field)),
                        "found " + (there ? Where.quote(row.text(field)) : "a missing value") + ", wanted a number",
                        there
                                ? "correct the cell, or leave the row out"
                                : "leave the row out: entries that are not listed " + "are the missing ones");
            }
            return value;
        }

        void refuseDuplicates() {
            long[] positions = new long[size];
            for (int e = 0; e < size; e++) {
                positions[e] = position(e);
            }
            Arrays.sort(positions);
            for (int e = 1; e < size; e++) {
                if (positions[e] == positions[e - 1]) {
                    throw duplicate(positions[e]);
                }
            }
        }

        private long position(int entry) {
            return ((long) rows[entry] << 32) | columns[entry];
        }

        private DataException duplicate(long position) {
            int first = 0;
            while (position(first) != position) {
                first++;
            }
            int second = first + 1;
            while (position(second) != position) {
                second++;
            }
            return new DataException(
                    Where.line(source.source(), lines[second]),
                    "row " + Where.name(rowIds.texts().get(rows[second])) + " and column "
                            + Where.name(columnIds.texts().get(columns[second])) + " were given before, in line "
                            + lines[first],
                    "keep one of the two, or put their mean in one line");
        }

        Triples finish() {
            return new Triples(
                    source.source(),
                    Arrays.stream(fields).mapToObj(source.header()::get).toList(),
                    List.copyOf(rowIds.texts()),
                    Arrays.copyOf(rows, size),
                    List.copyOf(columnIds.texts()),
                    Arrays.copyOf(columns, size),
                    fields.length == 3 ? Arrays.copyOf(values, size) : values);
        }
    }
}

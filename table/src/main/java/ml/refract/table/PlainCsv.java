package ml.refract.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import ml.refract.linalg.DoubleMatrix;

/** Text files read as they are: all cells as a matrix of numbers, or one column as texts. No type is inferred. */
public final class PlainCsv {
    private PlainCsv() {}

    /**
     * Reads every cell as a number.
     *
     * @throws DataException when the source cannot be read or a cell is no finite number, missing ones included; when the header
     *     holds numbers, which then are no names
     */
    public static DoubleMatrix matrix(TableSource source, CsvOptions options) {
        try (CsvRows rows = CsvRows.open(source, options)) {
            requireNames(rows);
            int cols = rows.header().size();
            double[] values = new double[64 * cols];
            int count = 0;
            Decimal decimal = new Decimal();
            while (rows.next()) {
                if (values.length < (count + 1) * cols) {
                    values = Arrays.copyOf(values, Math.max((count + 1) * cols, values.length + values.length / 2));
                }
                for (int j = 0; j < cols; j++) {
                    values[count * cols + j] = number(rows, j, decimal);
                }
                count++;
            }
            return DoubleMatrix.of(count, cols, Arrays.copyOf(values, count * cols));
        }
    }

    private static void requireNames(CsvRows rows) {
        if (rows.header().stream().allMatch(Decimal::isNumber)) {
            throw new DataException(
                    Where.line(rows.source(), 1),
                    "the first line holds numbers, wanted the names of the columns",
                    "put a header line above the numbers");
        }
    }

    private static double number(CsvRows rows, int col, Decimal decimal) {
        Row row = rows.row();
        boolean read = decimal.read(row.chars(), row.start(col), row.end(col));
        double value = read ? decimal.value() : Double.NaN;
        if (!Double.isFinite(value)) {
            throw new DataException(
                    Where.cell(rows.source(), row, rows.header().get(col)),
                    "found " + Where.quote(row.text(col)) + ", wanted a finite number",
                    "leave out the row, or the column if it holds no activations");
        }
        return value;
    }

    /**
     * Reads one column as trimmed texts.
     *
     * @param column its name; not needed when there is only one
     * @throws DataException when the source cannot be read, there is no such column, or a cell is missing
     */
    public static List<String> column(TableSource source, CsvOptions options, Optional<String> column) {
        MissingTokens missing = new MissingTokens(options.missingTokens());
        try (CsvRows rows = CsvRows.open(source, options)) {
            int field = field(rows, column);
            List<String> texts = new ArrayList<>();
            while (rows.next()) {
                if (missing.contains(rows.row(), field)) {
                    throw new DataException(
                            Where.cell(rows.source(), rows.row(), rows.header().get(field)),
                            "the cell is empty or says that it is missing",
                            "fill it, or leave out the row here and in the other files");
                }
                texts.add(rows.row().text(field));
            }
            return List.copyOf(texts);
        }
    }

    private static int field(CsvRows rows, Optional<String> column) {
        List<String> header = rows.header();
        if (column.isEmpty() && header.size() == 1) {
            requireNames(rows);
            return 0;
        }
        if (column.isEmpty()) {
            throw new DataException(
                    rows.source(),
                    "there are " + header.size() + " columns, " + Where.someOf(header),
                    "say which one to read by its name");
        }
        int field = header.indexOf(column.get());
        if (field < 0) {
            throw new DataException(
                    rows.source(),
                    "there is no column " + Where.name(column.get())
                            + Where.didYouMean(column.get(), new HashSet<>(header)),
                    "the columns are " + Where.someOf(header));
        }
        return field;
    }
}

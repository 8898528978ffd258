package ml.refract.table;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Which rows are for training, validation and test. Read from a file of two columns: {@code row}, a 0-based data row,
 * and {@code part}, one of train, val, test. Rows that are not listed are not used. Immutable.
 */
public final class Split {
    private static final List<String> HEADER = List.of("row", "part");
    private static final List<String> PARTS = List.of("train", "val", "test");
    private static final int UNUSED = -1;
    private static final int TRAIN = 0;
    private static final int VALIDATION = 1;
    private static final int TEST = 2;

    private final int[] partOfRow;

    private Split(int[] partOfRow) {
        this.partOfRow = partOfRow;
    }

    /**
     * Reads a split file for data of so many rows.
     *
     * @throws DataException when the file cannot be read, its header is not {@code row,part}, a row is no row of the
     *     data or listed twice, a part is unknown, or no row is for training
     */
    public static Split read(Path file, int dataRows) {
        try (TableSource source = TableSource.of(file)) {
            return read(source, dataRows);
        }
    }

    /** Reads a split from a source, which is not closed; see {@link #read(Path, int)}. */
    public static Split read(TableSource source, int dataRows) {
        int[] partOfRow = new int[dataRows];
        Arrays.fill(partOfRow, UNUSED);
        CsvOptions literal = CsvOptions.defaults().withMissingTokens(Set.of());
        try (CsvRows rows = CsvRows.open(source, literal)) {
            requireHeader(rows);
            while (rows.next()) {
                int row = dataRow(rows, dataRows);
                int part = part(rows);
                if (partOfRow[row] != UNUSED) {
                    throw bad(rows, "row " + row + " is listed twice", "list every row once");
                }
                partOfRow[row] = part;
            }
        }
        Split split = new Split(partOfRow);
        if (split.train().length == 0) {
            throw new DataException(source.name(), "no row is for training", "give some rows the part train");
        }
        return split;
    }

    private static void requireHeader(CsvRows rows) {
        if (!rows.header().equals(HEADER)) {
            throw new DataException(
                    Where.line(rows.source(), 1),
                    "found the columns " + Where.someOf(rows.header()) + ", wanted " + Where.names(HEADER),
                    "begin the split file with the line row,part");
        }
    }

    private static int dataRow(CsvRows rows, int dataRows) {
        String text = rows.row().text(0);
        int row;
        try {
            row = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            row = -1;
        }
        if (row < 0 || row >= dataRows) {
            throw bad(
                    rows,
                    "found the row " + Where.quote(text) + ", wanted a data row from 0 to " + (dataRows - 1),
                    "check that the split belongs to this data file; rows are counted from 0 after the header");
        }
        return row;
    }

    private static int part(CsvRows rows) {
        String text = rows.row().text(1);
        int part = PARTS.indexOf(text);
        if (part < 0) {
            throw bad(rows, "found the part " + Where.quote(text) + ", wanted " + Where.names(PARTS), "correct it");
        }
        return part;
    }

    private static DataException bad(CsvRows rows, String found, String remedy) {
        return new DataException(Where.line(rows.source(), rows.row().line()), found, remedy);
    }

    /** The training rows, ascending; at least one. */
    public int[] train() {
        return rowsOf(TRAIN);
    }

    /** The validation rows, ascending; may be empty. */
    public int[] validation() {
        return rowsOf(VALIDATION);
    }

    /** The test rows, ascending; may be empty. */
    public int[] test() {
        return rowsOf(TEST);
    }

    private int[] rowsOf(int part) {
        return IntStream.range(0, partOfRow.length)
                .filter(row -> partOfRow[row] == part)
                .toArray();
    }

    @Override
    public String toString() {
        return "Split[" + train().length + " train, " + validation().length + " validation, " + test().length
                + " test]";
    }
}

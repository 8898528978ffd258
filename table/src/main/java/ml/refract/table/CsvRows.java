package ml.refract.table;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rows of a delimited text file, checked to be as wide as the header. */
final class CsvRows implements RowCursor {
    private static final String DELIMITERS = ",;\t|";

    private final String source;
    private final char delimiter;
    private final char quote;
    private final CloseableIterator<Row> records;
    private final Row row = new Row();
    private List<String> header = List.of();
    private long lineOfRecord;
    private long dataRows;

    static CsvRows open(TableSource source, CsvOptions options) {
        SourceReader reader = new SourceReader(source.name(), source.open(), options.charset());
        try {
            return new CsvRows(source.name(), reader, options);
        } catch (RuntimeException e) {
            closeQuietly(reader, e);
            throw e;
        }
    }

    private CsvRows(String source, SourceReader reader, CsvOptions options) {
        this.source = source;
        this.quote = options.quote();
        Character fixed = options.delimiter();
        this.delimiter = fixed != null ? fixed : detectDelimiter(reader.head(), options.quote());
        this.records = CsvReader.builder()
                .fieldSeparator(delimiter)
                .quoteCharacter(options.quote())
                .trimWhitespacesAroundQuotes(true)
                .allowUnclosedQuote(false)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .build(new RowFiller(), reader)
                .iterator();
        this.header = readHeader();
    }

    /** The candidate that occurs most often in the header outside quotes; a comma when there is none. */
    private static char detectDelimiter(CharSequence head, char quote) {
        int[] counts = new int[DELIMITERS.length()];
        boolean quoted = false;
        boolean blankSoFar = true;
        for (int i = 0; i < head.length(); i++) {
            char c = head.charAt(i);
            boolean lineEnd = c == '\n' || c == '\r';
            if (lineEnd && !quoted && !blankSoFar) {
                break;
            }
            blankSoFar &= lineEnd;
            quoted ^= c == quote;
            int candidate = quoted ? -1 : DELIMITERS.indexOf(c);
            if (candidate >= 0) {
                counts[candidate]++;
            }
        }
        int best = 0;
        for (int k = 1; k < counts.length; k++) {
            best = counts[k] > counts[best] ? k : best;
        }
        return DELIMITERS.charAt(best);
    }

    private List<String> readHeader() {
        if (!advance()) {
            throw new DataException(source, "the file is empty", "pass a file with a header line and data rows");
        }
        List<String> names = new ArrayList<>(row.fields());
        Map<String, Integer> seen = new HashMap<>();
        for (int j = 0; j < row.fields(); j++) {
            String name = row.text(j);
            if (name.isEmpty()) {
                throw unnamedColumn(j);
            }
            Integer earlier = seen.putIfAbsent(name, j);
            if (earlier != null) {
                throw new DataException(
                        Where.line(source, lineOfRecord),
                        "the column name " + Where.name(name) + " appears twice, in columns " + (earlier + 1) + " and "
                                + (j + 1),
                        "rename one of them; if this line holds data, put a header line above it");
            }
            names.add(name);
        }
        return List.copyOf(names);
    }

    private DataException unnamedColumn(int index) {
        String hint = index == 0 ? "; an unnamed first column is often a row index, then leave it out of the file" : "";
        return new DataException(
                Where.line(source, lineOfRecord),
                "column " + (index + 1) + " of " + row.fields() + " has no name",
                "name every column in the header" + hint);
    }

    private boolean advance() {
        try {
            do {
                if (!records.hasNext()) {
                    return false;
                }
                records.next();
            } while (isBlankLine());
            return true;
        } catch (CsvParseException e) {
            throw e.getCause() instanceof DataException known ? known : malformed(e);
        }
    }

    /** Whether the row is a line of blanks; lines without any character do not get here. */
    private boolean isBlankLine() {
        return row.fields() == 1 && row.end(0) == 0 && header.size() != 1;
    }

    private DataException malformed(CsvParseException e) {
        String message = String.valueOf(e.getMessage());
        String found = "a quote opened in the row that starts here is never closed";
        String remedy = "close the quote, or double it if it belongs to the text of a quoted cell";
        if (message.startsWith("Unexpected character after closing quote")) {
            found = "text follows the closing quote of a cell in the row that starts here";
            remedy = "double the quotes that belong to the text of the cell";
        } else if (message.startsWith("The maximum buffer size")) {
            found = "a cell in the row that starts here is longer than 16 million characters";
            remedy = "look for a quote that is opened there and never closed";
        }
        return new DataException(Where.line(source, lineOfRecord), found, remedy, e);
    }

    @Override
    public String source() {
        return source;
    }

    @Override
    public List<String> header() {
        return header;
    }

    @Override
    public Optional<Character> delimiter() {
        return Optional.of(delimiter);
    }

    @Override
    public boolean next() {
        if (!advance()) {
            if (dataRows == 0) {
                throw new DataException(
                        source, "there is a header but no data row below it", "pass a file with data rows");
            }
            return false;
        }
        if (row.fields() != header.size()) {
            throw new DataException(
                    Where.row(source, row),
                    "found " + row.fields() + (row.fields() == 1 ? " cell" : " cells") + ", wanted " + header.size()
                            + " as in the header",
                    "put " + quote + " around cells that contain " + Where.quote(String.valueOf(delimiter))
                            + ", and leave no cell out");
        }
        dataRows++;
        return true;
    }

    @Override
    public Row row() {
        return row;
    }

    @Override
    public void close() {
        try {
            records.close();
        } catch (IOException e) {
            throw TableSource.readFailure(source, e);
        }
    }

    private static void closeQuietly(SourceReader reader, RuntimeException reason) {
        try {
            reader.close();
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    /** Copies the cells of each record into the one row. */
    private final class RowFiller extends AbstractBaseCsvCallbackHandler<Row> {
        @Override
        protected void handleBegin(long startingLineNumber) {
            lineOfRecord = startingLineNumber;
            row.begin(dataRows, startingLineNumber);
        }

        @Override
        protected void handleField(int field, char[] source, int offset, int length, boolean quoted) {
            row.add(source, offset, length);
        }

        @Override
        protected Row buildRecord() {
            return row;
        }
    }
}

package ml.refract.table;

import java.util.Arrays;

/**
 * The cells of one row as trimmed character ranges of one buffer. Cursors reuse a single instance for all rows, so
 * whoever keeps a cell copies it.
 */
final class Row {
    private char[] chars = new char[1024];
    private int[] ends = new int[16];
    private int fields;
    private long index;
    private long line;

    /** Empties the row; line 0 means that the rows do not come from a file. */
    void begin(long dataRow, long fileLine) {
        fields = 0;
        index = dataRow;
        line = fileLine;
    }

    /** Appends a cell without the blanks around it. */
    void add(char[] source, int offset, int length) {
        int from = offset;
        int to = offset + length;
        while (from < to && source[from] <= ' ') {
            from++;
        }
        while (from < to && source[to - 1] <= ' ') {
            to--;
        }
        int start = reserve(to - from);
        System.arraycopy(source, from, chars, start, to - from);
    }

    void add(String text) {
        String trimmed = text.trim();
        int start = reserve(trimmed.length());
        trimmed.getChars(0, trimmed.length(), chars, start);
    }

    private int reserve(int length) {
        if (fields == ends.length) {
            ends = Arrays.copyOf(ends, 2 * fields);
        }
        int start = start(fields);
        if (chars.length - start < length) {
            chars = Arrays.copyOf(chars, Math.max(2 * chars.length, start + length));
        }
        ends[fields++] = start + length;
        return start;
    }

    int fields() {
        return fields;
    }

    /** The 0-based number of this data row. */
    long index() {
        return index;
    }

    /** The 1-based file line at which this row starts, or 0. */
    long line() {
        return line;
    }

    char[] chars() {
        return chars;
    }

    int start(int field) {
        return field == 0 ? 0 : ends[field - 1];
    }

    int end(int field) {
        return ends[field];
    }

    String text(int field) {
        return new String(chars, start(field), end(field) - start(field));
    }
}

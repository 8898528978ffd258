package ml.refract.table;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** How messages name a place in the data and quote what stands there, so that they all read alike. */
final class Where {
    private static final int LONGEST_QUOTE = 40;

    private Where() {}

    static String line(String source, long line) {
        return source + ", line " + line;
    }

    /** A data row, with its file line when the rows come from a file (line 0 means that they do not). */
    static String row(String source, long row, long line) {
        return line > 0 ? line(source, line) + " (data row " + row + ")" : source + ", data row " + row;
    }

    static String row(String source, Row row) {
        return row(source, row.index(), row.line());
    }

    static String column(String source, String column) {
        return source + ", column " + name(column);
    }

    static String cell(String source, Row row, String column) {
        return column(row(source, row), column);
    }

    static String name(String column) {
        return "'" + visible(column) + "'";
    }

    static String names(List<String> columns) {
        return columns.stream().map(Where::name).collect(Collectors.joining(", "));
    }

    /** The names, or the first ten of them when there are more. */
    static String someOf(List<String> columns) {
        int shown = Math.min(columns.size(), 10);
        String more = shown < columns.size() ? " and " + (columns.size() - shown) + " more" : "";
        return names(columns.subList(0, shown)) + more;
    }

    /** The text of a cell in double quotes: control characters made visible, long texts cut. */
    static String quote(String text) {
        boolean cut = text.length() > LONGEST_QUOTE;
        return "\"" + visible(cut ? text.substring(0, LONGEST_QUOTE) + "..." : text) + "\"";
    }

    private static String visible(String text) {
        return text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t");
    }

    /** "data rows 3, 8, 9" of the given rows, or "data rows 3, 8, 9 and 4 more" when there are more than shown. */
    static String rows(List<Long> first, long total) {
        String word = total == 1 ? "data row " : "data rows ";
        String listed = first.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return word + listed + (total > first.size() ? " and " + (total - first.size()) + " more" : "");
    }

    /** " Did you mean 'x'?" in the form messages append, or nothing when no name is near. */
    static String didYouMean(String wanted, Iterable<String> candidates) {
        List<String> names = new ArrayList<>();
        candidates.forEach(names::add);
        return NearestName.of(wanted, names)
                .map(near -> " (did you mean " + name(near) + "?)")
                .orElse("");
    }
}

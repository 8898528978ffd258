package ml.refract.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows of cells in aligned columns; cells that begin like numbers are set to the right. */
final class TextTable {
    private static final String INDENT = "  ";
    private static final String GAP = "  ";

    private final List<String[]> rows = new ArrayList<>();

    TextTable row(String... cells) {
        rows.add(cells);
        return this;
    }

    /** The rows as lines, each ended by a line feed; trailing blanks are cut. */
    String text() {
        int columns = rows.stream().mapToInt(row -> row.length).max().orElse(0);
        int[] widths = new int[columns];
        boolean[] numeric = new boolean[columns];
        for (int j = 0; j < columns; j++) {
            int column = j;
            widths[j] = cells(column).stream().mapToInt(String::length).max().orElse(0);
            // The first row may be a heading.
            List<String> values = cells(column).stream()
                    .skip(1)
                    .filter(cell -> !cell.isEmpty())
                    .toList();
            numeric[j] = !values.isEmpty() && values.stream().allMatch(TextTable::isNumber);
        }
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder(INDENT);
            for (int j = 0; j < row.length; j++) {
                String pad = " ".repeat(widths[j] - row[j].length());
                line.append(numeric[j] ? pad + row[j] : row[j] + pad).append(GAP);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private List<String> cells(int column) {
        return rows.stream()
                .filter(row -> column < row.length)
                .map(row -> row[column])
                .toList();
    }

    private static boolean isNumber(String cell) {
        return cell.matches("(> )?[-+]?[0-9][0-9.,]*(e[-+]?[0-9]+)?( ?[%a-zA-Z]{0,3})?|NaN|-");
    }
}

package ml.refract.table;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import ml.refract.linalg.DoubleMatrix;

/**
 * What it costs to predict one class where another is true. Read from a file with a row for each true class and a column for each
 * predicted class: the first cell of a row names its class, the first cell of the header is free. Immutable.
 */
public final class Costs {
    private final String source;
    private final List<String> predicted;
    private final List<String> truth;
    private final double[][] costs;

    private Costs(String source, List<String> predicted, List<String> truth, double[][] costs) {
        this.source = source;
        this.predicted = predicted;
        this.truth = truth;
        this.costs = costs;
    }

    /**
     * Reads a file of costs.
     *
     * @throws DataException when the file cannot be read, a class has two rows, or a cost is no finite number
     */
    public static Costs read(Path file) {
        CsvOptions literal = CsvOptions.defaults().withMissingTokens(Set.of());
        List<String> truth = new ArrayList<>();
        List<double[]> costs = new ArrayList<>();
        try (TableSource source = TableSource.of(file);
                CsvRows rows = CsvRows.open(source, literal)) {
            List<String> header = rows.header();
            while (rows.next()) {
                String label = rows.row().text(0);
                if (truth.contains(label)) {
                    throw new DataException(
                            line(rows), "the class " + Where.quote(label) + " has two rows", "keep one of them");
                }
                truth.add(label);
                double[] row = new double[header.size() - 1];
                for (int j = 0; j < row.length; j++) {
                    row[j] = cost(rows, j + 1);
                }
                costs.add(row);
            }
            List<String> predicted = List.copyOf(header.subList(1, header.size()));
            return new Costs(source.name(), predicted, List.copyOf(truth), costs.toArray(double[][]::new));
        }
    }

    private static double cost(CsvRows rows, int field) {
        String text = rows.row().text(field);
        double cost;
        try {
            cost = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            cost = Double.NaN;
        }
        if (!Double.isFinite(cost)) {
            throw new DataException(
                    Where.column(line(rows), rows.header().get(field)),
                    "found the cost " + Where.quote(text) + ", wanted a number",
                    "correct it");
        }
        return cost;
    }

    private static String line(CsvRows rows) {
        return Where.line(rows.source(), rows.row().line());
    }

    /**
     * The costs in the order of some classes: row k and column j is what it costs to predict class j where k is true.
     *
     * @throws DataException when these are not the classes of the file
     */
    public DoubleMatrix of(List<String> classes) {
        require(truth, classes, "rows");
        require(predicted, classes, "columns");
        DoubleMatrix ordered = DoubleMatrix.zeros(classes.size(), classes.size());
        for (int k = 0; k < classes.size(); k++) {
            double[] row = costs[truth.indexOf(classes.get(k))];
            for (int j = 0; j < classes.size(); j++) {
                ordered.set(k, j, row[predicted.indexOf(classes.get(j))]);
            }
        }
        return ordered;
    }

    private void require(List<String> found, List<String> classes, String what) {
        if (found.size() != classes.size() || !found.containsAll(classes)) {
            throw new DataException(
                    source,
                    "found " + what + " for " + Where.someOf(found) + ", wanted one for each class of the target: "
                            + Where.someOf(classes),
                    "name every class once, as the data do");
        }
    }

    /** Where the costs come from. */
    public String source() {
        return source;
    }
}

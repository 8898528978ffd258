package ml.refract.table.array;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import ml.refract.table.CsvOptions;
import ml.refract.table.DataException;
import ml.refract.table.PlainCsv;
import ml.refract.table.TableSource;

/**
 * What each row of an array is said to be: one number a row.
 *
 * @param source the file
 * @param values the numbers; 1 and 0 when a label was named that means 1
 */
public record RowLabels(String source, double[] values) {

    /**
     * Reads a column of a CSV file, or a NumPy file of one axis.
     *
     * @param column the column, not needed when there is only one
     * @param positive the label that becomes 1, all others becoming 0; needed for labels that are no numbers
     * @throws DataException when the file cannot be read, a label is missing, or labels are no numbers though none was named
     */
    public static RowLabels read(Path file, Optional<String> column, Optional<String> positive, CsvOptions csv) {
        byte[] start = Activations.start(file);
        Activations.refuseArchive(file, start);
        if (Npy.isNpy(start)) {
            return numbers(file, column, positive);
        }
        if (Activations.isSafetensors(start)) {
            throw new DataException(
                    file.toString(), "this is a safetensors file", "pass the labels as CSV or with numpy.save");
        }
        try (TableSource source = TableSource.of(file)) {
            List<String> texts = PlainCsv.column(source, csv, column);
            double[] values = positive.map(label -> matches(file, texts, label)).orElseGet(() -> parsed(file, texts));
            return new RowLabels(file.toString(), values);
        }
    }

    private static RowLabels numbers(Path file, Optional<String> column, Optional<String> positive) {
        if (column.isPresent()) {
            throw new DataException(file.toString(), "a .npy file has no columns with names", "leave out the name");
        }
        double[] values = Activations.numbers(file);
        if (positive.isEmpty()) {
            return new RowLabels(file.toString(), values);
        }
        double wanted = number(positive.get())
                .orElseThrow(() -> new DataException(
                        file.toString(),
                        "its labels are numbers, so none is '" + positive.get() + "'",
                        "name a number"));
        return new RowLabels(
                file.toString(), indicators(file, values.length, positive.get(), i -> values[i] == wanted));
    }

    private static double[] matches(Path file, List<String> texts, String label) {
        Optional<Double> number = number(label);
        return indicators(
                file,
                texts.size(),
                label,
                i -> texts.get(i).equals(label) || (number.isPresent() && number.equals(number(texts.get(i)))));
    }

    private static double[] indicators(Path file, int rows, String label, IntPredicate positive) {
        double[] values = new double[rows];
        boolean any = false;
        for (int i = 0; i < rows; i++) {
            values[i] = positive.test(i) ? 1 : 0;
            any |= positive.test(i);
        }
        if (!any) {
            throw new DataException(
                    file.toString(), "no row has the label '" + label + "'", "name a label that occurs");
        }
        return values;
    }

    private static Optional<Double> number(String text) {
        try {
            double value = Double.parseDouble(text);
            return Double.isFinite(value) ? Optional.of(value) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static double[] parsed(Path file, List<String> texts) {
        double[] values = new double[texts.size()];
        for (int i = 0; i < values.length; i++) {
            int row = i;
            values[i] = number(texts.get(i))
                    .orElseThrow(() -> new DataException(
                            file + ", data row " + row,
                            "found the label '" + texts.get(row) + "', which is no number; there are " + counted(texts),
                            "say which label means that the concept is present, with --positive LABEL"));
        }
        return values;
    }

    private static String counted(List<String> texts) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        texts.forEach(text -> counts.merge(text, 1, Integer::sum));
        String listed = counts.entrySet().stream()
                .limit(10)
                .map(entry -> "'" + entry.getKey() + "' (" + entry.getValue() + ")")
                .collect(Collectors.joining(", "));
        return listed + (counts.size() > 10 ? " and " + (counts.size() - 10) + " more" : "");
    }
}

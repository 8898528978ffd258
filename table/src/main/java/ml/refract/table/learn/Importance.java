package ml.refract.table.learn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.table.Coordinates;

/**
 * The part a column has in how the model's function changes: its share of the trace of the average gradient outer product,
 * summed over the column's coordinates.
 *
 * @param column the column
 * @param share 0 to 1; shares of all columns sum to 1
 */
public record Importance(String column, double share) {
    /** The importances of all columns, largest first. */
    static List<Importance> of(BlockSymmetric moment, Coordinates coordinates) {
        double[] diagonal = moment.diagonal();
        double trace = moment.trace();
        Map<String, Double> sums = new LinkedHashMap<>();
        coordinates.ranges().forEach(range -> {
            double sum = 0;
            for (int k = range.start(); k < range.end(); k++) {
                sum += diagonal[k];
            }
            sums.merge(range.column(), trace > 0 ? sum / trace : 0, Double::sum);
        });
        List<Importance> result = new ArrayList<>();
        sums.forEach((column, share) -> result.add(new Importance(column, share)));
        result.sort(Comparator.comparingDouble(Importance::share).reversed());
        return List.copyOf(result);
    }
}

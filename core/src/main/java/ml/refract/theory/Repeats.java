package ml.refract.theory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;

/**
 * Rows that have the same inputs as another row. How their targets differ is noise, whatever the kernel; where they do not
 * differ, rows were most likely copied.
 *
 * @param rows rows that share their inputs with another
 * @param groups different inputs among them
 * @param noise variance of the targets within groups, summed over outputs, unbiased; NaN without groups
 */
public record Repeats(int rows, int groups, double noise) {
    /** Finds the repeats among rows X (n x d) with targets Y (n x c). Cost n d. */
    public static Repeats of(Design x, DoubleMatrix y) {
        Map<List<Object>, List<Integer>> found = new HashMap<>();
        double[] row = new double[x.dense().cols()];
        for (int i = 0; i < x.rows(); i++) {
            x.dense().copyRow(i, row, 0);
            List<Object> key = new ArrayList<>();
            for (double value : row) {
                key.add(value + 0.0); // -0 is 0
            }
            for (Design.Group group : x.groups()) {
                key.add(group.codes()[i]);
            }
            found.computeIfAbsent(key, inputs -> new ArrayList<>()).add(i);
        }
        int rows = 0;
        int groups = 0;
        double squares = 0;
        for (List<Integer> group : found.values()) {
            if (group.size() > 1) {
                rows += group.size();
                groups++;
                squares += squares(y, group);
            }
        }
        return new Repeats(rows, groups, groups == 0 ? Double.NaN : squares / (rows - groups));
    }

    /** Sum of squared distances from the mean of a group. */
    private static double squares(DoubleMatrix y, List<Integer> group) {
        double sum = 0;
        for (int l = 0; l < y.cols(); l++) {
            double mean = 0;
            for (int i : group) {
                mean += y.get(i, l) / group.size();
            }
            for (int i : group) {
                sum += Math.pow(y.get(i, l) - mean, 2);
            }
        }
        return sum;
    }
}

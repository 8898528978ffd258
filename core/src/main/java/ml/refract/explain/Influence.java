package ml.refract.explain;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ml.refract.engine.Execution;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.xrfm.XrfmModel;

/**
 * What one training row adds to a prediction: alpha_il k(x, x_i), times the routing weight of its leaf, summed over the
 * leaves it stands in. The sum over all training rows is the raw output, exactly.
 *
 * @param row number of the training row
 * @param contributions what it adds to each raw output, length c
 */
public record Influence(int row, double[] contributions) {
    /** The training rows with the largest contributions to any output, largest first. Cost of one prediction per leaf. */
    public static List<Influence> largest(XrfmModel model, Design row, int count, Execution execution) {
        Map<Integer, double[]> sums = new LinkedHashMap<>();
        for (XrfmModel.Member tree : model.trees()) {
            double[] weights = model.weights(tree, row)[0];
            for (int leaf = 0; leaf < weights.length; leaf++) {
                if (weights[leaf] > 0) {
                    DoubleMatrix parts = tree.machines().get(leaf).contributions(row, execution);
                    add(parts, tree.rows().get(leaf), weights[leaf] * tree.weight(), sums);
                }
            }
        }
        List<Influence> all = new ArrayList<>();
        sums.forEach((i, contributions) -> all.add(new Influence(i, contributions)));
        all.sort(Comparator.comparingDouble(Influence::size).reversed());
        return List.copyOf(all.subList(0, Math.min(count, all.size())));
    }

    private static void add(DoubleMatrix parts, int[] rows, double weight, Map<Integer, double[]> sums) {
        for (int i = 0; i < rows.length; i++) {
            double[] sum = sums.computeIfAbsent(rows[i], key -> new double[parts.cols()]);
            for (int l = 0; l < sum.length; l++) {
                sum[l] += weight * parts.get(i, l);
            }
        }
    }

    private double size() {
        double largest = 0;
        for (double contribution : contributions) {
            largest = Math.max(largest, Math.abs(contribution));
        }
        return largest;
    }
}

package ml.refract.task;

import java.util.HashMap;
import java.util.Map;
import ml.refract.linalg.DoubleMatrix;

/**
 * What calibrators are fitted on.
 *
 * @param scores class scores, m x K
 * @param labels class of each row
 * @param weights of each row
 */
record ScoredRows(DoubleMatrix scores, int[] labels, double[] weights) {
    /** Every row of the data counts once, however often it occurs. */
    static ScoredRows of(DoubleMatrix scores, int[] labels, int[] rows) {
        Map<Integer, Integer> copies = new HashMap<>();
        for (int row : rows) {
            copies.merge(row, 1, Integer::sum);
        }
        double[] weights = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            weights[i] = 1.0 / copies.getOrDefault(rows[i], 1);
        }
        return new ScoredRows(scores, labels, weights);
    }

    int count() {
        return labels.length;
    }

    int classes() {
        return scores.cols();
    }

    ScoredRows select(int[] picked) {
        int[] theirLabels = new int[picked.length];
        double[] theirWeights = new double[picked.length];
        for (int i = 0; i < picked.length; i++) {
            theirLabels[i] = labels[picked[i]];
            theirWeights[i] = weights[picked[i]];
        }
        return new ScoredRows(scores.select(picked), theirLabels, theirWeights);
    }

    double totalWeight() {
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        return sum;
    }

    /** Weight of the rows of one class. */
    double weightOf(int label) {
        double sum = 0;
        for (int i = 0; i < labels.length; i++) {
            sum += labels[i] == label ? weights[i] : 0;
        }
        return sum;
    }
}

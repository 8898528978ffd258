package ml.refract.tune;

import java.util.Arrays;
import java.util.List;
import ml.refract.linalg.DoubleMatrix;

/**
 * Which candidates are averaged, with what weights: greedy selection with replacement (Caruana et al., ICML 2004; specification
 * of xRFM, section 25) on outputs for rows that no candidate has learned from.
 *
 * @param weights of each candidate, most of them 0; they sum to 1
 * @param loss of the average on those rows
 * @param outputs of the average
 */
record Blend(double[] weights, double loss, DoubleMatrix outputs) {
    private static final int MOST_STEPS = 40;

    /**
     * Starts from the best candidate and adds, as long as that helps, the one that makes the loss of the average least.
     *
     * @param rows the row behind each output row
     * @param candidates outputs of each candidate
     * @param most candidates with a weight
     */
    static Blend of(Objective objective, int[] rows, List<DoubleMatrix> candidates, int most) {
        int[] counts = new int[candidates.size()];
        DoubleMatrix sum = DoubleMatrix.zeros(rows.length, candidates.get(0).cols());
        double best = Double.POSITIVE_INFINITY;
        int steps = 0;
        int used = 0;
        while (steps < MOST_STEPS) {
            int next = -1;
            double least = best;
            for (int c = 0; c < counts.length; c++) {
                if (counts[c] == 0 && used >= most) {
                    continue;
                }
                double loss = objective.mean(rows, mean(sum, candidates.get(c), steps + 1));
                if (loss < least) {
                    least = loss;
                    next = c;
                }
            }
            if (next < 0) {
                break;
            }
            used += counts[next]++ == 0 ? 1 : 0;
            best = least;
            add(sum, candidates.get(next));
            steps++;
        }
        if (steps == 0) { // no candidate has a finite loss
            counts[0] = 1;
            add(sum, candidates.get(0));
            steps = 1;
        }
        double total = steps;
        double[] weights =
                Arrays.stream(counts).mapToDouble(count -> count / total).toArray();
        return new Blend(weights, best, scaled(sum, 1 / total));
    }

    private static DoubleMatrix mean(DoubleMatrix sum, DoubleMatrix more, int count) {
        DoubleMatrix result = sum.copy();
        add(result, more);
        return scaled(result, 1.0 / count);
    }

    private static void add(DoubleMatrix sum, DoubleMatrix more) {
        double[] values = sum.values();
        for (int k = 0; k < values.length; k++) {
            values[k] += more.values()[k];
        }
    }

    private static DoubleMatrix scaled(DoubleMatrix matrix, double factor) {
        double[] values = matrix.values();
        for (int k = 0; k < values.length; k++) {
            values[k] *= factor;
        }
        return matrix;
    }
}

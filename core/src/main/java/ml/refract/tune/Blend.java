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
    /** Of candidates that few rows have put in order, more or less by chance, the average begins with the first three (section 2.2). */
    static final int FEW_ROWS = 3;

    /** Of those that many rows have put in order, with the first. */
    static final int MANY_ROWS = 1;
    /** A candidate is clearly worse than the best where its loss is above by more of the standard errors of their difference. */
    private static final double CLEAR = 3;
    /**
     * A member whose leaving makes the loss no more than this share larger is not worth its part of every prediction: a third of
     * them go, at no cost in test errors.
     */
    private static final double WORTH = 0.003;
    /** A weight below which a member goes in any case: it costs as much as any other. */
    private static final double LEAST_WEIGHT = 0.06;

    /**
     * Starts from the average of the best candidates, none that is clearly worse than the first, and adds, as long as that helps,
     * the one that makes the loss of the average least.
     *
     * @param rows the row behind each output row
     * @param candidates outputs of each candidate, best first
     * @param start most candidates to start from
     * @param most most candidates with a weight
     */
    static Blend of(Objective objective, int[] rows, List<DoubleMatrix> candidates, int start, int most) {
        int[] counts = new int[candidates.size()];
        DoubleMatrix sum = DoubleMatrix.zeros(rows.length, candidates.get(0).cols());
        int steps = 0;
        for (int first = first(objective, rows, candidates, Math.min(start, most)); steps < first; steps++) {
            counts[steps] = 1;
            add(sum, candidates.get(steps));
        }
        double best = steps == 0 ? Double.POSITIVE_INFINITY : objective.mean(rows, scaled(sum.copy(), 1.0 / steps));
        int used = steps;
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
        return new Blend(weights, best, scaled(sum, 1 / total)).withoutIdleMembers(objective, rows, candidates);
    }

    /** Leaves out members, that of least weight first, while the loss stays close to what it was or the weight is small. */
    private Blend withoutIdleMembers(Objective objective, int[] rows, List<DoubleMatrix> candidates) {
        Blend kept = this;
        while (kept.members() > 1) {
            int lightest = kept.lightest();
            Blend fewer = kept.without(lightest, objective, rows, candidates);
            if (kept.weights[lightest] >= LEAST_WEIGHT && !(fewer.loss <= (1 + WORTH) * loss)) {
                break;
            }
            kept = fewer;
        }
        return kept;
    }

    private Blend without(int member, Objective objective, int[] rows, List<DoubleMatrix> candidates) {
        double[] others = weights.clone();
        others[member] = 0;
        double total = Arrays.stream(others).sum();
        DoubleMatrix outputs = DoubleMatrix.zeros(rows.length, candidates.get(0).cols());
        for (int c = 0; c < others.length; c++) {
            others[c] /= total;
            if (others[c] > 0) {
                add(outputs, scaled(candidates.get(c).copy(), others[c]));
            }
        }
        return new Blend(others, objective.mean(rows, outputs), outputs);
    }

    private long members() {
        return Arrays.stream(weights).filter(weight -> weight > 0).count();
    }

    /** The member of least weight, of several the one with the largest loss. */
    private int lightest() {
        int lightest = -1;
        for (int c = 0; c < weights.length; c++) {
            if (weights[c] > 0 && (lightest < 0 || weights[c] <= weights[lightest])) {
                lightest = c;
            }
        }
        return lightest;
    }

    /** How many of the candidates the average begins with: none if not even the first has a finite loss. */
    private static int first(Objective objective, int[] rows, List<DoubleMatrix> candidates, int most) {
        double[] best = objective.losses(rows, candidates.get(0));
        int count = 0;
        while (count < Math.min(most, candidates.size())
                && isNear(objective.losses(rows, candidates.get(count)), best)) {
            count++;
        }
        return count;
    }

    /** False where a loss is not finite. */
    private static boolean isNear(double[] losses, double[] best) {
        Differences worse = Differences.of(losses, best);
        return worse.mean() <= CLEAR * Math.sqrt(worse.squares()) / worse.count();
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

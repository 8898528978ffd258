package ml.refract.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import ml.refract.linalg.DoubleMatrix;

/**
 * How far probabilities can be taken at their word: rows in bins of about equal weight by predicted probability, and how often
 * each bin was right. With two classes the probability is that of class 1 and it is right when class 1 is true; with more it is the
 * largest one and it is right when that class is true.
 *
 * @param bins at most ten, by ascending probability; rows of equal probability stay together
 * @param error expected calibration error: mean over rows of |observed - predicted| of their bin, from 0 to 1. Chance alone makes
 *     it larger than 0
 * @param standardError of the error
 */
public record Reliability(List<Bin> bins, double error, double standardError) {
    private static final int BINS = 10;
    private static final double ROUNDING = 1e-9;

    /**
     * Rows of similar probability.
     *
     * @param rows their number; where rows carry weights, their weight
     * @param predicted mean probability
     * @param observed share of them that it was right for
     */
    public record Bin(double rows, double predicted, double observed) {}

    public Reliability {
        bins = List.copyOf(bins);
    }

    /**
     * Of predictions for rows the model has not learned from. Cost O(n ln n).
     *
     * @param labels class of each row
     * @param probabilities n x K
     */
    public static Reliability of(int[] labels, DoubleMatrix probabilities) {
        double[] ones = new double[labels.length];
        Arrays.fill(ones, 1);
        return of(labels, probabilities, ones);
    }

    static Reliability of(int[] labels, DoubleMatrix probabilities, double[] weights) {
        boolean two = probabilities.cols() == 2;
        int[] most = Scores.argmax(probabilities, probabilities.cols());
        double[] p = new double[labels.length];
        boolean[] right = new boolean[labels.length];
        for (int i = 0; i < p.length; i++) {
            int label = two ? 1 : most[i];
            p[i] = probabilities.get(i, label);
            right[i] = labels[i] == label;
        }
        return new Binning(p, right, weights).reliability();
    }

    /** Sum over bins of their share of the rows times (predicted - observed)^2: 0 is best. */
    public double brierReliability() {
        return mean(bin -> square(bin.predicted() - bin.observed()));
    }

    /** Sum over bins of their share of the rows times (observed - base rate)^2: large is best. */
    public double brierResolution() {
        double rate = mean(Bin::observed);
        return mean(bin -> square(bin.observed() - rate));
    }

    /**
     * Base rate times one minus it. The Brier score of the bins' mean probabilities is reliability - resolution + uncertainty
     * (Murphy 1973).
     */
    public double brierUncertainty() {
        double rate = mean(Bin::observed);
        return rate * (1 - rate);
    }

    private double mean(java.util.function.ToDoubleFunction<Bin> value) {
        double rows = bins.stream().mapToDouble(Bin::rows).sum();
        return bins.stream()
                        .mapToDouble(bin -> bin.rows() * value.applyAsDouble(bin))
                        .sum()
                / rows;
    }

    private static double square(double x) {
        return x * x;
    }

    private record Binning(double[] p, boolean[] right, double[] weights) {

        Reliability reliability() {
            int[] order = IntStream.range(0, p.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> p[i]))
                    .mapToInt(i -> i)
                    .toArray();
            double total = Arrays.stream(weights).sum();
            List<Bin> bins = new ArrayList<>();
            double error = 0;
            double variance = 0;
            double passed = 0;
            for (int from = 0; from < order.length; ) {
                double wanted = total * Math.floor(1 + BINS * (passed / total + ROUNDING)) / BINS;
                int to = from;
                do {
                    passed += weights[order[to++]];
                } while (to < order.length && (passed < wanted - total * ROUNDING || p[order[to]] == p[order[to - 1]]));
                int[] members = Arrays.copyOfRange(order, from, to);
                Bin bin = bin(members);
                bins.add(bin);
                error += bin.rows() / total * Math.abs(bin.observed() - bin.predicted());
                variance += square(bin.rows() / total) * squaredError(members, bin.observed() - bin.predicted());
                from = to;
            }
            return new Reliability(bins, error, Math.sqrt(variance));
        }

        private Bin bin(int[] members) {
            double rows = 0;
            double predicted = 0;
            double observed = 0;
            for (int i : members) {
                rows += weights[i];
                predicted += weights[i] * p[i];
                observed += right[i] ? weights[i] : 0;
            }
            return new Bin(rows, predicted / rows, observed / rows);
        }

        /** Estimated variance of the mean of right - p over the rows of a bin. */
        private double squaredError(int[] members, double mean) {
            double rows = 0;
            double sum = 0;
            for (int i : members) {
                rows += weights[i];
                sum += weights[i] * square((right[i] ? 1 : 0) - p[i] - mean);
            }
            return sum / (rows * rows);
        }
    }
}

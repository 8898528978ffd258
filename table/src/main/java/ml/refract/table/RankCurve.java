package ml.refract.table;

import com.google.gson.JsonObject;
import java.util.Arrays;
import ml.refract.linalg.Ascending;

/**
 * Maps numbers to their normal scores among the training values, the quantile of the normal distribution at the share of values
 * below, and standardises those. Linear between at most {@value #MOST_KNOTS} of the training values; numbers beyond the training
 * values count as the nearest of them. For columns that are skewed or have heavy tails, where it spreads what standardising heaps up.
 *
 * @param values training values, ascending
 * @param scores the standardised score of each, ascending
 */
record RankCurve(double[] values, double[] scores) {
    private static final int MOST_KNOTS = 256;
    /** Columns of fewer different values stay as they are: ranks of a few values say no more than the values. */
    private static final int LEAST_DIFFERENT = 11;

    private static final double LEAST_SKEWNESS = 1;
    private static final double LEAST_KURTOSIS = 3;

    /**
     * Whether ranks may say more than values: there are many different ones, skewed or with heavy tails.
     *
     * @param sorted training values, ascending
     */
    static boolean promises(double[] sorted, Scaling scaling) {
        if (differentValues(sorted).length < LEAST_DIFFERENT) {
            return false;
        }
        double third = 0;
        double fourth = 0;
        for (double value : sorted) {
            double z = scaling.standardise(value);
            third += z * z * z / sorted.length;
            fourth += z * z * z * z / sorted.length;
        }
        return Math.abs(third) > LEAST_SKEWNESS || fourth - 3 > LEAST_KURTOSIS;
    }

    /**
     * The curve of some training values.
     *
     * @param sorted ascending, not all equal
     */
    static RankCurve fit(double[] sorted) {
        double[] values = knots(differentValues(sorted));
        double[] scores = new double[values.length];
        for (int k = 0; k < values.length; k++) {
            int below = Ascending.below(sorted, values[k]);
            int upTo = Ascending.atMost(sorted, values[k]);
            scores[k] = normalScore((below + upTo) / 2.0 / sorted.length);
        }
        RankCurve raw = new RankCurve(values, scores);
        double mean = Arrays.stream(sorted).map(raw::of).average().orElseThrow();
        double square = Arrays.stream(sorted)
                .map(value -> (raw.of(value) - mean) * (raw.of(value) - mean))
                .average()
                .orElseThrow();
        double[] standardised =
                Arrays.stream(scores).map(s -> (s - mean) / Math.sqrt(square)).toArray();
        return new RankCurve(values, standardised);
    }

    private static double[] differentValues(double[] sorted) {
        return Arrays.stream(sorted).distinct().toArray();
    }

    /** Values at equal steps through the different ones, the first and the last among them. */
    private static double[] knots(double[] different) {
        if (different.length <= MOST_KNOTS) {
            return different;
        }
        double[] knots = new double[MOST_KNOTS];
        for (int k = 0; k < MOST_KNOTS; k++) {
            knots[k] = different[(int) Math.round((double) k * (different.length - 1) / (MOST_KNOTS - 1))];
        }
        return knots;
    }

    /**
     * The quantile of the normal distribution, off by at most 4.5e-4 (Abramowitz and Stegun, 26.2.23), which no rank is exact to.
     *
     * @param p strictly between 0 and 1
     */
    private static double normalScore(double p) {
        double t = Math.sqrt(-2 * Math.log(Math.min(p, 1 - p)));
        double size =
                t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
        return p < 0.5 ? -size : size;
    }

    /** The standardised score of a number that is not NaN. */
    double of(double value) {
        int at = Arrays.binarySearch(values, value);
        if (at >= 0) {
            return scores[at];
        }
        int above = -at - 1;
        if (above == 0 || above == values.length) {
            return scores[Math.min(above, values.length - 1)];
        }
        double share = (value - values[above - 1]) / (values[above] - values[above - 1]);
        return scores[above - 1] + share * (scores[above] - scores[above - 1]);
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject();
        json.add("values", JsonView.array(values));
        json.add("scores", JsonView.array(scores));
        return json;
    }

    static RankCurve fromJson(JsonView json) {
        RankCurve curve = new RankCurve(json.numbers("values"), json.numbers("scores"));
        if (curve.values.length < 2 || curve.values.length != curve.scores.length) {
            throw json.wrong("there are " + curve.values.length + " values and " + curve.scores.length
                    + " scores, wanted as many of both, at least two");
        }
        for (int k = 1; k < curve.values.length; k++) {
            if (!(curve.values[k] > curve.values[k - 1] && curve.scores[k] >= curve.scores[k - 1])) {
                throw json.wrong("values or scores do not ascend at place " + k);
            }
        }
        return curve;
    }
}

package ml.refract.xrfm;

import java.util.Arrays;

/**
 * Medians, quartiles, and the division of a node's rows at a threshold (specification of xRFM, section 12).
 */
final class Partition {
    private static final double LEAST_SCALE = 1e-6;

    private Partition() {}

    /** Rows of the two children, as positions in the node, ascending. With overlap some stand in both. */
    record Sides(int[] left, int[] right) {}

    /** The lower of the two middle values of an even count. */
    static double lowerMedian(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(sorted.length - 1) / 2];
    }

    /**
     * A threshold that tied rows cannot straddle: the midpoint between the two neighbouring distinct values nearest to the
     * median. When all values are equal, that value.
     */
    static double threshold(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        int below = (n + 1) / 2; // rows wanted on the left
        for (int away = 0; away <= n; away++) {
            for (int cut : new int[] {below - away, below + away}) {
                if (cut > 0 && cut < n && sorted[cut - 1] < sorted[cut]) {
                    double middle = sorted[cut - 1] + (sorted[cut] - sorted[cut - 1]) / 2;
                    return middle < sorted[cut] ? middle : sorted[cut - 1];
                }
            }
        }
        return sorted[0];
    }

    /** Interquartile range with linearly interpolated quartiles, at least 1e-6. */
    static double scale(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return Math.max(quantile(sorted, 0.75) - quantile(sorted, 0.25), LEAST_SCALE);
    }

    static double quantile(double[] sorted, double share) {
        double position = share * (sorted.length - 1);
        int below = (int) Math.floor(position);
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }

    /**
     * Divides rows by their projections: not above the threshold goes left, the rest right; of round(2 f n) shared rows, those
     * nearest in rank to the threshold on either side are given to the other side as well.
     */
    static Sides divide(double[] projections, double threshold, double overlap) {
        int n = projections.length;
        Integer[] order = new Integer[n];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Double.compare(projections[a], projections[b]));
        int below = 0;
        while (below < n && projections[order[below]] <= threshold) {
            below++;
        }
        int shared = (int) Math.round(2 * overlap * n);
        int extraLeft = (n - shared + 1) / 2 + shared - (n + 1) / 2;
        int leftEnd = Math.min(n, below + extraLeft);
        int rightStart = Math.max(0, below - (shared - extraLeft));
        return new Sides(members(order, 0, leftEnd), members(order, rightStart, n));
    }

    private static int[] members(Integer[] order, int from, int to) {
        int[] result = new int[to - from];
        for (int i = from; i < to; i++) {
            result[i - from] = order[i];
        }
        Arrays.sort(result);
        return result;
    }
}

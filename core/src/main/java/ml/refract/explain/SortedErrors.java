package ml.refract.explain;

import java.util.Arrays;
import java.util.function.IntPredicate;
import ml.refract.linalg.Ascending;

/**
 * Errors in ascending order, of which no more are kept than are worth it: at most some thousand, at ranks spread evenly from the
 * first to the last. Every quantile asked for is an error that was kept, on the safe side: with n errors and m kept, the share that
 * it covers is above the wanted one by less than 2 / m.
 *
 * @param count number of errors, n
 * @param values the m errors kept, ascending; shared, not copied
 */
public record SortedErrors(int count, double[] values) {
    /**
     * @throws IllegalArgumentException when they are not ascending and finite, or not as many as the count allows
     */
    public SortedErrors {
        if (values.length > count || (values.length == 0) != (count == 0) || (values.length == 1 && count > 1)) {
            throw new IllegalArgumentException(values.length + " errors cannot stand for " + count);
        }
        for (int j = 0; j < values.length; j++) {
            if (!Double.isFinite(values[j]) || (j > 0 && values[j] < values[j - 1])) {
                throw new IllegalArgumentException(
                        "Errors must be finite and ascending, got " + values[j] + " at place " + j);
            }
        }
    }

    /**
     * Sorts errors and keeps some.
     *
     * @param errors in any order, finite; not changed
     * @param most number to keep, at least 2
     */
    static SortedErrors of(double[] errors, int most) {
        double[] sorted = errors.clone();
        Arrays.sort(sorted);
        if (sorted.length <= most) {
            return new SortedErrors(sorted.length, sorted);
        }
        double[] kept = new double[most];
        for (int j = 0; j < most; j++) {
            kept[j] = sorted[rank(j, most, sorted.length) - 1];
        }
        return new SortedErrors(sorted.length, kept);
    }

    private static int rank(int place, int kept, int count) {
        return kept == count ? place + 1 : (int) (1 + (long) place * (count - 1) / (kept - 1));
    }

    /** The rank, from 1, of a kept error among all. */
    private int rank(int place) {
        return rank(place, values.length, count);
    }

    /** How many errors are certainly at most t. */
    int atMost(double t) {
        int end = Ascending.atMost(values, t);
        return end == 0 ? 0 : rank(end - 1);
    }

    private int firstPlace(IntPredicate reached) {
        int low = 0;
        int high = values.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (reached.test(middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** The k-th smallest error, or the next one kept above it; infinite when there are fewer. */
    double smallest(int k) {
        return k > count ? Double.POSITIVE_INFINITY : values[firstPlace(j -> rank(j) >= k)];
    }

    /** The k-th largest error, or the next one kept below it; negative infinity when there are fewer. */
    double largest(int k) {
        return k > count ? Double.NEGATIVE_INFINITY : values[firstPlace(j -> rank(j) > count + 1 - k) - 1];
    }

    /** The least size that at least k errors certainly do not exceed; infinite when there are fewer. */
    double size(int k) {
        if (k > count) {
            return Double.POSITIVE_INFINITY;
        }
        double[] sizes = Arrays.stream(values).map(Math::abs).sorted().toArray();
        int low = 0;
        int high = sizes.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (within(sizes[middle]) >= k) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return sizes[low];
    }

    /** How many errors certainly lie between -t and t. */
    private int within(double t) {
        int first = Ascending.below(values, -t);
        int end = Ascending.atMost(values, t);
        return end <= first ? 0 : rank(end - 1) - rank(first) + 1;
    }
}

package ml.refract.linalg;

/** Places of bounds in numbers that ascend, none of them NaN. Cost O(log n). */
public final class Ascending {
    private Ascending() {}

    /** How many of the numbers are below a bound. */
    public static int below(double[] ascending, double bound) {
        return count(ascending, bound, false);
    }

    /** How many of the numbers are at most a bound. */
    public static int atMost(double[] ascending, double bound) {
        return count(ascending, bound, true);
    }

    private static int count(double[] ascending, double bound, boolean withEqual) {
        int low = 0;
        int high = ascending.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ascending[middle] < bound || withEqual && ascending[middle] == bound) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}

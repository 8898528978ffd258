package ml.refract.testing;

import static org.assertj.core.api.Assertions.assertThat;

import ml.refract.linalg.DoubleMatrix;

/** Comparisons of many numbers at once that name the worst one. */
public final class Close {
    private Close() {}

    /** Every entry within an absolute tolerance; NaN is never close. */
    public static void assertClose(double[] actual, double[] expected, double tolerance, String what) {
        assertThat(actual).as(what).hasSameSizeAs(expected);
        int worst = -1;
        double largest = tolerance;
        for (int i = 0; i < actual.length; i++) {
            double error = Math.abs(actual[i] - expected[i]);
            if (!(error <= largest)) {
                largest = error;
                worst = i;
            }
        }
        assertThat(worst)
                .as("%s: entry %d of %d is off by %s, allowed %s", what, worst, actual.length, largest, tolerance)
                .isEqualTo(-1);
    }

    /** Same shape and every entry within an absolute tolerance. */
    public static void assertClose(DoubleMatrix actual, DoubleMatrix expected, double tolerance, String what) {
        assertThat(actual.rows()).as(what).isEqualTo(expected.rows());
        assertClose(actual.values(), expected.values(), tolerance, what);
    }

    /** Every entry within a share of the largest expected one. */
    public static void assertRelativelyClose(double[] actual, double[] expected, double share, String what) {
        assertClose(actual, expected, share * largest(expected), what);
    }

    /** The largest absolute value. */
    public static double largest(double[] values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}

package ml.refract.linalg;

/**
 * Loops over arrays that start at the same index, which is what HotSpot vectorises; sums, which it does not, run in four
 * chains.
 */
public final class Vectors {
    private Vectors() {}

    /** The inner product from one entry on. */
    public static double dot(double[] x, double[] y, int from) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int k = from;
        for (; k + 4 <= x.length; k += 4) {
            s0 += x[k] * y[k];
            s1 += x[k + 1] * y[k + 1];
            s2 += x[k + 2] * y[k + 2];
            s3 += x[k + 3] * y[k + 3];
        }
        for (; k < x.length; k++) {
            s0 += x[k] * y[k];
        }
        return (s0 + s1) + (s2 + s3);
    }

    /** x := x - f y from one entry on. */
    static void subtract(double[] x, double f, double[] y, int from) {
        for (int k = from; k < x.length; k++) {
            x[k] -= f * y[k];
        }
    }

    /** x := x - f y - g z from one entry on. */
    static void subtract(double[] x, double f, double[] y, double g, double[] z, int from) {
        for (int k = from; k < x.length; k++) {
            x[k] -= f * y[k] + g * z[k];
        }
    }

    /** x := f x from one entry on. */
    static void scale(double[] x, double f, int from) {
        for (int k = from; k < x.length; k++) {
            x[k] *= f;
        }
    }

    /** Sorts some of the given rows by ascending value, in place; fast where they are few or nearly sorted. */
    static void sortByValue(int[] rows, int from, int to, double[] values) {
        for (int i = from + 1; i < to; i++) {
            int row = rows[i];
            int at = i;
            for (; at > from && values[rows[at - 1]] > values[row]; at--) {
                rows[at] = rows[at - 1];
            }
            rows[at] = row;
        }
    }

    /** Rotates two vectors: y := c y + s x and x := c x - s y. */
    static void rotate(double[] x, double[] y, double c, double s) {
        for (int k = 0; k < x.length; k++) {
            double u = x[k];
            double v = y[k];
            y[k] = c * v + s * u;
            x[k] = c * u - s * v;
        }
    }
}

package ml.refract.rfm.image;

import java.util.Arrays;

/**
 * Q(u) = (2 u (pi - acos u) + sqrt(1 - u^2)) / pi and its slope, for many cosines at once: the arc sine of a library call takes most
 * of the time of a kernel matrix. With a = |u| and h = asin a, Q = u + (2 a h + sqrt(1 - u^2)) / pi, and asin a = pi/2 - 2 asin r, r =
 * sqrt((1 - a) / 2); asin r / r is a polynomial in r^2 to 1e-13, through its values at Chebyshev points of [0, 1/2].
 */
final class TangentProfile {
    private static final int DEGREE = 18;
    /** Cosines nearer to 1 or -1 than this are taken for that: only rounding keeps them apart. */
    private static final double PARALLEL = 5e-14;

    private static final double[] COEFFICIENTS = coefficients();

    private TangentProfile() {}

    /** Sets cosines that are 1 or -1 but for rounding to that. */
    static void snap(double[] cosines) {
        for (int k = 0; k < cosines.length; k++) {
            if (1 - Math.abs(cosines[k]) < PARALLEL) {
                cosines[k] = Math.signum(cosines[k]);
            }
        }
    }

    /** Q of the cosines from one index on, as many as the target has room for. Within 1e-12. */
    static void values(double[] cosines, int from, double[] target) {
        int n = target.length;
        double[] u = Arrays.copyOfRange(cosines, from, from + n);
        double[] square = new double[n];
        for (int j = 0; j < n; j++) {
            square[j] = 0.5 - 0.5 * Math.abs(u[j]);
            target[j] = COEFFICIENTS[DEGREE];
        }
        for (int k = DEGREE - 1; k >= 0; k--) { // one coefficient at a time, which is what HotSpot vectorises
            double c = COEFFICIENTS[k];
            for (int j = 0; j < n; j++) {
                target[j] = target[j] * square[j] + c;
            }
        }
        for (int j = 0; j < n; j++) {
            double h = Math.PI / 2 - 2 * Math.sqrt(square[j]) * target[j];
            target[j] = u[j] + (2 * Math.abs(u[j]) * h + Math.sqrt(1 - u[j] * u[j])) / Math.PI;
        }
    }

    /** Q'(u), without the kink at 1 and -1. */
    static double slope(double u) {
        double square = 1 - u * u;
        return (2 * (Math.PI - Math.acos(u)) + (square > 0 ? u / Math.sqrt(square) : 0)) / Math.PI;
    }

    /** The polynomial in z through asin(sqrt z) / sqrt z at Chebyshev points, by divided differences. */
    private static double[] coefficients() {
        int n = DEGREE + 1;
        double[] z = new double[n];
        double[] divided = new double[n];
        for (int k = 0; k < n; k++) {
            z[k] = 0.25 + 0.25 * Math.cos(Math.PI * (k + 0.5) / n);
            divided[k] = Math.asin(Math.sqrt(z[k])) / Math.sqrt(z[k]);
        }
        for (int order = 1; order < n; order++) {
            for (int k = n - 1; k >= order; k--) {
                divided[k] = (divided[k] - divided[k - 1]) / (z[k] - z[k - order]);
            }
        }
        double[] result = new double[n];
        for (int k = n - 1; k >= 0; k--) { // result := result (z - z_k) + divided_k
            for (int power = n - 1; power >= 1; power--) {
                result[power] = result[power - 1] - z[k] * result[power];
            }
            result[0] = divided[k] - z[k] * result[0];
        }
        return result;
    }
}

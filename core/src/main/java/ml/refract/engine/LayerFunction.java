package ml.refract.engine;

import java.util.Arrays;

/**
 * What a layer of infinite width makes of the correlation u of its two inputs: the dual activation psi, scaled to psi(1) = 1. It
 * comes by complements 1 - u, which keep their digits where two inputs are nearly parallel.
 *
 * <p>Complements d are from 0 to 2; a NaN gives a NaN. Immutable.
 */
public sealed interface LayerFunction {

    /** 1 - psi(1 - d). */
    double complement(double d);

    /** psi'(1 - d). */
    double slope(double d);

    /** psi''(1 - d); zero at a kink, where it is infinite. */
    double curvature(double d);

    /** Whether the lengths of the inputs factor out; otherwise the kernel is one of directions. */
    boolean homogeneous();

    /**
     * ReLU, with or without a leak: psi(u) = s kappa1(u) + (1 - s) u with the arc-cosine kernel kappa1(u) = (u (pi - acos u) +
     * sqrt(1 - u^2)) / pi and its derivative kappa0(u) = 1 - acos(u) / pi (specification of the RFM family, section 2; Cho and
     * Saul, 2009).
     *
     * @param share s, from 0 to 2: (1 - b)^2 / (1 + b^2) for max(x, b x)
     */
    record Rectifier(double share) implements LayerFunction {
        /** Squared sines below this are rounding: the kink's own term is dropped (specification, section 2.5). */
        private static final double KINK = 1e-13;

        @Override
        public double complement(double d) {
            double sine = Math.sqrt(d * (2 - d));
            return Math.max(0, d - share * (sine - angle(d) * (1 - d)) / Math.PI);
        }

        @Override
        public double slope(double d) {
            return 1 - share * angle(d) / Math.PI;
        }

        @Override
        public double curvature(double d) {
            double square = d * (2 - d);
            return square < KINK ? 0 : share / (Math.PI * Math.sqrt(square));
        }

        @Override
        public boolean homogeneous() {
            return true;
        }

        /** acos(1 - d); acos itself would lose half of the digits at 1. */
        private static double angle(double d) {
            return 2 * Math.asin(Math.sqrt(d / 2));
        }
    }

    /**
     * A power series without negative coefficients: psi(u) = sum_k c_k u^k, so that 1 - psi(u) = (1 - u) sum_j r_j u^j with r_j =
     * sum over k > j of c_k. No sum cancels for u >= 0.
     *
     * @param coefficients c_0, c_1, ..., which add up to 1
     */
    record Series(double[] coefficients) implements LayerFunction {
        /** Copies. */
        public Series {
            coefficients = coefficients.clone();
        }

        /** A copy of the coefficients. */
        @Override
        public double[] coefficients() {
            return coefficients.clone();
        }

        /** A copy of r_0, r_1, .... */
        public double[] remainders() {
            double[] sums = new double[Math.max(0, coefficients.length - 1)];
            double sum = 0;
            for (int j = sums.length - 1; j >= 0; j--) {
                sum += coefficients[j + 1];
                sums[j] = sum;
            }
            return sums;
        }

        @Override
        public double complement(double d) {
            double u = 1 - d;
            double sum = 0;
            double power = 1;
            double powers = 0;
            for (int k = 1; k < coefficients.length; k++) {
                powers += power; // 1 + u + ... + u^(k-1)
                power *= u;
                sum += coefficients[k] * powers;
            }
            return Math.max(0, d * sum);
        }

        @Override
        public double slope(double d) {
            return slope(coefficients, 1 - d);
        }

        @Override
        public double curvature(double d) {
            return curvature(coefficients, 1 - d);
        }

        /** The derivative at u of the series with some coefficients, by Horner's rule. */
        public static double slope(double[] coefficients, double u) {
            double sum = 0;
            for (int k = coefficients.length - 1; k >= 1; k--) {
                sum = sum * u + k * coefficients[k];
            }
            return sum;
        }

        /** The second derivative. */
        public static double curvature(double[] coefficients, double u) {
            double sum = 0;
            for (int k = coefficients.length - 1; k >= 2; k--) {
                sum = sum * u + k * (k - 1.0) * coefficients[k];
            }
            return sum;
        }

        @Override
        public boolean homogeneous() {
            return false;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Series s && Arrays.equals(coefficients, s.coefficients);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(coefficients);
        }

        @Override
        public String toString() {
            return "Series" + Arrays.toString(coefficients);
        }
    }
}

package ml.refract.kernel;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import ml.refract.engine.LayerFunction;

/**
 * What one layer of infinite width does to the correlation u of its two inputs: the dual activation psi(u) = E phi(g) phi(h)
 * over normal numbers g, h of variance 1 and covariance u, scaled so that psi(1) = 1 (specification of the RFM family,
 * sections 2 and 11; Radhakrishnan, Belkin and Uhler, PNAS 2023). It is a power series in u without negative coefficients.
 *
 * <p>Arguments are correlations in [-1, 1]; a NaN gives a NaN. Immutable.
 */
public sealed interface DualActivation {

    /** psi(u). */
    double value(double u);

    /** psi'(u). */
    double slope(double u);

    /** psi''(u); zero at a kink, where it is infinite. */
    double curvature(double u);

    /** psi of a correlation that may be too small for a double. */
    SignedLog value(SignedLog u);

    /** psi' of a correlation that may be too small for a double. */
    default SignedLog slope(SignedLog u) {
        return SignedLog.of(slope(u.value()));
    }

    /**
     * Whether phi(c x) = c phi(x) for c > 0, so that the lengths of the inputs factor out of the kernel of a network. For other
     * activations the kernel is one of directions.
     */
    default boolean homogeneous() {
        return false;
    }

    /** What engines evaluate. */
    LayerFunction layer();

    /** Name in options and model files: {@link #of} of it is this activation. */
    String id();

    /**
     * The activation of an id: relu, leaky-relu:B, erf, sine:A, or polynomial:C0,C1,... with the numbers of the methods below.
     *
     * @throws IllegalArgumentException when there is none, or a number is out of range
     */
    static DualActivation of(String id) {
        String[] parts = id.toLowerCase(Locale.ROOT).split(":", 2);
        try {
            double[] numbers = parts.length == 1
                    ? new double[0]
                    : Arrays.stream(parts[1].split(",", -1))
                            .mapToDouble(Double::parseDouble)
                            .toArray();
            switch (parts[0] + " " + (numbers.length > 1 ? "list" : numbers.length)) {
                case "relu 0":
                    return relu();
                case "leaky-relu 1":
                    return leakyRelu(numbers[0]);
                case "erf 0":
                    return erf();
                case "sine 1":
                    return sine(numbers[0]);
                case "polynomial 1", "polynomial list":
                    return polynomial(numbers);
                default:
                    break;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("There is no activation '" + id
                + "'; there are relu, leaky-relu:SLOPE, erf, sine:A and polynomial:C0,C1,...");
    }

    /** max(x, 0). */
    static DualActivation relu() {
        return new Rectifier(0);
    }

    /**
     * max(x, b x).
     *
     * @param negativeSlope b from -1 to 1; at 1 the layer is linear
     * @throws IllegalArgumentException when it is out of range
     */
    static DualActivation leakyRelu(double negativeSlope) {
        return new Rectifier(negativeSlope);
    }

    /** The error function. */
    static DualActivation erf() {
        return new ErrorFunction();
    }

    /**
     * sin(sqrt(a) x), with psi(u) = sinh(a u) / sinh(a).
     *
     * @param a above 0 and at most 500
     * @throws IllegalArgumentException when it is out of range
     */
    static DualActivation sine(double a) {
        return new Sine(a);
    }

    /**
     * psi(u) = sum_k c_k u^k over sum_k c_k: the dual of phi = sum_k sqrt(c_k) h_k with normalised Hermite polynomials h_k.
     *
     * @param coefficients c_0, c_1, ..., none negative, at least one positive
     * @throws IllegalArgumentException when they are not
     */
    static DualActivation polynomial(double... coefficients) {
        return new Polynomial(coefficients);
    }

    /**
     * The dual of phi = sum_k b_k h_k, scaled, with normalised Hermite polynomials h_k.
     *
     * @param coefficients b_0, b_1, ..., at least one not zero
     */
    static DualActivation hermite(double... coefficients) {
        return new Polynomial(Arrays.stream(coefficients).map(b -> b * b).toArray());
    }

    /**
     * max(x, b x): psi(u) = kappa1(u) - 2 b / (1 + b^2) kappa1(-u) with the arc-cosine kernel kappa1(u) = (u (pi - acos u) +
     * sqrt(1 - u^2)) / pi (Cho and Saul, 2009).
     *
     * @param negativeSlope b
     */
    record Rectifier(double negativeSlope) implements DualActivation {
        /** 1 - u^2 below this is rounding: the kink's own term is dropped (specification, section 2.5). */
        private static final double KINK = 1e-13;

        public Rectifier {
            if (!(Math.abs(negativeSlope) <= 1)) {
                throw new IllegalArgumentException(
                        "The slope of a leaky ReLU must be between -1 and 1, got " + negativeSlope);
            }
        }

        private double leak() {
            return 2 * negativeSlope / (1 + negativeSlope * negativeSlope);
        }

        private static double kappa1(double u) {
            return (u * (Math.PI - Math.acos(u)) + Math.sqrt((1 - u) * (1 + u))) / Math.PI;
        }

        @Override
        public double value(double u) {
            return kappa1(u) - leak() * kappa1(-u);
        }

        @Override
        public double slope(double u) {
            return 1 - (1 - leak()) * Math.acos(u) / Math.PI;
        }

        @Override
        public double curvature(double u) {
            double square = (1 - u) * (1 + u);
            return square < KINK ? 0 : (1 - leak()) / (Math.PI * Math.sqrt(square));
        }

        @Override
        public SignedLog value(SignedLog u) {
            return SignedLog.of(value(u.value()));
        }

        @Override
        public LayerFunction layer() {
            return new LayerFunction.Rectifier(1 - leak());
        }

        @Override
        public String id() {
            return negativeSlope == 0 ? "relu" : "leaky-relu:" + negativeSlope;
        }

        @Override
        public boolean homogeneous() {
            return true;
        }
    }

    /** The error function: psi(u) = asin(2u/3) / asin(2/3) (Williams, 1997). */
    record ErrorFunction() implements DualActivation {
        private static final double REACH = 2.0 / 3;
        private static final double SCALE = 1 / Math.asin(REACH);
        /** Terms of the series up to where they change nothing in double: (2/3)^99 is below 1e-17. */
        private static final int TERMS = 100;

        @Override
        public double value(double u) {
            return SCALE * Math.asin(REACH * u);
        }

        @Override
        public double slope(double u) {
            return SCALE * REACH / Math.sqrt(1 - REACH * u * REACH * u);
        }

        @Override
        public double curvature(double u) {
            return SCALE * Math.pow(REACH, 3) * u * Math.pow(1 - REACH * u * REACH * u, -1.5);
        }

        /** asin(x) = sum over odd k of x^k (k-2)!! / ((k-1)!! k). */
        @Override
        public LayerFunction layer() {
            double[] coefficients = new double[TERMS];
            double term = SCALE * REACH;
            for (int k = 1; k < TERMS; k += 2) {
                coefficients[k] = term / k;
                term *= REACH * REACH * k / (k + 1);
            }
            return new LayerFunction.Series(coefficients);
        }

        @Override
        public String id() {
            return "erf";
        }

        @Override
        public SignedLog value(SignedLog u) {
            if (u.log() < SERIES) {
                return SignedLog.of(SCALE * REACH).times(u);
            }
            if (u.log() < NEAR_ONE) {
                return SignedLog.of(value(u.value()));
            }
            // asin x - asin y for x = y (1 + e), without the cancellation.
            double e = Math.expm1(u.log());
            double x = REACH * (1 + e);
            double root = Math.sqrt(1 - REACH * REACH);
            double difference = Math.asin(REACH * REACH * e * (2 + e) / (x * root + REACH * Math.sqrt(1 - x * x)));
            return new SignedLog(u.sign(), Math.log1p(SCALE * difference));
        }
    }

    /**
     * sin(sqrt(a) x): psi(u) = sinh(a u) / sinh(a).
     *
     * @param a the parameter
     */
    record Sine(double a) implements DualActivation {
        private static final double MOST = 500;
        private static final int FEWEST_TERMS = 20;

        public Sine {
            if (!(a > 0 && a <= MOST)) {
                throw new IllegalArgumentException(
                        "The parameter of a sine activation must be above 0 and at most 500, got " + a);
            }
        }

        @Override
        public double value(double u) {
            return Math.sinh(a * u) / Math.sinh(a);
        }

        @Override
        public double slope(double u) {
            return a * Math.cosh(a * u) / Math.sinh(a);
        }

        @Override
        public double curvature(double u) {
            return a * a * Math.sinh(a * u) / Math.sinh(a);
        }

        @Override
        public LayerFunction layer() {
            double[] coefficients = new double[(int) (FEWEST_TERMS + 4 * a)]; // the rest is below 1e-17 of the sum
            double term = a / Math.sinh(a);
            for (int k = 1; k < coefficients.length; k += 2) {
                coefficients[k] = term;
                term *= a / (k + 1) * (a / (k + 2));
            }
            return new LayerFunction.Series(coefficients);
        }

        @Override
        public String id() {
            return "sine:" + a;
        }

        @Override
        public SignedLog value(SignedLog u) {
            if (u.log() < SERIES) {
                return SignedLog.of(a / Math.sinh(a)).times(u);
            }
            if (u.log() < NEAR_ONE) {
                return SignedLog.of(value(u.value()));
            }
            // log sinh(a + a e) - log sinh(a), without the cancellation.
            double e = Math.expm1(u.log());
            double rest = Math.expm1(-2 * a * e) / Math.expm1(2 * a);
            return new SignedLog(u.sign(), a * e + Math.log1p(-rest));
        }
    }

    /**
     * A polynomial.
     *
     * @param coefficients c_0, c_1, ..., which add up to 1
     */
    record Polynomial(double[] coefficients) implements DualActivation {
        private static final double ROUNDING = 1e-13;

        public Polynomial {
            double sum = 0;
            for (double c : coefficients) {
                if (!(c >= 0 && c <= Double.MAX_VALUE)) {
                    throw new IllegalArgumentException("The coefficients of a dual activation must be finite and not "
                            + "negative, got " + Arrays.toString(coefficients));
                }
                sum += c;
            }
            if (!(sum > 0 && sum <= Double.MAX_VALUE)) {
                throw new IllegalArgumentException(
                        "A dual activation needs a coefficient above 0 and a finite sum, got "
                                + Arrays.toString(coefficients));
            }
            double total = Math.abs(sum - 1) < ROUNDING ? 1 : sum; // so that those of an id stay the same bits
            coefficients = Arrays.stream(coefficients).map(c -> c / total).toArray();
        }

        /** A copy of the coefficients. */
        @Override
        public double[] coefficients() {
            return coefficients.clone();
        }

        @Override
        public double value(double u) {
            double sum = 0;
            for (int k = coefficients.length - 1; k >= 0; k--) {
                sum = sum * u + coefficients[k];
            }
            return sum;
        }

        @Override
        public double slope(double u) {
            return LayerFunction.Series.slope(coefficients, u);
        }

        @Override
        public double curvature(double u) {
            return LayerFunction.Series.curvature(coefficients, u);
        }

        @Override
        public SignedLog value(SignedLog u) {
            if (u.sign() > 0 && u.log() >= NEAR_ONE) {
                double sum = 0;
                for (int k = 1; k < coefficients.length; k++) {
                    sum += coefficients[k] * Math.expm1(k * u.log());
                }
                return new SignedLog(1, Math.log1p(sum));
            }
            return seriesOf(u, 0);
        }

        @Override
        public SignedLog slope(SignedLog u) {
            return seriesOf(u, 1);
        }

        @Override
        public LayerFunction layer() {
            return new LayerFunction.Series(coefficients);
        }

        @Override
        public String id() {
            return Arrays.stream(coefficients)
                    .mapToObj(Double::toString)
                    .collect(Collectors.joining(",", "polynomial:", ""));
        }

        /** psi or its derivative: the lowest power that is there, and the polynomial that remains. */
        private SignedLog seriesOf(SignedLog u, int derivative) {
            int lowest = derivative;
            while (lowest < coefficients.length && coefficients[lowest] == 0) {
                lowest++;
            }
            double x = u.log() < SERIES ? 0 : u.value();
            double rest = 0;
            for (int k = coefficients.length - 1; k >= lowest; k--) {
                rest = rest * x + coefficients[k] * (derivative == 0 ? 1 : k);
            }
            int power = lowest - derivative;
            if (power == 0 || rest == 0) {
                return SignedLog.of(rest);
            }
            int sign = u.sign() < 0 && power % 2 == 0 ? 1 : u.sign();
            return SignedLog.of(rest).times(new SignedLog(sign, power * u.log()));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Polynomial p && Arrays.equals(coefficients, p.coefficients);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(coefficients);
        }

        @Override
        public String toString() {
            return "Polynomial" + Arrays.toString(coefficients);
        }
    }

    /** Logarithms below this: the first term of an odd series is all of it. */
    double SERIES = -40;

    /** Logarithms above this: correlations are held by their distance from 1. */
    double NEAR_ONE = -1;
}

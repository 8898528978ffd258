package ml.refract.theory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Eigenvalues of a kernel under the distribution of its inputs, K(x, z) = sum_i lambda_i phi_i(x) phi_i(z) with E phi_i^2 = 1,
 * each with the number of modes that share it. Immutable.
 */
public final class Spectrum {
    /** Modes of an infinite spectrum that stand for themselves; later ones are taken together. */
    private static final int SINGLE_MODES = 10_000;
    /** Modes taken together reach from one index to this factor more: their spread changes no sum by more than 1e-6. */
    private static final double BIN = 1.005;
    /** Share of the trace that an infinite spectrum may leave out. */
    private static final double LEFT_OUT = 1e-10;

    private final double[] values;
    private final double[] counts;

    private Spectrum(double[] values, double[] counts) {
        this.values = values;
        this.counts = counts;
    }

    /**
     * A spectrum of single modes.
     *
     * @throws IllegalArgumentException when a value is negative or not finite
     */
    public static Spectrum of(double... values) {
        double[] ones = new double[values.length];
        Arrays.fill(ones, 1);
        return of(values, ones);
    }

    /**
     * A spectrum of modes with multiplicities, as of spheres. The arrays are copied.
     *
     * @param counts how many modes share each value; need not be whole
     * @throws IllegalArgumentException when lengths differ, or a number is negative or not finite
     */
    public static Spectrum of(double[] values, double[] counts) {
        if (values.length != counts.length) {
            throw new IllegalArgumentException("There are " + values.length + " eigenvalues and " + counts.length
                    + " multiplicities; wanted as many");
        }
        requireNumbers("eigenvalue", values);
        requireNumbers("multiplicity", counts);
        return new Spectrum(values.clone(), counts.clone());
    }

    private static void requireNumbers(String what, double[] numbers) {
        for (int k = 0; k < numbers.length; k++) {
            if (!(numbers[k] >= 0 && numbers[k] < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("The " + what + " " + k + " is " + numbers[k]
                        + "; wanted a finite number that is not negative");
            }
        }
    }

    /**
     * The infinite spectrum lambda_i = i^-exponent, i = 1, 2, ...; late modes are taken together in growing bins.
     *
     * @param exponent above 1, so that the trace is finite
     */
    public static Spectrum powerLaw(double exponent) {
        if (!(exponent >= 1.05 && exponent <= 100)) {
            throw new IllegalArgumentException(
                    "The exponent of a power law must be between 1.05 and 100, got " + exponent);
        }
        List<double[]> modes = new ArrayList<>();
        for (int i = 1; i <= SINGLE_MODES; i++) {
            modes.add(new double[] {Math.pow(i, -exponent), 1});
        }
        double least = LEFT_OUT * tail(0.5, exponent);
        double from = SINGLE_MODES + 0.5;
        while (tail(from, exponent) > least) {
            double to = BIN * from;
            double sum = tail(from, exponent) - tail(to, exponent);
            modes.add(new double[] {sum / (to - from), to - from});
            from = to;
        }
        return new Spectrum(column(modes, 0), column(modes, 1));
    }

    /** The integral of x^-exponent from a number to infinity: the sum over later whole numbers, but for their curvature. */
    private static double tail(double from, double exponent) {
        return Math.pow(from, 1 - exponent) / (exponent - 1);
    }

    private static double[] column(List<double[]> rows, int column) {
        return rows.stream().mapToDouble(row -> row[column]).toArray();
    }

    /**
     * The spectrum lambda_i = e^(-rate i), i = 1, 2, ..., down to the smallest numbers there are.
     *
     * @param rate above 0
     */
    public static Spectrum exponential(double rate) {
        if (!(rate >= 1e-4 && rate <= 100)) {
            throw new IllegalArgumentException(
                    "The rate of an exponential spectrum must be between 1e-4 and 100, got " + rate);
        }
        double[] values = new double[(int) (700 / rate)];
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.exp(-rate * (i + 1));
        }
        return of(values);
    }

    /** Number of different entries, which is that of the modes where each stands alone. */
    public int size() {
        return values.length;
    }

    /** An eigenvalue. */
    public double value(int k) {
        return values[k];
    }

    /** How many modes share an eigenvalue. */
    public double count(int k) {
        return counts[k];
    }

    /** Number of modes whose eigenvalue is not zero. */
    public double rank() {
        double rank = 0;
        for (int k = 0; k < values.length; k++) {
            rank += values[k] > 0 ? counts[k] : 0;
        }
        return rank;
    }

    /** Sum of all eigenvalues: E K(x, x). */
    public double trace() {
        double sum = 0;
        for (int k = 0; k < values.length; k++) {
            sum += counts[k] * values[k];
        }
        return sum;
    }
}

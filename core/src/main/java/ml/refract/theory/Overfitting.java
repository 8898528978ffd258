package ml.refract.theory;

import java.util.Arrays;
import java.util.Optional;

/**
 * What becomes of noise that is fitted exactly as rows are added: the coefficient E0 at growing numbers of rows, and the regime
 * its trend shows ("Benign, Tempered, or Catastrophic", arXiv 2207.06569).
 *
 * @param samples numbers of rows, rising
 * @param coefficients E0 at each, without a ridge
 * @param trend slope of ln E0 against ln n
 * @param regime what that means, or nothing where eigenvalues run out before the rows do
 */
public record Overfitting(double[] samples, double[] coefficients, double trend, Optional<Regime> regime) {
    private static final double GROWING = 0.3;
    private static final double FALLING = -0.05;
    private static final double HARMLESS = 1.1;
    private static final double MOST = 1e6;
    private static final int LEAST_SAMPLES = 2;
    /** Numbers of rows looked at, each twice the one before: from 1/64 to 1/4 of a sample. */
    private static final int DOUBLINGS = 5;

    /** What fitting noise does in the end. */
    public enum Regime {
        /** E0 tends to 1: fitted noise does no harm. */
        BENIGN,
        /** E0 tends to a constant above 1: fitted noise costs a fixed share of itself. */
        TEMPERED,
        /** E0 grows without end: fitted noise ruins the fit. */
        CATASTROPHIC
    }

    /**
     * Finds E0 at the given numbers of rows.
     *
     * @param samples at least two, rising
     */
    public static Overfitting of(Spectrum spectrum, double... samples) {
        if (samples.length < 2) {
            throw new IllegalArgumentException("A trend needs at least two numbers of rows, got " + samples.length);
        }
        double[] coefficients = Arrays.stream(samples)
                .map(n -> KernelRiskTheory.of(spectrum, n, 0).overfitting())
                .toArray();
        double trend = slope(samples, coefficients);
        boolean exhausted =
                samples[samples.length - 1] > spectrum.rank() / 2 || !(coefficients[coefficients.length - 1] < MOST);
        return new Overfitting(
                samples.clone(),
                coefficients,
                trend,
                exhausted ? Optional.empty() : Optional.of(regime(coefficients, trend)));
    }

    /**
     * The regime of a kernel from its matrix on N rows, by E0 at N/64 to N/4 rows under the spectrum that the sample shows; more
     * rows than that would see where the sample ends.
     */
    public static Overfitting of(EmpiricalSpectrum sample) {
        double[] samples = new double[DOUBLINGS];
        for (int k = 0; k < DOUBLINGS; k++) {
            samples[k] = Math.max(LEAST_SAMPLES + k, sample.rows() / Math.pow(2, DOUBLINGS + 1.0 - k));
        }
        return of(sample.spectrum(), samples);
    }

    private static Regime regime(double[] coefficients, double trend) {
        if (trend > GROWING) {
            return Regime.CATASTROPHIC;
        }
        double last = coefficients[coefficients.length - 1];
        return last < HARMLESS || trend < FALLING ? Regime.BENIGN : Regime.TEMPERED;
    }

    /** Slope of the least-squares line through (ln x, ln y). */
    static double slope(double[] x, double[] y) {
        double meanX = Arrays.stream(x).map(Math::log).average().orElseThrow();
        double meanY = Arrays.stream(y).map(Math::log).average().orElseThrow();
        double products = 0;
        double squares = 0;
        for (int k = 0; k < x.length; k++) {
            double dx = Math.log(x[k]) - meanX;
            products += dx * (Math.log(y[k]) - meanY);
            squares += dx * dx;
        }
        return products / squares;
    }

    /** E0 at the largest number of rows. */
    public double last() {
        return coefficients[coefficients.length - 1];
    }
}

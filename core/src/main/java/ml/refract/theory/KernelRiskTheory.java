package ml.refract.theory;

/**
 * The error of kernel ridge regression on n random rows from the spectrum of its kernel, by the eigenframework (Simon, Dickens,
 * Karkada and DeWeese, TMLR 2023; Mallinar, Simon and others, "Benign, Tempered, or Catastrophic", arXiv 2207.06569). The ridge is
 * what is added to the diagonal of the kernel matrix, not multiplied by n.
 *
 * <p>kappa solves sum_i lambda_i / (lambda_i + kappa) + ridge / kappa = n; a mode is learned to the share L_i = lambda_i /
 * (lambda_i + kappa). The test error is E0 (sum_i (1 - L_i)^2 v_i^2 + noise) with E0 = n / (n - sum_i L_i^2), noise counted; the
 * error on the n rows themselves is (ridge / (n kappa))^2 times that. Without a ridge and with more rows than modes these are
 * the formulas of least squares.
 *
 * <p>The framework takes features as if they were Gaussian. It is close for kernels on data of many dimensions and wrong in few:
 * the Laplace kernel on a line fits noise at an excess of 2/3, not 1. Immutable.
 */
public final class KernelRiskTheory {
    private static final int BISECTIONS = 200;

    private final Spectrum spectrum;
    private final double samples;
    private final double kappa;
    private final double overfitting;
    /** ridge / (n kappa), which is 1 - (sum of L_i) / n. */
    private final double trainShare;

    private KernelRiskTheory(Spectrum spectrum, double samples, double ridge) {
        this.spectrum = spectrum;
        this.samples = samples;
        this.kappa = ridge == 0 && spectrum.rank() <= samples ? 0 : kappa(spectrum, samples, ridge);
        double unlearned = 0;
        double learned = 0;
        for (int k = 0; k < spectrum.size(); k++) {
            double share = learnability(k);
            learned += spectrum.count(k) * share;
            unlearned += spectrum.count(k) * share * (1 - share);
        }
        double left = kappa > 0 ? ridge / kappa : samples - learned;
        this.trainShare = left / samples;
        this.overfitting = samples / (unlearned + left);
    }

    /**
     * The theory for a number of rows and a ridge. Cost of 200 passes over the spectrum.
     *
     * @param samples n, above 0; need not be whole
     * @param ridge at least 0
     * @throws IllegalArgumentException when a number is out of range or no eigenvalue is positive
     */
    public static KernelRiskTheory of(Spectrum spectrum, double samples, double ridge) {
        if (!(samples > 0 && samples < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("The number of rows must be positive and finite, got " + samples);
        }
        if (!(ridge >= 0 && ridge < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("The ridge must be finite and not negative, got " + ridge);
        }
        if (!(spectrum.rank() > 0)) {
            throw new IllegalArgumentException("A spectrum needs at least one eigenvalue above 0");
        }
        return new KernelRiskTheory(spectrum, samples, ridge);
    }

    /** The root of a falling function, by bisection of its logarithm. */
    private static double kappa(Spectrum spectrum, double samples, double ridge) {
        double high = Math.log((spectrum.trace() + ridge) / samples); // there the sum is at most n
        double low = high - 1;
        while (total(spectrum, Math.exp(low), ridge) < samples && low > -700) {
            low -= high - low;
        }
        low = Math.max(low, -745);
        for (int step = 0; step < BISECTIONS && low < high; step++) {
            double middle = (low + high) / 2;
            if (middle == low || middle == high) {
                break;
            }
            if (total(spectrum, Math.exp(middle), ridge) > samples) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return Math.exp((low + high) / 2);
    }

    /** sum_i lambda_i / (lambda_i + kappa) + ridge / kappa. */
    private static double total(Spectrum spectrum, double kappa, double ridge) {
        double sum = ridge > 0 ? ridge / kappa : 0;
        for (int k = 0; k < spectrum.size(); k++) {
            sum += spectrum.count(k) * spectrum.value(k) / (spectrum.value(k) + kappa);
        }
        return sum;
    }

    /** kappa: modes with larger eigenvalues are mostly learned. 0 when there are no more modes than rows and no ridge. */
    public double kappa() {
        return kappa;
    }

    /** The share L_i to which mode i is learned, 0 to 1. */
    public double learnability(int k) {
        double value = spectrum.value(k);
        return value > 0 ? value / (value + kappa) : 0;
    }

    /** E0: by what factor fitting these rows multiplies the noise; 1 is none. Infinite when there are as many modes as rows. */
    public double overfitting() {
        return overfitting;
    }

    /**
     * Expected squared error on new rows, noise counted.
     *
     * @param energy sum of squared target coefficients v_i^2 of the modes of each eigenvalue, as many as the spectrum's size
     * @param noise variance of the noise in the targets
     */
    public double testError(double[] energy, double noise) {
        if (energy.length != spectrum.size()) {
            throw new IllegalArgumentException("There are " + energy.length + " coefficients for a spectrum of "
                    + spectrum.size() + " eigenvalues; wanted as many");
        }
        double sum = noise;
        for (int k = 0; k < energy.length; k++) {
            double missed = 1 - learnability(k);
            sum += missed * missed * energy[k];
        }
        return overfitting * sum;
    }

    /** Expected squared error on the rows that were learned from; parameters as {@link #testError}. */
    public double trainError(double[] energy, double noise) {
        return trainShare * trainShare * testError(energy, noise);
    }

    /** The share of the target that is learned, sum L_i v_i^2 / sum v_i^2; NaN for a target that is zero. */
    public double taskLearnability(double[] energy) {
        double learned = 0;
        double all = 0;
        for (int k = 0; k < energy.length; k++) {
            learned += learnability(k) * energy[k];
            all += energy[k];
        }
        return learned / all;
    }

    /** Number of rows, n. */
    public double samples() {
        return samples;
    }
}

package ml.refract.theory;

import ml.refract.linalg.DoubleMatrix;
import ml.refract.solver.RidgePath;

/**
 * The spectrum of a kernel and the coefficients of a target as N rows show them: eigenvalues of K / N, and (v_k' y)^2 / N for
 * the eigenvectors v_k, summed over outputs (Mallinar, Simon and others, arXiv 2207.06569; Simon, Karkada and others, arXiv
 * 2311.14646). From it follows, with nothing fitted, the error that fits on fewer of these rows would have on the others.
 *
 * <p>Eigenvalues that rounding has made, below 1e-13 of the largest, count as zero. Immutable.
 */
public final class EmpiricalSpectrum {
    private static final double ROUNDOFF = 1e-13;
    private static final int LIKELIHOOD_STEPS = 100;

    private final int rows;
    private final Spectrum spectrum;
    private final double[] energy;

    private EmpiricalSpectrum(int rows, Spectrum spectrum, double[] energy) {
        this.rows = rows;
        this.spectrum = spectrum;
        this.energy = energy;
    }

    /** What a decomposed kernel matrix and its targets show. */
    public static EmpiricalSpectrum of(RidgePath path) {
        return of(path.eigenvalues(), path.rotatedTargets());
    }

    /**
     * What eigenvalues and targets in the eigenvectors' coordinates show.
     *
     * @param eigenvalues of the kernel matrix, N, largest first
     * @param rotated V' Y, N x c
     */
    public static EmpiricalSpectrum of(double[] eigenvalues, DoubleMatrix rotated) {
        int n = eigenvalues.length;
        if (n == 0 || rotated.rows() != n) {
            throw new IllegalArgumentException("There are " + n + " eigenvalues and targets of " + rotated.rows()
                    + " rows; wanted as many, at least one");
        }
        double[] values = new double[n];
        double[] energy = new double[n];
        for (int k = 0; k < n; k++) {
            values[k] = eigenvalues[k] > ROUNDOFF * eigenvalues[0] ? eigenvalues[k] / n : 0;
            for (int l = 0; l < rotated.cols(); l++) {
                energy[k] += rotated.get(k, l) * rotated.get(k, l) / n;
            }
        }
        return new EmpiricalSpectrum(n, Spectrum.of(values), energy);
    }

    /** Number of rows, N. */
    public int rows() {
        return rows;
    }

    /** The eigenvalues of K / N. */
    public Spectrum spectrum() {
        return spectrum;
    }

    /** Mean squared target, summed over outputs: the error of predicting 0. */
    public double targetEnergy() {
        double sum = 0;
        for (double part : energy) {
            sum += part;
        }
        return sum;
    }

    /**
     * Predicted mean squared error, summed over outputs, of a fit on n of the N rows over the other N - n. Noise in the targets is
     * in it, since the coefficients hold it. Good to some 15 % up to n = N / 3; towards N it becomes the difference of large
     * numbers.
     *
     * @param n above 0 and below N
     * @param ridge added to the diagonal of the n x n kernel matrix, at least 0
     * @throws IllegalArgumentException when a number is out of range
     */
    public double testError(double n, double ridge) {
        if (!(n > 0 && n < rows)) {
            throw new IllegalArgumentException(
                    "The error can be predicted for 1 to " + (rows - 1) + " of " + rows + " rows, not for " + n);
        }
        KernelRiskTheory theory = KernelRiskTheory.of(spectrum, n, ridge);
        double everywhere = theory.testError(energy, 0);
        // Theory averages over all N rows, those learned from among them.
        return (rows * everywhere - n * theory.trainError(energy, 0)) / (rows - n);
    }

    /** The least of {@link #testError} over some ridges. */
    public double bestTestError(double n, double... ridges) {
        double best = Double.POSITIVE_INFINITY;
        for (double ridge : ridges) {
            best = Math.min(best, testError(n, ridge));
        }
        return best;
    }

    /**
     * Generalised cross-validation: the error on new rows of a fit on all N, from its error on them alone, as train error /
     * ((ridge / N) tr (K + ridge I)^-1)^2 (Golub, Heath and Wahba, 1979). It is the estimate theory gives at n = N.
     *
     * @param ridge above 0
     */
    public double crossValidation(double ridge) {
        if (!(ridge > 0 && ridge < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("The ridge must be positive and finite, got " + ridge);
        }
        double train = 0;
        double freedom = 0;
        for (int k = 0; k < rows; k++) {
            double left = ridge / (rows * spectrum.value(k) + ridge);
            train += left * left * energy[k];
            freedom += left / rows;
        }
        return train / (freedom * freedom);
    }

    /**
     * The variance of the noise, summed over outputs, that makes these targets most likely if the target is a random function
     * with this kernel as covariance, of any size (maximum of the marginal likelihood). It takes structure finer than the rows
     * can show for noise, and sees no noise where smooth structure is that fine; the error of the best fit is a bound from above.
     *
     * @return the variance, or 0 where the likelihood is largest without noise
     */
    public double likelyNoise() {
        double least = Math.log(1e-9 * spectrum.trace());
        double most = Math.log(1e3 * rows * spectrum.value(0));
        double best = least;
        double width = (most - least) / LIKELIHOOD_STEPS;
        for (int step = 1; step <= LIKELIHOOD_STEPS; step++) {
            double here = least + step * width;
            best = unlikelihood(here) < unlikelihood(best) ? here : best;
        }
        if (best == least) {
            return 0;
        }
        for (double step = width / 2; step > 1e-4; step /= 2) {
            double here = unlikelihood(best - step) < unlikelihood(best + step) ? best - step : best + step;
            best = unlikelihood(here) < unlikelihood(best) ? here : best;
        }
        return Math.exp(best) * spread(Math.exp(best));
    }

    /** The variance of the random function if the noise is a multiple of it. */
    private double spread(double ratio) {
        double sum = 0;
        for (int k = 0; k < rows; k++) {
            sum += energy[k] / (rows * spectrum.value(k) + ratio);
        }
        return sum;
    }

    private double unlikelihood(double logRatio) {
        double ratio = Math.exp(logRatio);
        double sum = rows * Math.log(spread(ratio));
        for (int k = 0; k < rows; k++) {
            sum += Math.log(rows * spectrum.value(k) + ratio);
        }
        return sum;
    }
}

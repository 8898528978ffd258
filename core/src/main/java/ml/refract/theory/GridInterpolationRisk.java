package ml.refract.theory;

import java.util.function.DoubleUnaryOperator;

/**
 * The exact error of kernel regression on a periodic grid of n points with a kernel that depends on differences only (Beaglehole,
 * Belkin and Pandit, "On the inconsistency of kernel ridgeless regression in fixed dimensions", arXiv 2205.13525). With Fourier
 * coefficients g(k) > 0 of the kernel, frequencies that differ by a multiple of n look the same on the grid; let S and Q be the
 * sums of g and of g^2 over such a class. Interpolation multiplies noise by V = (1/n) sum over classes of Q / S^2, and a target of
 * frequency k is missed by (1 - g(k)/S)^2 + (Q - g(k)^2) / S^2 of its energy. A ridge adds ridge / n to S.
 *
 * <p>V stays above a constant for every bandwidth that leaves the target to be learned, whatever n: in few dimensions interpolation
 * never becomes harmless. Sums over a class are cut into growing bins; relative error below 1e-6. Immutable.
 */
public final class GridInterpolationRisk {
    private static final int SINGLE_TERMS = 64;
    private static final double BIN = 1.02;
    private static final double MOST_TERMS = 1e9;

    private final DoubleUnaryOperator coefficients;
    private final int points;
    private final double ridge;

    /**
     * @param coefficients g(k) for frequencies k >= 0; even in k, not rising, positive until they underflow
     * @param points n, at least 1
     * @param ridge added to the diagonal of the kernel matrix, at least 0
     * @throws IllegalArgumentException when a number is out of range
     */
    public GridInterpolationRisk(DoubleUnaryOperator coefficients, int points, double ridge) {
        if (points < 1 || !(ridge >= 0 && ridge < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("A grid needs at least one point and a ridge that is not negative, got "
                    + points + " points and a ridge of " + ridge);
        }
        this.coefficients = coefficients;
        this.points = points;
        this.ridge = ridge / points;
    }

    /** V: by what the variance of the noise is multiplied. Cost of some 1,800 coefficients for each of n / 2 classes. */
    public double noiseFactor() {
        double sum = 0;
        for (int k = 0; k <= points / 2; k++) {
            boolean alone = k == 0 || 2 * k == points;
            sum += (alone ? 1 : 2) * noiseOf(sums(k));
        }
        return sum / points;
    }

    private double noiseOf(double[] sums) {
        double s = sums[0] + ridge;
        return sums[0] < 1e-150
                ? (ridge > 0 ? 0 : 1)
                : sums[1] / (s * s); // where all underflow, the first term outweighs the others
    }

    /** The share of its energy by which a target of one frequency is missed; 1 is as bad as predicting 0. */
    public double missedShare(int frequency) {
        int k = Math.floorMod(frequency, points);
        double[] sums = sums(Math.min(k, points - k));
        if (sums[0] < 1e-150) {
            return ridge == 0 && 2L * Math.abs((long) frequency) < points ? 0 : 1;
        }
        double own = coefficients.applyAsDouble(Math.abs((double) frequency));
        double s = sums[0] + ridge;
        return Math.pow(1 - own / s, 2) + Math.max(0, sums[1] - own * own) / (s * s);
    }

    /**
     * Expected squared error over the circle for a target of one frequency (and its negative) with noise, noise in new rows not
     * counted.
     *
     * @param energy mean square of the target
     * @param noise variance of the noise
     */
    public double risk(int frequency, double energy, double noise) {
        return energy * missedShare(frequency) + noise * noiseFactor();
    }

    /** The sums of g and g^2 over the class of k, 0 <= k <= n / 2. */
    private double[] sums(int k) {
        double[] sums = new double[2];
        add(k, 1, sums);
        addFrom(k, 1, sums);
        addFrom(-k, 1, sums);
        return sums;
    }

    /** Adds the terms at k + n m for m = first, first + 1, ... */
    private void addFrom(int k, int first, double[] sums) {
        for (int m = first; m <= SINGLE_TERMS; m++) {
            add(k + (double) points * m, 1, sums);
        }
        double from = SINGLE_TERMS + 0.5;
        while (from < MOST_TERMS) {
            double to = BIN * from;
            if (!add(k + points * (from + to) / 2, to - from, sums)) {
                return;
            }
            from = to;
        }
    }

    private boolean add(double frequency, double count, double[] sums) {
        double value = coefficients.applyAsDouble(frequency);
        sums[0] += count * value;
        sums[1] += count * value * value;
        return value > 0;
    }
}

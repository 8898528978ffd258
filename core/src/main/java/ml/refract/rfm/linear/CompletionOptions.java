package ml.refract.rfm.linear;

import java.util.ArrayList;
import java.util.List;

/**
 * Settings of a matrix completion. Immutable.
 *
 * @param power alpha: the metric is (W'W / N)^{2 alpha}, N the geometric mean of n and d; 1/2 is the log-determinant, 1/4
 *     the nuclear norm, more is more concave
 * @param rank most directions the metric keeps; above the rank of the matrix, of which it need not be known
 * @param smoothing at the start, against values of mean square 1; 0 for twice the largest eigenvalue of the first metric,
 *     where nothing is learned yet
 * @param decay factor of the smoothing from sweep to sweep, 0.5 to below 1; slower finds more from fewer entries
 * @param sweeps most sweeps; each solves all rows, or all columns
 * @param heldOut share of the entries that are held out to choose the sweep, 0 to 0.5; with 0 the last one is kept
 * @param patience sweeps without a better held-out error after which the search ends
 * @param tolerance held-out error, relative to the root mean square of the values, that is good enough
 * @param centred whether the mean of the entries is subtracted first and is the prediction where nothing is known; otherwise
 *     that is 0
 * @param seed drives the choice of the entries held out and the start
 */
public record CompletionOptions(
        double power,
        int rank,
        double smoothing,
        double decay,
        int sweeps,
        double heldOut,
        int patience,
        double tolerance,
        boolean centred,
        long seed) {
    /**
     * @throws IllegalArgumentException naming every option out of range
     */
    public CompletionOptions {
        List<String> faults = new ArrayList<>();
        if (!(power > 0 && power <= 4)) {
            faults.add("power must be above 0 and at most 4, got " + power);
        }
        if (rank < 1 || rank > 500) {
            faults.add("rank must be between 1 and 500, got " + rank);
        }
        if (!(smoothing >= 0 && smoothing <= 1e9)) {
            faults.add("smoothing must be between 0 and 1e9, got " + smoothing);
        }
        if (!(decay >= 0.5 && decay < 1)) {
            faults.add("decay must be at least 0.5 and below 1, got " + decay);
        }
        if (sweeps < 1 || sweeps > 100_000) {
            faults.add("sweeps must be between 1 and 100000, got " + sweeps);
        }
        if (!(heldOut >= 0 && heldOut <= 0.5)) {
            faults.add("heldOut must be between 0 and 0.5, got " + heldOut);
        }
        if (patience < 1) {
            faults.add("patience must be at least 1, got " + patience);
        }
        if (!(tolerance >= 0 && tolerance < 1)) {
            faults.add("tolerance must be at least 0 and below 1, got " + tolerance);
        }
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException("Invalid options: " + String.join("; ", faults));
        }
    }

    /** The log-determinant, at most 20 directions, a twentieth of the entries held out. */
    public static CompletionOptions defaults() {
        return new CompletionOptions(0.5, 20, 0, 0.95, 500, 0.05, 40, 1e-4, true, 0);
    }

    /** Starts from these options. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Changes some options. */
    public static final class Builder {
        private double power;
        private int rank;
        private double smoothing;
        private double decay;
        private int sweeps;
        private double heldOut;
        private int patience;
        private double tolerance;
        private boolean centred;
        private long seed;

        private Builder(CompletionOptions o) {
            power = o.power;
            rank = o.rank;
            smoothing = o.smoothing;
            decay = o.decay;
            sweeps = o.sweeps;
            heldOut = o.heldOut;
            patience = o.patience;
            tolerance = o.tolerance;
            centred = o.centred;
            seed = o.seed;
        }

        /** Power of the metric. */
        public Builder power(double value) {
            power = value;
            return this;
        }

        /** Most directions kept. */
        public Builder rank(int value) {
            rank = value;
            return this;
        }

        /** Smoothing at the start; 0 to find it. */
        public Builder smoothing(double value) {
            smoothing = value;
            return this;
        }

        /** Factor of the smoothing from sweep to sweep. */
        public Builder decay(double value) {
            decay = value;
            return this;
        }

        /** Most sweeps. */
        public Builder sweeps(int value) {
            sweeps = value;
            return this;
        }

        /** Share of the entries held out. */
        public Builder heldOut(double value) {
            heldOut = value;
            return this;
        }

        /** Sweeps to wait for a better one. */
        public Builder patience(int value) {
            patience = value;
            return this;
        }

        /** Held-out error that is good enough. */
        public Builder tolerance(double value) {
            tolerance = value;
            return this;
        }

        /** Whether the mean is subtracted. */
        public Builder centred(boolean value) {
            centred = value;
            return this;
        }

        /** Seed. */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /** The options.
         *
         * @throws IllegalArgumentException naming every option out of range
         */
        public CompletionOptions build() {
            return new CompletionOptions(
                    power, rank, smoothing, decay, sweeps, heldOut, patience, tolerance, centred, seed);
        }
    }
}

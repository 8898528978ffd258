package ml.refract.rfm.linear;

import java.util.ArrayList;
import java.util.List;

/**
 * Settings of a sparse regression. Immutable.
 *
 * @param power alpha: the penalty of a weight is that of l_p with p = 2 - 4 alpha; 1/4 is the l_1 norm, 1/2 the logarithm
 * @param ridge added to the diagonal of the system, for noisy targets; 0 to fit them exactly
 * @param decay factor of the smoothing from sweep to sweep, 0.1 to below 1
 * @param leastSmoothing the smoothing at which the sweeps end, as a share of the largest weight of the first
 */
public record SparseOptions(double power, double ridge, double decay, double leastSmoothing) {
    /**
     * @throws IllegalArgumentException naming every option out of range
     */
    public SparseOptions {
        List<String> faults = new ArrayList<>();
        if (!(power > 0 && power <= 4)) {
            faults.add("power must be above 0 and at most 4, got " + power);
        }
        if (!(ridge >= 0 && ridge <= 1e9)) {
            faults.add("ridge must be between 0 and 1e9, got " + ridge);
        }
        if (!(decay >= 0.1 && decay < 1)) {
            faults.add("decay must be at least 0.1 and below 1, got " + decay);
        }
        if (!(leastSmoothing >= 1e-12 && leastSmoothing < 1)) {
            faults.add("leastSmoothing must be at least 1e-12 and below 1, got " + leastSmoothing);
        }
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException("Invalid options: " + String.join("; ", faults));
        }
    }

    /** The logarithm, exact, smoothing down to 1e-6. */
    public static SparseOptions defaults() {
        return new SparseOptions(0.5, 0, 0.85, 1e-6);
    }

    /** The same with another power. */
    public SparseOptions withPower(double value) {
        return new SparseOptions(value, ridge, decay, leastSmoothing);
    }

    /** The same with another ridge. */
    public SparseOptions withRidge(double value) {
        return new SparseOptions(power, value, decay, leastSmoothing);
    }

    /** The same with another decay of the smoothing. */
    public SparseOptions withDecay(double value) {
        return new SparseOptions(power, ridge, value, leastSmoothing);
    }
}

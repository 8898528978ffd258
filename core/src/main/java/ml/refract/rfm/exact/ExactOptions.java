package ml.refract.rfm.exact;

import java.util.ArrayList;
import java.util.List;

/**
 * Settings of an exact recursive feature machine. Immutable.
 *
 * @param kernel its bandwidth, if it has one, stays the same in all rounds
 * @param rule how a machine becomes the next metric
 * @param scale how that metric is scaled
 * @param ridge added to the diagonal of the kernel matrix, not multiplied by n; 0 interpolates
 * @param rounds T >= 0 metric updates, so up to T + 1 solves; 0 is plain kernel ridge regression
 */
public record ExactOptions(ExactKernel kernel, FeatureRule rule, MetricScale scale, double ridge, int rounds) {
    /**
     * @throws IllegalArgumentException naming every option out of range
     */
    public ExactOptions {
        List<String> faults = new ArrayList<>();
        if (!(ridge >= 0 && ridge <= 1e9)) {
            faults.add("ridge must be between 0 and 1e9, got " + ridge);
        }
        if (rounds < 0 || rounds > 100_000) {
            faults.add("rounds must be between 0 and 100000, got " + rounds);
        }
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException("Invalid options: " + String.join("; ", faults));
        }
    }

    /** A kernel and a rule, without scaling, without a ridge, for 30 rounds: the setting of the papers on grokking. */
    public static ExactOptions of(ExactKernel kernel, FeatureRule rule) {
        return new ExactOptions(kernel, rule, MetricScale.NONE, 0, 30);
    }

    /** The same with another rule. */
    public ExactOptions withRule(FeatureRule value) {
        return new ExactOptions(kernel, value, scale, ridge, rounds);
    }

    /** The same with another scale. */
    public ExactOptions withScale(MetricScale value) {
        return new ExactOptions(kernel, rule, value, ridge, rounds);
    }

    /** The same with another ridge. */
    public ExactOptions withRidge(double value) {
        return new ExactOptions(kernel, rule, scale, value, rounds);
    }

    /** The same with another number of rounds. */
    public ExactOptions withRounds(int value) {
        return new ExactOptions(kernel, rule, scale, ridge, value);
    }
}

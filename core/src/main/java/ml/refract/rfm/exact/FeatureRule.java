package ml.refract.rfm.exact;

import ml.refract.rfm.FactUpdate;

/** How a machine becomes the next metric. */
public sealed interface FeatureRule {
    /**
     * The average gradient outer product over the centers to a power; negative eigenvalues, which rounding makes, count as 0.
     *
     * @param centred whether the mean gradient of each output is subtracted first
     * @param power above 0 and at most 4
     */
    record Agop(boolean centred, double power) implements FeatureRule {
        /**
         * @throws IllegalArgumentException when the power is out of range
         */
        public Agop {
            if (!(power > 0 && power <= 4)) {
                throw new IllegalArgumentException("The power of a moment must be above 0 and at most 4, got " + power);
            }
        }
    }

    /** FACT, made symmetric in one of its ways. */
    record Fact(FactUpdate update) implements FeatureRule {}

    /** AGOP^s. */
    static FeatureRule agop(double power) {
        return new Agop(false, power);
    }

    /** AGOP^s of centred gradients. */
    static FeatureRule centredAgop(double power) {
        return new Agop(true, power);
    }

    /** FACT. */
    static FeatureRule fact(FactUpdate update) {
        return new Fact(update);
    }
}

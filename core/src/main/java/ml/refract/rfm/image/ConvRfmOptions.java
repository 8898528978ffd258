package ml.refract.rfm.image;

import java.util.ArrayList;
import java.util.List;

/**
 * Settings of a convolutional recursive feature machine. Immutable.
 *
 * @param patches of the convolution
 * @param readout what comes after it
 * @param ridge added to the diagonal of the kernel matrix, whose largest entry is scaled to 1
 * @param rounds updates of the metric
 * @param momentImages most images that gradients are averaged over
 * @param seed of the choice of these images, and of random convolutions
 */
public record ConvRfmOptions(Patches patches, Readout readout, double ridge, int rounds, int momentImages, long seed) {
    /** Less is lost in the rounding of a kernel matrix of equal images. */
    private static final double LEAST_RIDGE = 1e-10;

    /** What becomes of the outputs of the convolution at all positions. */
    public enum Readout {
        /** Each position has its own weights: a sum over patches at the same place. */
        FLAT,
        /** They are averaged first: a sum over all pairs of patches, which costs as many times more as there are positions. */
        POOLED
    }

    /**
     * @throws IllegalArgumentException naming every option out of range
     */
    public ConvRfmOptions {
        List<String> faults = new ArrayList<>();
        if (!(ridge >= LEAST_RIDGE && ridge <= 1e9)) {
            faults.add("ridge must be between 1e-10 and 1e9, got " + ridge);
        }
        if (rounds < 0 || rounds > 1_000) {
            faults.add("rounds must be between 0 and 1000, got " + rounds);
        }
        if (momentImages < 1) {
            faults.add("momentImages must be at least 1, got " + momentImages);
        }
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException("Invalid options: " + String.join("; ", faults));
        }
    }

    /** Flat read-out, ridge 1e-3, five rounds, gradients of 200 images. */
    public static ConvRfmOptions of(Patches patches) {
        return new ConvRfmOptions(patches, Readout.FLAT, 1e-3, 5, 200, 0);
    }

    /** The same with other patches. */
    public ConvRfmOptions withPatches(Patches value) {
        return new ConvRfmOptions(value, readout, ridge, rounds, momentImages, seed);
    }

    /** The same with another read-out. */
    public ConvRfmOptions withReadout(Readout value) {
        return new ConvRfmOptions(patches, value, ridge, rounds, momentImages, seed);
    }

    /** The same with another ridge. */
    public ConvRfmOptions withRidge(double value) {
        return new ConvRfmOptions(patches, readout, value, rounds, momentImages, seed);
    }

    /** The same with another number of rounds. */
    public ConvRfmOptions withRounds(int value) {
        return new ConvRfmOptions(patches, readout, ridge, value, momentImages, seed);
    }

    /** The same with gradients of another number of images. */
    public ConvRfmOptions withMomentImages(int value) {
        return new ConvRfmOptions(patches, readout, ridge, rounds, value, seed);
    }

    /** The same with another seed. */
    public ConvRfmOptions withSeed(long value) {
        return new ConvRfmOptions(patches, readout, ridge, rounds, momentImages, value);
    }
}

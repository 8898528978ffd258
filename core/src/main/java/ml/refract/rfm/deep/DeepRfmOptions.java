package ml.refract.rfm.deep;

import java.util.ArrayList;
import java.util.List;
import ml.refract.kernel.Kernel;

/**
 * Settings of a deep recursive feature machine. Immutable.
 *
 * @param kernel on rows of unit length
 * @param ridge added to the diagonal of the kernel matrix
 * @param layers how many
 * @param width random features of a layer, D
 * @param features the random map at the end of a layer
 * @param scale of the frequencies of cosine features; near 0.05 to 0.1 on images
 * @param seed of the random maps
 */
public record DeepRfmOptions(
        Kernel kernel, double ridge, int layers, int width, Features features, double scale, long seed) {
    /** Random maps. */
    public enum Features {
        /** max(0, u' v) with entries of u uniform in +-1 / sqrt(d). */
        RELU,
        /** sqrt(2/D) cos(w' v + b) with w multivariate Cauchy: on average the Laplace kernel of Euclidean distance. */
        COSINE,
        /** The same with independent Cauchy entries of w, as the authors' code has it: the kernel of the l1 distance. */
        COSINE_BY_COORDINATE
    }

    /**
     * @throws IllegalArgumentException naming every option out of range
     */
    public DeepRfmOptions {
        List<String> faults = new ArrayList<>();
        if (!(ridge >= 0 && ridge <= 1e9)) {
            faults.add("ridge must be between 0 and 1e9, got " + ridge);
        }
        if (layers < 1 || layers > 1_000) {
            faults.add("layers must be between 1 and 1000, got " + layers);
        }
        if (width < 1 || width > 20_000) {
            faults.add("width must be between 1 and 20000, got " + width);
        }
        if (!(scale > 0 && scale < Double.POSITIVE_INFINITY)) {
            faults.add("scale must be positive and finite, got " + scale);
        }
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException("Invalid options: " + String.join("; ", faults));
        }
    }

    /** The authors' script: Laplace kernel of bandwidth 2, ridge 1e-3, six layers of 512 ReLU features. */
    public static DeepRfmOptions defaults() {
        return new DeepRfmOptions(Kernel.laplace(2, 1), 1e-3, 6, 512, Features.RELU, 0.05, 0);
    }

    /** The same with another kernel. */
    public DeepRfmOptions withKernel(Kernel value) {
        return new DeepRfmOptions(value, ridge, layers, width, features, scale, seed);
    }

    /** The same with another ridge. */
    public DeepRfmOptions withRidge(double value) {
        return new DeepRfmOptions(kernel, value, layers, width, features, scale, seed);
    }

    /** The same with another number of layers. */
    public DeepRfmOptions withLayers(int value) {
        return new DeepRfmOptions(kernel, ridge, value, width, features, scale, seed);
    }

    /** The same with another number of features. */
    public DeepRfmOptions withWidth(int value) {
        return new DeepRfmOptions(kernel, ridge, layers, value, features, scale, seed);
    }

    /** The same with another random map. */
    public DeepRfmOptions withFeatures(Features value) {
        return new DeepRfmOptions(kernel, ridge, layers, width, value, scale, seed);
    }

    /** The same with cosine features of another scale. */
    public DeepRfmOptions withScale(double value) {
        return new DeepRfmOptions(kernel, ridge, layers, width, features, value, seed);
    }

    /** The same with another seed. */
    public DeepRfmOptions withSeed(long value) {
        return new DeepRfmOptions(kernel, ridge, layers, width, features, scale, value);
    }
}

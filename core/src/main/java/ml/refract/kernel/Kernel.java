package ml.refract.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import ml.refract.engine.Named;
import ml.refract.engine.PairFunction;
import ml.refract.engine.WideNetwork;

/**
 * A kernel k(x, z) of coordinate differences u = t(x) - t(z), where t applies the {@link Metric}. Every kernel of differences is
 * 1 at u = 0 and positive semidefinite in its valid range (specification of xRFM, section 3; Beaglehole et al., "xRFM:
 * accurate, scalable, and interpretable feature learning models for tabular data").
 *
 * <p>{@link Family#NTK} and {@link Family#NNGP} are of inner products t(x).t(z) instead: where the origin lies matters, and k(x, x) =
 * 1 + |t(x)|^2 / L^2 where the activation is homogeneous, else 1. Columns should have their origin at a typical value, as standardised
 * ones do.
 *
 * @param family the formula
 * @param bandwidth L > 0, inside the power
 * @param exponent q
 * @param norm p of the l_p distance; 2 for {@link Family#LAPLACE}, q for {@link Family#PRODUCT}
 * @param mix constant part of {@link Family#SUM_POWER}, 0 elsewhere
 * @param power outer power of {@link Family#SUM_POWER}, 1 elsewhere
 * @param layers hidden layers of a network, 0 for other kernels
 * @param activation of the layers of a network, ReLU for other kernels
 */
public record Kernel(
        Family family,
        double bandwidth,
        double exponent,
        double norm,
        double mix,
        int power,
        int layers,
        DualActivation activation) {
    private static final int MOST_LAYERS = 100;
    /** Slopes beyond this leave too few digits of a float. */
    private static final double STEEPEST = 1e6;

    /** The formulas. */
    public enum Family implements Named {
        /** exp(-(||u||_2 / L)^q), 0 < q <= 2: Laplace at q = 1, Gaussian (no factor 2) at q = 2. */
        LAPLACE("l2"),
        /** exp(-(||u||_p / L)^q), 0 < q <= p <= 2. */
        LPQ("lpq"),
        /** exp(-sum_s |u_s|^q / L^q), 0 < q <= 2: a product of one-dimensional kernels; l1 at q = 1. */
        PRODUCT("l1"),
        /** (mix + (1 - mix) mean_s exp(-|u_s|^q / L^q))^P, 0 < q <= 2, 0 <= mix < 1, P >= 1. */
        SUM_POWER("sum-power"),
        /**
         * The neural tangent kernel of H hidden layers on the inputs (t(x), L), scaled to 1 at t(x) = t(z) = 0. The constant
         * coordinate L is a bias: without it a ReLU network is linear along every ray from the origin. Large L bend the kernel less.
         * Under activations that are not homogeneous the inputs (t(x), L) are taken at length 1.
         */
        NTK("ntk"),
        /** The same with only the last layer trained: the covariance of random networks. */
        NNGP("nngp");

        private final String id;

        Family(String id) {
            this.id = id;
        }

        /** Name in options and model files. */
        @Override
        public String id() {
            return id;
        }

        /** Whether it is the kernel of a network. */
        public boolean isNetwork() {
            return this == NTK || this == NNGP;
        }

        /**
         * The family of an id.
         *
         * @throws IllegalArgumentException when there is none
         */
        public static Family of(String id) {
            return Named.of(Family.class, "kernel", id.toLowerCase(Locale.ROOT));
        }
    }

    /**
     * @throws IllegalArgumentException naming every option out of range
     */
    public Kernel {
        List<String> faults = new ArrayList<>();
        if (!(bandwidth >= 1e-6 && bandwidth <= 1e9)) {
            faults.add("bandwidth must be between 1e-6 and 1e9, got " + bandwidth);
        }
        if (!(exponent > 0 && exponent <= 2)) {
            faults.add("exponent must be above 0 and at most 2, got " + exponent);
        }
        if (family == Family.LPQ && !(norm >= exponent && norm <= 2)) {
            faults.add("norm must be between the exponent (" + exponent + ") and 2, got " + norm);
        }
        if (family == Family.SUM_POWER && !(mix >= 0 && mix < 1)) {
            faults.add("mix must be at least 0 and below 1, got " + mix);
        }
        if (family == Family.SUM_POWER && !(power >= 1 && power <= 32)) {
            faults.add("power must be between 1 and 32, got " + power);
        }
        if (family.isNetwork() && !(layers >= 1 && layers <= MOST_LAYERS)) {
            faults.add("layers must be between 1 and " + MOST_LAYERS + ", got " + layers);
        } else if (family.isNetwork() && !(Math.pow(activation.slope(1), layers) <= STEEPEST)) {
            faults.add("layers must be fewer for activation " + activation.id() + ", under which " + layers
                    + " are steeper than " + (int) STEEPEST + " at equal points");
        }
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(
                    "The " + family.id() + " kernel cannot be made: " + String.join("; ", faults));
        }
    }

    /** The generalised Laplace kernel on Euclidean distance. */
    public static Kernel laplace(double bandwidth, double exponent) {
        return new Kernel(Family.LAPLACE, bandwidth, exponent, 2, 0, 1, 0, DualActivation.relu());
    }

    /** The generalised Laplace kernel on l_p distance. */
    public static Kernel lpq(double bandwidth, double norm, double exponent) {
        return new Kernel(Family.LPQ, bandwidth, exponent, norm, 0, 1, 0, DualActivation.relu());
    }

    /** The product of one-dimensional kernels. */
    public static Kernel product(double bandwidth, double exponent) {
        return new Kernel(Family.PRODUCT, bandwidth, exponent, exponent, 0, 1, 0, DualActivation.relu());
    }

    /** The power of a mean of one-dimensional kernels. */
    public static Kernel sumPower(double bandwidth, double exponent, double mix, int power) {
        return new Kernel(Family.SUM_POWER, bandwidth, exponent, exponent, mix, power, 0, DualActivation.relu());
    }

    /**
     * The neural tangent kernel of a ReLU network.
     *
     * @param layers hidden layers, 1 to 100
     */
    public static Kernel ntk(double bandwidth, int layers) {
        return network(Family.NTK, bandwidth, layers, DualActivation.relu());
    }

    /**
     * The kernel of a network of infinite width.
     *
     * @param family {@link Family#NTK} or {@link Family#NNGP}
     * @param layers hidden layers, 1 to 100
     * @param activation of the hidden layers; its slope at 1 to the power of {@code layers} at most 1e6
     * @throws IllegalArgumentException when a number is out of range or the family is another
     */
    public static Kernel network(Family family, double bandwidth, int layers, DualActivation activation) {
        if (!family.isNetwork()) {
            throw new IllegalArgumentException("The " + family.id() + " kernel is not that of a network");
        }
        return new Kernel(family, bandwidth, 1, 2, 0, 1, layers, activation);
    }

    /** The same kernel with another bandwidth. */
    public Kernel withBandwidth(double value) {
        return new Kernel(family, value, exponent, norm, mix, power, layers, activation);
    }

    /** Whether it is a function of Euclidean distance. */
    public boolean euclidean() {
        return pairFunction(1).euclidean();
    }

    /** Whether points enter by Euclidean distances or inner products, so that any factor of the metric serves. */
    public boolean rotationInvariant() {
        return norm == 2 && family != Family.SUM_POWER;
    }

    /**
     * What engines evaluate.
     *
     * @param width number of transformed coordinates
     */
    public PairFunction pairFunction(int width) {
        return switch (family) {
            case SUM_POWER -> PairFunction.sumPower(exponent, bandwidth, mix, power, width);
            case NTK, NNGP ->
                PairFunction.network(bandwidth, new WideNetwork(activation.layer(), layers, family == Family.NTK));
            case LAPLACE, LPQ, PRODUCT -> PairFunction.power(norm, exponent, bandwidth);
        };
    }
}

package ml.refract.cli;

import java.util.ArrayList;
import java.util.List;
import ml.refract.kernel.DualActivation;
import ml.refract.kernel.Kernel;
import ml.refract.rfm.RfmOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The kernel. What is not given keeps its default. */
class KernelOptions {
    private static final double ADAPTIVE_BANDWIDTH = 1;
    private static final double DEFAULT_NORM = 2;
    private static final int DEFAULT_POWER = 2;
    private static final int DEFAULT_LAYERS = 1;

    @Option(
            names = "--kernel",
            paramLabel = "NAME",
            description = {
                "l2: exp(-(|x-z|/L)^q), the default; lpq: the same with the l_p norm;",
                "l1: exp(-sum_s (|x_s-z_s|/L)^q); sum-power: (mix + (1-mix) mean_s exp(-(|x_s-z_s|/L)^q))^power;",
                "ntk: the tangent kernel of a network of infinite width with a bias L; nngp: the kernel of its last layer."
            })
    Kernel.@Nullable Family kernel;

    @Option(names = "--bandwidth", paramLabel = "L", description = "Bandwidth L. Default: 10.")
    @Nullable
    Double bandwidth;

    @Option(
            names = "--adaptive-bandwidth",
            description =
                    "Multiply the bandwidth, by default 1, by the median distance between rows, anew in each round.")
    boolean adaptiveBandwidth;

    @Option(names = "--exponent", paramLabel = "Q", description = "Exponent q, above 0 and up to 2. Default: 1.")
    @Nullable
    Double exponent;

    @Option(names = "--norm", paramLabel = "P", description = "Norm p of lpq, from q to 2. Default: 2.")
    @Nullable
    Double norm;

    @Option(
            names = "--mix",
            paramLabel = "M",
            description = "Constant part of sum-power, from 0 to below 1. Default: 0.")
    @Nullable
    Double mix;

    @Option(names = "--power", paramLabel = "N", description = "Outer power of sum-power. Default: 2.")
    @Nullable
    Integer power;

    @Option(names = "--layers", paramLabel = "H", description = "Hidden layers of ntk and nngp. Default: 1.")
    @Nullable
    Integer layers;

    @Option(
            names = "--activation",
            paramLabel = "NAME",
            description =
                    "Activation of ntk and nngp: relu, leaky-relu:SLOPE, erf, sine:A or polynomial:C0,C1,... by the dual's "
                            + "coefficients. Default: relu.")
    @Nullable
    DualActivation activation;

    /**
     * The kernel that the settings say.
     *
     * @throws IllegalArgumentException naming every setting out of range as the library does
     */
    final Kernel kernel() {
        double l = bandwidth != null
                ? bandwidth
                : adaptiveBandwidth
                        ? ADAPTIVE_BANDWIDTH
                        : RfmOptions.defaults().kernel().bandwidth();
        double q = exponent != null ? exponent : RfmOptions.defaults().kernel().exponent();
        Kernel.Family family = kernel == null ? Kernel.Family.LAPLACE : kernel;
        return switch (family) {
            case LAPLACE -> Kernel.laplace(l, q);
            case LPQ -> Kernel.lpq(l, norm != null ? norm : DEFAULT_NORM, q);
            case PRODUCT -> Kernel.product(l, q);
            case SUM_POWER -> Kernel.sumPower(l, q, mix != null ? mix : 0, power != null ? power : DEFAULT_POWER);
            case NTK, NNGP ->
                Kernel.network(
                        family,
                        l,
                        layers != null ? layers : DEFAULT_LAYERS,
                        activation != null ? activation : DualActivation.relu());
        };
    }

    /** Settings that are not for the kernel that is named. */
    final List<String> contradictions() {
        List<String> faults = new ArrayList<>();
        if (norm != null && kernel != Kernel.Family.LPQ) {
            faults.add("--norm is for --kernel lpq");
        }
        if (mix != null && kernel != Kernel.Family.SUM_POWER) {
            faults.add("--mix is for --kernel sum-power");
        }
        if (power != null && kernel != Kernel.Family.SUM_POWER) {
            faults.add("--power is for --kernel sum-power");
        }
        boolean network = kernel != null && kernel.isNetwork();
        if (layers != null && !network) {
            faults.add("--layers is for --kernel ntk or nngp");
        }
        if (activation != null && !network) {
            faults.add("--activation is for --kernel ntk or nngp");
        }
        if (exponent != null && network) {
            faults.add("--exponent is not for --kernel ntk or nngp");
        }
        return faults;
    }

    /** Takes over all settings of another. */
    final void set(KernelOptions other) {
        kernel = other.kernel;
        bandwidth = other.bandwidth;
        adaptiveBandwidth = other.adaptiveBandwidth;
        exponent = other.exponent;
        norm = other.norm;
        mix = other.mix;
        power = other.power;
        layers = other.layers;
        activation = other.activation;
    }
}

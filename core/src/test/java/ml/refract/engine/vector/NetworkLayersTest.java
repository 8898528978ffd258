package ml.refract.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import ml.refract.engine.LayerFunction;
import ml.refract.engine.PairFunction;
import ml.refract.engine.PairFunction.Output;
import ml.refract.engine.WideNetwork;
import ml.refract.engine.vector.NetworkLayers.Slope;
import ml.refract.kernel.DualActivation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The recursion in float against that in double, for the same complements of cosines. */
class NetworkLayersTest {
    private static final int COUNT = 1 << 11;

    static List<WideNetwork> networks() {
        List<WideNetwork> result = new ArrayList<>();
        for (boolean tangent : new boolean[] {true, false}) {
            for (int layers : new int[] {1, 2, 5, 30}) {
                result.add(new WideNetwork(DualActivation.relu().layer(), layers, tangent));
                result.add(new WideNetwork(DualActivation.leakyRelu(0.2).layer(), layers, tangent));
                result.add(new WideNetwork(DualActivation.leakyRelu(-0.5).layer(), layers, tangent));
                result.add(new WideNetwork(DualActivation.leakyRelu(1).layer(), layers, tangent));
                result.add(new WideNetwork(DualActivation.erf().layer(), layers, tangent));
            }
            for (int layers : new int[] {1, 3}) {
                result.add(new WideNetwork(DualActivation.sine(2.676).layer(), layers, tangent));
                result.add(new WideNetwork(DualActivation.sine(13.8258).layer(), layers, tangent));
                result.add(new WideNetwork(DualActivation.polynomial(0, 0, 1).layer(), layers, tangent));
                result.add(new WideNetwork(DualActivation.hermite(0.3, 1, -0.7).layer(), layers, tangent));
                result.add(new WideNetwork(DualActivation.polynomial(1).layer(), layers, tangent));
            }
        }
        return result;
    }

    /** Equal steps, and powers of two down to what no pair reaches. */
    private static float[] complements() {
        float[] result = new float[COUNT];
        for (int i = 0; i < COUNT / 2; i++) {
            result[i] = 2f * i / (COUNT / 2 - 1);
            result[COUNT / 2 + i] = (float) Math.pow(2, 1 - 60.0 * i / (COUNT / 2));
        }
        return result;
    }

    private static double exact(WideNetwork network, Output output, double complement) {
        return network.atOne() * PairFunction.network(1, network).ofCosine(output, complement, 1, 1);
    }

    /** What rounding in H layers comes to, as a share of a complement and of what is computed from it. */
    private static double rounding(WideNetwork network) {
        return (3 + network.layers()) * 1e-7;
    }

    /**
     * The error allowed: rounding of the complement on its way, which a steep network enlarges, and of the sums. A cosine near 1 is rounded
     * by half a unit, which slopes feel as far as they bend.
     */
    private static double allowed(WideNetwork network, Output output, float complement, double slope) {
        double rounding = rounding(network);
        double expected = exact(network, output, complement);
        double below = exact(network, output, complement * (1 - rounding));
        double above = exact(network, output, Math.min(2, complement * (1 + rounding)));
        double moved = Math.max(Math.abs(below - expected), Math.abs(above - expected));
        LayerFunction layer = network.layer();
        double bend = layer.homogeneous() || layer.slope(0) == 0 ? 1 : Math.max(1, layer.curvature(0) / layer.slope(0));
        double size = Math.max(network.layers() + 1, network.atOne()) + Math.abs(slope);
        return 1.1 * moved + rounding * bend * size;
    }

    @ParameterizedTest
    @MethodSource("networks")
    void valuesAreWithinTheirBound(WideNetwork network) {
        float[] complements = complements();
        float[] values = complements.clone();
        NetworkLayers.of(network).values(values, COUNT);
        for (int i = 0; i < COUNT; i++) {
            assertThat((double) values[i])
                    .as("at " + complements[i])
                    .isCloseTo(
                            exact(network, Output.VALUE, complements[i]),
                            within(allowed(network, Output.VALUE, complements[i], 0)));
        }
        if (network.layer().homogeneous()) {
            assertThat(values[0]).as("at equal points").isEqualTo((float) network.atOne());
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void weightsAreWithinTheirBound(WideNetwork network) {
        float[] complements = complements();
        float[] slopes = complements.clone();
        float[] others = complements.clone();
        boolean homogeneous = network.layer().homogeneous();
        NetworkLayers.of(network).slopes(Slope.ALONE, slopes, COUNT);
        NetworkLayers.of(network).slopes(homogeneous ? Slope.EXCESS : Slope.TURNED, others, COUNT);
        for (int i = 0; i < COUNT; i++) {
            float c = complements[i];
            if (homogeneous && (c > 1e-14 && c < 1e-13 || c > 2 - 1e-6)) {
                continue; // where the kink's own term is dropped, on either side, and where the slope is infinite
            }
            double slope = exact(network, Output.WEIGHT, homogeneous ? c : 0);
            assertThat((double) slopes[i])
                    .as("at " + c)
                    .isCloseTo(exact(network, Output.WEIGHT, c), within(allowed(network, Output.WEIGHT, c, slope)));
            assertThat((double) others[i])
                    .as("at " + c)
                    .isCloseTo(
                            exact(network, Output.OWN_WEIGHT, c),
                            within(allowed(network, Output.OWN_WEIGHT, c, slope)));
        }
        if (homogeneous) {
            assertThat(slopes[0]).as("at equal points").isEqualTo((float) exact(network, Output.WEIGHT, 0));
            assertThat(others[0]).as("at equal points").isZero();
        }
    }
}

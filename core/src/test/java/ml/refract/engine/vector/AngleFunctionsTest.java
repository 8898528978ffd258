package ml.refract.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;

import ml.refract.engine.PairFunction;
import ml.refract.engine.PairFunction.Output;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Polynomials against the recursion in double, for the same complements of cosines. */
class AngleFunctionsTest {
    private static final int COUNT = 1 << 16;

    /** Equal steps, and powers of two down to what no pair reaches. */
    private static float[] complements() {
        float[] result = new float[COUNT];
        for (int i = 0; i < COUNT / 2; i++) {
            result[i] = 2f * i / (COUNT / 2 - 1);
            result[COUNT / 2 + i] = (float) Math.pow(2, 1 - 60.0 * i / (COUNT / 2));
        }
        return result;
    }

    private static double exact(int layers, Output output, float complement) {
        return (layers + 1) * PairFunction.ntk(1, layers).ofCosine(output, complement, 1, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 30})
    void valuesAreWithinTheirBound(int layers) {
        float[] complements = complements();
        float[] values = complements.clone();
        AngleFunctions.values(layers, values, COUNT);
        double worst = 0;
        for (int i = 0; i < COUNT; i++) {
            worst = Math.max(worst, Math.abs(values[i] - exact(layers, Output.VALUE, complements[i])));
        }
        assertThat(worst / (layers + 1)).isLessThan((3 + layers) * 1e-7);
        assertThat(values[0]).as("at equal points").isEqualTo(layers + 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 30})
    void weightsAreWithinTheirBound(int layers) {
        float[] complements = complements();
        float[] slopes = complements.clone();
        float[] excesses = complements.clone();
        AngleFunctions.slopes(layers, false, slopes, COUNT);
        AngleFunctions.slopes(layers, true, excesses, COUNT);
        double worst = 0;
        double worstExcess = 0;
        for (int i = 0; i < COUNT; i++) {
            if (complements[i] > 1e-14 && complements[i] < 1e-13 || complements[i] > 2 - 1e-6) {
                continue; // where the kink's own term is dropped, on either side, and where the slope is infinite
            }
            double slope = exact(layers, Output.WEIGHT, complements[i]);
            double size = layers + 1 + Math.abs(slope);
            worst = Math.max(worst, Math.abs(slopes[i] - slope) / size);
            worstExcess = Math.max(
                    worstExcess, Math.abs(excesses[i] - exact(layers, Output.OWN_WEIGHT, complements[i])) / size);
        }
        assertThat(worst).isLessThan((3 + layers) * 1e-7);
        assertThat(worstExcess).isLessThan((3 + layers) * 1e-7);
        assertThat(slopes[0]).as("at equal points").isEqualTo(layers + 1);
        assertThat(excesses[0]).as("at equal points").isZero();
    }
}

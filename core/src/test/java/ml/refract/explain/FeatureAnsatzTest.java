package ml.refract.explain;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;

class FeatureAnsatzTest {
    private final Execution execution = TestEngines.serial(TestEngines.SCALAR);

    /** f = v'tanh(W h), squared loss, weight decay: descends to a minimum and hands back the layer's inputs and gradients. */
    private static final class SmallNetwork {
        private static final int ROWS = 12;
        private static final int INPUTS = 3;
        private static final int UNITS = 4;
        private static final double DECAY = 0.05;

        private final DoubleMatrix h;
        private final double[] y = new double[ROWS];
        private final DoubleMatrix w;
        private final double[] v = new double[UNITS];
        private final DoubleMatrix outputGradients = DoubleMatrix.zeros(ROWS, INPUTS);
        private final DoubleMatrix lossGradients = DoubleMatrix.zeros(ROWS, INPUTS);

        SmallNetwork(long seed) {
            TestData data = TestData.seeded(seed);
            h = data.matrix(ROWS, INPUTS);
            w = data.matrix(UNITS, INPUTS);
            for (int i = 0; i < ROWS; i++) {
                y[i] = h.get(i, 0) - 0.5 * h.get(i, 1);
            }
            for (int k = 0; k < UNITS; k++) {
                v[k] = data.gaussian();
            }
        }

        /** One step of gradient descent; returns the largest entry of the gradient. */
        double step(double rate) {
            DoubleMatrix gradientW = DoubleMatrix.zeros(UNITS, INPUTS);
            double[] gradientV = new double[UNITS];
            for (int i = 0; i < ROWS; i++) {
                double[] unit = new double[UNITS];
                double f = 0;
                for (int k = 0; k < UNITS; k++) {
                    double z = 0;
                    for (int s = 0; s < INPUTS; s++) {
                        z += w.get(k, s) * h.get(i, s);
                    }
                    unit[k] = Math.tanh(z);
                    f += v[k] * unit[k];
                }
                double error = f - y[i];
                for (int s = 0; s < INPUTS; s++) {
                    double gradient = 0;
                    for (int k = 0; k < UNITS; k++) {
                        gradient += v[k] * (1 - unit[k] * unit[k]) * w.get(k, s);
                    }
                    outputGradients.set(i, s, gradient);
                    lossGradients.set(i, s, error * gradient);
                }
                for (int k = 0; k < UNITS; k++) {
                    gradientV[k] += error * unit[k] / ROWS;
                    for (int s = 0; s < INPUTS; s++) {
                        double one = error * v[k] * (1 - unit[k] * unit[k]) * h.get(i, s) / ROWS;
                        gradientW.set(k, s, gradientW.get(k, s) + one);
                    }
                }
            }
            double largest = 0;
            for (int k = 0; k < UNITS; k++) {
                gradientV[k] += DECAY * v[k];
                largest = Math.max(largest, Math.abs(gradientV[k]));
                v[k] -= rate * gradientV[k];
                for (int s = 0; s < INPUTS; s++) {
                    double gradient = gradientW.get(k, s) + DECAY * w.get(k, s);
                    largest = Math.max(largest, Math.abs(gradient));
                    w.set(k, s, w.get(k, s) - rate * gradient);
                }
            }
            return largest;
        }
    }

    /** The theorem itself: equality at a minimum, and none at the start. */
    @Test
    void factIsTheMomentOfTheWeightsAtAMinimum() {
        SmallNetwork network = new SmallNetwork(1);
        network.step(0);
        FeatureAnsatz.Match before = FeatureAnsatz.match(
                FeatureAnsatz.weightMoment(network.w, execution),
                FeatureAnsatz.fact(network.lossGradients, network.h, SmallNetwork.DECAY, execution));
        for (int k = 0; k < 200_000 && network.step(0.3) > 1e-12; k++) {}
        DoubleMatrix moment = FeatureAnsatz.weightMoment(network.w, execution);
        DoubleMatrix fact = FeatureAnsatz.fact(network.lossGradients, network.h, SmallNetwork.DECAY, execution);
        assertClose(fact, moment, 1e-9, "FACT");
        FeatureAnsatz.Match after = FeatureAnsatz.match(moment, fact);
        assertThat(after.cosine()).isCloseTo(1, within(1e-12));
        assertThat(after.correlation()).isCloseTo(1, within(1e-12));
        assertThat(after.size()).isCloseTo(1, within(1e-9));
        assertThat(before.cosine()).isLessThan(0.99);
        DoubleMatrix agop = FeatureAnsatz.agop(network.outputGradients, 0.5, execution);
        assertThat(FeatureAnsatz.match(moment, agop).cosine()).isGreaterThan(0.9);
    }

    @Test
    void momentsAreSumsOfOuterProductsToAPower() {
        DoubleMatrix gradients = DoubleMatrix.fromRows(new double[][] {{2, 0}, {0, 4}, {2, 0}, {0, 0}});
        assertClose(
                FeatureAnsatz.agop(TestData.toFloats(gradients), 1, execution).values(),
                new double[] {2, 0, 0, 4},
                1e-15,
                "AGOP");
        assertClose(
                FeatureAnsatz.agop(gradients, 0.5, execution).values(),
                new double[] {Math.sqrt(2), 0, 0, 2},
                1e-14,
                "its root");
    }

    /** By hand: [1 0; 0 1] and [1 1; 1 1] have cosine 2 / (sqrt 2 * 2); a constant matrix correlates with nothing. */
    @Test
    void matches() {
        DoubleMatrix ones = DoubleMatrix.fromRows(new double[][] {{1, 1}, {1, 1}});
        FeatureAnsatz.Match match = FeatureAnsatz.match(DoubleMatrix.identity(2), ones);
        assertThat(match.cosine()).isCloseTo(Math.sqrt(0.5), within(1e-15));
        assertThat(match.size()).isCloseTo(Math.sqrt(2), within(1e-15));
        assertThat(match.correlation()).isNaN();
        DoubleMatrix opposite = DoubleMatrix.fromRows(new double[][] {{0, 3}, {3, 0}});
        assertThat(FeatureAnsatz.match(DoubleMatrix.identity(2), opposite).correlation())
                .isCloseTo(-1, within(1e-15));
    }

    @Test
    void shapesMustMatch() {
        DoubleMatrix some = DoubleMatrix.zeros(3, 2);
        assertThatThrownBy(() -> FeatureAnsatz.fact(some, DoubleMatrix.zeros(4, 2), 1, execution))
                .hasMessage("Gradients of the loss and inputs need the same shape, got 3 x 2 and 4 x 2");
        assertThatThrownBy(() -> FeatureAnsatz.fact(some, some, 0, execution))
                .hasMessage("The weight decay must be above 0, got 0.0");
        assertThatThrownBy(() -> FeatureAnsatz.match(DoubleMatrix.identity(2), DoubleMatrix.identity(3)))
                .hasMessage("W'W is 2 x 2, the other matrix 3 x 3");
    }
}

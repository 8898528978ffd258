package ml.refract.rfm.deep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import ml.refract.engine.Execution;
import ml.refract.kernel.Kernel;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.testing.TestData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeepRfmTest {
    private static final int CLASSES = 4;
    private static final DeepRfmOptions SMALL =
            DeepRfmOptions.defaults().withLayers(4).withWidth(96);

    private final Execution execution = Execution.builder().threads(2).build();

    @AfterEach
    void close() {
        execution.close();
    }

    /** Classes around means of their own, with as much scatter, in 20 coordinates. */
    private record Labelled(DoubleMatrix x, int[] labels) {
        static Labelled draw(int n, long seed) {
            DoubleMatrix means = TestData.seeded(77).matrix(CLASSES, 20);
            TestData data = TestData.seeded(seed);
            DoubleMatrix x = data.matrix(n, 20);
            int[] labels = new int[n];
            for (int i = 0; i < n; i++) {
                labels[i] = i % CLASSES;
                for (int s = 0; s < 20; s++) {
                    x.set(i, s, 1.2 * x.get(i, s) + means.get(labels[i], s));
                }
            }
            return new Labelled(x, labels);
        }

        DoubleMatrix targets() {
            DoubleMatrix y = DoubleMatrix.zeros(labels.length, CLASSES);
            for (int i = 0; i < labels.length; i++) {
                for (int c = 0; c < CLASSES; c++) {
                    y.set(i, c, labels[i] == c ? 1 : -1);
                }
            }
            return y;
        }

        double accuracy(DoubleMatrix outputs) {
            int right = 0;
            for (int i = 0; i < labels.length; i++) {
                int best = 0;
                for (int c = 1; c < CLASSES; c++) {
                    best = outputs.get(i, c) > outputs.get(i, best) ? c : best;
                }
                right += best == labels[i] ? 1 : 0;
            }
            return (double) right / labels.length;
        }
    }

    /** Section 14 of the specification of the RFM family. */
    @Test
    void collapseOfSixRows() {
        DoubleMatrix z = DoubleMatrix.of(6, 2, new double[] {1, 0, 1.2, .1, 0, 1, .1, 1.3, -1, -1, -.8, -1.1});
        NeuralCollapse found = NeuralCollapse.of(z, new int[] {0, 0, 1, 1, 2, 2}, 3);
        assertThat(found.withinOverBetween()).isCloseTo(.011307953260, within(1e-12));
        assertThat(found.simplexMiss()).isCloseTo(.066437190629, within(1e-12));
    }

    @Test
    void completeCollapseIsZero() {
        DoubleMatrix z = DoubleMatrix.of(6, 2, new double[] {1, 0, 1, 0, -.5, .8, -.5, .8, -.5, -.8, -.5, -.8});
        double tall = Math.sqrt(.75);
        for (int i = 2; i < 6; i++) {
            z.set(i, 1, Math.copySign(tall, z.get(i, 1)));
        }
        NeuralCollapse found = NeuralCollapse.of(z, new int[] {0, 0, 1, 1, 2, 2}, 3);
        assertThat(found.withinOverBetween()).isZero();
        assertThat(found.simplexMiss()).isCloseTo(0, within(1e-30));
        assertThatThrownBy(() -> NeuralCollapse.of(z, new int[6], 2)).hasMessage("Class 1 of 2 has no row");
        assertThatThrownBy(() -> NeuralCollapse.of(z, new int[5], 2)).hasMessageContaining("5 labels of 2 classes");
    }

    /** Section 8: each layer collapses, and it is the metric that does it. */
    @Test
    void classesCollapseLayerByLayer() {
        Labelled train = Labelled.draw(240, 1);
        DeepRfm machine = DeepRfm.fit(train.x, train.targets(), SMALL, execution);
        assertThat(machine.layers()).isEqualTo(4);
        List<Double> inputs = new ArrayList<>();
        for (DeepRfm.Stage stage : machine.stages(train.x, execution)) {
            double before = nc1(stage.inputs(), train.labels);
            double projected = nc1(stage.projected(), train.labels);
            inputs.add(before);
            assertThat(projected).isLessThan(0.5 * before);
            assertThat(nc1(stage.features(), train.labels)).isGreaterThan(projected);
            assertThat(stage.features().cols()).isEqualTo(96);
        }
        for (int l = 1; l < inputs.size(); l++) {
            assertThat(inputs.get(l)).isLessThan(inputs.get(l - 1));
        }
        assertThat(inputs.get(3)).isLessThan(inputs.get(0) / 10);
        Labelled test = Labelled.draw(200, 2);
        assertThat(test.accuracy(machine.predict(test.x, execution))).isGreaterThan(0.9);
        assertThat(test.accuracy(machine.predict(test.x, 1, execution))).isGreaterThan(0.9);
    }

    private static double nc1(DoubleMatrix rows, int[] labels) {
        return NeuralCollapse.of(rows, labels, CLASSES).withinOverBetween();
    }

    /** Training rows get what the last layer was solved for, and the same from any number of threads. */
    @Test
    void predictsWhatItLearned() {
        Labelled train = Labelled.draw(80, 3);
        for (DeepRfmOptions.Features features : DeepRfmOptions.Features.values()) {
            DeepRfmOptions options = SMALL.withFeatures(features)
                    .withLayers(2)
                    .withRidge(1e-4)
                    .withSeed(5)
                    .withScale(0.2)
                    .withKernel(Kernel.laplace(1, 1));
            DeepRfm machine = DeepRfm.fit(train.x, train.targets(), options, execution);
            DoubleMatrix found = machine.predict(train.x, execution);
            for (int k = 0; k < found.values().length; k++) {
                assertThat(found.values()[k])
                        .as("%s, entry %d", features, k)
                        .isCloseTo(train.targets().values()[k], within(0.02));
            }
            try (Execution alone = Execution.builder().threads(1).build()) {
                assertThat(DeepRfm.fit(train.x, train.targets(), options, alone).predict(train.x, alone))
                        .isEqualTo(found);
            }
            assertThat(DeepRfm.fit(train.x, train.targets(), options.withSeed(6), execution)
                            .predict(train.x, execution))
                    .isNotEqualTo(found);
        }
    }

    /** The random map has on average the Laplace kernel exp(-scale |x - z|) as inner product. */
    @Test
    void cosineFeaturesAreALaplaceKernel() {
        DeepRfmOptions options = SMALL.withFeatures(DeepRfmOptions.Features.COSINE)
                .withWidth(20_000)
                .withScale(0.7);
        DoubleMatrix x = DoubleMatrix.of(2, 3, new double[] {0.1, 0.2, -0.3, 0.8, -0.5, 0.4});
        double distance = Math.sqrt(0.49 + 0.49 + 0.49);
        double taxicab = 2.1;
        assertThat(product(options, x)).isCloseTo(Math.exp(-0.7 * distance), within(0.03));
        assertThat(product(options.withFeatures(DeepRfmOptions.Features.COSINE_BY_COORDINATE), x))
                .isCloseTo(Math.exp(-0.7 * taxicab), within(0.03));
    }

    private double product(DeepRfmOptions options, DoubleMatrix x) {
        DoubleMatrix features = RandomFeatures.draw(options, 3, new java.util.SplittableRandom(1))
                .apply(x, execution);
        return features.times(features.transpose()).get(0, 1);
    }

    @Test
    void wrongInputIsNamed() {
        Labelled train = Labelled.draw(40, 4);
        assertThatThrownBy(() -> SMALL.withLayers(0).withWidth(0))
                .hasMessage("Invalid options: layers must be between 1 and 1000, got 0");
        assertThatThrownBy(() -> new DeepRfmOptions(Kernel.laplace(1, 1), -1, 1, 0, DeepRfmOptions.Features.RELU, 0, 0))
                .hasMessage(
                        "Invalid options: ridge must be between 0 and 1e9, got -1.0; width must be between 1 and 20000, "
                                + "got 0; scale must be positive and finite, got 0.0");
        assertThatThrownBy(() -> DeepRfm.fit(train.x, DoubleMatrix.zeros(39, 1), SMALL, execution))
                .hasMessageContaining("40 rows of inputs and a 39 x 1 matrix");
        assertThatThrownBy(() -> DeepRfm.fit(train.x, DoubleMatrix.zeros(40, 1), SMALL, execution))
                .hasMessageContaining("The gradient of layer 1 is zero");
        DeepRfm machine = DeepRfm.fit(train.x, train.targets(), SMALL.withLayers(1), execution);
        assertThatThrownBy(() -> machine.predict(DoubleMatrix.zeros(1, 3), execution))
                .hasMessageContaining("20 columns, these rows have 3");
        assertThatThrownBy(() -> machine.predict(train.x, 2, execution)).hasMessageContaining("layers 1 to 1, not 2");
    }
}

package ml.refract.wide;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ml.refract.engine.Execution;
import ml.refract.kernel.DualActivation;
import ml.refract.kernel.InfiniteNetwork;
import ml.refract.kernel.InfiniteNetwork.Form;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.testing.Close;
import ml.refract.testing.Lu;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;

class DeepClassifierTest {
    private static final Execution SERIAL = TestEngines.serial(TestEngines.SCALAR);
    private static final DualActivation CUBIC = DualActivation.polynomial(0, 0.5, 0, 0.5);

    /** Rows of length 1 about two centers in the positive octant, 0 and 1 in turn, with some labels wrong. */
    private record Rows(DoubleMatrix x, int[] labels) {
        static Rows draw(int n, long seed) {
            TestData data = TestData.seeded(seed);
            DoubleMatrix x = DoubleMatrix.zeros(n, 3);
            int[] labels = new int[n];
            for (int i = 0; i < n; i++) {
                labels[i] = i % 5 < 3 ? 0 : 1;
                double square = 0;
                for (int s = 0; s < 3; s++) {
                    double value = Math.abs(data.gaussian()) + (labels[i] == 0 && s == 0 ? 0.7 : 0);
                    x.set(i, s, value);
                    square += value * value;
                }
                for (int s = 0; s < 3; s++) {
                    x.set(i, s, x.get(i, s) / Math.sqrt(square));
                }
            }
            return new Rows(x, labels);
        }
    }

    private static final Rows TRAIN = Rows.draw(120, 1);
    private static final Rows TEST = Rows.draw(80, 2);

    private static DeepClassifier fit(DualActivation activation, int depth, Form form) {
        return DeepClassifier.fit(new InfiniteNetwork(activation, depth, form), TRAIN.x, TRAIN.labels, 2, SERIAL);
    }

    @Test
    void shallowOnesAreKernelRegressionOnTheClassCodes() {
        for (Form form : Form.values()) {
            for (DualActivation activation :
                    new DualActivation[] {DualActivation.relu(), CUBIC, DualActivation.erf()}) {
                InfiniteNetwork network = new InfiniteNetwork(activation, 3, form);
                TestData data = TestData.seeded(3);
                DoubleMatrix x = data.matrix(12, 6); // correlations of both signs
                DoubleMatrix z = data.matrix(9, 6);
                int[] labels = {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2};
                DoubleMatrix codes = DoubleMatrix.zeros(12, 3);
                for (int i = 0; i < 12; i++) {
                    codes.set(i, labels[i], 1);
                }
                DoubleMatrix unitX = unit(x);
                DoubleMatrix unitZ = unit(z);
                DoubleMatrix block = network.gram(unitZ, unitX, ParallelFor.serial());
                DoubleMatrix alpha = Lu.solve(network.gram(unitX, unitX, ParallelFor.serial()), codes);
                DoubleMatrix expected = block.times(alpha);
                DoubleMatrix scores =
                        DeepClassifier.fit(network, x, labels, 3, SERIAL).scores(z, SERIAL);
                for (int j = 0; j < 9; j++) {
                    double largest = Close.largest(block.row(j));
                    double diagonal = network.ofCorrelation(1);
                    double[] scaled = expected.row(j);
                    for (int l = 0; l < 3; l++) {
                        scaled[l] *= diagonal / largest;
                    }
                    assertClose(scores.row(j), scaled, 1e-9 * diagonal / largest, network.toString());
                }
            }
        }
    }

    private static DoubleMatrix unit(DoubleMatrix rows) {
        DoubleMatrix result = rows.copy();
        for (int i = 0; i < rows.rows(); i++) {
            double square = 0;
            for (double value : rows.row(i)) {
                square += value * value;
            }
            for (int s = 0; s < rows.cols(); s++) {
                result.set(i, s, rows.get(i, s) / Math.sqrt(square));
            }
        }
        return result;
    }

    @Test
    void trainingRowsKeepTheirLabels() {
        for (int depth : new int[] {60, 200}) {
            assertThat(fit(CUBIC, depth, Form.NNGP).classes(TRAIN.x, SERIAL)).isEqualTo(TRAIN.labels);
        }
        assertThat(HilbertSmoother.of(TRAIN.x, TRAIN.labels, 2, 2).classes(TRAIN.x, SERIAL))
                .isEqualTo(TRAIN.labels);
    }

    /** 2 is the order of c^3/2 + c/2: deep in, votes are weighted by distance^-2. */
    @Test
    void singularKernelsVoteLikeTheHilbertSmoother() {
        DeepClassifier deep = fit(CUBIC, 400, Form.NNGP);
        assertThat(deep.isVote()).isTrue();
        assertThat(fit(DualActivation.relu(), 3, Form.NTK).isVote()).isFalse();
        assertThat(agreement(deep, HilbertSmoother.of(TRAIN.x, TRAIN.labels, 2, 2)))
                .isGreaterThanOrEqualTo(0.97);
    }

    @Test
    void squaresBecomeTheNearestNeighbour() {
        DeepClassifier deep = fit(DualActivation.polynomial(0, 0, 1), 30, Form.NNGP);
        int[] classes = deep.classes(TEST.x, SERIAL);
        for (int j = 0; j < classes.length; j++) {
            int nearest = 0;
            for (int i = 1; i < TRAIN.labels.length; i++) {
                if (Sample.squaredDistance(TEST.x.row(j), TRAIN.x.row(i))
                        < Sample.squaredDistance(TEST.x.row(j), TRAIN.x.row(nearest))) {
                    nearest = i;
                }
            }
            assertThat(classes[j]).as("row %s", j).isEqualTo(TRAIN.labels[nearest]);
        }
    }

    /** The ratio of the tangent kernel off and on the diagonal tends to 1/4: all rows get one vote each. */
    @Test
    void reluNetworksBecomeTheMajority() {
        Rows few = Rows.draw(16, 5);
        InfiniteNetwork network = new InfiniteNetwork(DualActivation.relu(), 2_000, Form.NTK);
        assertThat(DeepClassifier.fit(network, few.x, few.labels, 2, SERIAL).classes(Rows.draw(8, 6).x, SERIAL))
                .containsOnly(0);
    }

    private static double agreement(Interpolator one, Interpolator other) {
        int[] a = one.classes(TEST.x, SERIAL);
        int[] b = other.classes(TEST.x, SERIAL);
        double same = 0;
        for (int j = 0; j < a.length; j++) {
            same += a[j] == b[j] ? 1.0 / a.length : 0;
        }
        return same;
    }

    @Test
    void hilbertSharesFollowTheFormula() {
        DoubleMatrix x = DoubleMatrix.fromRows(new double[][] {{0, 0}, {3, 4}, {0, 1}, {0, 0}});
        HilbertSmoother smoother = HilbertSmoother.of(x, new int[] {0, 1, 2, 2}, 3, 2);
        DoubleMatrix z = DoubleMatrix.fromRows(new double[][] {{0, 2}, {0, 0}});
        double[] weights = {1 / 4.0, 1 / 13.0, 1, 1 / 4.0};
        double total = 1.5 + 1 / 13.0;
        DoubleMatrix scores = smoother.scores(z, SERIAL);
        assertClose(
                scores.row(0),
                new double[] {weights[0] / total, weights[1] / total, (weights[2] + weights[3]) / total},
                1e-15,
                "between rows");
        assertClose(scores.row(1), new double[] {0.5, 0, 0.5}, 0, "at two rows with different labels");
        assertThat(smoother.classes(z, SERIAL)).containsExactly(2, 0);
        // A row next to one of them: weights beyond the range of a double.
        DoubleMatrix near = DoubleMatrix.fromRows(new double[][] {{3, 4 + 1e-12}});
        assertThat(HilbertSmoother.of(x, new int[] {0, 1, 2, 2}, 3, 100)
                        .scores(near, SERIAL)
                        .get(0, 1))
                .isCloseTo(1, within(1e-15));
    }

    @Test
    void threadsAndBatchesDoNotChangeTheBits() {
        DeepClassifier deep = fit(CUBIC, 60, Form.NTK);
        HilbertSmoother smoother = HilbertSmoother.of(TRAIN.x, TRAIN.labels, 2, 2);
        try (Execution execution = TestEngines.threads(TestEngines.SCALAR, 3)) {
            DeepClassifier again =
                    DeepClassifier.fit(new InfiniteNetwork(CUBIC, 60, Form.NTK), TRAIN.x, TRAIN.labels, 2, execution);
            assertThat(again.scores(TEST.x, execution)).isEqualTo(deep.scores(TEST.x, SERIAL));
            assertThat(smoother.scores(TEST.x, execution)).isEqualTo(smoother.scores(TEST.x, SERIAL));
        }
        DoubleMatrix alone = TEST.x.select(new int[] {7});
        assertThat(deep.scores(alone, SERIAL).row(0))
                .containsExactly(deep.scores(TEST.x, SERIAL).row(7));
    }

    @Test
    void badInputIsNamed() {
        InfiniteNetwork network = new InfiniteNetwork(CUBIC, 3, Form.NNGP);
        DoubleMatrix x = DoubleMatrix.fromRows(new double[][] {{1, 0}, {0, 1}});
        assertThatThrownBy(() -> HilbertSmoother.of(x, new int[] {0, 1}, 2, 0)).hasMessageContaining("order");
        assertThatThrownBy(() -> HilbertSmoother.of(x, new int[] {0}, 2, 1))
                .hasMessageContaining("2 rows and 1 labels");
        assertThatThrownBy(() -> HilbertSmoother.of(x, new int[] {0, 2}, 2, 1))
                .hasMessageContaining("label of row 1 is 2; labels must be between 0 and 1");
        HilbertSmoother smoother = HilbertSmoother.of(x, new int[] {0, 1}, 2, 1);
        assertThatThrownBy(() -> smoother.scores(DoubleMatrix.zeros(1, 3), SERIAL))
                .hasMessageContaining("3 columns, those learned from had 2");
        assertThatThrownBy(() ->
                        smoother.scores(DoubleMatrix.fromRows(new double[][] {{1, 2}, {Double.NaN, 1}}), SERIAL))
                .hasMessageContaining("Row 1 holds");
        assertThatThrownBy(() -> DeepClassifier.fit(network, DoubleMatrix.zeros(2, 2), new int[] {0, 1}, 2, SERIAL))
                .hasMessageContaining("Row 0 has no direction");
        DoubleMatrix same = DoubleMatrix.fromRows(new double[][] {{1, 1}, {2, 2}});
        assertThatThrownBy(() -> DeepClassifier.fit(network, same, new int[] {0, 1}, 2, SERIAL))
                .hasMessageContaining("same direction");
    }
}

package ml.refract.kernel;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import ml.refract.engine.LayerFunction;
import ml.refract.kernel.InfiniteNetwork.Form;
import ml.refract.linalg.DoubleCholesky;
import ml.refract.linalg.DoubleKernels;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.testing.TestData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kernels of networks of infinite width: the golden fixtures, closed forms, quadrature and finite differences. */
class InfiniteNetworkTest {
    private static final ParallelFor SERIAL = ParallelFor.serial();
    private static final DualActivation RELU = DualActivation.relu();

    static Stream<DualActivation> activations() {
        return Stream.of(
                RELU,
                DualActivation.leakyRelu(0.01),
                DualActivation.leakyRelu(-0.5),
                DualActivation.erf(),
                DualActivation.sine(2.676),
                DualActivation.sine(13.8258),
                DualActivation.polynomial(0, 0.5, 0, 0.5),
                DualActivation.polynomial(0, 0, 1),
                DualActivation.hermite(0.3, 1, -0.7, 0, 0.2));
    }

    private static InfiniteNetwork ntk(int layers) {
        return new InfiniteNetwork(RELU, layers, Form.NTK);
    }

    @Test
    void reluHasTheValuesOfTheFixtures() {
        assertThat(RELU.slope(0.3)).isCloseTo(0.5969866840, within(1e-10));
        assertThat(RELU.value(0.3)).isCloseTo(0.4827442838, within(1e-10));
        assertThat(ntk(1).ofCorrelation(0.3)).isCloseTo(0.6618402890, within(1e-10));
        assertThat(ntk(1).ofCorrelation(0)).isCloseTo(1 / Math.PI, within(1e-15));
        assertThat(ntk(1).ofCorrelation(-1)).isCloseTo(0, within(1e-15));
        for (int layers : new int[] {1, 2, 3, 10}) {
            assertThat(ntk(layers).ofCorrelation(1)).isEqualTo(layers + 1);
            assertThat(new InfiniteNetwork(RELU, layers, Form.NNGP).ofCorrelation(1))
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("activations")
    void layersOfEnginesAreTheActivation(DualActivation activation) {
        LayerFunction layer = activation.layer();
        assertThat(layer.homogeneous()).isEqualTo(activation.homogeneous());
        double steep = activation.slope(1);
        for (double u : new double[] {-1, -0.99, -0.4, 0, 0.3, 0.7, 0.999}) {
            double d = 1 - u;
            assertThat(1 - layer.complement(d)).isCloseTo(activation.value(u), within(1e-15 * (10 + steep)));
            assertThat(layer.slope(d)).isCloseTo(activation.slope(u), within(1e-14 * steep));
            assertThat(layer.curvature(d)).isCloseTo(activation.curvature(u), within(1e-13 * steep * steep));
        }
        assertThat(layer.complement(0)).isZero();
        assertThat(layer.complement(1e-30)).isCloseTo(1e-30 * steep, within(1e-44 * steep)); // 1 - u is 1 in double
    }

    @ParameterizedTest
    @MethodSource("activations")
    void activationsHaveIds(DualActivation activation) {
        assertThat(DualActivation.of(activation.id())).isEqualTo(activation);
    }

    @Test
    void idsOfNoActivationAreRefused() {
        for (String id : List.of("tanh", "", "relu:1", "leaky-relu", "sine", "erf:2", "sine:x", "leaky-relu:0.1,0.2")) {
            assertThatThrownBy(() -> DualActivation.of(id))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("There is no activation '" + id
                            + "'; there are relu, leaky-relu:SLOPE, erf, sine:A and polynomial:C0,C1,...");
        }
        assertThatThrownBy(() -> DualActivation.of("leaky-relu:2"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The slope of a leaky ReLU must be between -1 and 1, got 2.0");
    }

    /** Kernel row, coefficients and gradient moment of a small problem (specification, section 14). */
    private record Fixture(int layers, double[] row, double[] alpha, double[] moment) {}

    private static final List<Fixture> FIXTURES = List.of(
            new Fixture(
                    1,
                    new double[] {4, 4.6464853206, 2.0722222549, 8.6019904554},
                    new double[] {-1.97381987, -1.35441030, 0.03548223, 1.66384537},
                    new double[] {0.9735834536, 0.0442280499, 1.3880795453}),
            new Fixture(
                    2,
                    new double[] {6, 6.527863726, 3.1443966402, 12.3654062751},
                    new double[] {-0.84270768, -0.51953361, 0.05168628, 0.67684305},
                    new double[] {1.0166230314, -0.0856157313, 1.5149820429}),
            new Fixture(
                    3,
                    new double[] {8, 8.2066320488, 4.1953025256, 15.8392125693},
                    new double[] {-0.47145344, -0.25819351, 0.04338241, 0.36338105},
                    new double[] {1.0356104035, -0.1116355052, 1.4717809654}));

    @Test
    void tangentKernelsHaveTheNumbersOfTheFixtures() {
        DoubleMatrix x = DoubleMatrix.fromRows(new double[][] {{1, 0}, {1, 1}, {0, 2}, {2, 1}});
        DoubleMatrix y = DoubleMatrix.fromRows(new double[][] {{0, 1}, {1, 0}, {1, 1}, {3, 0}});
        DoubleMatrix metric = DoubleMatrix.fromRows(new double[][] {{2, 0.5}, {0.5, 1}});
        for (Fixture fixture : FIXTURES) {
            InfiniteNetwork network = ntk(fixture.layers);
            DoubleMatrix kernel = network.gram(x, x, metric, SERIAL);
            String what = fixture.layers + " hidden layers";
            assertClose(kernel.row(0), fixture.row, 1e-6, what);
            DoubleMatrix alpha = DoubleCholesky.of(kernel, 0.1, DoubleKernels.plain(), SERIAL)
                    .orElseThrow()
                    .solve(y);
            assertClose(alpha.col(0), fixture.alpha, 1e-6, what);
            double[] moment = new double[3];
            for (int j = 0; j < 4; j++) {
                for (int l = 0; l < 2; l++) {
                    double[] g = new double[2];
                    for (int i = 0; i < 4; i++) {
                        double[] one = network.gradient(x.row(j), x.row(i), metric);
                        g[0] += alpha.get(i, l) * one[0];
                        g[1] += alpha.get(i, l) * one[1];
                    }
                    moment[0] += g[0] * g[0] / 4;
                    moment[1] += g[0] * g[1] / 4;
                    moment[2] += g[1] * g[1] / 4;
                }
            }
            assertClose(moment, fixture.moment, 1e-6, what);
        }
    }

    /** E phi(g) phi(h) over two normal numbers, for phi with E phi^2 = 1, by a grid far finer than the kink matters. */
    private static double expectation(java.util.function.DoubleUnaryOperator phi, double u) {
        int points = 800;
        double reach = 8;
        double step = 2 * reach / points;
        double sum = 0;
        double norm = 0;
        for (int i = 0; i <= points; i++) {
            double g = -reach + i * step;
            for (int j = 0; j <= points; j++) {
                double e = -reach + j * step;
                double weight = Math.exp(-(g * g + e * e) / 2);
                sum += weight * phi.applyAsDouble(g) * phi.applyAsDouble(u * g + Math.sqrt(1 - u * u) * e);
                norm += weight * phi.applyAsDouble(g) * phi.applyAsDouble(g);
            }
        }
        return sum / norm;
    }

    /** The trapezoidal rule errs by the square of the step times the jumps of the slope: 1e-4 at a kink, nothing elsewhere. */
    @Test
    void dualsAreExpectationsOfProducts() {
        for (double u : new double[] {-0.8, -0.1, 0.3, 0.9}) {
            assertThat(RELU.value(u)).isCloseTo(expectation(g -> Math.max(0, g), u), within(2e-4));
            assertThat(DualActivation.leakyRelu(0.2).value(u))
                    .isCloseTo(expectation(g -> Math.max(0.2 * g, g), u), within(2e-4));
            assertThat(DualActivation.sine(2).value(u))
                    .isCloseTo(expectation(g -> Math.sin(Math.sqrt(2) * g), u), within(1e-9));
            assertThat(DualActivation.hermite(0, 1, 0, 0.5).value(u))
                    .isCloseTo(expectation(g -> g + 0.5 * (g * g * g - 3 * g) / Math.sqrt(6), u), within(1e-9));
            assertThat(DualActivation.erf().value(u)).isCloseTo(expectation(InfiniteNetworkTest::erf, u), within(1e-6));
        }
    }

    /** Abramowitz and Stegun 7.1.26, good to 1.5e-7. */
    private static double erf(double x) {
        double t = 1 / (1 + 0.3275911 * Math.abs(x));
        double series =
                t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
        return Math.signum(x) * (1 - series * Math.exp(-x * x));
    }

    @ParameterizedTest
    @MethodSource("activations")
    void derivativesAreThoseOfTheValue(DualActivation activation) {
        assertThat(activation.value(1)).isCloseTo(1, within(1e-14));
        double h = 1e-5;
        for (double u = -0.95; u < 0.96; u += 0.19) {
            double scale = activation.slope(1);
            assertThat((activation.value(u + h) - activation.value(u - h)) / (2 * h))
                    .isCloseTo(activation.slope(u), within(1e-6 * scale));
            assertThat((activation.slope(u + h) - activation.slope(u - h)) / (2 * h))
                    .isCloseTo(activation.curvature(u), within(1e-5 * scale * scale));
        }
    }

    @ParameterizedTest
    @MethodSource("activations")
    void gradientsAreThoseOfTheKernel(DualActivation activation) {
        TestData data = TestData.seeded(3);
        DoubleMatrix metric = data.positiveDefinite(4);
        for (Form form : Form.values()) {
            for (int layers : new int[] {1, 2, 4}) {
                InfiniteNetwork network = new InfiniteNetwork(activation, layers, form);
                double[] x = data.gaussians(4);
                double[] z = data.gaussians(4);
                double[] gradient = network.gradient(x, z, metric);
                double scale = network.ofCorrelation(1) * Math.pow(activation.slope(1), layers);
                for (int s = 0; s < 4; s++) {
                    double h = 1e-5;
                    double[] up = x.clone();
                    double[] down = x.clone();
                    up[s] += h;
                    down[s] -= h;
                    double difference = (value(network, up, z, metric) - value(network, down, z, metric)) / (2 * h);
                    assertThat(gradient[s])
                            .as("%s, %s", network, s)
                            .isCloseTo(difference, within(1e-6 * Math.max(1, scale)));
                }
            }
        }
    }

    private static double value(InfiniteNetwork network, double[] x, double[] z, DoubleMatrix metric) {
        return network.gram(DoubleMatrix.of(1, 4, x), DoubleMatrix.of(1, 4, z), metric, SERIAL)
                .get(0, 0);
    }

    @Test
    void rowsWithoutLengthHaveNoKernel() {
        DoubleMatrix x = DoubleMatrix.fromRows(new double[][] {{0, 0}, {1, 2}});
        DoubleMatrix kernel = ntk(2).gram(x, x, SERIAL);
        assertThat(kernel.row(0)).containsExactly(0, 0);
        assertThat(kernel.get(1, 1)).isCloseTo(15, within(1e-14));
        assertThat(ntk(2).gradient(x.row(0), x.row(1), DoubleMatrix.identity(2)))
                .containsExactly(0, 0);
        assertThat(ntk(2).value(x.row(1), x.row(1))).isCloseTo(15, within(1e-14));
    }

    /** At depths that a double still holds, the logarithms say the same. */
    @ParameterizedTest
    @MethodSource("activations")
    void logarithmsAgreeWithDoubles(DualActivation activation) {
        for (Form form : Form.values()) {
            for (int layers : new int[] {1, 3, 6}) {
                InfiniteNetwork network = new InfiniteNetwork(activation, layers, form);
                for (double u : new double[] {-1, -0.9, -0.3, -0.01, 0, 0.01, 0.2, 0.5, 0.9, 0.999999, 1}) {
                    double expected = network.ofCorrelation(u);
                    double size = network.ofCorrelation(1);
                    assertThat(network.ofCorrelation(SignedLog.of(u)).value())
                            .as("%s at %s", network, u)
                            .isCloseTo(expected, within(1e-12 * size));
                }
            }
        }
    }

    @Test
    void logarithmsReachWhereDoublesEnd() {
        InfiniteNetwork squares = new InfiniteNetwork(DualActivation.polynomial(0, 0, 1), 40, Form.NNGP);
        assertThat(squares.ofCorrelation(SignedLog.of(0.5)).log())
                .isCloseTo(Math.scalb(Math.log(0.5), 40), within(1e-3));
        InfiniteNetwork cubic = new InfiniteNetwork(DualActivation.polynomial(0, 0.5, 0, 0.5), 5_000, Form.NNGP);
        InfiniteNetwork deeper = new InfiniteNetwork(DualActivation.polynomial(0, 0.5, 0, 0.5), 5_001, Form.NNGP);
        assertThat(deeper.ofCorrelation(SignedLog.of(-0.7)).log()
                        - cubic.ofCorrelation(SignedLog.of(-0.7)).log())
                .isCloseTo(Math.log(0.5), within(1e-9));
        assertThat(cubic.ofCorrelation(SignedLog.of(-0.7)).sign()).isEqualTo(-1);
        // The tangent kernel at u = 1 grows like the slope to the power of the depth.
        InfiniteNetwork tangent = new InfiniteNetwork(DualActivation.polynomial(0, 0.5, 0, 0.5), 2_000, Form.NTK);
        assertThat(tangent.ofCorrelation(SignedLog.ONE).log())
                .isCloseTo(2_000 * Math.log(2) + Math.log(2), within(1e-9));
    }

    /** Correlations this near to 1 are lost in a double: 1 - u is multiplied by the slope at 1 in every layer. */
    @ParameterizedTest
    @MethodSource("activations")
    void logarithmsNearOneKeepTheirDigits(DualActivation activation) {
        if (activation instanceof DualActivation.Rectifier) {
            return; // held as doubles: their distance from 1 falls like the inverse square of the depth, not faster
        }
        double tiny = 1e-14;
        assertThat(activation.value(new SignedLog(1, -tiny)).log() / -tiny)
                .isCloseTo(activation.slope(1), within(1e-9 * activation.slope(1)));
    }

    @Test
    void signedLogarithmsAddAndMultiply() {
        TestData data = TestData.seeded(9);
        for (int k = 0; k < 100; k++) {
            double a = k == 0 ? 0 : data.gaussian();
            double b = k == 1 ? 0 : k == 2 ? -a : data.gaussian();
            assertThat(SignedLog.of(a).plus(SignedLog.of(b)).value()).isCloseTo(a + b, within(1e-14));
            assertThat(SignedLog.of(a).times(SignedLog.of(b)).value()).isCloseTo(a * b, within(1e-14));
        }
    }

    @Test
    void limitsOfDepthFollowTheTaxonomy() {
        assertThat(DepthLimit.of(RELU).kind()).isEqualTo(DepthLimit.Kind.MAJORITY_VOTE);
        assertThat(DepthLimit.of(DualActivation.leakyRelu(1)).kind()).isEqualTo(DepthLimit.Kind.LINEAR);
        assertThat(DepthLimit.of(DualActivation.polynomial(0, 0, 1)))
                .isEqualTo(new DepthLimit(DepthLimit.Kind.NEAREST_NEIGHBOUR, Double.POSITIVE_INFINITY));
        // Published pairs of activation and dimension (uhlerlab/inf_depth_ntks).
        assertThat(order(DualActivation.polynomial(0, 0.5, 0, 0, 0, 0, 0, 0.5))).isCloseTo(1, within(1e-4));
        assertThat(order(DualActivation.polynomial(0, 0.5, 0, 0.5))).isCloseTo(2, within(1e-4));
        assertThat(order(DualActivation.polynomial(0, 0.25, 0.5, 0.25))).isCloseTo(4, within(1e-4));
        assertThat(order(DualActivation.polynomial(0, 1 / 16.0, 7 / 8.0, 1 / 16.0)))
                .isCloseTo(8, within(1e-4));
        assertThat(order(DualActivation.sine(2.676))).isCloseTo(2, within(2e-4));
        assertThat(order(DualActivation.sine(6.13539))).isCloseTo(4, within(1e-4));
        assertThat(order(DualActivation.sine(13.8258))).isCloseTo(8, within(1e-4));
        assertThat(order(DualActivation.sine(1))).isCloseTo(1.186, within(1e-3));
        assertThat(order(DualActivation.erf())).isCloseTo(0.888, within(1e-3));
    }

    private static double order(DualActivation activation) {
        DepthLimit limit = DepthLimit.of(activation);
        assertThat(limit.kind()).isEqualTo(DepthLimit.Kind.SINGULAR);
        return limit.order();
    }

    @Test
    void badSettingsAreNamed() {
        assertThatThrownBy(() -> DualActivation.leakyRelu(1.5)).hasMessageContaining("between -1 and 1, got 1.5");
        assertThatThrownBy(() -> DualActivation.sine(0)).hasMessageContaining("above 0");
        assertThatThrownBy(() -> DualActivation.polynomial(0.5, -0.1)).hasMessageContaining("not negative");
        assertThatThrownBy(() -> DualActivation.polynomial(0, 0)).hasMessageContaining("above 0");
        assertThatThrownBy(() -> ntk(0)).hasMessageContaining("hidden layers, got 0");
        DoubleMatrix x = DoubleMatrix.zeros(2, 3);
        assertThatThrownBy(() -> ntk(1).gram(x, x, DoubleMatrix.identity(2), SERIAL))
                .hasMessageContaining("width 3")
                .hasMessageContaining("2 x 2");
        assertThatThrownBy(() -> ntk(1).gram(x, DoubleMatrix.zeros(2, 2), SERIAL))
                .hasMessageContaining("3 and 2");
    }
}

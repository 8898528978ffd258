package ml.refract.kernel;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import ml.refract.engine.Engine;
import ml.refract.kernel.Kernel.Family;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.linalg.SymmetricEigen;
import ml.refract.testing.KernelMatrices;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class KernelTest {
    private static final double L = 1.7;

    /** Two ways to write one kernel. */
    static Stream<Arguments> equals() {
        return Stream.of(
                Arguments.of(Kernel.lpq(L, 2, 0.7), Kernel.laplace(L, 0.7)),
                Arguments.of(Kernel.lpq(L, 2, 2), Kernel.laplace(L, 2)),
                Arguments.of(Kernel.lpq(L, 1.4, 1.4), Kernel.product(L, 1.4)),
                Arguments.of(Kernel.lpq(L, 1, 1), Kernel.product(L, 1)),
                Arguments.of(Kernel.product(L, 2), Kernel.laplace(L, 2)),
                Arguments.of(Kernel.lpq(L, 0.8, 0.8), Kernel.product(L, 0.8)));
    }

    @ParameterizedTest
    @MethodSource("equals")
    void familiesMeetWhereTheirFormulasDo(Kernel one, Kernel other) {
        TestData data = TestData.seeded(1);
        Design x = Design.of(data.matrix(30, 4));
        Design z = Design.of(data.matrix(20, 4));
        for (Metric metric :
                new Metric[] {Metric.identity(), Metric.of(data.diagonals(4)), Metric.of(data.blocks(4))}) {
            assertClose(
                    KernelMatrices.of(TestEngines.SCALAR, one, metric, z, x),
                    KernelMatrices.of(TestEngines.SCALAR, other, metric, z, x),
                    1e-14,
                    one + " and " + other);
            // Each engine value is within 4e-6.
            assertClose(
                    KernelMatrices.of(TestEngines.VECTOR, one, metric, z, x),
                    KernelMatrices.of(TestEngines.VECTOR, other, metric, z, x),
                    8e-6,
                    one + " and " + other);
        }
    }

    private static final List<DualActivation> ACTIVATIONS = List.of(
            DualActivation.relu(),
            DualActivation.leakyRelu(0.1),
            DualActivation.leakyRelu(-1),
            DualActivation.leakyRelu(1),
            DualActivation.erf(),
            DualActivation.sine(2.676),
            DualActivation.polynomial(0.1, 0.6, 0, 0.3));

    /** The kernel of a network on rows with a constant column, in the coordinates of the metric. */
    @Test
    void theKernelsOfNetworksAreThoseOfInfiniteNetworksWithABias() {
        TestData data = TestData.seeded(4);
        DoubleMatrix x = data.matrix(30, 4);
        DoubleMatrix z = data.matrix(20, 4);
        DoubleMatrix full = data.positiveDefinite(4);
        DoubleMatrix metric = DoubleMatrix.identity(5);
        for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 4; j++) {
                metric.set(i, j, full.get(i, j));
            }
        }
        for (DualActivation activation : ACTIVATIONS) {
            for (int layers : new int[] {1, 2, 7}) {
                for (Family family : new Family[] {Family.NTK, Family.NNGP}) {
                    InfiniteNetwork.Form form = InfiniteNetwork.Form.valueOf(family.name());
                    InfiniteNetwork network = new InfiniteNetwork(activation, layers, form);
                    DoubleMatrix expected =
                            network.gram(withConstant(z), withConstant(x), metric, ParallelFor.serial());
                    double origin = network.value(new double[] {L}, new double[] {L});
                    for (int k = 0; k < expected.values().length; k++) {
                        expected.values()[k] /= origin;
                    }
                    Metric m = Metric.of(BlockSymmetric.full(full));
                    Kernel kernel = Kernel.network(family, L, layers, activation);
                    assertClose(
                            KernelMatrices.of(TestEngines.SCALAR, kernel, m, Design.of(z), Design.of(x)),
                            expected,
                            1e-13 * Math.pow(activation.slope(1), layers),
                            kernel.toString());
                    assertClose(
                            KernelMatrices.of(TestEngines.VECTOR, kernel, m, Design.of(z), Design.of(x)),
                            expected,
                            1e-5 * activation.slope(1),
                            kernel.toString());
                }
            }
        }
    }

    private static DoubleMatrix withConstant(DoubleMatrix rows) {
        DoubleMatrix result = DoubleMatrix.zeros(rows.rows(), rows.cols() + 1);
        for (int i = 0; i < rows.rows(); i++) {
            rows.copyRow(i, result.values(), i * result.cols());
            result.set(i, rows.cols(), L);
        }
        return result;
    }

    @Test
    void theSumPowerKernelIsAPowerOfAMeanOfOneDimensionalLaplaceKernels() {
        TestData data = TestData.seeded(2);
        DoubleMatrix x = data.matrix(12, 3);
        DoubleMatrix z = data.matrix(9, 3);
        DoubleMatrix mean = DoubleMatrix.zeros(9, 12);
        for (int s = 0; s < 3; s++) {
            DoubleMatrix k = KernelMatrices.of(
                    TestEngines.SCALAR,
                    Kernel.laplace(L, 1.2),
                    Metric.identity(),
                    Design.of(DoubleMatrix.column(z.col(s))),
                    Design.of(DoubleMatrix.column(x.col(s))));
            for (int i = 0; i < k.values().length; i++) {
                mean.values()[i] += k.values()[i] / 3;
            }
        }
        DoubleMatrix raised = mean.copy();
        for (int i = 0; i < raised.values().length; i++) {
            raised.values()[i] = Math.pow(0.3 + 0.7 * mean.values()[i], 4);
        }
        assertClose(sumPower(0, 1, z, x), mean, 1e-14, "additive kernel");
        assertClose(sumPower(0.3, 4, z, x), raised, 1e-14, "mix and power");
    }

    private static DoubleMatrix sumPower(double mix, int power, DoubleMatrix z, DoubleMatrix x) {
        return KernelMatrices.of(
                TestEngines.SCALAR, Kernel.sumPower(L, 1.2, mix, power), Metric.identity(), Design.of(z), Design.of(x));
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void kernelMatricesArePositiveSemidefinite(Engine<A> engine) {
        TestData data = TestData.seeded(3);
        int n = 200;
        Design x = Design.of(data.floats(n, 5));
        for (int draw = 0; draw < 20; draw++) {
            double q = data.uniform(0.1, 2);
            double p = data.uniform(q, 2);
            double bandwidth = Math.exp(data.uniform(-1, 3));
            Kernel kernel = switch (draw % 4) {
                case 0 -> Kernel.laplace(bandwidth, q);
                case 1 -> Kernel.lpq(bandwidth, p, q);
                case 2 -> Kernel.product(bandwidth, q);
                default -> Kernel.sumPower(bandwidth, q, data.uniform(0, 0.9), 1 + data.below(4));
            };
            Metric metric = Metric.of(draw % 3 == 0 ? data.diagonals(5) : data.blocks(5));
            DoubleMatrix k = KernelMatrices.of(engine, kernel, metric, x, x);
            assertThat(k).as("symmetric bit for bit").isEqualTo(k.transpose());
            // Entries are off by 4e-6 at most, in no particular direction: about sqrt(n) 4e-6, and n 1e-6 is above it.
            assertThat(SymmetricEigen.of(k).value(n - 1)).as("%s", kernel).isGreaterThan(-1e-6 * n);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            LAPLACE   | 0    | 1   | 2   | 0   | 1  | bandwidth must be between 1e-6 and 1e9, got 0.0
            LAPLACE   | 2e9  | 1   | 2   | 0   | 1  | bandwidth must be between 1e-6 and 1e9, got 2.0E9
            LAPLACE   | NaN  | 1   | 2   | 0   | 1  | bandwidth must be between 1e-6 and 1e9, got NaN
            LAPLACE   | 1    | 0   | 2   | 0   | 1  | exponent must be above 0 and at most 2, got 0.0
            LAPLACE   | 1    | 2.1 | 2   | 0   | 1  | exponent must be above 0 and at most 2, got 2.1
            PRODUCT   | 1    | NaN | 1   | 0   | 1  | exponent must be above 0 and at most 2, got NaN
            LPQ       | 1    | 1.5 | 1.2 | 0   | 1  | norm must be between the exponent (1.5) and 2, got 1.2
            LPQ       | 1    | 1   | 2.5 | 0   | 1  | norm must be between the exponent (1.0) and 2, got 2.5
            SUM_POWER | 1    | 1   | 1   | 1   | 1  | mix must be at least 0 and below 1, got 1.0
            SUM_POWER | 1    | 1   | 1   | -.1 | 1  | mix must be at least 0 and below 1, got -0.1
            SUM_POWER | 1    | 1   | 1   | 0   | 0  | power must be between 1 and 32, got 0
            SUM_POWER | 1    | 1   | 1   | 0   | 33 | power must be between 1 and 32, got 33
            """)
    void optionsOutOfRangeAreRefused(
            Family family, double bandwidth, double exponent, double norm, double mix, int power, String fault) {
        assertThatThrownBy(() -> new Kernel(family, bandwidth, exponent, norm, mix, power, 0, DualActivation.relu()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The " + family.id() + " kernel cannot be made: " + fault);
    }

    @Test
    void aTangentKernelNeedsLayers() {
        assertThatThrownBy(() -> Kernel.ntk(1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The ntk kernel cannot be made: layers must be between 1 and 100, got 0");
    }

    @Test
    void aNetworkIsNotSteeperThanAFloatHolds() {
        assertThatThrownBy(() -> Kernel.network(Family.NNGP, 1, 69, DualActivation.erf())) // 1.2255^69 = 1.25e6
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "The nngp kernel cannot be made: layers must be fewer for activation erf, under which 69 are "
                                + "steeper than 1000000 at equal points");
        assertThat(Kernel.network(Family.NNGP, 1, 67, DualActivation.erf()).layers())
                .isEqualTo(67);
        assertThatThrownBy(() -> Kernel.network(Family.PRODUCT, 1, 1, DualActivation.erf()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The l1 kernel is not that of a network");
    }

    @Test
    void allFaultsAreNamedAtOnce() {
        assertThatThrownBy(() -> Kernel.sumPower(-1, 3, 2, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The sum-power kernel cannot be made: bandwidth must be between 1e-6 and 1e9, got -1.0; "
                        + "exponent must be above 0 and at most 2, got 3.0; mix must be at least 0 and below 1, got "
                        + "2.0; power must be between 1 and 32, got 0");
    }

    @Test
    void familiesHaveIds() {
        for (Family family : Family.values()) {
            assertThat(Family.of(family.id().toUpperCase(Locale.ROOT))).isEqualTo(family);
        }
        assertThatThrownBy(() -> Family.of("rbf"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("There is no kernel 'rbf'; there are l2, lpq, l1, sum-power, ntk and nngp");
    }

    @Test
    void onlyTheBandwidthChanges() {
        assertThat(Kernel.sumPower(2, 1.3, 0.1, 3).withBandwidth(5)).isEqualTo(Kernel.sumPower(5, 1.3, 0.1, 3));
        assertThat(Kernel.ntk(2, 3).withBandwidth(5)).isEqualTo(Kernel.ntk(5, 3));
        assertThat(Kernel.network(Family.NNGP, 2, 3, DualActivation.sine(2)).withBandwidth(5))
                .isEqualTo(Kernel.network(Family.NNGP, 5, 3, DualActivation.sine(2)));
    }

    @Test
    void kernelsThatTurningThePointsLeavesAreKnown() {
        assertThat(Kernel.ntk(1, 1).rotationInvariant()).isTrue();
        assertThat(Kernel.laplace(1, 0.7).rotationInvariant()).isTrue();
        assertThat(Kernel.lpq(1, 2, 1).rotationInvariant()).isTrue();
        assertThat(Kernel.lpq(1, 1.9, 1).rotationInvariant()).isFalse();
        assertThat(Kernel.sumPower(1, 2, 0, 1).rotationInvariant()).isFalse();
    }
}

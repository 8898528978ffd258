package ml.refract.machine;

import static ml.refract.testing.Close.assertClose;
import static ml.refract.testing.Close.assertRelativelyClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import ml.refract.engine.Engine;
import ml.refract.engine.Execution;
import ml.refract.kernel.Kernel;
import ml.refract.kernel.Metric;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MomentTest {
    private static final Execution SCALAR = TestEngines.serial(TestEngines.SCALAR);

    @ParameterizedTest
    @MethodSource("ml.refract.machine.Cases#kernels")
    void theMomentIsTheMeanOfOuterProductsOfGradients(Kernel kernel) {
        for (int outputs : new int[] {1, 3}) {
            for (Cases.Case c : Cases.of(kernel, 20, 13, outputs, 1)) {
                for (boolean centred : new boolean[] {false, true}) {
                    DoubleMatrix expected = bruteForce(c, centred);
                    BlockSymmetric full = c.machine().moment(c.queries(), new MomentOptions(false, centred, 0), SCALAR);
                    assertClose(full.toDense(), expected, 1e-12, c + " centred " + centred);
                    BlockSymmetric diagonal =
                            c.machine().moment(c.queries(), new MomentOptions(true, centred, 0), SCALAR);
                    assertThat(diagonal.isDiagonal()).isTrue();
                    assertClose(diagonal.diagonal(), full.diagonal(), 1e-12, c + " diagonal");
                }
            }
        }
    }

    /** An estimate by groups of outputs: deviations of 1/8 of the root of 1 / 60, the rank of the coefficients, or 2 %. */
    @Test
    void theMomentOfManyOutputsIsNearlyThat() {
        TestData data = TestData.seeded(7);
        Design queries = Design.of(data.matrix(30, 4));
        KernelMachine machine = new KernelMachine(
                Kernel.laplace(2, 1), Metric.identity(), Design.of(data.matrix(60, 4)), data.matrix(60, 400));
        DoubleMatrix gradients = machine.gradients(queries, SCALAR);
        BlockSymmetric exact =
                BlockSymmetric.full(gradients.transpose().times(gradients)).times(1 / 30.0);
        BlockSymmetric estimate = machine.moment(queries, MomentOptions.FULL, SCALAR);
        assertThat(estimate.distanceTo(exact)).isLessThan(0.1 * exact.frobenius());
        BlockSymmetric centred = machine.moment(queries, new MomentOptions(false, true, 0), SCALAR);
        double[] mean = new double[4];
        Arrays.setAll(mean, s -> Arrays.stream(gradients.col(s)).average().orElseThrow());
        for (int s = 0; s < 4; s++) {
            for (int t = 0; t < 4; t++) {
                double expected = exact.toDense().get(s, t) - 400 * mean[s] * mean[t];
                assertThat(centred.toDense().get(s, t)).isCloseTo(expected, within(1e-10 * exact.frobenius()));
            }
        }
    }

    /** (1/m) sum_j J' J from the gradients, without the entries between blocks. */
    private static DoubleMatrix bruteForce(Cases.Case c, boolean centred) {
        DoubleMatrix g = c.machine().gradients(c.queries(), SCALAR);
        DoubleMatrix rows = g.copy();
        for (int s = 0; s < g.cols() && centred; s++) {
            double mean = Arrays.stream(g.col(s)).average().orElseThrow();
            for (int i = 0; i < g.rows(); i++) {
                rows.set(i, s, g.get(i, s) - mean);
            }
        }
        DoubleMatrix sum = rows.transpose().times(rows);
        int[] block = blockOf(c.queries());
        DoubleMatrix result = DoubleMatrix.zeros(g.cols(), g.cols());
        for (int s = 0; s < g.cols(); s++) {
            for (int t = 0; t < g.cols(); t++) {
                result.set(
                        s, t, block[s] == block[t] ? sum.get(s, t) / c.queries().rows() : 0);
            }
        }
        return result;
    }

    private static int[] blockOf(Design design) {
        int[] result = new int[design.width()];
        int at = design.dense().cols();
        for (int b = 0; b < design.groups().size(); b++) {
            int levels = design.groups().get(b).levels();
            Arrays.fill(result, at, at + levels, b + 1);
            at += levels;
        }
        return result;
    }

    /** More blocks of rows than partial sums, on centers and on other rows. */
    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    void threadsDoNotChangeTheBits(Engine<?> engine) {
        TestData data = TestData.seeded(2);
        Design centers = data.design(data.floats(300, 3), 4);
        Design many = data.design(data.floats(4_400, 3), 4);
        for (Kernel kernel : new Kernel[] {Kernel.laplace(3, 1), Kernel.product(3, 1)}) {
            KernelMachine machine =
                    new KernelMachine(kernel, Metric.of(data.diagonals(3, 4)), centers, data.matrix(300, 2));
            for (Design rows : new Design[] {centers, many}) {
                for (MomentOptions options : new MomentOptions[] {MomentOptions.FULL, MomentOptions.DIAGONAL}) {
                    BlockSymmetric one = machine.moment(rows, options, TestEngines.serial(engine));
                    for (int threads : new int[] {2, 3, 5}) {
                        try (Execution execution = TestEngines.threads(engine, threads)) {
                            assertThat(machine.moment(rows, options, execution).toDense())
                                    .isEqualTo(one.toDense());
                        }
                    }
                }
            }
            assertClose(
                    machine.moment(many, MomentOptions.FULL, TestEngines.serial(engine))
                            .toDense(),
                    bruteForce(new Cases.Case(machine, many), false),
                    tolerance(engine),
                    kernel.toString());
        }
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    void centersAreTheSameWhetherPackedAlreadyOrAgain(Engine<?> engine) {
        TestData data = TestData.seeded(3);
        Design centers = Design.of(data.floats(300, 3));
        KernelMachine machine =
                new KernelMachine(Kernel.laplace(3, 1), Metric.identity(), centers, data.matrix(300, 2));
        Design same = Design.of(centers.dense());
        assertThat(machine.moment(same, MomentOptions.FULL, TestEngines.serial(engine))
                        .toDense())
                .isEqualTo(machine.moment(centers, MomentOptions.FULL, TestEngines.serial(engine))
                        .toDense());
    }

    /** A group so long that rows are taken in short blocks. */
    @Test
    void longGroupsHaveTheMomentOfTheirColumns() {
        TestData data = TestData.seeded(4);
        Design centers = data.design(data.matrix(50, 2), 1_100);
        Design rows = data.design(data.matrix(70, 2), 1_100);
        DoubleMatrix alpha = data.matrix(50, 2);
        Kernel kernel = Kernel.laplace(3, 1);
        BlockSymmetric coded =
                new KernelMachine(kernel, Metric.identity(), centers, alpha).moment(rows, MomentOptions.FULL, SCALAR);
        DoubleMatrix plain = new KernelMachine(kernel, Metric.identity(), TestData.oneHot(centers), alpha)
                .moment(TestData.oneHot(rows), MomentOptions.FULL, SCALAR)
                .toDense();
        DoubleMatrix actual = coded.toDense();
        for (int i = 0; i < 2; i++) {
            for (int j = 2; j < plain.cols(); j++) {
                plain.set(i, j, 0);
                plain.set(j, i, 0);
            }
        }
        assertClose(actual, plain, 1e-13, "1,100 levels");
    }

    @Test
    void veryLongGroupsKeepTheDiagonalOfTheirBlock() {
        TestData data = TestData.seeded(5);
        int levels = 2_100;
        Design centers = data.design(data.matrix(40, 2), levels);
        DoubleMatrix alpha = data.matrix(40, 1);
        Kernel kernel = Kernel.laplace(3, 1);
        BlockSymmetric coded = new KernelMachine(kernel, Metric.identity(), centers, alpha)
                .moment(centers, MomentOptions.FULL, SCALAR);
        assertThat(coded.blocks().get(0)).isInstanceOf(BlockSymmetric.Full.class);
        assertThat(coded.blocks().get(1)).isInstanceOf(BlockSymmetric.Diagonal.class);
        Design plain = TestData.oneHot(centers);
        assertClose(
                coded.diagonal(),
                new KernelMachine(kernel, Metric.identity(), plain, alpha)
                        .moment(plain, MomentOptions.DIAGONAL, SCALAR)
                        .diagonal(),
                1e-13,
                "2,100 levels");
    }

    /** The floor caps what a pair of near-duplicates adds; r^(q - 2) of the pair is taken at the floor. */
    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    void aWeightFloorCapsNearDuplicates(Engine<?> engine) {
        double q = 0.7;
        double floor = 0.25;
        for (double distance : new double[] {1e-3, 0.125, 0.5}) {
            KernelMachine machine = new KernelMachine(
                    Kernel.laplace(1, q), Metric.identity(), Design.of(DoubleMatrix.column(0)), DoubleMatrix.column(1));
            Design query = Design.of(DoubleMatrix.column(distance));
            double moment = machine.moment(query, new MomentOptions(false, false, floor), TestEngines.serial(engine))
                    .largestEntry();
            double gradient =
                    q * Math.exp(-Math.pow(distance, q)) * Math.pow(Math.max(distance, floor), q - 2) * distance;
            assertThat(moment / (gradient * gradient)).isCloseTo(1, within(1e-5));
        }
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    void aConstantMachineHasAMomentOfZero(Engine<?> engine) {
        Design centers = Design.of(TestData.seeded(6).floats(20, 3));
        KernelMachine machine =
                new KernelMachine(Kernel.laplace(1, 1), Metric.identity(), centers, DoubleMatrix.zeros(20, 1));
        assertThat(machine.moment(centers, MomentOptions.FULL, TestEngines.serial(engine))
                        .largestEntry())
                .isZero();
    }

    @ParameterizedTest
    @MethodSource("ml.refract.machine.Cases#kernels")
    void theVectorEngineAgreesWithTheScalarOne(Kernel kernel) {
        for (Cases.Case c : Cases.of(kernel, 300, 100, 2, 8)) {
            if (c.illConditionedInFloat()) {
                continue;
            }
            assertRelativelyClose(
                    c.machine()
                            .moment(c.queries(), MomentOptions.FULL, TestEngines.serial(TestEngines.VECTOR))
                            .toDense()
                            .values(),
                    c.machine()
                            .moment(c.queries(), MomentOptions.FULL, SCALAR)
                            .toDense()
                            .values(),
                    1e-4,
                    c.toString());
        }
    }

    private static double tolerance(Engine<?> engine) {
        return engine == TestEngines.VECTOR ? 1e-3 : 1e-10;
    }
}

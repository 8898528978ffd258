package ml.refract.machine;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import ml.refract.engine.Engine;
import ml.refract.engine.Execution;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;
import ml.refract.engine.Precision;
import ml.refract.engine.Projection;
import ml.refract.kernel.Kernel;
import ml.refract.kernel.Metric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.testing.Close;
import ml.refract.testing.KernelMatrices;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KernelMachineTest {
    private static final double UNIT = 0x1p-24;
    private static final Execution SCALAR = TestEngines.serial(TestEngines.SCALAR);
    private static final Execution VECTOR = TestEngines.serial(TestEngines.VECTOR);

    @ParameterizedTest
    @MethodSource("ml.refract.machine.Cases#kernels")
    void predictionsAreKernelTimesCoefficients(Kernel kernel) {
        for (Cases.Case c : Cases.of(kernel, 300, 9, 2, 1)) {
            KernelMachine machine = c.machine();
            DoubleMatrix expected = KernelMatrices.of(
                            TestEngines.SCALAR, kernel, machine.metric(), c.queries(), machine.centers())
                    .times(machine.coefficients());
            assertClose(machine.predict(c.queries(), SCALAR), expected, 1e-12 * c.size(), c.toString());
        }
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    void oneRowGivesTheSameBitsAsInAnyBatch(Engine<?> engine) {
        Execution execution = TestEngines.serial(engine);
        for (Kernel kernel : Cases.kernels().toList()) {
            for (Cases.Case c : Cases.of(kernel, 300, 300, 1, 2)) {
                check(c.machine(), c.queries(), execution, new int[] {1, 2, 4, 5, 8, 9, 260, 300});
            }
        }
        TestData data = TestData.seeded(3);
        KernelMachine machine = new KernelMachine(
                Kernel.laplace(5, 1), Metric.identity(), Design.of(data.floats(700, 20)), data.matrix(700, 9));
        check(machine, Design.of(data.floats(300, 20)), execution, new int[] {
            1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 33, 255, 257, 300
        });
    }

    private static void check(KernelMachine machine, Design rows, Execution execution, int[] counts) {
        DoubleMatrix whole = machine.predict(rows, execution);
        for (int count : counts) {
            int from = Math.min(rows.rows() - count, 37);
            int[] picked = IntStream.range(from, from + count).toArray();
            DoubleMatrix part = machine.predict(rows.select(picked), execution);
            for (int i = 0; i < count; i += Math.max(1, count / 5)) {
                assertThat(part.row(i))
                        .as("%s, row %d of %d", machine, i, count)
                        .containsExactly(whole.row(from + i));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    void threadsDoNotChangeTheBits(Engine<?> engine) {
        TestData data = TestData.seeded(4);
        Design rows = data.design(data.floats(1_100, 3), 4);
        KernelMachine machine = new KernelMachine(
                Kernel.lpq(3, 1.5, 1),
                Metric.of(data.blocks(3, 4)),
                data.design(data.floats(300, 3), 4),
                data.matrix(300, 3));
        DoubleMatrix one = machine.predict(rows, TestEngines.serial(engine));
        for (int threads : new int[] {2, 3, 5}) {
            try (Execution execution = TestEngines.threads(engine, threads)) {
                assertThat(machine.predict(rows, execution)).isEqualTo(one);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    void contributionsAddUpToThePrediction(Engine<?> engine) {
        Execution execution = TestEngines.serial(engine);
        double unit = engine.precision() == Precision.FLOAT32 ? UNIT : 0x1p-53;
        for (Kernel kernel : Cases.kernels().toList()) {
            for (Cases.Case c : Cases.of(kernel, 300, 3, 2, 5)) {
                Design row = c.queries().select(new int[] {1});
                DoubleMatrix contributions = c.machine().contributions(row, execution);
                double[] prediction = c.machine().predict(row, execution).row(0);
                for (int l = 0; l < 2; l++) {
                    double sum = 0;
                    double size = 0;
                    for (double term : contributions.col(l)) {
                        sum += term;
                        size += Math.abs(term);
                    }
                    // Coefficients are rounded to storage, then chains of 256 additions.
                    assertThat(sum).isCloseTo(prediction[l], within(260 * unit * size));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void solvedMachinesHoldCoefficientsThatAFileCanHold(Engine<A> engine) {
        TestData data = TestData.seeded(6);
        Design centers = Design.of(data.floats(20, 3));
        Kernel kernel = Kernel.laplace(2, 1);
        Projection projection = KernelMatrices.projection(engine, kernel, Metric.identity(), centers);
        Points<A> points = Points.pack(engine, centers, projection, ParallelFor.serial());
        DoubleMatrix alpha = data.matrix(20, 2);
        DoubleMatrix before = alpha.copy();
        KernelMachine machine = KernelMachine.solved(engine, kernel, Metric.identity(), centers, points, alpha);

        assertThat(alpha).as("the argument is left alone").isEqualTo(before);
        for (int k = 0; k < 40; k++) {
            double expected = engine.precision() == Precision.FLOAT32 ? (float) alpha.values()[k] : alpha.values()[k];
            assertThat(machine.coefficients().values()[k]).isEqualTo(expected);
        }
        KernelMachine reread = new KernelMachine(kernel, Metric.identity(), centers, machine.coefficients());
        Design rows = Design.of(data.floats(7, 3));
        assertThat(reread.predict(rows, TestEngines.serial(engine)))
                .isEqualTo(machine.predict(rows, TestEngines.serial(engine)));
    }

    @Test
    void aMachineServesWhicheverEngineAsks() {
        TestData data = TestData.seeded(7);
        KernelMachine machine = new KernelMachine(
                Kernel.laplace(2, 1), Metric.identity(), Design.of(data.floats(20, 3)), data.matrix(20, 1));
        Design rows = Design.of(data.floats(5, 3));
        DoubleMatrix first = machine.predict(rows, VECTOR);
        DoubleMatrix exact = machine.predict(rows, SCALAR);
        assertThat(machine.predict(rows, VECTOR)).isEqualTo(first).isNotEqualTo(exact);
        assertThat(machine.predict(rows, SCALAR)).isEqualTo(exact);
    }

    /** Values up to 1 are off by 4e-6 at most and by a tenth of that typically, in no particular direction. */
    @ParameterizedTest
    @MethodSource("ml.refract.machine.Cases#kernels")
    void theVectorEnginePredictsLikeTheScalarOne(Kernel kernel) {
        for (Cases.Case c : Cases.of(kernel, 300, 50, 2, 9)) {
            double weight = Close.largest(columnSums(c.machine().coefficients()));
            assertClose(
                    c.machine().predict(c.queries(), VECTOR),
                    c.machine().predict(c.queries(), SCALAR),
                    weight * 4e-7 * c.size(),
                    c.toString());
        }
    }

    /**
     * Gradients differ by the relative error of the weights and by the cancellation in total t_j - sum w_i t_i, which for
     * a pair at distance r costs about 1e-7 / r of what the pair adds.
     */
    @ParameterizedTest
    @MethodSource("ml.refract.machine.Cases#kernels")
    void theVectorEngineHasTheGradientsOfTheScalarOne(Kernel kernel) {
        for (Cases.Case c : Cases.of(kernel, 300, 50, 2, 10)) {
            if (c.illConditionedInFloat()) {
                continue;
            }
            double[] exact = c.machine().gradients(c.queries(), SCALAR).values();
            Close.assertRelativelyClose(
                    c.machine().gradients(c.queries(), VECTOR).values(), exact, 1e-4, c.toString());
        }
    }

    /** Offsets, scales, near-duplicates and bandwidths that cost digits; the bound follows them. */
    @Test
    void extremeInputsCostNoMoreThanTheRoundingOfTheirCoordinates() {
        TestData data = TestData.seeded(11);
        int n = 100;
        int d = 6;
        for (double offset : new double[] {0, 1e3, 1e6}) {
            for (double spread : new double[] {1e-3, 1, 1e3}) {
                for (double bandwidth : new double[] {1e-2, 1, 1e4}) {
                    for (double q : new double[] {0.7, 1, 2}) {
                        Matrix x = data.floats(n + 9, d);
                        for (int k = 0; k < x.values().length; k++) {
                            x.values()[k] = (float) (offset + spread * x.values()[k]);
                        }
                        for (int s = 0; s < d; s++) { // a near-duplicate, a duplicate, an outlier
                            x.set(n, s, Math.nextUp((float) x.get(0, s)));
                            x.set(n + 1, s, (float) x.get(1, s));
                            x.set(n + 2, s, (float) (1e4 * spread));
                        }
                        Kernel kernel = Kernel.laplace(bandwidth * spread, q);
                        compareExtreme(kernel, x, data.matrix(n, 1));
                    }
                }
            }
        }
    }

    private static void compareExtreme(Kernel kernel, Matrix x, DoubleMatrix alpha) {
        int n = alpha.rows();
        Design centers = Design.of(x.select(IntStream.range(0, n).toArray()));
        Design rows = Design.of(x.select(IntStream.range(n, x.rows()).toArray()));
        KernelMachine machine = new KernelMachine(kernel, Metric.identity(), centers, alpha);
        double[] exact = machine.predict(rows, SCALAR).values();
        double[] actual = machine.predict(rows, VECTOR).values();
        double[] mean = new double[x.cols()];
        for (int i = 0; i < n; i++) {
            for (int s = 0; s < x.cols(); s++) {
                mean[s] += centers.dense().get(i, s) / n;
            }
        }
        PairFunction function = kernel.pairFunction(x.cols());
        for (int j = 0; j < rows.rows(); j++) {
            double bound = 0;
            for (int i = 0; i < n; i++) {
                double squared = 0;
                double moved = 0; // how far rounding of the centred coordinates may move the pair
                for (int s = 0; s < x.cols(); s++) {
                    double z = rows.dense().get(j, s);
                    double c = centers.dense().get(i, s);
                    squared += (z - c) * (z - c);
                    moved += 1.01 * UNIT * (Math.abs(z - mean[s]) + Math.abs(c - mean[s]));
                }
                double r = Math.sqrt(squared);
                double low = function.value(Math.pow(r + moved, 2));
                double high = function.value(Math.pow(Math.max(0, r - moved), 2));
                bound += Math.abs(alpha.get(i, 0)) * (high - low + 4e-6 + n * UNIT);
            }
            assertThat(actual[j]).as("%s, row %d", machine, j).isCloseTo(exact[j], within(bound));
        }
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    void impossibleArgumentsAreRefused(Engine<?> engine) {
        Execution execution = TestEngines.serial(engine);
        TestData data = TestData.seeded(12);
        Design centers = Design.of(data.floats(4, 2));
        assertThatThrownBy(() -> new KernelMachine(Kernel.laplace(1, 1), Metric.identity(), centers, data.matrix(3, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("There are 4 centers and 3 rows of coefficients");
        KernelMachine machine = new KernelMachine(Kernel.laplace(1, 1), Metric.identity(), centers, data.matrix(4, 1));
        assertThatThrownBy(() -> machine.predict(Design.of(data.floats(1, 3)), execution))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "The machine was fitted on rows like Design[4 rows, 2 dense columns, 0 coded groups], these "
                                + "are like Design[1 rows, 3 dense columns, 0 coded groups]");
        assertThatThrownBy(() -> machine.contributions(centers, execution))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Contributions are for one row at a time, got 4");
        Design unusable = Design.of(Matrix.of(2, 2, new float[] {1, 2, Float.NaN, 3}));
        assertThatThrownBy(() -> machine.predict(unusable, execution))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Row 1, less the mean of the centers, holds numbers that are not finite");
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    void noRowsGiveNoPredictions(Engine<?> engine) {
        TestData data = TestData.seeded(13);
        KernelMachine machine = new KernelMachine(
                Kernel.laplace(1, 1), Metric.identity(), Design.of(data.floats(4, 2)), data.matrix(4, 3));
        Design none = Design.of(Matrix.zeros(0, 2));
        assertThat(machine.predict(none, TestEngines.serial(engine))).isEqualTo(DoubleMatrix.zeros(0, 3));
        assertThat(machine.gradients(none, TestEngines.serial(engine)).rows()).isZero();
        assertThat(machine).hasToString("KernelMachine[4 centers, 3 outputs, l2, Metric[identity]]");
    }

    /** Rows of codes alone, without any dense column. */
    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    void codedGroupsAloneAreEnough(Engine<?> engine) {
        TestData data = TestData.seeded(14);
        for (Kernel kernel : Cases.kernels().toList()) {
            Design centers = data.design(DoubleMatrix.zeros(40, 0), 3, 5);
            Design rows = data.design(DoubleMatrix.zeros(9, 0), 3, 5);
            DoubleMatrix alpha = data.matrix(40, 2);
            DoubleMatrix actual = new KernelMachine(kernel, Metric.identity(), centers, alpha)
                    .predict(rows, TestEngines.serial(engine));
            DoubleMatrix expected = new KernelMachine(kernel, Metric.identity(), TestData.oneHot(centers), alpha)
                    .predict(TestData.oneHot(rows), SCALAR);
            double weight = Close.largest(columnSums(alpha));
            assertClose(
                    actual,
                    expected,
                    engine.precision() == Precision.FLOAT32 ? 1e-5 * weight : 1e-12,
                    kernel.toString());
        }
    }

    private static double[] columnSums(DoubleMatrix m) {
        double[] result = new double[m.cols()];
        for (int l = 0; l < m.cols(); l++) {
            for (double value : m.col(l)) {
                result[l] += Math.abs(value);
            }
        }
        return result;
    }
}

package ml.refract.explain;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import ml.refract.engine.Engine;
import ml.refract.engine.Execution;
import ml.refract.kernel.Kernel;
import ml.refract.kernel.Metric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.machine.KernelMachine;
import ml.refract.testing.KernelMatrices;
import ml.refract.testing.Lu;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;

/** Against refits without each row, by elimination. */
class JackknifePlusTest {
    private static final int N = 40;
    private static final int M = 7;
    private static final double RIDGE = 0.05;
    private static final Kernel KERNEL = Kernel.laplace(3, 1);

    private final TestData data = TestData.seeded(21);
    private final Design x = data.design(data.matrix(N, 3), 4);
    private final Design queries = data.design(data.matrix(M, 3), 4);
    private final DoubleMatrix y = data.matrix(N, 2);
    private final Metric metric = Metric.of(data.blocks(3, 4));

    private DoubleMatrix kernel(Design rows) {
        return KernelMatrices.of(TestEngines.SCALAR, KERNEL, metric, rows, x);
    }

    private static DoubleMatrix withRidge(DoubleMatrix kernel) {
        DoubleMatrix result = kernel.copy();
        for (int i = 0; i < result.rows(); i++) {
            result.set(i, i, result.get(i, i) + RIDGE);
        }
        return result;
    }

    private KernelMachine machine() {
        return new KernelMachine(KERNEL, metric, x, Lu.solve(withRidge(kernel(x)), y));
    }

    /** Row i of the result: what the fit without row i predicts, at all rows of a kernel block, for one output. */
    private DoubleMatrix refits(DoubleMatrix block, int output) {
        DoubleMatrix system = withRidge(kernel(x));
        DoubleMatrix result = DoubleMatrix.zeros(N, block.rows());
        for (int i = 0; i < N; i++) {
            int left = i;
            int[] rest = IntStream.range(0, N).filter(k -> k != left).toArray();
            DoubleMatrix part = system.select(rest).transpose().select(rest);
            DoubleMatrix alpha = Lu.solve(part, y.select(rest));
            for (int j = 0; j < block.rows(); j++) {
                double sum = 0;
                for (int k = 0; k < rest.length; k++) {
                    sum += block.get(j, rest[k]) * alpha.get(k, output);
                }
                result.set(i, j, sum);
            }
        }
        return result;
    }

    private double[] errors(int output) {
        DoubleMatrix fitted = refits(kernel(x), output);
        return IntStream.range(0, N)
                .mapToDouble(i -> y.get(i, output) - fitted.get(i, i))
                .toArray();
    }

    private void equalsRefits(Engine<?> engine, double tolerance) {
        try (Execution execution = TestEngines.serial(engine)) {
            JackknifePlus jackknife = JackknifePlus.of(machine(), RIDGE, execution);
            for (int l = 0; l < 2; l++) {
                assertClose(jackknife.errors().col(l), errors(l), tolerance, "errors of output " + l);
                assertClose(
                        jackknife.predictionsWithoutRow(queries, l, execution),
                        refits(kernel(queries), l).transpose(),
                        tolerance,
                        "predictions of output " + l);
            }
        }
    }

    @Test
    void theClosedFormIsThatOfRefits() {
        equalsRefits(TestEngines.SCALAR, 1e-10);
    }

    @Test
    void inSinglePrecisionUpToItsRounding() {
        equalsRefits(TestEngines.VECTOR, 1e-4);
    }

    @Test
    void intervalsLieBetweenTheRanksOfTheRefits() {
        Coverage coverage = new Coverage(0.8);
        try (Execution execution = TestEngines.serial(TestEngines.SCALAR)) {
            Interval[][] intervals =
                    JackknifePlus.of(machine(), RIDGE, execution).intervals(queries, coverage, execution);
            for (int l = 0; l < 2; l++) {
                double[] errors = errors(l);
                DoubleMatrix without = refits(kernel(queries), l);
                CvPlus folds = new CvPlus(IntStream.range(0, N).toArray(), DoubleMatrix.column(errors));
                int output = l;
                Interval[][] cv = folds.intervals(
                        IntStream.range(0, N)
                                .mapToObj(i -> DoubleMatrix.column(without.row(i)))
                                .toList(),
                        coverage);
                for (int j = 0; j < M; j++) {
                    int query = j;
                    double[] lower = IntStream.range(0, N)
                            .mapToDouble(i -> without.get(i, query) - Math.abs(errors[i]))
                            .sorted()
                            .toArray();
                    double[] upper = IntStream.range(0, N)
                            .mapToDouble(i -> without.get(i, query) + Math.abs(errors[i]))
                            .sorted()
                            .toArray();
                    // ceil(0.8 * 41) = 33, floor(0.2 * 41) = 8
                    assertThat(intervals[j][output].lower()).isCloseTo(lower[7], within(1e-10));
                    assertThat(intervals[j][output].upper()).isCloseTo(upper[32], within(1e-10));
                    assertThat(cv[j][0]).isEqualTo(new Interval(lower[7], upper[32]));
                }
            }
        }
    }

    @Test
    void moreCoverageGivesWiderIntervalsAndTooMuchInfiniteOnes() {
        try (Execution execution = TestEngines.serial(TestEngines.SCALAR)) {
            JackknifePlus jackknife = JackknifePlus.of(machine(), RIDGE, execution);
            Interval[][] narrow = jackknife.intervals(queries, new Coverage(0.6), execution);
            Interval[][] wide = jackknife.intervals(queries, new Coverage(0.95), execution);
            Interval[][] infinite = jackknife.intervals(queries, new Coverage(0.99), execution);
            for (int j = 0; j < M; j++) {
                assertThat(wide[j][0].lower()).isLessThanOrEqualTo(narrow[j][0].lower());
                assertThat(wide[j][0].upper()).isGreaterThanOrEqualTo(narrow[j][0].upper());
                assertThat(infinite[j][1].width()).isInfinite();
            }
        }
    }

    @Test
    void foldsWithoutPredictionsAreRefused() {
        CvPlus folds = new CvPlus(new int[] {0, 2}, DoubleMatrix.zeros(2, 1));
        List<DoubleMatrix> two = List.of(DoubleMatrix.zeros(1, 1), DoubleMatrix.zeros(1, 1));
        assertThatThrownBy(() -> folds.intervals(two, new Coverage(0.9)))
                .hasMessage("A row was left out by fold 2; there are predictions of 2");
        assertThatThrownBy(() -> new CvPlus(new int[3], DoubleMatrix.zeros(2, 1)))
                .hasMessage("There are folds of 3 rows and errors of 2");
    }
}

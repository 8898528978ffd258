package ml.refract.wide;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.atomic.AtomicInteger;
import ml.refract.engine.CancelledException;
import ml.refract.engine.Execution;
import ml.refract.kernel.DualActivation;
import ml.refract.kernel.InfiniteNetwork;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.testing.Lu;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;

class KernelCompletionTest {
    private static final Execution SERIAL = TestEngines.serial(TestEngines.SCALAR);
    private static final InfiniteNetwork NETWORK =
            new InfiniteNetwork(DualActivation.relu(), 1, InfiniteNetwork.Form.NTK);

    private static DoubleMatrix kernel(DoubleMatrix features, double tail) {
        return ColumnPriors.kernel(features, tail, NETWORK, ParallelFor.serial());
    }

    /** The tail written out as a multiple of the identity beside the features. */
    @Test
    void theTailIsAMultipleOfTheIdentityBesideTheFeatures() {
        TestData data = TestData.seeded(1);
        DoubleMatrix features = data.matrix(7, 3);
        double tail = 1.5;
        DoubleMatrix inputs = DoubleMatrix.zeros(7, 10);
        for (int i = 0; i < 7; i++) {
            double square = tail * tail;
            for (int s = 0; s < 3; s++) {
                square += features.get(i, s) * features.get(i, s);
            }
            for (int s = 0; s < 3; s++) {
                inputs.set(i, s, features.get(i, s) / Math.sqrt(square));
            }
            inputs.set(i, 3 + i, tail / Math.sqrt(square));
        }
        assertClose(kernel(features, tail), NETWORK.gram(inputs, inputs, ParallelFor.serial()), 1e-13, "kernel");
    }

    @Test
    void withoutFeaturesColumnsLearnOnlyWhatNetworksOfUnrelatedInputsShare() {
        DoubleMatrix kernel = kernel(DoubleMatrix.zeros(4, 0), 1);
        assertThat(kernel.get(0, 0)).isEqualTo(2);
        assertThat(kernel.get(2, 1)).isCloseTo(1 / Math.PI, within(1e-15));
    }

    @Test
    void missingEntriesAreTheConditionalMeanOfEachRow() {
        TestData data = TestData.seeded(2);
        int n = 9;
        DoubleMatrix k = kernel(data.matrix(n, 4), 1);
        DoubleMatrix values = data.matrix(5, n);
        int[][] missing = {{0, 3}, {0, 3}, {1}, {}, {2, 4, 5, 6, 7, 8}};
        for (int i = 0; i < 5; i++) {
            for (int j : missing[i]) {
                values.set(i, j, Double.NaN);
            }
        }
        for (double ridge : new double[] {0, 0.3}) {
            DoubleMatrix completed = new KernelCompletion(k).complete(values, ridge, SERIAL);
            for (int i = 0; i < 5; i++) {
                double[] expected = conditional(k, values.row(i), 2 * ridge); // the diagonal of K is 2
                assertClose(completed.row(i), expected, 1e-11, "row " + i);
            }
        }
    }

    /** By elimination instead of a Cholesky factor. */
    private static double[] conditional(DoubleMatrix k, double[] row, double shift) {
        int[] known = java.util.stream.IntStream.range(0, row.length)
                .filter(j -> !Double.isNaN(row[j]))
                .toArray();
        DoubleMatrix system = DoubleMatrix.zeros(known.length, known.length);
        double[] y = new double[known.length];
        for (int a = 0; a < known.length; a++) {
            y[a] = row[known[a]];
            for (int b = 0; b < known.length; b++) {
                system.set(a, b, k.get(known[a], known[b]) + (a == b ? shift : 0));
            }
        }
        double[] alpha = Lu.solve(system, DoubleMatrix.column(y)).values();
        double[] result = row.clone();
        for (int j = 0; j < row.length; j++) {
            if (Double.isNaN(row[j])) {
                result[j] = 0;
                for (int a = 0; a < known.length; a++) {
                    result[j] += k.get(j, known[a]) * alpha[a];
                }
            }
        }
        return result;
    }

    @Test
    void threadsDoNotChangeTheBits() {
        TestData data = TestData.seeded(3);
        DoubleMatrix features = data.matrix(150, 4);
        DoubleMatrix values = data.matrix(20, 150);
        for (int k = 0; k < values.values().length; k += 3) {
            values.values()[k] = Double.NaN;
        }
        DoubleMatrix one = new KernelCompletion(kernel(features, 1)).complete(values, 0, SERIAL);
        try (Execution execution = TestEngines.threads(TestEngines.SCALAR, 3)) {
            DoubleMatrix kernel = ColumnPriors.kernel(features, 1, NETWORK, execution.workers());
            assertThat(new KernelCompletion(kernel).complete(values, 0, execution))
                    .isEqualTo(one);
        }
    }

    @Test
    void workCanBeCancelled() {
        TestData data = TestData.seeded(4);
        DoubleMatrix values = data.matrix(5, 6);
        for (int i = 0; i < 5; i++) {
            values.set(i, i, Double.NaN);
        }
        AtomicInteger asked = new AtomicInteger();
        try (Execution execution = Execution.builder()
                .engine(TestEngines.SCALAR)
                .threads(1)
                .cancelledWhen(() -> asked.incrementAndGet() > 2)
                .build()) {
            KernelCompletion completion = new KernelCompletion(kernel(data.matrix(6, 2), 1));
            assertThatThrownBy(() -> completion.complete(values, 0, execution)).isInstanceOf(CancelledException.class);
        }
    }

    @Test
    void whatCannotBeCompletedIsNamed() {
        TestData data = TestData.seeded(5);
        KernelCompletion completion = new KernelCompletion(kernel(data.matrix(3, 2), 1));
        double nan = Double.NaN;
        assertThatThrownBy(() -> completion.complete(DoubleMatrix.zeros(2, 4), 0, SERIAL))
                .hasMessage("The kernel is between 3 columns, the matrix has 4");
        assertThatThrownBy(() -> completion.complete(
                        DoubleMatrix.fromRows(new double[][] {{1, 2, 3}, {nan, nan, nan}}), 0, SERIAL))
                .hasMessageContaining("Row 1 has no observed entry");
        assertThatThrownBy(() -> completion.complete(
                        DoubleMatrix.fromRows(new double[][] {{1, Double.POSITIVE_INFINITY, 3}}), 0, SERIAL))
                .hasMessageContaining("row 0 and column 1 is infinite");
        assertThatThrownBy(() -> completion.complete(DoubleMatrix.zeros(1, 3), -1, SERIAL))
                .hasMessageContaining("ridge must be at least 0");
        assertThatThrownBy(() -> new KernelCompletion(DoubleMatrix.zeros(2, 3))).hasMessageContaining("2 x 3");
        KernelCompletion alike =
                new KernelCompletion(DoubleMatrix.fromRows(new double[][] {{1, 1, 1}, {1, 1, 1}, {1, 1, 1}}));
        DoubleMatrix some = DoubleMatrix.fromRows(new double[][] {{1, 2, nan}});
        assertThatThrownBy(() -> alike.complete(some, 0, SERIAL)).hasMessageContaining("raise the ridge");
        assertThat(alike.complete(some, 1, SERIAL).get(0, 2)).isCloseTo(1, within(1e-14)); // 3 / (2 + 1)
        assertThatThrownBy(() -> kernel(DoubleMatrix.zeros(2, 1), 0)).hasMessageContaining("column 0 are all zero");
        assertThatThrownBy(() -> kernel(DoubleMatrix.column(1, nan), 1))
                .hasMessageContaining("column 1 are not finite");
        assertThatThrownBy(() -> kernel(DoubleMatrix.column(1, 2), -1)).hasMessageContaining("tail");
    }
}

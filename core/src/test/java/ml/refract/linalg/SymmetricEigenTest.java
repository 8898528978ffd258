package ml.refract.linalg;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.IntFunction;
import ml.refract.engine.Workers;
import ml.refract.testing.EigenMatrices;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SymmetricEigenTest {
    private static final double UNIT = Math.ulp(0.5);
    /** Sizes around the blocks that matrices are cut into and the orders where methods change. */
    private static final int[] SIZES = {1, 2, 3, 31, 32, 33, 64, 65, 96, 97, 100, 257, 600};

    private static final DoubleKernels PLAIN = DoubleKernels.plain();
    private static final DoubleKernels VECTOR = TestEngines.VECTOR.doubleKernels();

    private static SymmetricEigen eigen(DoubleMatrix a, DoubleKernels kernels) {
        return SymmetricEigen.of(a, kernels, ParallelFor.serial(), share -> {});
    }

    /** Rounding errors of n steps, each of some units of the norm; what is seen is below a third of it. */
    private static double tolerance(int n) {
        return 4 * (n + 8) * UNIT;
    }

    private static double norm(SymmetricEigen eigen) {
        return Math.max(Math.abs(eigen.value(0)), Math.abs(eigen.value(eigen.size() - 1)));
    }

    private static void assertDecomposes(SymmetricEigen eigen, DoubleMatrix a) {
        int n = a.rows();
        DoubleMatrix v = eigen.vectors();
        assertClose(v.times(v.transpose()), DoubleMatrix.identity(n), tolerance(n), "V'V");
        DoubleMatrix residual = v.times(a);
        for (int k = 0; k < n; k++) {
            for (int i = 0; i < n; i++) {
                residual.set(k, i, residual.get(k, i) - eigen.value(k) * v.get(k, i));
            }
        }
        assertClose(residual, DoubleMatrix.zeros(n, n), tolerance(n) * norm(eigen), "A V - V L");
        assertThat(eigen.values()).isSortedAccordingTo((x, y) -> Double.compare(y, x));
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.EigenMatrices#kinds")
    void decomposesMatricesOfEveryKind(IntFunction<DoubleMatrix> kind) {
        for (int n : SIZES) {
            DoubleMatrix a = kind.apply(n);
            assertDecomposes(eigen(a, VECTOR), a);
            if (n <= 257) {
                assertDecomposes(eigen(a, PLAIN), a);
            }
        }
    }

    /** Several panels, blocks and tasks of every part. */
    @Test
    void decomposesLargeMatrices() {
        int n = 1200;
        DoubleMatrix random = EigenMatrices.random(n);
        assertDecomposes(eigen(random, VECTOR), random);
        DoubleMatrix kernel = EigenMatrices.kernel(n, true);
        assertDecomposes(eigen(kernel, VECTOR), kernel);
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.EigenMatrices#kinds")
    void agreesWithEjml(IntFunction<DoubleMatrix> kind) {
        for (int n : new int[] {1, 2, 3, 33, 100, 257}) {
            DoubleMatrix a = kind.apply(n);
            SymmetricEigen eigen = eigen(a, VECTOR);
            EigenDecomposition_F64<DMatrixRMaj> other = DecompositionFactory_DDRM.eig(n, false, true);
            if (!other.decompose(new DMatrixRMaj(n, n, true, a.values().clone()))) {
                continue; // its iteration ends without a result for the matrix of ones
            }
            List<Double> expected = new ArrayList<>();
            for (int k = 0; k < n; k++) {
                expected.add(other.getEigenvalue(k).real);
            }
            expected.sort((x, y) -> Double.compare(y, x));
            assertClose(
                    eigen.values(),
                    expected.stream().mapToDouble(x -> x).toArray(),
                    2 * tolerance(n) * norm(eigen),
                    "values of order " + n);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 57, 300, 1000})
    void eigenvaluesOfTheSecondDifferences(int n) {
        SymmetricEigen eigen = eigen(EigenMatrices.secondDifferences(n), VECTOR);
        for (int k = 0; k < n; k++) {
            double expected = 2 - 2 * Math.cos((n - k) * Math.PI / (n + 1));
            assertThat(eigen.value(k)).isCloseTo(expected, within(4 * tolerance(n)));
        }
    }

    @Test
    void diagonalMatricesKeepTheirEntries() {
        for (int n : new int[] {50, 120}) {
            DoubleMatrix a = DoubleMatrix.zeros(n, n);
            for (int i = 0; i < n; i++) {
                a.set(i, i, Math.pow(10, -i));
            }
            SymmetricEigen eigen = eigen(a, VECTOR);
            for (int k = 0; k < n; k++) {
                assertThat(eigen.value(k)).isEqualTo(a.get(k, k));
            }
            assertThat(eigen.vectors()).isEqualTo(DoubleMatrix.identity(n));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 150})
    void powersOfTwoScaleValuesAndNothingElse(int n) {
        DoubleMatrix a = EigenMatrices.random(n);
        SymmetricEigen eigen = eigen(a, VECTOR);
        for (int exponent : new int[] {-900, -1, 3, 1000}) {
            DoubleMatrix scaled = scaled(a, Math.scalb(1.0, exponent));
            SymmetricEigen other = eigen(scaled, VECTOR);
            assertThat(other.vectors()).isEqualTo(eigen.vectors());
            assertThat(other.value(n - 1)).isEqualTo(Math.scalb(eigen.value(n - 1), exponent));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-320, 1e-307, 1e-200, 1e200, 1e305})
    void tinyAndHugeMatrices(double scale) {
        for (int n : new int[] {4, 150}) {
            DoubleMatrix a = scaled(EigenMatrices.random(n), scale);
            SymmetricEigen eigen = eigen(a, VECTOR);
            DoubleMatrix v = eigen.vectors();
            assertClose(v.times(v.transpose()), DoubleMatrix.identity(n), tolerance(n), "V'V");
            double trace = 0;
            for (int i = 0; i < n; i++) {
                trace += a.get(i, i) - eigen.value(i);
            }
            assertThat(trace).isCloseTo(0, within(n * (tolerance(n) * norm(eigen) + Double.MIN_VALUE)));
        }
    }

    @Test
    void entriesOfVeryDifferentSizesDoNotDisturbTheVectors() {
        for (int n : new int[] {30, 150}) {
            DoubleMatrix g = EigenMatrices.random(n);
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    g.set(i, j, g.get(i, j) * Math.pow(10, -300.0 * Math.max(i, j) / n));
                }
            }
            assertDecomposes(eigen(g, VECTOR), g);
        }
    }

    @Test
    void bitsDoNotDependOnThreadsOrTheOrderOfTasks() {
        for (int n : new int[] {64, 257, 1200}) {
            DoubleMatrix a = EigenMatrices.kernel(n, false);
            for (DoubleKernels kernels : n < 1000 ? List.of(PLAIN, VECTOR) : List.of(VECTOR)) {
                SymmetricEigen one = eigen(a, kernels);
                for (int threads : new int[] {1, 2, 3}) {
                    try (Workers workers = new Workers(threads)) {
                        assertSame(SymmetricEigen.of(a, kernels, workers, share -> {}), one);
                    }
                }
                ParallelFor backwards = (count, task) -> {
                    for (int i = count - 1; i >= 0; i--) {
                        task.accept(i);
                    }
                };
                assertSame(SymmetricEigen.of(a, kernels, backwards, share -> {}), one);
            }
        }
    }

    private static void assertSame(SymmetricEigen actual, SymmetricEigen expected) {
        assertThat(actual.values()).isEqualTo(expected.values());
        assertThat(actual.vectors()).isEqualTo(expected.vectors());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 50, 700})
    void progressRisesToOne(int n) {
        List<Double> shares = new ArrayList<>();
        DoubleMatrix a = EigenMatrices.random(n);
        SymmetricEigen.of(a, VECTOR, ParallelFor.serial(), shares::add);
        assertThat(shares).isSorted().contains(0.5, 0.7).last().isEqualTo(1.0);
        assertThat(shares.get(0)).isBetween(0.0, 1.0);
    }

    @Test
    void whatProgressThrowsEndsTheWork() {
        DoubleMatrix a = EigenMatrices.random(300);
        for (double limit : new double[] {0, 0.4, 0.6, 0.9}) {
            List<Double> shares = new ArrayList<>();
            assertThatThrownBy(() -> SymmetricEigen.of(a, VECTOR, ParallelFor.serial(), share -> {
                        shares.add(share);
                        if (share > limit) {
                            throw new CancellationException("enough");
                        }
                    }))
                    .isInstanceOf(CancellationException.class)
                    .hasMessage("enough");
            assertThat(shares.get(shares.size() - 1)).isLessThan(limit + 0.35);
        }
    }

    @Test
    void theMatrixIsOnlyRead() {
        DoubleMatrix a = EigenMatrices.random(120);
        DoubleMatrix copy = a.copy();
        eigen(a, VECTOR);
        assertThat(a).isEqualTo(copy);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 40, 130})
    void mapAppliesAFunctionToTheMatrix(int n) {
        DoubleMatrix a = TestData.seeded(n).positiveDefinite(n);
        SymmetricEigen eigen = SymmetricEigen.of(a);
        assertClose(eigen.map(value -> value), a, tolerance(n) * norm(eigen), "V L V'");
        DoubleMatrix root = eigen.map(Math::sqrt, VECTOR, ParallelFor.serial());
        assertClose(root.times(root), a, 2 * tolerance(n) * norm(eigen), "root squared");
    }

    @Test
    void theLargestEntryOfAVectorIsPositive() {
        for (int n : new int[] {6, 120}) {
            SymmetricEigen eigen = SymmetricEigen.of(TestData.seeded(n).positiveDefinite(n));
            for (int k = 0; k < n; k++) {
                double largest = 0;
                for (double entry : eigen.vector(k)) {
                    largest = Math.abs(entry) > Math.abs(largest) ? entry : largest;
                }
                assertThat(largest).isPositive();
            }
        }
    }

    @Test
    void theFirstOfEqualEntriesDecidesTheSign() {
        assertThat(SymmetricEigen.withFixedSign(new double[] {-3, 3, 1})).containsExactly(3, -3, -1);
        assertThat(SymmetricEigen.withFixedSign(new double[] {2, -2})).containsExactly(2, -2);
        assertThat(SymmetricEigen.withFixedSign(new double[] {0, -1e-3})).containsExactly(-0.0, 1e-3);
        assertThat(SymmetricEigen.withFixedSign(new double[0])).isEmpty();
    }

    @Test
    void onlyTheSymmetricPartCounts() {
        SymmetricEigen eigen = SymmetricEigen.of(DoubleMatrix.fromRows(new double[][] {{1, 4}, {0, 1}}));
        assertThat(eigen.value(0)).isCloseTo(3, within(1e-14));
        assertThat(eigen.value(1)).isCloseTo(-1, within(1e-14));
        assertThat(eigen.vector(0)).containsExactly(new double[] {Math.sqrt(0.5), Math.sqrt(0.5)}, within(1e-14));
    }

    @Test
    void aMatrixOfOrderZeroHasNoEigenvalues() {
        SymmetricEigen eigen = SymmetricEigen.of(DoubleMatrix.zeros(0, 0));
        assertThat(eigen.size()).isZero();
        assertThat(eigen.vectors()).isEqualTo(DoubleMatrix.zeros(0, 0));
        assertThat(eigen.map(value -> 1)).isEqualTo(DoubleMatrix.zeros(0, 0));
    }

    @Test
    void vectorsAndValuesAreCopies() {
        SymmetricEigen eigen = SymmetricEigen.of(DoubleMatrix.identity(2));
        eigen.vector(0)[0] = 99;
        eigen.values()[0] = 99;
        assertThat(eigen.vector(0)).doesNotContain(99);
        assertThat(eigen.value(0)).isEqualTo(1);
    }

    @Test
    void impossibleMatricesAreRefused() {
        assertThatThrownBy(() -> SymmetricEigen.of(DoubleMatrix.zeros(2, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Eigenvalues need a square matrix, got 2 x 3");
        DoubleMatrix a = DoubleMatrix.identity(3);
        a.set(2, 1, Double.NaN);
        assertThatThrownBy(() -> SymmetricEigen.of(a))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Eigenvalues need finite numbers, entry (2, 1) is NaN");
        DoubleMatrix b = DoubleMatrix.identity(200);
        b.set(7, 190, Double.NEGATIVE_INFINITY);
        assertThatThrownBy(() -> eigen(b, VECTOR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Eigenvalues need finite numbers, entry (7, 190) is -Infinity");
    }

    private static DoubleMatrix scaled(DoubleMatrix a, double factor) {
        DoubleMatrix result = a.copy();
        for (int i = 0; i < result.values().length; i++) {
            result.values()[i] *= factor;
        }
        return result;
    }
}

package ml.refract.linalg;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ml.refract.testing.TestData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SymmetricEigenTest {
    /** The second difference matrix has the eigenvalues 2 - 2 cos(k pi / (n + 1)). */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 57})
    void eigenvaluesOfTheSecondDifferences(int n) {
        DoubleMatrix a = DoubleMatrix.zeros(n, n);
        for (int i = 0; i < n; i++) {
            a.set(i, i, 2);
            if (i > 0) {
                a.set(i, i - 1, -1);
                a.set(i - 1, i, -1);
            }
        }
        SymmetricEigen eigen = SymmetricEigen.of(a);
        assertThat(eigen.size()).isEqualTo(n);
        for (int k = 0; k < n; k++) {
            double expected = 2 - 2 * Math.cos((n - k) * Math.PI / (n + 1));
            assertThat(eigen.value(k)).isCloseTo(expected, within(1e-13));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 40})
    void vectorsAreOrthonormalAndRebuildTheMatrix(int n) {
        DoubleMatrix a = TestData.seeded(n).positiveDefinite(n);
        SymmetricEigen eigen = SymmetricEigen.of(a);
        for (int k = 0; k < n; k++) {
            for (int l = 0; l <= k; l++) {
                double dot = 0;
                for (int i = 0; i < n; i++) {
                    dot += eigen.vector(k)[i] * eigen.vector(l)[i];
                }
                assertThat(dot).isCloseTo(k == l ? 1 : 0, within(1e-13));
            }
        }
        assertClose(eigen.map(value -> value), a, 1e-13, "V L V'");
        DoubleMatrix root = eigen.map(Math::sqrt);
        assertClose(root.times(root), a, 1e-13, "root squared");
    }

    @Test
    void theLargestEntryOfAVectorIsPositive() {
        for (int seed = 0; seed < 20; seed++) {
            SymmetricEigen eigen = SymmetricEigen.of(TestData.seeded(seed).positiveDefinite(6));
            for (int k = 0; k < 6; k++) {
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
    void repeatedAndZeroEigenvalues() {
        assertThat(SymmetricEigen.of(DoubleMatrix.identity(4)).value(3)).isCloseTo(1, within(1e-15));
        assertThat(SymmetricEigen.of(DoubleMatrix.zeros(3, 3)).value(0)).isZero();
        assertThat(SymmetricEigen.of(DoubleMatrix.zeros(0, 0)).size()).isZero();
    }

    @Test
    void vectorsAreCopies() {
        SymmetricEigen eigen = SymmetricEigen.of(DoubleMatrix.identity(2));
        eigen.vector(0)[0] = 99;
        assertThat(eigen.vector(0)).doesNotContain(99);
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
                .hasMessage("Eigenvalues need finite numbers, entry (1, 2) is NaN");
    }
}

package ml.refract.linalg;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ml.refract.engine.Workers;
import ml.refract.engine.vector.VectorEngine;
import ml.refract.testing.TestData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DoubleCholeskyTest {
    private static final DoubleKernels VECTOR = new VectorEngine().doubleKernels();

    /** Orders at the edges of blocks; the residual of (A + shift I) x = b is some units in the last place. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 63, 64, 65, 128, 200})
    void solvesTheShiftedSystem(int n) {
        TestData data = TestData.seeded(n);
        DoubleMatrix a = data.positiveDefinite(n);
        DoubleMatrix b = data.matrix(n, 3);
        DoubleMatrix shifted = a.copy();
        for (int i = 0; i < n; i++) {
            shifted.set(i, i, a.get(i, i) + 0.25);
        }
        for (DoubleKernels kernels : new DoubleKernels[] {DoubleKernels.plain(), VECTOR}) {
            DoubleMatrix x = DoubleCholesky.of(a, 0.25, kernels, ParallelFor.serial())
                    .orElseThrow()
                    .solve(b);
            assertClose(shifted.times(x), b, 1e-13 * Math.max(8, n), "residual");
            DoubleMatrix blocked = DoubleCholesky.of(a, 0.25, kernels, ParallelFor.serial())
                    .orElseThrow()
                    .solve(b, kernels, ParallelFor.serial());
            assertClose(shifted.times(blocked), b, 1e-13 * Math.max(8, n), "residual of blocks");
        }
    }

    @Test
    void threadsDoNotChangeBits() {
        TestData data = TestData.seeded(1);
        DoubleMatrix a = data.positiveDefinite(300);
        DoubleMatrix b = data.matrix(300, 1);
        DoubleMatrix serial = DoubleCholesky.of(a, 0, VECTOR, ParallelFor.serial())
                .orElseThrow()
                .solve(b);
        try (Workers workers = new Workers(3)) {
            DoubleCholesky factor = DoubleCholesky.of(a, 0, VECTOR, workers).orElseThrow();
            assertThat(factor.solve(b)).isEqualTo(serial);
            assertThat(factor.solve(b, VECTOR, workers)).isEqualTo(factor.solve(b, VECTOR, ParallelFor.serial()));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 70, 130})
    void anIndefiniteMatrixHasNoFactor(int n) {
        DoubleMatrix a = TestData.seeded(2).positiveDefinite(n);
        a.set(n - 1, n - 1, -1);
        assertThat(DoubleCholesky.of(a, 0, VECTOR, ParallelFor.serial())).isEmpty();
        a.set(n - 1, n - 1, Double.NaN);
        assertThat(DoubleCholesky.of(a, 0, VECTOR, ParallelFor.serial())).isEmpty();
    }

    /** Of [1 r; r 1] the second pivot is 1 - r^2; 1 for a diagonal matrix. */
    @Test
    void theLeastPivotTellsOfSingularMatrices() {
        DoubleMatrix near = DoubleMatrix.fromRows(new double[][] {{4, 0}, {2 * 0.999, 1}});
        assertThat(DoubleCholesky.of(near, 0, VECTOR, ParallelFor.serial())
                        .orElseThrow()
                        .leastPivot())
                .isCloseTo(1 - 0.999 * 0.999, within(1e-15));
        assertThat(DoubleCholesky.of(DoubleMatrix.identity(70), 0, VECTOR, ParallelFor.serial())
                        .orElseThrow()
                        .leastPivot())
                .isEqualTo(1);
    }

    @Test
    void shapesMustMatch() {
        assertThatThrownBy(() ->
                        DoubleCholesky.of(DoubleMatrix.zeros(2, 3), 1, DoubleKernels.plain(), ParallelFor.serial()))
                .hasMessage("A Cholesky factor needs a square matrix, got 2 x 3");
        DoubleCholesky factor = DoubleCholesky.of(
                        DoubleMatrix.identity(2), 0, DoubleKernels.plain(), ParallelFor.serial())
                .orElseThrow();
        assertThatThrownBy(() -> factor.solve(DoubleMatrix.zeros(3, 1)))
                .hasMessage("A system of 2 unknowns cannot have 3 right-hand entries");
    }
}

package ml.refract.linalg;

import static ml.refract.testing.Close.assertClose;

import java.util.Arrays;
import java.util.function.IntFunction;
import ml.refract.testing.TestData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Divide and conquer alone, on small orders that {@link SymmetricEigen} does not leave to it. */
class TridiagonalEigenTest {
    private static final double UNIT = Math.ulp(0.5);

    private static void assertDecomposes(double[] diagonal, double[] beside) {
        int n = diagonal.length;
        TridiagonalEigen eigen = TridiagonalEigen.of(
                diagonal.clone(), beside.clone(), DoubleKernels.plain(), ParallelFor.serial(), share -> {});
        double[] v = eigen.vectors();
        DoubleMatrix vectors = DoubleMatrix.of(n, n, v);
        double tolerance = 4 * (n + 8) * UNIT;
        assertClose(vectors.times(vectors.transpose()), DoubleMatrix.identity(n), tolerance, "V'V");
        double norm = 0;
        double[] residual = new double[n * n];
        for (int k = 0; k < n; k++) {
            norm = Math.max(norm, Math.abs(eigen.values()[k]));
            for (int i = 0; i < n; i++) {
                residual[k * n + i] = (diagonal[i] - eigen.values()[k]) * v[k * n + i]
                        + (i > 0 ? beside[i - 1] * v[k * n + i - 1] : 0)
                        + (i + 1 < n ? beside[i] * v[k * n + i + 1] : 0);
            }
        }
        assertClose(residual, new double[n * n], tolerance * norm, "T V - V L");
        double[] ordered = new double[n];
        for (int k = 0; k < n; k++) {
            ordered[k] = eigen.values()[eigen.order()[k]];
        }
        double[] sorted = eigen.values().clone();
        Arrays.sort(sorted);
        assertClose(ordered, sorted, 0, "order");
    }

    private static void assertDecomposes(DoubleMatrix a) {
        int n = a.rows();
        double[] diagonal = new double[n];
        double[] beside = new double[n - 1];
        for (int i = 0; i < n; i++) {
            diagonal[i] = a.get(i, i);
            if (i + 1 < n) {
                beside[i] = a.get(i, i + 1);
            }
        }
        assertDecomposes(diagonal, beside);
    }

    /** The diagonals of matrices of every kind make matrices of their own. */
    @ParameterizedTest
    @MethodSource("ml.refract.testing.EigenMatrices#kinds")
    void decomposesMatricesOfEveryKind(IntFunction<DoubleMatrix> kind) {
        for (int n : new int[] {1, 2, 3, 31, 32, 33, 34, 63, 64, 65, 66, 129, 300}) {
            assertDecomposes(kind.apply(n));
        }
    }

    /** Couplings of all sizes and both signs, and none, between halves that are alike. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 1e-300, 1e-20, 1e-15, 1e-8, 1, 1e8, -1e-12, -0.5})
    void halvesAreCoupled(double coupling) {
        int n = 80;
        double[] half = TestData.seeded(1).gaussians(n);
        double[] diagonal = new double[n];
        double[] beside = new double[n - 1];
        for (int i = 0; i < n / 2; i++) {
            diagonal[i] = half[i];
            diagonal[n - 1 - i] = half[i];
        }
        for (int i = 0; i + 1 < n / 2; i++) {
            beside[i] = half[n / 2 + i];
            beside[n - 2 - i] = half[n / 2 + i];
        }
        beside[n / 2 - 1] = coupling;
        assertDecomposes(diagonal, beside);
    }

    @Test
    void decomposesMatricesInPiecesOfDifferentScale() {
        int n = 200;
        double[] diagonal = TestData.seeded(2).gaussians(n);
        double[] beside = TestData.seeded(3).gaussians(n - 1);
        for (int i = 0; i < n; i++) {
            double scale = Math.pow(10, -100.0 * (i / 25));
            diagonal[i] *= scale;
            if (i + 1 < n) {
                beside[i] *= scale;
            }
        }
        assertDecomposes(diagonal, beside);
    }
}

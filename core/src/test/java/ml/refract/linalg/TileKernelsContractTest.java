package ml.refract.linalg;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import ml.refract.testing.TestData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every engine promises about arithmetic on single tiles; the oracle is plain loops in double. */
public abstract class TileKernelsContractTest<A> {
    private final TileKernels<A> kernels;
    /** Half the spacing of stored numbers at 1. */
    private final double unit;

    protected TileKernelsContractTest(TileKernels<A> kernels, double unit) {
        this.kernels = kernels;
        this.unit = unit;
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1",
        "2, 7, 8",
        "7, 2, 31",
        "8, 8, 8",
        "15, 17, 33",
        "16, 16, 256",
        "17, 15, 1",
        "31, 33, 65",
        "32, 32, 32",
        "33, 31, 63",
        "63, 65, 16",
        "65, 63, 17",
        "255, 256, 7",
        "256, 255, 255",
        "256, 256, 256"
    })
    void subtractProductSubtractsTheProduct(int rows, int cols, int depth) {
        TestData data = TestData.seeded(rows * 1000L + depth);
        DoubleMatrix a = rounded(data.matrix(rows, depth));
        DoubleMatrix b = rounded(data.matrix(cols, depth));
        DoubleMatrix c = rounded(data.matrix(rows, cols));
        A target = tile(c);
        kernels.subtractProduct(tile(a), tile(b), depth, target, rows, cols);
        DoubleMatrix expected = minus(c, a.times(b.transpose()));
        assertClose(matrix(target, rows, cols), expected, chainError(depth), "C - A B'");
        assertPaddingIsZero(target, rows, cols);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 31", "7, 8", "8, 8", "17, 33", "31, 256", "32, 32", "33, 7", "65, 63", "255, 16", "256, 256"
    })
    void subtractSquareSubtractsFromTheLowerTriangle(int rows, int depth) {
        TestData data = TestData.seeded(rows);
        DoubleMatrix a = rounded(data.matrix(rows, depth));
        DoubleMatrix c = rounded(data.positiveDefinite(rows));
        A target = tile(c);
        kernels.subtractSquare(tile(a), depth, target, rows);
        DoubleMatrix expected = minus(c, a.times(a.transpose()));
        DoubleMatrix actual = matrix(target, rows, rows);
        clearUpperTriangle(expected);
        clearUpperTriangle(actual);
        assertClose(actual, expected, chainError(depth), "C - A A'");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 65, 255, 256})
    void factorTimesItsTransposeIsTheTile(int n) {
        DoubleMatrix a = rounded(TestData.seeded(n).positiveDefinite(n));
        A tile = tile(a);
        assertThat(kernels.factor(tile, n)).isEqualTo(-1);
        DoubleMatrix factor = matrix(tile, n, n);
        clearUpperTriangle(factor);
        // Backward error of Cholesky: (n + 1) u |L||L'|, whose entries are at most the largest diagonal entry, 5 here.
        assertClose(factor.times(factor.transpose()), a, 5 * (n + 1) * unit, "L L'");
        for (int i = 0; i < n; i++) {
            assertThat(factor.get(i, i)).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 31, 32, 33, 40, 200, 255})
    void factorNamesTheFirstPivotThatIsNotPositive(int pivot) {
        int n = 256;
        DoubleMatrix factor = rounded(TestData.seeded(3).matrix(n, n));
        clearUpperTriangle(factor);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                factor.set(i, j, factor.get(i, j) / n);
            }
            factor.set(i, i, 1);
        }
        DoubleMatrix a = factor.times(factor.transpose());
        for (double shift : new double[] {-2, Double.NaN, Double.POSITIVE_INFINITY}) {
            A tile = tile(a);
            int at = Panels.index(pivot, pivot, n);
            kernels.set(tile, at, kernels.get(tile, at) + shift); // its pivot was 1
            assertThat(kernels.factor(tile, n)).as("shift %s", shift).isEqualTo(pivot);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 8, 9, 40})
    void factorRefusesAZeroPivot(int n) {
        assertThat(kernels.factor(kernels.allocate(Panels.length(n, n)), n)).isZero();
        DoubleMatrix ones = DoubleMatrix.zeros(n, n);
        Arrays.fill(ones.values(), 1);
        assertThat(kernels.factor(tile(ones), n)).isEqualTo(n == 1 ? -1 : 1);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "33, 1", "2, 7", "7, 8", "31, 9", "32, 32", "65, 33", "256, 65", "1, 256", "256, 256"})
    void solveRightUndoesAProductWithTheTransposedFactor(int rows, int n) {
        TestData data = TestData.seeded(n);
        A factor = tile(data.positiveDefinite(n));
        assertThat(kernels.factor(factor, n)).isEqualTo(-1);
        DoubleMatrix lower = matrix(factor, n, n);
        clearUpperTriangle(lower);
        DoubleMatrix x = rounded(data.matrix(rows, n));
        A target = tile(x);
        kernels.solveRight(factor, n, target, rows);
        DoubleMatrix solution = matrix(target, rows, n);
        // Backward error of substitution: n u |X||L'|; rows of X and L have norms below 3 sqrt n and 3.
        assertClose(solution.times(lower.transpose()), x, n * unit * 10 * Math.sqrt(n), "X L' after solving");
        assertPaddingIsZero(target, rows, n);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 256", "7, 9", "31, 33", "32, 8", "33, 31", "65, 256", "256, 255", "256, 256"})
    void transposeSwapsRowsAndColumns(int rows, int cols) {
        A tile = randomTile(TestData.seeded(rows + cols), rows, cols);
        A target = kernels.allocate(Panels.length(cols, rows));
        kernels.transpose(tile, rows, cols, target);
        assertThat(matrix(target, cols, rows))
                .isEqualTo(matrix(tile, rows, cols).transpose());
        assertPaddingIsZero(target, cols, rows);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "7, 9, 2", "31, 33, 3", "32, 8, 1", "33, 31, 2", "65, 256, 5", "256, 255, 1", "256, 256, 4"})
    void multiplyAddAddsTheProductInDouble(int rows, int cols, int sides) {
        TestData data = TestData.seeded(rows + cols);
        A tile = randomTile(data, rows, cols);
        DoubleMatrix t = matrix(tile, rows, cols);
        int stride = 300;
        double[] x = data.gaussians(stride * sides + 10);
        double[] y = data.gaussians(stride * sides + 10);
        double[] expected = y.clone();
        for (int l = 0; l < sides; l++) {
            for (int i = 0; i < rows; i++) {
                for (int k = 0; k < cols; k++) {
                    expected[4 + l * stride + i] += -0.7 * t.get(i, k) * x[3 + l * stride + k];
                }
            }
        }
        kernels.multiplyAdd(tile, rows, cols, -0.7, x, 3, y, 4, stride, sides);
        assertClose(y, expected, 1e-12, "y - 0.7 T x"); // 256 roundings of sums of size 20
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "7, 9, 2", "31, 33, 3", "32, 8, 1", "33, 31, 2", "65, 256, 5", "255, 256, 1", "256, 256, 4"})
    void transposeMultiplyAddAddsTheTransposedProductInDouble(int rows, int cols, int sides) {
        TestData data = TestData.seeded(rows + cols);
        A tile = randomTile(data, rows, cols);
        DoubleMatrix t = matrix(tile, rows, cols);
        int stride = 300;
        double[] x = data.gaussians(stride * sides + 10);
        double[] y = data.gaussians(stride * sides + 10);
        double[] expected = y.clone();
        for (int l = 0; l < sides; l++) {
            for (int k = 0; k < cols; k++) {
                for (int i = 0; i < rows; i++) {
                    expected[4 + l * stride + k] += 1.3 * t.get(i, k) * x[3 + l * stride + i];
                }
            }
        }
        kernels.transposeMultiplyAdd(tile, rows, cols, 1.3, x, 3, y, 4, stride, sides);
        assertClose(y, expected, 1e-12, "y + 1.3 T' x");
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "7, 9, 2", "31, 33, 3", "32, 8, 1", "33, 31, 2", "65, 256, 5", "255, 256, 1", "256, 256, 4"})
    void multiplyAddBothIsBothProducts(int rows, int cols, int sides) {
        TestData data = TestData.seeded(rows + 3L * cols);
        A tile = randomTile(data, rows, cols);
        int stride = 600;
        double[] x = data.gaussians(stride * sides);
        double[] y = data.gaussians(stride * sides);
        double[] z = data.gaussians(stride * sides);
        double[] expectedY = y.clone();
        double[] expectedZ = z.clone();
        kernels.multiplyAdd(tile, rows, cols, 1, x, 2, expectedY, 5, stride, sides);
        kernels.transposeMultiplyAdd(tile, rows, cols, 1, x, 300, expectedZ, 7, stride, sides);
        kernels.multiplyAddBoth(tile, rows, cols, x, 2, 300, y, 5, z, 7, stride, sides);
        assertClose(y, expectedY, 1e-12, "y + T x");
        assertClose(z, expectedZ, 1e-12, "z + T' w");
    }

    @Test
    void arraysStartAtZeroAndHoldWhatIsStored() {
        A array = kernels.allocate(5);
        for (int i = 0; i < 5; i++) {
            assertThat(kernels.get(array, i)).isZero();
        }
        kernels.set(array, 1, 0.5);
        kernels.set(array, 2, 1 / 3.0);
        A copy = kernels.allocate(5);
        kernels.copy(array, copy, 2);
        assertThat(kernels.get(copy, 1)).isEqualTo(0.5);
        assertThat(kernels.get(copy, 2)).as("beyond the copied length").isZero();
        assertThat(kernels.get(array, 2)).isCloseTo(1 / 3.0, within(unit));
    }

    /** A chain of depth products of standard normal numbers, each step rounded: sum |a b| stays below 2 depth + 20. */
    private double chainError(int depth) {
        return (depth + 1) * unit * (2 * depth + 20);
    }

    private A tile(DoubleMatrix m) {
        A tile = kernels.allocate(Panels.length(m.rows(), m.cols()));
        for (int i = 0; i < m.rows(); i++) {
            for (int j = 0; j < m.cols(); j++) {
                kernels.set(tile, Panels.index(i, j, m.cols()), m.get(i, j));
            }
        }
        return tile;
    }

    /** A tile whose padding holds numbers, too. */
    private A randomTile(TestData data, int rows, int cols) {
        A tile = kernels.allocate(Panels.length(rows, cols));
        for (int k = 0; k < Panels.length(rows, cols); k++) {
            kernels.set(tile, k, data.gaussian());
        }
        return tile;
    }

    private DoubleMatrix matrix(A tile, int rows, int cols) {
        DoubleMatrix result = DoubleMatrix.zeros(rows, cols);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < cols; j++) {
                result.set(i, j, kernels.get(tile, Panels.index(i, j, cols)));
            }
        }
        return result;
    }

    /** Rounded to storage precision. */
    private DoubleMatrix rounded(DoubleMatrix m) {
        return matrix(tile(m), m.rows(), m.cols());
    }

    private static DoubleMatrix minus(DoubleMatrix a, DoubleMatrix b) {
        DoubleMatrix result = a.copy();
        for (int k = 0; k < result.values().length; k++) {
            result.values()[k] -= b.values()[k];
        }
        return result;
    }

    private static void clearUpperTriangle(DoubleMatrix m) {
        for (int i = 0; i < m.rows(); i++) {
            for (int j = i + 1; j < m.cols(); j++) {
                m.set(i, j, 0);
            }
        }
    }

    private void assertPaddingIsZero(A tile, int rows, int cols) {
        for (int i = 0; i < Panels.paddedRows(rows); i++) {
            for (int j = 0; j < Panels.paddedColumns(cols); j++) {
                if (i >= rows || j >= cols) {
                    assertThat(kernels.get(tile, Panels.index(i, j, cols)))
                            .as("(%d, %d)", i, j)
                            .isZero();
                }
            }
        }
    }
}

package ml.refract.linalg;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import ml.refract.engine.Engine;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the double kernels of every engine promise; the oracle is plain sums. */
class DoubleKernelsContractTest {
    private static final double UNIT = Math.ulp(0.5);

    static Stream<DoubleKernels> kernels() {
        return TestEngines.both().map(engine -> ((Engine<?>) engine.getPayload()).doubleKernels());
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void addProductAddsABlock(DoubleKernels kernels) {
        int rows = DoubleKernels.ROWS;
        int cols = DoubleKernels.COLUMNS;
        int stride = 19;
        for (int depth : new int[] {0, 1, 2, 7, 8, 33, 300}) {
            TestData data = TestData.seeded(depth);
            double[] a = data.gaussians(3 + rows * depth);
            double[] b = data.gaussians(5 + cols * depth);
            double[] c = data.gaussians(2 + rows * stride);
            double[] expected = c.clone();
            double size = 0;
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < cols; j++) {
                    for (int k = 0; k < depth; k++) {
                        double term = a[3 + rows * k + i] * b[5 + cols * k + j];
                        expected[2 + i * stride + j] += term;
                        size = Math.max(size, Math.abs(term));
                    }
                }
            }
            kernels.addProduct(a, 3, b, 5, depth, c, 2, stride);
            assertClose(c, expected, 2 * UNIT * (depth + 2) * (1 + Math.sqrt(depth) * size), "depth " + depth);
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void multiplySymmetricReadsRowsForBothProducts(DoubleKernels kernels) {
        for (int length : new int[] {0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 63, 65, 1021}) {
            TestData data = TestData.seeded(length);
            int stride = length + 3;
            double[] rows = data.gaussians(1 + DoubleKernels.STRIP * stride);
            double[] x = data.gaussians(4 + length);
            double[] factors = data.gaussians(2 + DoubleKernels.STRIP);
            double[] y = data.gaussians(3 + length + 1);
            double[] products = data.gaussians(DoubleKernels.PRODUCTS);
            double[] expectedY = y.clone();
            double[] expected = new double[DoubleKernels.STRIP];
            for (int i = 0; i < DoubleKernels.STRIP; i++) {
                for (int k = 0; k < length; k++) {
                    expected[i] += rows[1 + i * stride + k] * x[4 + k];
                    expectedY[3 + k] += factors[2 + i] * rows[1 + i * stride + k];
                }
            }
            kernels.multiplySymmetric(rows, 1, stride, length, x, 4, factors, 2, y, 3, products);
            assertClose(y, expectedY, 200 * UNIT, "rows added, length " + length);
            for (int i = 0; i < DoubleKernels.STRIP; i++) {
                assertThat(Math.abs(products[i] - expected[i]))
                        .as("product %d of length %d", i, length)
                        .isLessThanOrEqualTo(4 * UNIT * (length + 1) * Math.sqrt(length + 1.0));
            }
        }
    }
}

package ml.refract.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import ml.refract.engine.Points;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.linalg.SymmetricEigen;
import ml.refract.testing.KernelMatrices;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MedianDistanceTest {
    static Stream<Kernel> kernels() {
        return Stream.of(
                Kernel.laplace(3, 0.7),
                Kernel.lpq(3, 1.4, 1),
                Kernel.product(3, 0.8),
                Kernel.sumPower(3, 1.2, 0.2, 2),
                Kernel.ntk(3, 2));
    }

    @Test
    void itIsTheLowerMedianOverAllPairs() {
        // The distances are 2, 3, 7, 1, 5, 4; of the two in the middle the lower counts.
        Design x = Design.of(DoubleMatrix.column(0, 2, 3, 7));
        assertThat(median(Kernel.laplace(1, 1), Metric.identity(), x)).isEqualTo(3);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void itUsesTheNormOfTheKernelUnderTheMetricAndCountsCodedGroups(Kernel kernel) {
        TestData data = TestData.seeded(1);
        for (int n : new int[] {9, 10}) {
            Design x = data.design(data.matrix(n, 3), 2, 4);
            for (BlockSymmetric m : new BlockSymmetric[] {data.diagonals(3, 2, 4), data.blocks(3, 2, 4)}) {
                assertThat(median(kernel, Metric.of(m), x))
                        .as("%s", kernel)
                        .isCloseTo(oracle(kernel, m, x), within(1e-12));
            }
            BlockSymmetric identity = BlockSymmetric.full(DoubleMatrix.identity(9));
            assertThat(median(kernel, Metric.identity(), x)).isCloseTo(oracle(kernel, identity, x), within(1e-12));
        }
    }

    /** Distances between rows of zeros and ones times the root of the metric. */
    private static double oracle(Kernel kernel, BlockSymmetric m, Design x) {
        DoubleMatrix root = SymmetricEigen.of(m.toDense()).map(Math::sqrt);
        DoubleMatrix images = ((DoubleMatrix) TestData.oneHot(x).dense()).times(root);
        boolean mean = kernel.family() == Kernel.Family.SUM_POWER;
        double p = mean ? 1 : kernel.norm();
        DoubleUnaryOperator finish = mean ? s -> s / x.width() : s -> Math.pow(s, 1 / p);
        double[] distances = new double[x.rows() * (x.rows() - 1) / 2];
        int next = 0;
        for (int i = 0; i < x.rows(); i++) {
            for (int j = 0; j < i; j++) {
                double sum = 0;
                for (int s = 0; s < x.width(); s++) {
                    sum += Math.pow(Math.abs(images.get(i, s) - images.get(j, s)), p);
                }
                distances[next++] = finish.applyAsDouble(sum);
            }
        }
        Arrays.sort(distances);
        return distances[(distances.length - 1) / 2];
    }

    @Test
    void pointsThatCoincideGiveOne() {
        assertThat(median(Kernel.laplace(1, 1), Metric.identity(), Design.of(DoubleMatrix.column(2, 2, 2, 5))))
                .isEqualTo(1);
        assertThat(median(Kernel.laplace(1, 1), Metric.identity(), Design.of(DoubleMatrix.column(2))))
                .isEqualTo(1);
        assertThat(median(Kernel.laplace(1, 1), Metric.identity(), Design.of(Matrix.zeros(0, 1))))
                .isEqualTo(1);
    }

    private static double median(Kernel kernel, Metric metric, Design x) {
        return MedianDistance.of(
                TestEngines.SCALAR,
                Points.pack(
                        TestEngines.SCALAR,
                        x,
                        KernelMatrices.projection(TestEngines.SCALAR, kernel, metric, x),
                        ParallelFor.serial()),
                kernel.pairFunction(x.width()));
    }
}

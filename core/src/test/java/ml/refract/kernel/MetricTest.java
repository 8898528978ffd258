package ml.refract.kernel;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import ml.refract.engine.Engine;
import ml.refract.engine.Precision;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.SymmetricEigen;
import ml.refract.testing.KernelMatrices;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MetricTest {
    static Stream<Kernel> kernels() {
        return Stream.of(
                Kernel.laplace(2, 1), Kernel.lpq(2, 1.5, 1), Kernel.product(2, 0.8), Kernel.sumPower(2, 1, 0.1, 2));
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void aFullMetricIsTheSameAsTransformedPoints(Kernel kernel) {
        TestData data = TestData.seeded(1);
        DoubleMatrix m = data.positiveDefinite(5);
        DoubleMatrix root = SymmetricEigen.of(m).map(Math::sqrt);
        DoubleMatrix x = data.matrix(20, 5);
        DoubleMatrix z = data.matrix(10, 5);
        assertClose(
                scalar(kernel, Metric.of(BlockSymmetric.full(m)), z, x),
                scalar(kernel, Metric.identity(), z.times(root), x.times(root)),
                1e-14,
                kernel.toString());
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void aDiagonalMetricIsAFullOneWithThatDiagonal(Kernel kernel) {
        TestData data = TestData.seeded(2);
        BlockSymmetric diagonal = data.diagonals(5);
        DoubleMatrix x = data.matrix(20, 5);
        assertClose(
                scalar(kernel, Metric.of(diagonal), x, x),
                scalar(kernel, Metric.of(BlockSymmetric.full(diagonal.toDense())), x, x),
                1e-14,
                kernel.toString());
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void directionsOfNoWeightAreLeftOut(Engine<A> engine) {
        TestData data = TestData.seeded(3);
        DoubleMatrix factor = data.matrix(6, 2);
        DoubleMatrix m = factor.times(factor.transpose());
        Design x = Design.of(data.floats(20, 6));
        Kernel kernel = Kernel.laplace(3, 1);
        Metric metric = Metric.of(BlockSymmetric.full(m));
        assertThat(KernelMatrices.projection(TestEngines.VECTOR, kernel, metric, x)
                        .outputs())
                .isEqualTo(2);
        assertThat(KernelMatrices.projection(TestEngines.VECTOR, Kernel.product(3, 1), metric, x)
                        .outputs())
                .as("l_p norms need all coordinates")
                .isEqualTo(6);
        DoubleMatrix images = DoubleMatrix.zeros(20, 2);
        for (int i = 0; i < 20; i++) {
            for (int k = 0; k < 2; k++) {
                for (int s = 0; s < 6; s++) {
                    images.set(i, k, images.get(i, k) + x.dense().get(i, s) * factor.get(s, k));
                }
            }
        }
        // Dropped directions weigh less than roundoff^(1/2) of the largest; float32 values are within 4e-6.
        assertClose(
                KernelMatrices.of(engine, kernel, metric, x, x),
                scalar(kernel, Metric.identity(), images, images),
                engine.precision() == Precision.FLOAT32 ? 5e-6 : 1e-6,
                "rank 2");
    }

    @Test
    void theZeroMetricMakesAllPointsTheSame() {
        DoubleMatrix x = TestData.seeded(4).matrix(5, 3);
        for (BlockSymmetric zero :
                List.of(BlockSymmetric.diagonal(0, 0, 0), BlockSymmetric.full(DoubleMatrix.zeros(3, 3)))) {
            assertThat(scalar(Kernel.laplace(1, 1), Metric.of(zero), x, x).values())
                    .containsOnly(1.0);
        }
    }

    @Test
    void negativeEigenvaluesCountAsZero() {
        DoubleMatrix x = TestData.seeded(5).matrix(5, 2);
        for (Kernel kernel : kernels().toList()) {
            Metric negative = Metric.of(BlockSymmetric.diagonal(1, -1e-9));
            Metric negativeFull = Metric.of(
                    BlockSymmetric.full(negative.matrix().orElseThrow().toDense()));
            Metric zero = Metric.of(BlockSymmetric.diagonal(1, 0));
            assertThat(scalar(kernel, negative, x, x)).isEqualTo(scalar(kernel, zero, x, x));
            assertClose(scalar(kernel, negativeFull, x, x), scalar(kernel, zero, x, x), 1e-14, kernel.toString());
        }
    }

    @Test
    void metricsNameTheirKind() {
        assertThat(Metric.identity()).hasToString("Metric[identity]");
        assertThat(Metric.of(BlockSymmetric.diagonal(1, 2))).hasToString("Metric[diagonal]");
        assertThat(Metric.of(BlockSymmetric.full(DoubleMatrix.identity(2))).kind())
                .isEqualTo("full");
        assertThat(Metric.identity().matrix()).isEmpty();
    }

    @Test
    void otherColumnsOrGroupsAreRefused() {
        TestData data = TestData.seeded(6);
        Design two = Design.of(data.matrix(4, 2));
        Metric metric = Metric.of(BlockSymmetric.diagonal(1, 1, 1));
        assertThatThrownBy(() -> KernelMatrices.projection(TestEngines.SCALAR, Kernel.laplace(1, 1), metric, two))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The metric is for 3 dense columns, the rows have 2");
        Design coded = data.design(data.matrix(4, 3), 4);
        assertThatThrownBy(() -> KernelMatrices.projection(TestEngines.SCALAR, Kernel.laplace(1, 1), metric, coded))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The metric has no block for a coded group of 4 levels");
        assertThatThrownBy(() -> KernelMatrices.of(
                        TestEngines.SCALAR, Kernel.laplace(1, 1), Metric.identity(), two, Design.of(data.matrix(4, 3))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The metric is for 3 dense columns and 0 coded groups, the rows have 2 and 0, or groups "
                        + "of other sizes");
    }

    private static DoubleMatrix scalar(Kernel kernel, Metric metric, DoubleMatrix z, DoubleMatrix x) {
        return KernelMatrices.of(TestEngines.SCALAR, kernel, metric, Design.of(z), Design.of(x));
    }
}

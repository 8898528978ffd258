package ml.refract.rfm;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ml.refract.linalg.DoubleKernels;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.linalg.SymmetricEigen;
import ml.refract.testing.TestData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FactUpdateTest {
    private static DoubleMatrix next(FactUpdate update, DoubleMatrix metric, DoubleMatrix inner) {
        return update.next(metric, inner, DoubleKernels.plain(), ParallelFor.serial());
    }

    private static DoubleMatrix indefinite(int n, long seed) {
        DoubleMatrix g = TestData.seeded(seed).matrix(n, n);
        DoubleMatrix result = DoubleMatrix.zeros(n, n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                result.set(i, j, g.get(i, j) + g.get(j, i));
            }
        }
        return result;
    }

    private static DoubleMatrix power(DoubleMatrix matrix, double power) {
        return SymmetricEigen.of(matrix).map(value -> Math.pow(Math.max(0, value), power));
    }

    /** F = M at a critical point of the loss: L is the identity there. */
    @ParameterizedTest
    @EnumSource(FactUpdate.class)
    void aMetricThatIsItsOwnFactStays(FactUpdate update) {
        DoubleMatrix metric = TestData.seeded(1).positiveDefinite(6);
        assertClose(next(update, metric, DoubleMatrix.identity(6)), metric, 1e-12, update.name());
    }

    /** The formulas as they are written, with F = M L. */
    @Test
    void updatesAreTheirDefinitions() {
        DoubleMatrix metric = TestData.seeded(2).positiveDefinite(5);
        DoubleMatrix inner = indefinite(5, 3);
        DoubleMatrix fact = metric.times(inner);
        assertClose(next(FactUpdate.PLAIN, metric, inner), power(fact.times(fact.transpose()), 0.5), 1e-12, "plain");
        DoubleMatrix squared = metric.times(metric);
        assertClose(
                next(FactUpdate.GEOMETRIC, metric, inner),
                power(fact.times(squared).times(fact.transpose()), 0.25),
                1e-7,
                "geometric");
        assertClose(next(FactUpdate.PRODUCT, metric, inner), power(fact.times(metric), 0.5), 1e-12, "product");
    }

    @ParameterizedTest
    @EnumSource(FactUpdate.class)
    void diagonalMetricsFollowTheSameRule(FactUpdate update) {
        double[] metric = {2, 0.5, 1};
        double[] inner = {0.3, -4, 0};
        DoubleMatrix fullMetric = DoubleMatrix.zeros(3, 3);
        DoubleMatrix fullInner = DoubleMatrix.zeros(3, 3);
        for (int s = 0; s < 3; s++) {
            fullMetric.set(s, s, metric[s]);
            fullInner.set(s, s, inner[s]);
        }
        DoubleMatrix next = next(update, fullMetric, fullInner);
        for (int s = 0; s < 3; s++) {
            assertThat(update.next(metric[s], inner[s])).isCloseTo(next.get(s, s), within(1e-14));
        }
    }
}

package ml.refract.rfm.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import ml.refract.engine.Execution;
import ml.refract.engine.Seeds;
import ml.refract.linalg.DoubleMatrix;
import org.junit.jupiter.api.Test;

class SparseRegressionTest {
    private record Problem(DoubleMatrix a, double[] weights, double[] y) {
        static Problem draw(int n, int d, int nonzero, double noise, long seed) {
            SplittableRandom random = Seeds.stream(seed, "sparse", n);
            DoubleMatrix a = DoubleMatrix.zeros(n, d);
            for (int k = 0; k < a.values().length; k++) {
                a.values()[k] = random.nextGaussian();
            }
            double[] weights = new double[d];
            for (int j : Seeds.sample(d, nonzero, random)) {
                weights[j] = random.nextGaussian();
            }
            double[] y = a.times(DoubleMatrix.column(weights)).values();
            for (int i = 0; i < n; i++) {
                y[i] += noise * random.nextGaussian();
            }
            return new Problem(a, weights, y);
        }

        double relativeError(SparseOptions options) {
            double error = 0;
            double size = 0;
            double[] found = fit(a, y, options).weights();
            for (int j = 0; j < weights.length; j++) {
                error += Math.pow(found[j] - weights[j], 2);
                size += Math.pow(weights[j], 2);
            }
            return Math.sqrt(error / size);
        }
    }

    private static SparseRegression.Fit fit(DoubleMatrix a, double[] y, SparseOptions options) {
        try (Execution execution = Execution.builder().threads(2).build()) {
            return SparseRegression.fit(a, y, options, execution);
        }
    }

    private static int successes(int n, double power) {
        int count = 0;
        for (int seed = 0; seed < 10; seed++) {
            SparseOptions options = SparseOptions.defaults().withPower(power);
            count += Problem.draw(n, 500, 15, 0, seed).relativeError(options) < 1e-3 ? 1 : 0;
        }
        return count;
    }

    /** Specification of the family, section 7: below the threshold of l_1 the concave penalties still recover. */
    @Test
    void concavePenaltiesNeedFewerMeasurements() {
        assertThat(successes(80, 0.5)).isGreaterThanOrEqualTo(9);
        assertThat(successes(60, 0.5)).isGreaterThanOrEqualTo(7);
        assertThat(successes(60, 0.25)).isLessThanOrEqualTo(2);
    }

    /** With power 1/4 the limit is the smallest l_1 norm: no feasible direction makes it smaller. */
    @Test
    void powerOneQuarterIsBasisPursuit() {
        Problem problem = Problem.draw(40, 60, 5, 0, 1);
        SparseRegression.Fit fit = fit(
                problem.a, problem.y, SparseOptions.defaults().withPower(0.25).withDecay(0.9));
        assertThat(problem.relativeError(
                        SparseOptions.defaults().withPower(0.25).withDecay(0.9)))
                .isLessThan(1e-3);
        assertThat(fit.residual()).isLessThan(1e-9);
        double norm = Arrays.stream(problem.weights).map(Math::abs).sum();
        assertThat(Arrays.stream(fit.weights()).map(Math::abs).sum()).isCloseTo(norm, within(1e-3 * norm));
    }

    /** Without sweeps beyond the first there would be ridge regression; a large ridge leaves its shrinkage to be seen. */
    @Test
    void aRidgeIsForNoise() {
        Problem noisy = Problem.draw(120, 200, 5, 0.3, 2);
        assertThat(noisy.relativeError(SparseOptions.defaults().withRidge(1)))
                .isLessThan(0.5 * noisy.relativeError(SparseOptions.defaults()));
    }

    @Test
    void moreMeasurementsThanWeightsIsFine() {
        Problem problem = Problem.draw(50, 10, 10, 0, 3);
        assertThat(problem.relativeError(SparseOptions.defaults())).isLessThan(1e-6);
    }

    @Test
    void zerosStayZeros() {
        assertThat(fit(DoubleMatrix.identity(3), new double[3], SparseOptions.defaults())
                        .weights())
                .containsExactly(0, 0, 0);
        assertThat(fit(DoubleMatrix.zeros(2, 2), new double[] {1, 2}, SparseOptions.defaults())
                        .weights())
                .containsExactly(0, 0);
    }

    @Test
    void mistakesAreNamed() {
        assertThatThrownBy(() -> fit(DoubleMatrix.identity(3), new double[2], SparseOptions.defaults()))
                .hasMessageContaining("3 x 3 matrix of measurements and 2 values");
        assertThatThrownBy(() -> fit(
                        DoubleMatrix.identity(2), new double[] {1, Double.POSITIVE_INFINITY}, SparseOptions.defaults()))
                .hasMessage("Value 1 is Infinity; wanted a finite number");
        assertThatThrownBy(() -> new SparseOptions(0, -1, 1, 0))
                .hasMessageContaining("power")
                .hasMessageContaining("ridge")
                .hasMessageContaining("decay")
                .hasMessageContaining("leastSmoothing");
    }
}

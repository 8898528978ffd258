package ml.refract.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ml.refract.linalg.DoubleCholesky;
import ml.refract.linalg.DoubleKernels;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;
import org.junit.jupiter.api.Test;

class GridInterpolationRiskTest {
    private static double laplace(double k, double t) {
        return 1 / (1 + k * k / (t * t));
    }

    /** T9: by pi^2 / sin^2 the noise factor of k^-2 is 2/3, less 5e-8 at this n; that of k^-4 tends to .8742307. */
    @Test
    void powerLaws() {
        assertThat(new GridInterpolationRisk(k -> k == 0 ? 1 : Math.pow(k, -2), 501, 0).noiseFactor())
                .isCloseTo(2 / 3.0, within(1e-6));
        assertThat(new GridInterpolationRisk(k -> k == 0 ? 1 : Math.pow(k, -4), 4001, 0).noiseFactor())
                .isCloseTo(.8742307, within(1e-4));
    }

    /** T10: with a = pi / rho the sums of a class at 0 are a coth a and (a coth a + a^2 / sinh^2 a) / 2. */
    @Test
    void sumsOfTheLaplaceKernel() {
        for (double rho : new double[] {1, 5.263}) {
            double a = Math.PI / rho;
            double s = a / Math.tanh(a);
            double q = (s + a * a / Math.pow(Math.sinh(a), 2)) / 2;
            // One point: a single class with g(m) = 1 / (1 + (m / t)^2), t = 1 / rho.
            GridInterpolationRisk risk = new GridInterpolationRisk(k -> laplace(k, 1 / rho), 1, 0);
            assertThat(risk.noiseFactor()).isCloseTo(q / (s * s), within(2e-6));
            assertThat(risk.missedShare(0)).isCloseTo(Math.pow(1 - 1 / s, 2) + (q - 1) / (s * s), within(2e-6));
        }
    }

    /** Against the matrix computation: interpolate on the grid, integrate the square by a fine one. */
    @Test
    void isWhatInterpolationDoes() {
        int n = 9;
        int frequency = 2;
        double t = 3;
        for (double ridge : new double[] {0, 0.7}) {
            GridInterpolationRisk risk = new GridInterpolationRisk(k -> k > 200 ? 0 : laplace(k, t), n, ridge);
            DoubleMatrix kernel = DoubleMatrix.zeros(n, n);
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    kernel.set(i, j, kernelAt((i - j) / (double) n, t));
                }
            }
            DoubleCholesky factor = DoubleCholesky.of(kernel, ridge, DoubleKernels.plain(), ParallelFor.serial())
                    .orElseThrow();
            double[] target = new double[n];
            for (int i = 0; i < n; i++) {
                target[i] = Math.sqrt(2) * Math.cos(2 * Math.PI * frequency * i / n);
            }
            double[] weights = factor.solve(DoubleMatrix.column(target)).values();
            DoubleMatrix inverse = factor.solve(DoubleMatrix.identity(n));
            int fine = 450;
            double missed = 0;
            double noise = 0;
            for (int p = 0; p < fine; p++) {
                double x = p / (double) fine;
                DoubleMatrix row = DoubleMatrix.zeros(1, n);
                double value = 0;
                for (int i = 0; i < n; i++) {
                    row.set(0, i, kernelAt(x - i / (double) n, t));
                    value += row.get(0, i) * weights[i];
                }
                missed += Math.pow(value - Math.sqrt(2) * Math.cos(2 * Math.PI * frequency * x), 2) / fine;
                for (double part : row.times(inverse).values()) {
                    noise += part * part / fine;
                }
            }
            assertThat(risk.missedShare(frequency)).isCloseTo(missed, within(1e-3));
            assertThat(risk.missedShare(-frequency)).isEqualTo(risk.missedShare(frequency));
            assertThat(risk.noiseFactor()).isCloseTo(noise, within(1e-3));
            assertThat(risk.risk(frequency, 2, 0.5)).isCloseTo(2 * missed + 0.5 * noise, within(3e-3));
        }
    }

    private static double kernelAt(double x, double t) {
        double sum = 1;
        for (int k = 1; k <= 200; k++) {
            sum += 2 * laplace(k, t) * Math.cos(2 * Math.PI * k * x);
        }
        return sum;
    }

    @Test
    void extremeBandwidths() {
        GridInterpolationRisk wide = new GridInterpolationRisk(k -> Math.exp(-Math.pow(k / 0.001, 2)), 64, 0);
        assertThat(wide.noiseFactor()).isCloseTo(1, within(1e-12));
        assertThat(wide.missedShare(1)).isZero();
        assertThat(wide.missedShare(65)).isEqualTo(1);
        GridInterpolationRisk narrow = new GridInterpolationRisk(k -> laplace(k, 1e6), 64, 0);
        assertThat(narrow.noiseFactor()).isLessThan(1e-3);
        assertThat(narrow.missedShare(1)).isCloseTo(1, within(1e-3));
        assertThatThrownBy(() -> new GridInterpolationRisk(k -> 1, 0, 0)).hasMessageContaining("got 0 points");
    }
}

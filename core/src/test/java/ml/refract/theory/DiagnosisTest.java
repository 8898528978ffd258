package ml.refract.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import ml.refract.engine.Execution;
import ml.refract.kernel.Kernel;
import ml.refract.kernel.Metric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleCholesky;
import ml.refract.linalg.DoubleKernels;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.solver.RidgePath;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Empirical spectra, learning curves and what a diagnosis makes of them. */
class DiagnosisTest {
    private static final Kernel KERNEL = Kernel.laplace(5, 1);

    private final Execution execution = Execution.builder().threads(2).build();

    @AfterEach
    void close() {
        execution.close();
    }

    private record Sample(DoubleMatrix x, DoubleMatrix y) {
        /** Five normal inputs, a smooth target of variance about 1, and noise. */
        static Sample draw(int n, double noise, long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            DoubleMatrix x = DoubleMatrix.zeros(n, 5);
            DoubleMatrix y = DoubleMatrix.zeros(n, 1);
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < 5; j++) {
                    x.set(i, j, random.nextGaussian());
                }
                y.set(i, 0, Math.sin(x.get(i, 0)) + 0.5 * x.get(i, 1) * x.get(i, 2) + noise * random.nextGaussian());
            }
            return new Sample(x, y);
        }

        Sample select(int[] rows) {
            return new Sample(x.select(rows), y.select(rows));
        }
    }

    private static double kernel(DoubleMatrix a, int i, DoubleMatrix b, int j) {
        double squares = 0;
        for (int s = 0; s < a.cols(); s++) {
            squares += Math.pow(a.get(i, s) - b.get(j, s), 2);
        }
        return Math.exp(-Math.sqrt(squares) / 5);
    }

    private static DoubleMatrix kernels(DoubleMatrix a, DoubleMatrix b) {
        DoubleMatrix k = DoubleMatrix.zeros(a.rows(), b.rows());
        for (int i = 0; i < a.rows(); i++) {
            for (int j = 0; j < b.rows(); j++) {
                k.set(i, j, kernel(a, i, b, j));
            }
        }
        return k;
    }

    private static DoubleCholesky factor(DoubleMatrix k, double ridge) {
        return DoubleCholesky.of(k, ridge, DoubleKernels.plain(), ParallelFor.serial())
                .orElseThrow();
    }

    private static double testError(Sample train, Sample test, double ridge) {
        DoubleMatrix weights = factor(kernels(train.x, train.x), ridge).solve(train.y);
        DoubleMatrix predicted = kernels(test.x, train.x).times(weights);
        double sum = 0;
        for (int i = 0; i < test.y.rows(); i++) {
            sum += Math.pow(predicted.get(i, 0) - test.y.get(i, 0), 2);
        }
        return sum / test.y.rows();
    }

    private static int[] range(int from, int to) {
        return java.util.stream.IntStream.range(from, to).toArray();
    }

    private static EmpiricalSpectrum spectrum(Sample sample) {
        return EmpiricalSpectrum.of(RidgePath.of(
                kernels(sample.x, sample.x), sample.y, DoubleKernels.plain(), ParallelFor.serial(), share -> {}));
    }

    /** Fits on parts of the rows have the error that the spectrum of all of them predicts. */
    @Test
    void theSpectrumPredictsErrorsOfFits() {
        Sample all = Sample.draw(600, 0.5, 1);
        EmpiricalSpectrum spectrum = spectrum(all);
        for (int n : new int[] {50, 100, 200}) {
            for (double ridge : new double[] {1e-6, 0.1, 1}) {
                double measured = 0;
                int fits = 3;
                for (int fit = 0; fit < fits; fit++) {
                    int[] order = ml.refract.engine.Seeds.permutation(600, new SplittableRandom(100L * n + fit));
                    Sample train = all.select(java.util.Arrays.copyOf(order, n));
                    Sample test = all.select(java.util.Arrays.copyOfRange(order, n, 600));
                    measured += testError(train, test, ridge) / fits;
                }
                assertThat(spectrum.testError(n, ridge) / measured)
                        .as("%d rows, ridge %s", n, ridge)
                        .isBetween(0.85, 1.15);
            }
        }
        assertThat(spectrum.bestTestError(100, 1e-6, 0.1, 1))
                .isEqualTo(Math.min(
                        spectrum.testError(100, 1e-6),
                        Math.min(spectrum.testError(100, 0.1), spectrum.testError(100, 1))));
        assertThatThrownBy(() -> spectrum.testError(600, 1)).hasMessageContaining("1 to 599 of 600 rows");
    }

    /** GCV by the inverse itself. */
    @Test
    void generalisedCrossValidation() {
        Sample all = Sample.draw(80, 0.5, 2);
        double ridge = 0.3;
        DoubleCholesky factor = factor(kernels(all.x, all.x), ridge);
        double squares = 0;
        for (double coefficient : factor.solve(all.y).values()) {
            squares += Math.pow(ridge * coefficient, 2);
        }
        DoubleMatrix inverse = factor.solve(DoubleMatrix.identity(80));
        double trace = 0;
        for (int i = 0; i < 80; i++) {
            trace += inverse.get(i, i);
        }
        EmpiricalSpectrum spectrum = spectrum(all);
        assertThat(spectrum.crossValidation(ridge))
                .isCloseTo(squares / 80 / Math.pow(ridge / 80 * trace, 2), within(1e-10));
        double energy = 0;
        for (double y : all.y.values()) {
            energy += y * y / 80;
        }
        assertThat(spectrum.targetEnergy()).isCloseTo(energy, within(1e-12));
    }

    /** A target drawn from the kernel as covariance, with noise: the likelihood finds the noise. */
    @Test
    void likelyNoise() {
        int n = 500;
        SplittableRandom random = new SplittableRandom(5);
        DoubleMatrix x = Sample.draw(n, 0, 3).x;
        DoubleMatrix k = kernels(x, x);
        ml.refract.linalg.SymmetricEigen eigen = ml.refract.linalg.SymmetricEigen.of(k);
        for (double noise : new double[] {0.02, 0.5}) {
            DoubleMatrix rotated = DoubleMatrix.zeros(n, 1);
            for (int i = 0; i < n; i++) {
                rotated.set(
                        i,
                        0,
                        3 * Math.sqrt(eigen.value(i)) * random.nextGaussian()
                                + Math.sqrt(noise) * random.nextGaussian());
            }
            double found = EmpiricalSpectrum.of(eigen.values(), rotated).likelyNoise();
            // The standard deviation of a variance from n numbers is sqrt(2 / n) of it, 6 %, and more where it is
            // small.
            assertThat(found / noise).isBetween(noise > 0.1 ? 0.75 : 0.0, noise > 0.1 ? 1.25 : 4.0);
        }
        assertThat(spectrum(Sample.draw(300, 0, 4)).likelyNoise()).isLessThan(1e-3);
    }

    @Test
    void aDiagnosisLeavesRowsOutAtEverySize() {
        Sample all = Sample.draw(200, 0.5, 6);
        Diagnosis diagnosis = Diagnosis.of(Design.of(all.x), all.y, KERNEL, Metric.identity(), 3, execution);
        assertThat(diagnosis.rows()).isEqualTo(200);
        assertThat(diagnosis.levels())
                .extracting(Diagnosis.Level::samples)
                .containsExactly(11.5, 24.0, 49.0, 99.0, 199.0);
        // One row by hand.
        int[] others = range(1, 200);
        double expected = testError(
                all.select(others), all.select(new int[] {0}), diagnosis.ridges()[12]);
        assertThat(diagnosis.whole().losses().get(12, 0)).isCloseTo(expected, within(1e-9));
        double[] errors = diagnosis.curve().errors();
        for (int k = 1; k < errors.length; k++) {
            assertThat(errors[k]).isLessThan(errors[k - 1]);
        }
        assertThat(diagnosis.error()).isEqualTo(diagnosis.whole().bestError()).isGreaterThan(0.25);
        assertThat(diagnosis.interpolationError()).isGreaterThan(diagnosis.error());
        assertThat(diagnosis.ridgeGainInStandardErrors()).isGreaterThan(1);
        assertThat(diagnosis.rowGainInStandardErrors()).isGreaterThan(1);
        assertThat(diagnosis.standardError()).isBetween(0.02, 0.2);
        assertThat(diagnosis.theoryMiss()).isLessThan(0.15);
        LearningCurve.Forecast plain = diagnosis.curve().at(399);
        LearningCurve.Forecast wider = diagnosis.forecast(399);
        assertThat(wider.low()).isLessThan(plain.low()).isGreaterThan(0.1);
        assertThat(wider.high()).isGreaterThan(plain.high()).isLessThan(diagnosis.error() * 1.1);
        assertThat(diagnosis.repeats().groups()).isZero();
        Execution alone = Execution.builder().threads(1).build();
        Diagnosis again = Diagnosis.of(Design.of(all.x), all.y, KERNEL, Metric.identity(), 3, alone);
        assertThat(again.whole().losses()).isEqualTo(diagnosis.whole().losses());
        assertThatThrownBy(() -> Diagnosis.of(
                        Design.of(all.x.select(range(0, 59))),
                        all.y.select(range(0, 59)),
                        KERNEL,
                        Metric.identity(),
                        0,
                        execution))
                .hasMessageContaining("at least 60 rows");
    }

    @Test
    void forecastsFollowTheCurve() {
        double[] samples = {100, 200, 400, 800};
        double[] power = new double[4];
        double[] floored = new double[4];
        for (int k = 0; k < 4; k++) {
            power[k] = 3 * Math.pow(samples[k], -0.4);
            floored[k] = 0.5 + 30 / samples[k];
        }
        LearningCurve.Forecast straight = new LearningCurve(samples, power).at(3200);
        assertThat(straight.low()).isCloseTo(3 * Math.pow(3200, -0.4), within(1e-9));
        assertThat(straight.high()).isCloseTo(straight.low(), within(1e-6));
        LearningCurve.Forecast level = new LearningCurve(samples, floored).at(3200);
        assertThat(level.high()).isCloseTo(0.5 + 30 / 3200.0, within(1e-6));
        assertThat(level.low()).isLessThan(0.5);
        assertThat(level.middle()).isBetween(level.low(), level.high());
        LearningCurve.Forecast rising = new LearningCurve(samples, new double[] {1, 1.1, 1.2, 1.3}).at(1600);
        assertThat(List.of(rising.low(), rising.high())).containsOnly(1.3);
        assertThatThrownBy(() -> new LearningCurve(samples, new double[] {1, 2, 3, 0}))
                .hasMessageContaining("got 0.0");
    }

    @Test
    void repeatedInputsShowTheNoise() {
        Design x = Design.of(
                DoubleMatrix.column(1, 2, 1, 0.0, -0.0, 5, 1),
                List.of(new Design.Group(new int[] {0, 0, 0, 1, 1, -1, 1}, 2)));
        Repeats repeats = Repeats.of(x, DoubleMatrix.column(1, 9, 3, 4, 4, 9, 9));
        assertThat(repeats).isEqualTo(new Repeats(4, 2, 1.0));
        assertThat(Repeats.of(Design.of(DoubleMatrix.column(1, 2)), DoubleMatrix.column(0, 0))
                        .noise())
                .isNaN();
    }
}

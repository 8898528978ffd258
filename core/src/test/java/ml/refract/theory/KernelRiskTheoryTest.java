package ml.refract.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** Closed forms of the eigenframework. */
class KernelRiskTheoryTest {
    private static final Spectrum HARMONIC = Spectrum.of(1, 1 / 2.0, 1 / 3.0, 1 / 4.0);

    /** T1: numbers of an independent solver. */
    @Test
    void fourModesWithoutRidge() {
        KernelRiskTheory theory = KernelRiskTheory.of(HARMONIC, 2, 0);
        assertThat(theory.kappa()).isCloseTo(.4493503455, within(1e-10));
        assertThat(theory.overfitting()).isCloseTo(2.1335712500, within(1e-10));
        assertThat(theory.trainError(new double[] {1, 2, 3, 4}, 1)).isZero();
    }

    /** T2. */
    @Test
    void fourModesWithRidge() {
        KernelRiskTheory theory = KernelRiskTheory.of(HARMONIC, 2, 0.1);
        double[] energy = {1, 0, 0, 0};
        assertThat(theory.kappa()).isCloseTo(.5465589637, within(1e-10));
        assertThat(theory.overfitting()).isCloseTo(1.7991363186, within(1e-10));
        assertThat(theory.testError(energy, 0.5)).isCloseTo(1.1242692333, within(1e-10));
        assertThat(theory.trainError(energy, 0.5)).isCloseTo(.0094088445, within(1e-10));
        assertThat(theory.taskLearnability(energy)).isCloseTo(1 / 1.5465589637, within(1e-10));
        assertThat(theory.samples()).isEqualTo(2);
    }

    /** T5: the sum over 1 / (1 + kappa i^2) is known by the hyperbolic cotangent. */
    @Test
    void inverseSquares() {
        Spectrum squares = Spectrum.powerLaw(2);
        for (int n : new int[] {10, 100, 1000}) {
            KernelRiskTheory theory = KernelRiskTheory.of(squares, n, 0);
            double argument = Math.PI / Math.sqrt(theory.kappa());
            assertThat(argument / Math.tanh(argument)).isCloseTo(2 * n + 1, Percentage.withPercentage(1e-3));
            assertThat(theory.overfitting()).isCloseTo(4.0 * n / (2 * n + 1), within(1e-4));
        }
        assertThat(KernelRiskTheory.of(squares, 10, 0).kappa()).isCloseTo(.02238006, within(1e-7));
        assertThat(squares.trace()).isCloseTo(Math.PI * Math.PI / 6, within(1e-8));
        // With a ridge fitted noise is harmless in the end.
        assertThat(KernelRiskTheory.of(squares, 10, 1).overfitting()).isCloseTo(1.177, within(5e-4));
        assertThat(KernelRiskTheory.of(squares, 1000, 1).overfitting()).isCloseTo(1.024, within(5e-4));
    }

    /** T6: sums as integrals from 1/2 on, which miss 1e-5 of them. */
    @Test
    void exponentialSpectra() {
        double a = 0.05;
        Spectrum spectrum = Spectrum.exponential(a);
        for (int n : new int[] {50, 100, 200}) {
            assertThat(KernelRiskTheory.of(spectrum, n, 0).overfitting())
                    .isCloseTo(a * n / (1 - Math.exp(-a * n)), within(1e-4));
        }
    }

    /** T7: isotropic features are least squares with Gaussian features. */
    @Test
    void isotropicFeatures() {
        Spectrum spectrum = Spectrum.of(new double[] {1}, new double[] {300});
        KernelRiskTheory theory = KernelRiskTheory.of(spectrum, 100, 0);
        assertThat(theory.kappa()).isCloseTo(2, within(1e-12));
        assertThat(theory.learnability(0)).isCloseTo(1 / 3.0, within(1e-12));
        assertThat(theory.testError(new double[] {4}, 0.5))
                .isCloseTo((1 - 1 / 3.0) * 4 + 0.5 * 300 / 200, within(1e-11));
        // Fewer features than rows: n / (n - p), and residuals smaller by (n - p) / n twice.
        KernelRiskTheory classical = KernelRiskTheory.of(spectrum, 400, 0);
        assertThat(classical.kappa()).isZero();
        assertThat(classical.testError(new double[] {4}, 0.5)).isCloseTo(0.5 * 4, within(1e-12));
        assertThat(classical.trainError(new double[] {4}, 0.5)).isCloseTo(0.5 / 4, within(1e-12));
        assertThat(KernelRiskTheory.of(spectrum, 300, 0).overfitting()).isInfinite();
    }

    @Test
    void multiplicitiesCountModes() {
        KernelRiskTheory together = KernelRiskTheory.of(Spectrum.of(new double[] {2, 1}, new double[] {1, 3}), 2, 0.3);
        KernelRiskTheory apart = KernelRiskTheory.of(Spectrum.of(2, 1, 1, 1), 2, 0.3);
        assertThat(together.kappa()).isCloseTo(apart.kappa(), within(1e-14));
        assertThat(together.testError(new double[] {1, 6}, 0.1))
                .isCloseTo(apart.testError(new double[] {1, 1, 2, 3}, 0.1), within(1e-13));
    }

    @Test
    void tinyEigenvaluesAndRidgesAreNoTrouble() {
        KernelRiskTheory theory = KernelRiskTheory.of(Spectrum.of(1e-200, 1e-250, 1e-300), 2, 0);
        assertThat(theory.kappa()).isPositive().isLessThan(1e-250);
        assertThat(KernelRiskTheory.of(HARMONIC, 2, 1e-300).kappa()).isCloseTo(.4493503455, within(1e-10));
        assertThat(KernelRiskTheory.of(HARMONIC, 2, 1e12).testError(new double[] {1, 0, 0, 0}, 0))
                .isCloseTo(1, within(1e-9));
    }

    @Test
    void regimes() {
        Overfitting tempered = Overfitting.of(Spectrum.powerLaw(2), 100, 200, 400);
        assertThat(tempered.regime()).contains(Overfitting.Regime.TEMPERED);
        assertThat(tempered.last()).isCloseTo(2, within(0.01));
        Overfitting catastrophic = Overfitting.of(Spectrum.exponential(0.05), 100, 200, 400);
        assertThat(catastrophic.regime()).contains(Overfitting.Regime.CATASTROPHIC);
        assertThat(catastrophic.trend()).isCloseTo(1, within(0.01));
        // A tail of many equal small modes acts as a ridge.
        double[] values = {1, 0.1, 0.01};
        double[] counts = {10, 100, 1e6};
        assertThat(Overfitting.of(Spectrum.of(values, counts), 200, 400, 800).regime())
                .contains(Overfitting.Regime.BENIGN);
        assertThat(Overfitting.of(HARMONIC, 1, 3).regime()).isEmpty();
    }

    @Test
    void wrongNumbersAreNamed() {
        assertThatThrownBy(() -> Spectrum.of(1, -1)).hasMessageContaining("The eigenvalue 1 is -1.0");
        assertThatThrownBy(() -> Spectrum.of(new double[2], new double[3])).hasMessageContaining("2 eigenvalues and 3");
        assertThatThrownBy(() -> Spectrum.powerLaw(1)).hasMessageContaining("got 1.0");
        assertThatThrownBy(() -> Spectrum.exponential(0)).hasMessageContaining("got 0.0");
        assertThatThrownBy(() -> KernelRiskTheory.of(HARMONIC, 0, 0)).hasMessageContaining("got 0.0");
        assertThatThrownBy(() -> KernelRiskTheory.of(HARMONIC, 1, -1)).hasMessageContaining("got -1.0");
        assertThatThrownBy(() -> KernelRiskTheory.of(Spectrum.of(0, 0), 1, 0)).hasMessageContaining("above 0");
        assertThatThrownBy(() -> KernelRiskTheory.of(HARMONIC, 1, 0).testError(new double[3], 0))
                .hasMessageContaining("3 coefficients");
        assertThatThrownBy(() -> Overfitting.of(HARMONIC, 1.0)).hasMessageContaining("at least two");
    }
}

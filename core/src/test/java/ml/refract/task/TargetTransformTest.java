package ml.refract.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import ml.refract.task.TargetTransform.Kind;
import ml.refract.testing.TestData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TargetTransformTest {
    /** Skewed targets above 0. */
    private static double[] lognormal(int n, double deviation, long seed) {
        return Arrays.stream(TestData.seeded(seed).gaussians(n))
                .map(g -> Math.exp(2 + deviation * g))
                .toArray();
    }

    private static TargetTransform fitted(Kind kind, double[] y) {
        return kind.fit(y).orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void theWayBackLeadsBackWithinTheTargetsAndBeyond(Kind kind) {
        double[] y = lognormal(1_000, 0.8, 1);
        TargetTransform transform = fitted(kind, y);
        double largest = Arrays.stream(y).max().orElseThrow();
        double[] others = {-3 * largest, -1, 0, 1e-3, 3 * largest};
        for (double target : concatenated(y, others)) {
            assertThat(transform.inverse(transform.forward(target)))
                    .isCloseTo(target, within(1e-10 * (largest + Math.abs(target))));
        }
        double[] sorted = Arrays.stream(concatenated(y, others)).sorted().toArray();
        double[] learned = transform.forward(sorted);
        for (int i = 1; i < learned.length; i++) {
            assertThat(learned[i]).isGreaterThan(learned[i - 1]);
        }
    }

    private static double[] concatenated(double[] a, double[] b) {
        double[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatIsLearnedIsStandardised(Kind kind) {
        double[] y = lognormal(700, 0.8, 2);
        double[] learned = fitted(kind, y).forward(y);
        assertThat(Arrays.stream(learned).average().orElseThrow()).isCloseTo(0, within(1e-11));
        assertThat(Arrays.stream(learned).map(z -> z * z).average().orElseThrow())
                .isCloseTo(1, within(1e-11));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void theSlopeIsTheDerivativeOfTheWayBack(Kind kind) {
        double[] y = lognormal(1_000, 0.8, 3);
        TargetTransform transform = fitted(kind, y);
        TargetScale smeared = TargetScale.of(y, transform).withErrors(new double[] {-0.3137, 0.1241, 0.4157});
        double step = 1e-6;
        for (double z = -6.00007; z < 6; z += 0.37) {
            double plain = (transform.inverse(z + step) - transform.inverse(z - step)) / (2 * step);
            assertThat(transform.slope(z)).as("at %s", z).isPositive().isCloseTo(plain, within(1e-6 * (1 + plain)));
            double mean = (smeared.read(z + step) - smeared.read(z - step)) / (2 * step);
            assertThat(smeared.slope(z)).as("mean at %s", z).isCloseTo(mean, within(1e-6 * (1 + mean)));
        }
    }

    /** Far outputs grow by no more than the distance from the median to the end of the targets for each step to that end. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void noOutputIsReadAsAnInfiniteNumber(Kind kind) {
        double[] y = lognormal(1_000, 2, 4);
        TargetTransform transform = fitted(kind, y);
        double[] sorted = Arrays.stream(y).sorted().toArray();
        double largest = sorted[sorted.length - 1];
        double median = sorted[sorted.length / 2];
        double chord = (largest - median) / (transform.forward(largest) - transform.forward(median));
        double beyond = 1e6;
        assertThat(transform.inverse(transform.forward(largest) + beyond))
                .isFinite()
                .isBetween(largest, largest + 1.0001 * chord * beyond);
        assertThat(transform.inverse(-beyond)).isFinite();
        assertThat(transform.inverse(Double.NaN)).isNaN();
    }

    /** The exact powers are from SciPy 1.x: scipy.stats.yeojohnson of the standardised numbers. */
    @Test
    void thePowerIsThatOfSciPy() {
        double[] y = {0.3, 1.2, 0.7, 5.5, 2.2, 0.9, 14.0, 3.1, 1.8, 0.4, 7.7, 2.9};
        assertThat(power(y)).isCloseTo(-0.5911537, within(1e-5));
    }

    /** The likelihood of the formulas as the paper has them, on a grid. */
    @Test
    void thePowerIsTheLikeliest() {
        double[] y = TestData.seeded(5).gaussians(400);
        Arrays.setAll(y, i -> 7 + Math.pow(y[i] + 4, 3));
        StandardTargets plain = StandardTargets.of(y);
        double[] u = plain.forward(y);
        double best = 0;
        double most = Double.NEGATIVE_INFINITY;
        for (double lambda = -1.995; lambda < 4; lambda += 0.01) {
            double[] t = new double[u.length];
            double logs = 0;
            for (int i = 0; i < u.length; i++) {
                t[i] = u[i] >= 0
                        ? (Math.pow(u[i] + 1, lambda) - 1) / lambda
                        : -(Math.pow(1 - u[i], 2 - lambda) - 1) / (2 - lambda);
                logs += Math.signum(u[i]) * Math.log(Math.abs(u[i]) + 1);
            }
            double likelihood = -u.length * Math.log(StandardTargets.of(t).deviation()) + (lambda - 1) * logs;
            if (likelihood > most) {
                most = likelihood;
                best = lambda;
            }
        }
        assertThat(power(y)).isCloseTo(best, within(0.0051));
        assertThat(power(Arrays.stream(y).map(v -> -v).toArray()))
                .as("of the mirror image")
                .isCloseTo(2 - power(y), within(2e-5));
    }

    private static double power(double[] y) {
        CurvedTargets curved = (CurvedTargets) fitted(Kind.YEO_JOHNSON, y);
        return ((TargetCurve.YeoJohnson) curved.curve()).lambda();
    }

    @Test
    void powersZeroAndTwoAreLogarithms() {
        TargetCurve zero = new TargetCurve.YeoJohnson(1, 2, 0);
        assertThat(zero.value(1 + 2 * 3)).isCloseTo(Math.log(4), within(1e-15));
        TargetCurve two = new TargetCurve.YeoJohnson(1, 2, 2);
        assertThat(two.value(1 - 2 * 3)).isCloseTo(-Math.log(4), within(1e-15));
        for (TargetCurve curve : new TargetCurve[] {zero, two, new TargetCurve.YeoJohnson(1, 2, 1e-9)}) {
            for (double y : new double[] {-9, -0.5, 1, 1.5, 30}) {
                assertThat(curve.inverse(curve.value(y))).isCloseTo(y, within(1e-13 * (1 + Math.abs(y))));
            }
        }
        assertThat(new TargetCurve.YeoJohnson(1, 2, 1).value(8.5)).isCloseTo(3.75, within(1e-14));
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"IDENTITY", "YEO_JOHNSON"})
    void unitsDoNotMatter(Kind kind) {
        double[] y = lognormal(300, 0.7, 6);
        double[] other = Arrays.stream(y).map(v -> 5e6 + 2e5 * v).toArray();
        double[] learned = fitted(kind, y).forward(y);
        double[] learnedToo = fitted(kind, other).forward(other);
        for (int i = 0; i < y.length; i++) {
            assertThat(learnedToo[i]).isCloseTo(learned[i], within(1e-4));
        }
    }

    @Test
    void whatCannotBeTransformedIsNot() {
        double[] constant = {7.25, 7.25, 7.25};
        assertThat(Kind.LOG.fit(constant)).isEmpty();
        assertThat(Kind.YEO_JOHNSON.fit(constant)).isEmpty();
        TargetTransform plain = fitted(Kind.IDENTITY, constant);
        assertThat(plain.forward(7.25)).isZero();
        assertThat(plain.inverse(0)).isEqualTo(7.25);
        assertThat(Kind.LOG.fit(new double[] {3, 0, 5})).isEmpty();
        assertThat(Kind.LOG.fit(new double[] {3, -1, 5})).isEmpty();
        assertThat(Kind.LOG.fit(new double[] {3, 1, 5})).isPresent();
    }

    /** Of a logarithm with errors s g the mean is exp(f + s^2 / 2). */
    @Test
    void theMeanOfALognormalIsReadFromItsErrors() {
        double s = 0.6;
        double[] y = lognormal(4_000, 1.5, 8);
        TargetTransform log = fitted(Kind.LOG, y);
        CurvedTargets curved = (CurvedTargets) log;
        double[] errors = Arrays.stream(TestData.seeded(9).gaussians(20_000))
                .map(g -> s * g / curved.deviation())
                .toArray();
        TargetScale scale = TargetScale.of(y, log).withErrors(errors);
        assertThat(scale.errors()).hasSize(50);
        double output = 0.3;
        double median = log.inverse(output);
        double mean = median * Math.exp(s * s / 2);
        // Deviation of the mean of 20,000 draws, and what 50 groups lose of the convexity: below half a percent.
        double error = mean * Math.sqrt(Math.expm1(s * s) / 20_000);
        assertThat(scale.read(output)).isCloseTo(mean, within(4 * error + 0.005 * mean));
        assertThat(TargetScale.of(y, log).read(output)).isEqualTo(median);
    }

    @Test
    void fewErrorsAreKeptAndStandardisedTargetsNeedNone() {
        double[] y = {1, 2, 4};
        assertThat(TargetScale.of(y, fitted(Kind.LOG, y))
                        .withErrors(new double[] {0.3, -0.2})
                        .errors())
                .containsExactly(-0.2, 0.3);
        assertThat(TargetScale.of(y, fitted(Kind.IDENTITY, y))
                        .withErrors(new double[] {0.3, -0.2})
                        .errors())
                .isEmpty();
    }

    @Test
    void mostTargetsMayBeAtOneEnd() {
        double[] y = {0, 0, 0, 0, 0, 0, 1, 1, 5, 5};
        TargetTransform transform = fitted(Kind.YEO_JOHNSON, y);
        for (double target : new double[] {-2, 0, 1, 3, 5, 9}) {
            assertThat(transform.inverse(transform.forward(target))).isCloseTo(target, within(1e-12));
        }
    }

    @Test
    void kindsHaveNames() {
        for (Kind kind : Kind.values()) {
            assertThat(Kind.of(kind.id())).isEqualTo(kind);
        }
        assertThatThrownBy(() -> Kind.of("cube"))
                .hasMessage("There is no transform of a target 'cube'; there are identity, log and yeo-johnson");
    }
}

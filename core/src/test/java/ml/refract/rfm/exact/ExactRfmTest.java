package ml.refract.rfm.exact;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import ml.refract.engine.CancelledException;
import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.SymmetricEigen;
import ml.refract.rfm.FactUpdate;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExactRfmTest {
    private static final TestData DATA = TestData.seeded(1);
    private static final DoubleMatrix X = DATA.matrix(40, 5);
    private static final DoubleMatrix Y = DATA.matrix(40, 2);

    private final Execution execution = TestEngines.serial(TestEngines.SCALAR);

    private List<ExactRound> rounds(ExactOptions options) {
        List<ExactRound> rounds = new ArrayList<>();
        ExactFit fit = ExactRfm.fit(X, Y, options, rounds::add, execution);
        assertThat(fit.machine()).isSameAs(rounds.get(rounds.size() - 1).machine());
        assertThat(fit.updates()).isEqualTo(rounds.size() - 1);
        return rounds;
    }

    /** The pair (alpha, M) belongs together: predictions at the centers plus ridge times alpha are the targets. */
    @Test
    void everyMachineSolvesTheSystemOfItsMetric() {
        ExactOptions options = ExactOptions.of(ExactKernel.laplace(2), FeatureRule.agop(0.5))
                .withRidge(0.01)
                .withRounds(3);
        List<ExactRound> rounds = rounds(options);
        assertThat(rounds).hasSize(4);
        for (ExactRound round : rounds) {
            DoubleMatrix fitted = round.machine().predict(X, execution);
            for (int k = 0; k < Y.values().length; k++) {
                assertThat(fitted.values()[k]
                                + 0.01 * round.machine().coefficients().values()[k])
                        .isCloseTo(Y.values()[k], within(1e-11));
            }
            assertThat(round.ridge()).isEqualTo(0.01);
            assertThat(round.event()).isEmpty();
        }
    }

    @Test
    void theNextMetricIsThePowerOfTheMomentOfTheLastMachine() {
        for (double power : new double[] {0.5, 1, 2}) {
            for (boolean centred : new boolean[] {false, true}) {
                ExactOptions options = ExactOptions.of(ExactKernel.gaussian(2), new FeatureRule.Agop(centred, power))
                        .withRounds(1);
                List<ExactRound> rounds = rounds(options);
                DoubleMatrix moment = rounds.get(0).machine().agop(centred, execution);
                DoubleMatrix expected = SymmetricEigen.of(moment).map(value -> Math.pow(Math.max(0, value), power));
                assertClose(rounds.get(1).machine().metric(), expected, 1e-10, "power " + power);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(MetricScale.class)
    void metricsAreScaledAsAsked(MetricScale scale) {
        ExactOptions options =
                ExactOptions.of(ExactKernel.laplace(2), FeatureRule.agop(1)).withRounds(2);
        DoubleMatrix metric = rounds(options.withScale(scale)).get(2).machine().metric();
        double trace = 0;
        for (int s = 0; s < 5; s++) {
            trace += metric.get(s, s);
        }
        double[] values = metric.values();
        double size = switch (scale) {
            case NONE -> 1;
            case LARGEST_ENTRY -> Arrays.stream(values).max().orElseThrow();
            case TRACE -> trace / 5;
            case FROBENIUS ->
                Math.sqrt(Arrays.stream(values).map(value -> value * value).sum());
        };
        assertThat(size).isCloseTo(1, within(1e-12));
    }

    /** Ridgeless quadratic machines do not see the scale of the metric: f and AGOP stay, and FACT goes with its inverse square. */
    @Test
    void scalesOfTheMetric() {
        DoubleMatrix few = X.select(new int[] {0, 1, 2, 3, 4, 5, 6, 7});
        DoubleMatrix targets = Y.select(new int[] {0, 1, 2, 3, 4, 5, 6, 7});
        DoubleMatrix metric = TestData.seeded(3).positiveDefinite(5);
        DoubleMatrix tripled = metric.copy();
        for (int k = 0; k < 25; k++) {
            tripled.values()[k] *= 3;
        }
        ExactOptions options =
                ExactOptions.of(ExactKernel.quadratic(), FeatureRule.agop(1)).withRounds(0);
        ExactMachine one = ExactRfm.fitFrom(metric, few, targets, options, round -> {}, execution)
                .machine();
        ExactMachine other = ExactRfm.fitFrom(tripled, few, targets, options, round -> {}, execution)
                .machine();
        assertClose(other.predict(X, execution), one.predict(X, execution), 1e-9, "predictions");
        assertClose(other.agop(X, false, execution), one.agop(X, false, execution), 1e-9, "AGOP");
        DoubleMatrix fact = other.fact(execution);
        for (int k = 0; k < 25; k++) {
            fact.values()[k] *= 9;
        }
        assertClose(fact, one.fact(execution), 1e-9, "FACT");
    }

    /** FACT by its update from the machine before, and the fixed point that geometric updates run into. */
    @Test
    void factRunsIntoItsFixedPoint() {
        DoubleMatrix targets = DoubleMatrix.zeros(40, 1);
        for (int i = 0; i < 40; i++) {
            targets.set(i, 0, X.get(i, 0) * X.get(i, 1));
        }
        ExactOptions options = ExactOptions.of(ExactKernel.quadratic(), FeatureRule.fact(FactUpdate.GEOMETRIC))
                .withRidge(1e-9)
                .withRounds(60);
        ExactMachine machine =
                ExactRfm.fit(X, targets, options, round -> {}, execution).machine();
        DoubleMatrix metric = machine.metric();
        double scale = metric.get(0, 0);
        assertThat(scale).isPositive();
        assertClose(machine.fact(execution), metric, 1e-3 * scale, "F = M");
        assertThat(metric.get(0, 0) + metric.get(1, 1))
                .isGreaterThan(0.999 * (metric.get(0, 0) + metric.get(1, 1) + metric.get(2, 2) + metric.get(3, 3)));
    }

    @Test
    void aSingularSystemIsSolvedWithAReportedRidge() {
        DoubleMatrix twice = X.select(new int[] {0, 0, 1, 2});
        DoubleMatrix targets = DoubleMatrix.column(1, 0, 2, 3);
        ExactOptions options =
                ExactOptions.of(ExactKernel.gaussian(1), FeatureRule.agop(1)).withRounds(0);
        List<ExactRound> rounds = new ArrayList<>();
        ExactFit fit = ExactRfm.fit(twice, targets, options, rounds::add, execution);
        assertThat(fit.events()).hasSize(1);
        assertThat(fit.events().get(0))
                .startsWith(
                        "round 0: the kernel matrix is singular to working precision with ridge 0.0; it was solved with ");
        assertThat(rounds.get(0).ridge()).isEqualTo(1e-10);
        assertThat(fit.machine().predict(twice, execution).get(0, 0)).isCloseTo(0.5, within(1e-4));
    }

    @Test
    void withoutAGradientThereIsNoNextMetric() {
        List<ExactRound> rounds = new ArrayList<>();
        ExactFit fit = ExactRfm.fit(
                X,
                DoubleMatrix.zeros(40, 1),
                ExactOptions.of(ExactKernel.laplace(1), FeatureRule.agop(1)),
                rounds::add,
                execution);
        assertThat(rounds).hasSize(1);
        assertThat(fit.updates()).isZero();
        assertThat(fit.events())
                .containsExactly("round 0: the moment is zero or not finite, so no metric can be learned from it");
    }

    @Test
    void cancellationEndsTheLoop() {
        AtomicInteger seen = new AtomicInteger();
        try (Execution cancelled = Execution.builder()
                .threads(1)
                .cancelledWhen(() -> seen.get() == 2)
                .build()) {
            ExactOptions options = ExactOptions.of(ExactKernel.laplace(1), FeatureRule.agop(1));
            assertThatThrownBy(() -> ExactRfm.fit(X, Y, options, round -> seen.incrementAndGet(), cancelled))
                    .isInstanceOf(CancelledException.class);
        }
        assertThat(seen).hasValue(2);
    }

    @Test
    void badInputIsRefused() {
        ExactOptions options = ExactOptions.of(ExactKernel.laplace(1), FeatureRule.agop(1));
        assertThatThrownBy(() -> ExactRfm.fit(X, DoubleMatrix.zeros(3, 1), options, round -> {}, execution))
                .hasMessage(
                        "There are 40 rows of inputs and a 3 x 1 matrix of targets; both need the same number of rows, "
                                + "at least one");
        assertThatThrownBy(() -> options.withRidge(-1).withRounds(-1))
                .hasMessage("Invalid options: ridge must be between 0 and 1e9, got -1.0");
        assertThatThrownBy(() -> FeatureRule.agop(0))
                .hasMessage("The power of a moment must be above 0 and at most 4, got 0.0");
    }
}

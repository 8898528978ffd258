package ml.refract.rfm.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import ml.refract.engine.CancelledException;
import ml.refract.engine.Execution;
import org.junit.jupiter.api.Test;

/** Completion of large matrices: what it recovers, when it stops, what it does with poor data. */
class CompletionTest {
    private static final CompletionOptions PLAIN =
            CompletionOptions.defaults().toBuilder().centred(false).build();

    private static CompletionFit fit(Entries entries, CompletionOptions options) {
        try (Execution execution = Execution.builder().threads(2).build()) {
            return Completion.fit(entries, options, execution);
        }
    }

    /** The setting of the authors' script: 4 % of the entries, twice the degrees of freedom. */
    @Test
    void recoversAMatrixFromTwiceItsDegreesOfFreedom() {
        LowRank matrix = LowRank.draw(500, 500, 5, 10_000, 0, 6);
        CompletionFit fit = fit(matrix.entries(), PLAIN);
        assertThat(fit.stop()).isEqualTo(CompletionFit.Stop.CONVERGED);
        assertThat(fit.heldOutError()).isLessThan(1e-4);
        assertThat(fit.baselineError()).isCloseTo(1, within(0.15));
        assertThat(matrix.error(fit.model())).isLessThan(1e-6);
        assertThat(fit.model().rank()).isBetween(5, 8);
    }

    @Test
    void flatAndTallMatricesAreAlike() {
        for (int[] shape : new int[][] {{300, 60}, {60, 300}}) {
            LowRank matrix = LowRank.draw(shape[0], shape[1], 2, 3_000, 0, 3);
            assertThat(matrix.error(fit(matrix.entries(), PLAIN).model())).isLessThan(1e-6);
        }
    }

    /** The best estimate of a rank-r matrix has an error of about noise^2 dof / entries; held-out entries find it nearly. */
    @Test
    void noiseIsNotFitted() {
        LowRank matrix = LowRank.draw(200, 200, 2, 12_000, 0.5, 1);
        CompletionFit fit = fit(matrix.entries(), PLAIN);
        double oracle = 0.25 * 2 * (200 + 200 - 2) / 12_000;
        assertThat(fit.stop()).isEqualTo(CompletionFit.Stop.NO_IMPROVEMENT);
        assertThat(matrix.error(fit.model())).isLessThan(2.5 * oracle);
        assertThat(fit.heldOutError()).isCloseTo(0.5, within(0.05));
        CompletionSweep last = fit.sweeps().get(fit.sweeps().size() - 1);
        assertThat(last.heldOutError()).isGreaterThan(fit.heldOutError());
        assertThat(fit.sweeps().get(fit.bestSweep()).heldOutError()).isEqualTo(fit.heldOutError());
    }

    @Test
    void unitsAndOffsetsDoNotMatter() {
        LowRank matrix = LowRank.draw(80, 70, 1, 2_000, 0.1, 2);
        Entries entries = matrix.entries();
        int m = entries.size();
        int[] row = new int[m];
        int[] col = new int[m];
        double[] value = new double[m];
        for (int e = 0; e < m; e++) {
            row[e] = entries.row(e);
            col[e] = entries.col(e);
            value[e] = 1e6 + 1024 * entries.value(e);
        }
        CompletionFit fit = fit(entries, CompletionOptions.defaults());
        CompletionFit moved = fit(Entries.of(80, 70, row, col, value), CompletionOptions.defaults());
        assertThat(moved.heldOutError()).isCloseTo(1024 * fit.heldOutError(), within(1e-3));
        assertThat(moved.model().predict(3, 4))
                .isCloseTo(1e6 + 1024 * fit.model().predict(3, 4), within(1e-2));
    }

    @Test
    void anyNumberOfThreadsGivesTheSameBits() {
        LowRank matrix = LowRank.draw(150, 1_100, 3, 20_000, 0.2, 5);
        CompletionOptions options = PLAIN.toBuilder().sweeps(12).build();
        List<CompletionModel> models = new ArrayList<>();
        for (int threads : new int[] {1, 2, 5}) {
            try (Execution execution = Execution.builder().threads(threads).build()) {
                models.add(Completion.fit(matrix.entries(), options, execution).model());
            }
        }
        assertThat(models.get(1)).isEqualTo(models.get(0));
        assertThat(models.get(2)).isEqualTo(models.get(0));
    }

    @Test
    void theSeedChoosesTheEntriesHeldOut() {
        Entries entries = LowRank.draw(60, 60, 1, 1_000, 0.3, 5).entries();
        CompletionOptions options = PLAIN.toBuilder().sweeps(5).build();
        assertThat(fit(entries, options).heldOutEntries()).isEqualTo(50);
        assertThat(fit(entries, options.toBuilder().seed(1).build()).baselineError())
                .isNotEqualTo(fit(entries, options).baselineError());
    }

    @Test
    void withoutEntriesHeldOutTheLastSweepIsKept() {
        Entries entries = LowRank.draw(60, 60, 1, 1_000, 0.3, 5).entries();
        CompletionFit fit = fit(entries, PLAIN.toBuilder().heldOut(0).sweeps(30).build());
        assertThat(fit.stop()).isEqualTo(CompletionFit.Stop.COMPLETED);
        assertThat(fit.sweeps()).hasSize(30);
        assertThat(fit.bestSweep()).isEqualTo(29);
        assertThat(fit.heldOutEntries()).isZero();
        assertThat(fit.heldOutError()).isNaN();
        assertThat(fit.sweeps().get(29).trainError())
                .isLessThan(fit.sweeps().get(0).trainError());
    }

    @Test
    void rowsWithoutEntriesGetTheCentre() {
        Entries entries =
                Entries.of(4, 3, new int[] {0, 0, 1, 1, 3}, new int[] {0, 1, 0, 1, 1}, new double[] {1, 2, 3, 4, 5});
        CompletionOptions options =
                CompletionOptions.defaults().toBuilder().heldOut(0).build();
        CompletionModel model = fit(entries, options).model();
        assertThat(model.predict(2, 0)).isEqualTo(3);
        assertThat(model.predict(0, 2)).isEqualTo(3);
        assertThat(fit(entries, options.toBuilder().centred(false).build())
                        .model()
                        .predict(2, 1))
                .isZero();
    }

    @Test
    void equalValuesNeedNoSweep() {
        Entries entries = Entries.of(3, 3, new int[] {0, 1, 2}, new int[] {0, 1, 2}, new double[] {7, 7, 7});
        CompletionFit fit = fit(entries, CompletionOptions.defaults());
        assertThat(fit.sweeps()).isEmpty();
        assertThat(fit.heldOutError()).isZero();
        assertThat(fit.model().predict(0, 2)).isEqualTo(7);
        assertThat(fit.model().rank()).isZero();
    }

    @Test
    void entriesAreChecked() {
        assertThatThrownBy(() -> Entries.of(2, 2, new int[] {0, 1, 0}, new int[] {1, 1, 1}, new double[] {1, 2, 3}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Entries 0 and 2 are both at (0, 1); a position may be given once");
        assertThatThrownBy(() -> Entries.of(2, 2, new int[] {0}, new int[] {1}, new double[] {Double.NaN}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Entry 0 is NaN at (0, 1); wanted a finite number within 2 x 2");
        assertThatThrownBy(() -> Entries.of(2, 2, new int[] {2}, new int[] {1}, new double[] {1}))
                .hasMessage("Entry 0 is 1.0 at (2, 1); wanted a finite number within 2 x 2");
        assertThatThrownBy(() -> Entries.of(2, 2, new int[0], new int[0], new double[0]))
                .hasMessageContaining("at least one");
        Entries sorted = Entries.of(2, 3, new int[] {1, 0, 1, 0}, new int[] {2, 1, 0, 0}, new double[] {12, 1, 10, 0});
        for (int e = 0; e < 4; e++) {
            assertThat(sorted.value(e)).isEqualTo(10 * sorted.row(e) + sorted.col(e));
        }
        assertThat(sorted.select(new int[] {1, 3}).value(1)).isEqualTo(12);
    }

    @Test
    void optionsAreCheckedTogether() {
        assertThatThrownBy(() ->
                        PLAIN.toBuilder().power(0).rank(0).decay(1).heldOut(0.7).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Invalid options: power must be above 0 and at most 4, got 0.0; rank must be between 1 and 500, "
                                + "got 0; decay must be at least 0.5 and below 1, got 1.0; heldOut must be between 0 and 0.5, got 0.7");
        Entries one = Entries.of(1, 1, new int[1], new int[1], new double[] {2});
        assertThatThrownBy(() -> fit(one, PLAIN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "There is 1 entry, of which 1 would be held out and none learned from. Give more, or hold out none");
    }

    /** The matrix after k sweeps is what k sweeps alone give, whether a limit or a cancellation ended them. */
    @Test
    void endingEarlyKeepsTheBestSweepSoFar() {
        Entries entries = LowRank.draw(100, 100, 2, 3_000, 0, 5).entries();
        CompletionFit three = fit(entries, PLAIN.toBuilder().sweeps(3).build());
        AtomicInteger ticks = new AtomicInteger();
        try (Execution execution = Execution.builder()
                .threads(1)
                .ticker(() -> 1_000_000_000L * ticks.getAndIncrement())
                .timeLimitSeconds(1e-3)
                .build()) {
            CompletionFit limited = Completion.fit(entries, PLAIN, execution);
            assertThat(limited.stop()).isEqualTo(CompletionFit.Stop.TIME_LIMIT);
            assertThat(limited.sweeps()).containsExactly(three.sweeps().get(0));
        }
        AtomicInteger reports = new AtomicInteger();
        try (Execution execution = Execution.builder()
                .threads(1)
                .progress((activity, fraction) -> reports.incrementAndGet())
                .cancelledWhen(() -> reports.get() == 3)
                .build()) {
            CompletionFit cancelled = Completion.fit(entries, PLAIN, execution);
            assertThat(cancelled.stop()).isEqualTo(CompletionFit.Stop.CANCELLED);
            assertThat(cancelled.sweeps()).isEqualTo(three.sweeps());
            assertThat(cancelled.heldOutError()).isEqualTo(three.heldOutError());
        }
        try (Execution execution =
                Execution.builder().threads(1).cancelledWhen(() -> true).build()) {
            assertThatThrownBy(() -> Completion.fit(entries, PLAIN, execution)).isInstanceOf(CancelledException.class);
        }
    }
}

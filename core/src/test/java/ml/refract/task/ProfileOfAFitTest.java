package ml.refract.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import ml.refract.engine.Execution;
import ml.refract.engine.Phase;
import ml.refract.engine.Profile;
import ml.refract.explain.FeatureMoment;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.rfm.RfmOptions;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import ml.refract.xrfm.XrfmOptions;
import org.junit.jupiter.api.Test;

/** The phases a fit goes through, under a clock that goes on by one nanosecond whenever it is looked at. */
class ProfileOfAFitTest {
    private static final int ROUNDS = 3;

    private final AtomicLong clock = new AtomicLong();
    private final Profile profile = new Profile();
    private final Execution execution = Execution.builder()
            .engine(TestEngines.VECTOR)
            .threads(2)
            .ticker(clock::incrementAndGet)
            .profile(profile)
            .build();

    private static Regressor.Data data(int rows) {
        Matrix x = TestData.seeded(1).floats(rows, 4);
        double[] y = new double[rows];
        Arrays.setAll(y, i -> x.get(i, 0) * x.get(i, 1) + Math.sin(x.get(i, 2)));
        return new Regressor.Data(Design.of(x), DoubleMatrix.column(y));
    }

    private static TaskOptions options(int leafRows) {
        RfmOptions leaf = RfmOptions.defaults().toBuilder()
                .iterations(ROUNDS)
                .metricTolerance(0)
                .adaptiveBandwidth(true)
                .build();
        return TaskOptions.of(XrfmOptions.defaults().toBuilder()
                .leaf(leaf)
                .maxLeafRows(leafRows)
                .build());
    }

    private static Map<Phase, Long> calls(List<Profile.Entry> entries) {
        Map<Phase, Long> calls = new TreeMap<>();
        entries.forEach(entry -> calls.put(entry.phase(), entry.calls()));
        return calls;
    }

    private static Profile.Entry entry(List<Profile.Entry> entries, Phase phase) {
        return entries.stream().filter(e -> e.phase() == phase).findFirst().orElseThrow();
    }

    private static void requirePartsWithin(double seconds, List<Profile.Entry> parts) {
        assertThat(parts.stream().mapToDouble(Profile.Entry::seconds).sum()).isLessThanOrEqualTo(seconds);
        parts.forEach(part -> requirePartsWithin(part.seconds(), part.parts()));
    }

    @Test
    void oneMachine() {
        int rows = 200;
        Fitted<Regressor> fitted = Regressor.fit(data(rows), options(1000), execution);
        List<Profile.Entry> entries = profile.entries();
        requirePartsWithin(execution.elapsedSeconds(), entries);
        assertThat(entries).extracting(Profile.Entry::phase).containsExactly(Phase.LEARNING, Phase.REFIT);

        List<Profile.Entry> learning = entry(entries, Phase.LEARNING).parts();
        Map<Phase, Long> calls = calls(learning);
        assertThat(calls)
                .containsEntry(Phase.MEMORY, 1L)
                .containsEntry(Phase.METRIC, ROUNDS + 1L)
                .containsEntry(Phase.MEDIAN_DISTANCE, ROUNDS + 1L)
                .containsEntry(Phase.PACKING, ROUNDS + 1L)
                .containsEntry(Phase.RIDGE, ROUNDS + 1L)
                .containsEntry(Phase.KERNEL, ROUNDS + 1L)
                .containsEntry(Phase.FACTORISATION, ROUNDS + 1L)
                .containsEntry(Phase.PREDICTION, ROUNDS + 1L)
                .containsEntry(Phase.MOMENT, (long) ROUNDS)
                .containsKey(Phase.REFINEMENT)
                .hasSize(10);
        double n = rows - fitted.heldOut().length;
        assertThat(entry(learning, Phase.KERNEL).work()).isEqualTo((ROUNDS + 1) * n * (n + 1) / 2);
        assertThat(entry(learning, Phase.FACTORISATION).work()).isEqualTo((ROUNDS + 1) * (n * n * n / 3));
        assertThat(entry(learning, Phase.PREDICTION).work()).isEqualTo((ROUNDS + 1) * n * (rows - n));
        assertThat(entry(learning, Phase.MOMENT).work()).isEqualTo(ROUNDS * n * n);

        assertThat(calls(entry(entries, Phase.REFIT).parts()))
                .containsEntry(Phase.KERNEL, 1L)
                .containsEntry(Phase.FACTORISATION, 1L)
                .doesNotContainKeys(Phase.PREDICTION, Phase.MOMENT);
    }

    @Test
    void aTreeOfMachines() {
        Fitted<Regressor> fitted = Regressor.fit(data(600), options(300), execution);
        long leaves = fitted.predictor().model().leaves();
        assertThat(leaves).isEqualTo(2);
        List<Profile.Entry> entries = profile.entries();
        requirePartsWithin(execution.elapsedSeconds(), entries);
        assertThat(entries)
                .extracting(Profile.Entry::phase)
                .containsExactly(Phase.SPLITTING, Phase.LEARNING, Phase.TEMPERATURE, Phase.REFIT);
        assertThat(calls(entries)).containsEntry(Phase.SPLITTING, leaves - 1).containsEntry(Phase.LEARNING, leaves);
        assertThat(calls(entry(entries, Phase.SPLITTING).parts()))
                .containsEntry(Phase.KERNEL, leaves - 1)
                .containsEntry(Phase.MOMENT, leaves - 1);
        assertThat(calls(entry(entries, Phase.LEARNING).parts())).containsEntry(Phase.KERNEL, leaves * (ROUNDS + 1));
        assertThat(calls(entry(entries, Phase.TEMPERATURE).parts())).containsEntry(Phase.PREDICTION, leaves);
        assertThat(calls(entry(entries, Phase.REFIT).parts())).containsEntry(Phase.KERNEL, leaves);

        FeatureMoment.of(fitted.predictor().model(), execution);
        Profile.Entry last = profile.entries().get(4);
        assertThat(last.phase()).isEqualTo(Phase.IMPORTANCES);
        assertThat(calls(last.parts())).containsEntry(Phase.MOMENT, leaves);
    }

    /** Leaves that few validation rows reach are solved a second time, which is a part of learning. */
    @Test
    void leavesThatBorrowRows() {
        Fitted<Regressor> fitted = Regressor.fit(data(500), Optional.of(data(10)), options(300), execution);
        assertThat(fitted.fit().leaves()).hasSize(2).allMatch(leaf -> leaf.borrowed() > 0);
        List<Profile.Entry> entries = profile.entries();
        assertThat(entries)
                .extracting(Profile.Entry::phase)
                .containsExactly(Phase.SPLITTING, Phase.LEARNING, Phase.TEMPERATURE);
        assertThat(calls(entry(entries, Phase.LEARNING).parts())).containsEntry(Phase.KERNEL, 2 * (ROUNDS + 2L));
    }
}

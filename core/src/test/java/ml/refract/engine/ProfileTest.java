package ml.refract.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import ml.refract.engine.scalar.ScalarEngine;
import org.junit.jupiter.api.Test;

class ProfileTest {
    private final AtomicLong clock = new AtomicLong();
    private final Profile profile = new Profile();
    private final Execution execution = Execution.builder()
            .engine(new ScalarEngine())
            .threads(2)
            .ticker(clock::get)
            .profile(profile)
            .build();

    private void spend(int seconds) {
        clock.addAndGet(seconds * 1_000_000_000L);
    }

    private void work(Execution on, Phase phase, int seconds, double amount) {
        try (Span span = on.begin(phase)) {
            span.covers(3, 4, amount);
            spend(seconds);
        }
    }

    @Test
    void nestedPhasesAreToldApartAndRepeatedOnesAddedUp() {
        work(execution, Phase.READING, 1, 5e6);
        for (int leaf = 0; leaf < 2; leaf++) {
            try (Span span = execution.begin(Phase.LEARNING)) {
                span.covers(1, 1, 0);
                spend(2);
                work(execution, Phase.FACTORISATION, 4, 8e9);
                work(execution.toTheEnd().withProgress(Progress.none()), Phase.KERNEL, 8, 1e9);
                work(execution, Phase.FACTORISATION, 1, 7e9);
            }
        }
        spend(100);
        work(execution, Phase.FACTORISATION, 16, 0);

        List<Profile.Entry> entries = profile.entries();
        assertThat(entries)
                .extracting(Profile.Entry::phase)
                .containsExactly(Phase.READING, Phase.LEARNING, Phase.FACTORISATION);
        Profile.Entry learning = entries.get(1);
        assertThat(learning.calls()).isEqualTo(2);
        assertThat(learning.seconds()).isCloseTo(30, within(1e-9));
        assertThat(learning.ownSeconds()).isCloseTo(4, within(1e-9));
        assertThat(learning.rate()).isNaN();
        Profile.Entry inside = learning.parts().get(0);
        assertThat(inside.phase()).isEqualTo(Phase.FACTORISATION);
        assertThat(inside.calls()).isEqualTo(4);
        assertThat(inside.seconds()).isCloseTo(10, within(1e-9));
        assertThat(inside.work()).isEqualTo(30e9);
        assertThat(inside.rate()).as("GFLOP/s").isCloseTo(3, within(1e-9));
        assertThat(learning.parts().get(1).rate()).as("ns an entry").isCloseTo(8, within(1e-9));
        assertThat(entries.get(0).rate()).as("MB/s").isCloseTo(5, within(1e-9));
        assertThat(entries.get(2).seconds()).isCloseTo(16, within(1e-9));
        assertThat(entries.get(2).rate()).as("of nothing counted").isNaN();
    }

    @Test
    void aPhaseThatFailsEndsToo() {
        assertThatThrownBy(() -> {
                    try (Span span = execution.begin(Phase.LEARNING)) {
                        span.covers(1, 1, 0);
                        spend(3);
                        throw new CancelledException("enough");
                    }
                })
                .isInstanceOf(CancelledException.class);
        work(execution, Phase.SCORING, 1, 0);
        assertThat(profile.entries()).extracting(Profile.Entry::phase).containsExactly(Phase.LEARNING, Phase.SCORING);
        assertThat(profile.entries().get(0).seconds()).isCloseTo(3, within(1e-9));
    }

    @Test
    void onlyPhasesThatHaveEndedCount() {
        try (Span span = execution.begin(Phase.LEARNING)) {
            span.covers(1, 1, 0);
            work(execution, Phase.KERNEL, 1, 0);
            assertThat(profile.entries()).isEmpty();
        }
        assertThat(profile.entries()).hasSize(1);
    }

    @Test
    void phasesOfOtherThreadsAreLeftOut() throws InterruptedException {
        Thread other = new Thread(() -> work(execution, Phase.PREDICTION, 5, 1));
        try (Span span = execution.begin(Phase.SCORING)) {
            span.covers(1, 1, 0);
            other.start();
            other.join();
        }
        assertThat(profile.entries()).hasSize(1);
        assertThat(profile.entries().get(0).parts()).isEmpty();
        assertThat(profile.entries().get(0).ownSeconds()).isCloseTo(5, within(1e-9));
    }

    @Test
    void withoutAProfileNothingIsKept() {
        try (Execution plain = Execution.builder().ticker(clock::get).build();
                Span first = plain.begin(Phase.KERNEL);
                Span second = Phases.unrecorded().begin(Phase.METRIC)) {
            first.covers(1, 1, 1);
            assertThat(second).isSameAs(first).isSameAs(Span.UNRECORDED);
        }
        assertThat(profile.entries()).isEmpty();
    }
}

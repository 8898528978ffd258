package ml.refract.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import ml.refract.engine.scalar.ScalarEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PhaseEventTest {
    private static final String FACTORISATION = "ml.refract.Factorisation";
    private static final String PREDICTION = "ml.refract.Prediction";

    @TempDir
    private Path folder;

    /** Two ticks to a span, one at each end: each lasts two seconds. */
    private final AtomicLong clock = new AtomicLong();

    private final Execution execution = Execution.builder()
            .engine(new ScalarEngine())
            .threads(1)
            .ticker(() -> clock.addAndGet(2_000_000_000L))
            .build();

    private void work(Phase phase) {
        work(execution, phase);
    }

    private static void work(Execution execution, Phase phase) {
        try (Span span = execution.begin(phase)) {
            span.covers(30, 40, 6e9);
        }
    }

    /** What Flight Recorder keeps of the library while work is done. */
    private List<RecordedEvent> record(Recording recording, Runnable work) throws IOException {
        recording.start();
        work.run();
        recording.stop();
        Path file = folder.resolve("phases.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("ml.refract."))
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void everyPhaseHasAnEventOfItsOwn(Phase phase) throws IOException {
        work(phase); // its class is loaded before anything is recorded
        try (Recording recording = new Recording()) {
            recording.enable(PREDICTION).withoutThreshold();
            List<RecordedEvent> events = record(recording, () -> work(phase));
            assertThat(events).hasSize(1);
            RecordedEvent event = events.get(0);
            assertThat(event.getEventType().getName().replace("ml.refract.", ""))
                    .isEqualToIgnoringCase(eventName(phase));
            assertThat(event.getEventType().getCategoryNames()).containsExactly("Refract");
            assertThat(event.getLong("rows")).isEqualTo(30);
            assertThat(event.getLong("columns")).isEqualTo(40);
            assertThat(event.getThread().getJavaName())
                    .isEqualTo(Thread.currentThread().getName());
            assertThat(event.getStackTrace()).isNull();
            requireWork(phase.measure(), event);
        }
    }

    private static String eventName(Phase phase) {
        return phase.name().replace("_", "");
    }

    private static void requireWork(Phase.Measure measure, RecordedEvent event) {
        switch (measure) {
            case NONE -> assertThat(event.getFields()).hasSize(6);
            case FLOPS -> {
                assertThat(event.getLong("flops")).isEqualTo(6_000_000_000L);
                assertThat(event.getDouble("gigaflopsPerSecond")).isCloseTo(3, within(1e-12));
            }
            case ENTRIES -> {
                assertThat(event.getLong("entries")).isEqualTo(6_000_000_000L);
                assertThat(event.getDouble("nanosecondsPerEntry")).isCloseTo(1.0 / 3, within(1e-12));
            }
            case BYTES -> {
                assertThat(event.getLong("bytes")).isEqualTo(6_000_000_000L);
                assertThat(event.getDouble("megabytesPerSecond")).isCloseTo(3000, within(1e-9));
            }
        }
    }

    @Test
    void onlyWhatIsEnabledIsRecorded() throws IOException {
        try (Recording recording = new Recording()) {
            recording.disable(FACTORISATION);
            assertThat(record(recording, () -> {
                        work(Phase.FACTORISATION);
                        work(Phase.METRIC);
                    }))
                    .extracting(event -> event.getEventType().getName())
                    .containsExactly("ml.refract.Metric");
        }
        assertThat(execution.begin(Phase.METRIC)).as("nobody records").isSameAs(Span.UNRECORDED);
    }

    @Test
    void shortPhasesCanBeLeftOut() throws IOException {
        try (Recording recording = new Recording()) {
            recording.enable(FACTORISATION).withThreshold(Duration.ofHours(1));
            assertThat(record(recording, () -> work(Phase.FACTORISATION))).isEmpty();
        }
    }

    @Test
    void aProfileIsKeptBesideIt() throws IOException {
        Profile profile = new Profile();
        try (Recording recording = new Recording();
                Execution both = Execution.builder()
                        .engine(new ScalarEngine())
                        .profile(profile)
                        .build()) {
            assertThat(record(recording, () -> work(both, Phase.METRIC))).hasSize(1);
        }
        assertThat(profile.entries()).hasSize(1);
    }
}

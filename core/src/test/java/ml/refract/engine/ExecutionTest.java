package ml.refract.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import ml.refract.engine.scalar.ScalarEngine;
import ml.refract.engine.vector.VectorEngine;
import org.junit.jupiter.api.Test;

class ExecutionTest {
    @Test
    void theBestEngineIsTakenUnlessOneIsNamed() {
        assertThat(Engines.choose("auto").engine()).isInstanceOf(VectorEngine.class);
        assertThat(Engines.choose("auto").reason()).isEqualTo("the fastest here");
        assertThat(Engines.choose("scalar").engine()).isInstanceOf(ScalarEngine.class);
        assertThat(Engines.choose("scalar").reason()).isEqualTo("asked for by name");
        assertThatThrownBy(() -> Engines.choose("gpu"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("There is no engine 'gpu'; there are auto, vector, scalar");
    }

    @Test
    void enginesSayWhatTheyAre() {
        assertThat(new ScalarEngine().name()).isEqualTo("scalar");
        assertThat(new ScalarEngine().description()).isEqualTo("scalar (float64, plain Java)");
        assertThat(new ScalarEngine().precision().bytes()).isEqualTo(8);
        assertThat(new VectorEngine().name()).isEqualTo("vector");
        assertThat(new VectorEngine().description()).matches("vector \\(float32, (4|8|16) lanes, JDK Vector API\\)");
        assertThat(new VectorEngine().precision().bytes()).isEqualTo(4);
    }

    @Test
    void timeIsThatOfTheTicker() {
        AtomicLong clock = new AtomicLong(5_000_000_000L);
        try (Execution execution =
                Execution.builder().ticker(clock::get).timeLimitSeconds(3).build()) {
            clock.addAndGet(2_000_000_000L);
            assertThat(execution.elapsedSeconds()).isEqualTo(2);
            assertThat(execution.remainingSeconds()).isEqualTo(1);
            clock.addAndGet(2_000_000_000L);
            assertThat(execution.remainingSeconds()).isEqualTo(-1);
        }
        try (Execution execution = Execution.singleThreaded()) {
            assertThat(execution.remainingSeconds()).isInfinite();
            assertThat(execution.workers().threads()).isEqualTo(1);
        }
        try (Execution execution = Execution.builder().timeLimitSeconds(1e300).build()) {
            assertThat(execution.remainingSeconds()).isInfinite();
        }
    }

    @Test
    void cancellingIsAskedEachTime() {
        boolean[] cancelled = {false};
        try (Execution execution =
                Execution.builder().cancelledWhen(() -> cancelled[0]).build()) {
            execution.requireNotCancelled();
            cancelled[0] = true;
            assertThat(execution.cancelled()).isTrue();
            assertThatThrownBy(execution::requireNotCancelled)
                    .isInstanceOf(CancelledException.class)
                    .hasMessage("The work was cancelled");
            assertThat(execution.toTheEnd().cancelled()).isFalse();
            assertThat(execution.toTheEnd().remainingSeconds()).isInfinite();
        }
    }

    @Test
    void progressCanBeReplacedAndDivided() {
        List<String> reports = new ArrayList<>();
        Progress all = (activity, fraction) -> reports.add(activity + " " + fraction);
        try (Execution execution = Execution.builder().threads(2).build()) {
            Execution other = execution.withProgress(all.part(0.5, 0.75));
            other.progress().report("half", 0);
            other.progress().report("done", 1);
            execution.progress().report("nowhere", 1);
            assertThat(other.workers()).isSameAs(execution.workers());
            assertThat(other.engine()).isSameAs(execution.engine());
        }
        assertThat(reports).containsExactly("half 0.5", "done 0.75");
    }

    @Test
    void aPartOfTheHeapIsLeftForTheProgram() {
        long heap = Runtime.getRuntime().maxMemory();
        assertThat(Execution.memoryBudgetWithin(1000)).isEqualTo(800);
        assertThat(Execution.memoryBudgetWithin(Long.MAX_VALUE)).isEqualTo((long) (0.8 * (heap - (16 << 20))));
        try (Execution execution = Execution.defaults()) {
            assertThat(execution.memoryBudget()).isEqualTo(Execution.memoryBudgetWithin(Long.MAX_VALUE));
        }
    }

    @Test
    void impossibleSettingsAreRefused() {
        assertThatThrownBy(() -> Execution.builder().threads(0).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The number of threads must be at least 1, got 0");
        assertThatThrownBy(() -> Execution.builder().timeLimitSeconds(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The time limit must be positive, got 0.0 seconds");
        assertThatThrownBy(() -> Execution.builder().timeLimitSeconds(Double.NaN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The time limit must be positive, got NaN seconds");
        assertThatThrownBy(() -> Execution.builder().memoryBudget(0).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The memory budget must be positive, got 0");
    }
}

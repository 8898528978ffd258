package ml.refract.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkersTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void everyTaskRunsOnce(int threads) {
        try (Workers workers = new Workers(threads)) {
            assertThat(workers.threads()).isEqualTo(threads);
            for (int count : new int[] {0, 1, 2, 100}) {
                AtomicIntegerArray runs = new AtomicIntegerArray(count);
                workers.run(count, runs::incrementAndGet);
                for (int i = 0; i < count; i++) {
                    assertThat(runs.get(i)).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void tasksShareTheThreads() {
        CountDownLatch bothAtWork = new CountDownLatch(2);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        try (Workers workers = new Workers(2)) {
            workers.run(2, i -> {
                threads.add(Thread.currentThread());
                bothAtWork.countDown();
                await(bothAtWork); // returns only when another thread runs the other task
            });
        }
        assertThat(threads).hasSize(2).contains(Thread.currentThread());
    }

    @Test
    void callsFromATaskStayOnItsThread() {
        try (Workers workers = new Workers(3)) {
            AtomicInteger strangers = new AtomicInteger();
            workers.run(6, i -> {
                Thread own = Thread.currentThread();
                workers.run(4, j -> strangers.addAndGet(Thread.currentThread() == own ? 0 : 1));
            });
            assertThat(strangers).hasValue(0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void theFailureOfATaskReachesTheCallerAndLeavesTheWorkersUsable(int threads) {
        try (Workers workers = new Workers(threads)) {
            assertThatThrownBy(() -> workers.run(20, i -> {
                        if (i == 7) {
                            throw new IllegalStateException("task 7");
                        }
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("task 7");
            assertThatThrownBy(() -> workers.run(20, i -> {
                        throw new AssertionError("an error");
                    }))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("an error");
            AtomicInteger sum = new AtomicInteger();
            workers.run(10, sum::addAndGet);
            assertThat(sum).hasValue(45);
        }
    }

    /** The helper's task ends only after the caller has noticed the interrupt, which takes the flag. */
    @Test
    void anInterruptedCallerWaitsForTheTasksOfOthers() {
        Thread caller = Thread.currentThread();
        CountDownLatch bothAtWork = new CountDownLatch(2);
        AtomicInteger finished = new AtomicInteger();
        try (Workers workers = new Workers(2)) {
            caller.interrupt();
            assertThatThrownBy(() -> workers.run(50, i -> {
                        bothAtWork.countDown();
                        while (bothAtWork.getCount() > 0
                                || Thread.currentThread() != caller && caller.isInterrupted()) {
                            Thread.onSpinWait();
                        }
                        finished.incrementAndGet();
                    }))
                    .isInstanceOf(CancelledException.class)
                    .hasMessage("The work was interrupted");
            assertThat(Thread.interrupted())
                    .as("the flag is kept, and cleared here")
                    .isTrue();
            assertThat(finished).as("all tasks the two took").hasValue(50);
        }
    }

    @Test
    void closedWorkersRefuseSharedWork() {
        Workers workers = new Workers(2);
        workers.close();
        assertThatThrownBy(() -> workers.run(2, i -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("These workers were closed");
    }

    @Test
    void atLeastOneThreadIsNeeded() {
        assertThatThrownBy(() -> new Workers(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The number of threads must be at least 1, got 0");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}

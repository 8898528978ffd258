package ml.refract.linalg;

import java.util.function.IntConsumer;

/**
 * Runs independent tasks, possibly on several threads. Tasks may not depend on who runs them or in which order: results
 * must be the same for any number of threads.
 */
@FunctionalInterface
public interface ParallelFor {
    /** Runs tasks 0 .. count - 1 and returns when all are done; the first failure is thrown to the caller. */
    void run(int count, IntConsumer task);

    /** Runs every task on the calling thread. */
    static ParallelFor serial() {
        return (count, task) -> {
            for (int i = 0; i < count; i++) {
                task.accept(i);
            }
        };
    }
}

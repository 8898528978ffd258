package ml.refract.engine;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import ml.refract.linalg.ParallelFor;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of threads that share out the tasks of a {@link ParallelFor}, the calling thread among them. Threads are
 * daemons, started on first use and ended by {@link #close}; there is no pool behind the caller's back.
 *
 * <p>Calls of {@link #run} from inside a task run on that task's thread. One instance serves one fit or prediction at a
 * time.
 */
public final class Workers implements ParallelFor, AutoCloseable {
    private final int threads;
    private final ThreadLocal<Boolean> inside = ThreadLocal.withInitial(() -> false);
    private volatile boolean closed;
    private @Nullable ExecutorService helpers;

    /**
     * @param threads threads that work at once, the caller's included
     * @throws IllegalArgumentException when less than one
     */
    public Workers(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("The number of threads must be at least 1, got " + threads);
        }
        this.threads = threads;
    }

    /** Number of threads, the caller's included. */
    public int threads() {
        return threads;
    }

    @Override
    public void run(int count, IntConsumer task) {
        if (threads == 1 || count <= 1 || inside.get()) {
            ParallelFor.serial().run(count, task);
        } else {
            runShared(count, task);
        }
    }

    private void runShared(int count, IntConsumer task) {
        AtomicInteger next = new AtomicInteger();
        AtomicBoolean failed = new AtomicBoolean();
        Runnable share = () -> {
            inside.set(true);
            try {
                for (int i = next.getAndIncrement(); i < count && !failed.get(); i = next.getAndIncrement()) {
                    task.accept(i);
                }
            } catch (RuntimeException | Error e) {
                failed.set(true);
                throw e;
            } finally {
                inside.set(false);
            }
        };
        Future<?>[] others = new Future<?>[Math.min(threads, count) - 1];
        for (int i = 0; i < others.length; i++) {
            others[i] = helpers().submit(share);
        }
        try {
            share.run();
        } finally {
            awaitAll(others, failed);
        }
    }

    private static void awaitAll(Future<?>[] others, AtomicBoolean failed) {
        boolean interrupted = false;
        Throwable failure = null;
        for (Future<?> other : others) {
            while (true) {
                try {
                    other.get();
                } catch (ExecutionException e) {
                    failure = e.getCause();
                } catch (InterruptedException e) {
                    interrupted = true;
                    failed.set(true); // no new tasks; those begun must end before their data may be reused
                    continue;
                }
                break;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
            throw new CancelledException("The work was interrupted");
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
    }

    private synchronized ExecutorService helpers() {
        if (closed) {
            throw new IllegalStateException("These workers were closed");
        }
        if (helpers == null) {
            AtomicInteger number = new AtomicInteger();
            helpers = Executors.newFixedThreadPool(threads - 1, task -> {
                Thread thread = new Thread(task, "refract-worker-" + number.incrementAndGet());
                thread.setDaemon(true);
                return thread;
            });
        }
        return helpers;
    }

    /** Ends the threads; running tasks finish first. */
    @Override
    public synchronized void close() {
        closed = true;
        if (helpers != null) {
            helpers.shutdown();
        }
    }
}

package ml.refract.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets long work that is interrupted (Ctrl-C, SIGTERM) end by itself, with what it has. While one is open, the JVM on its
 * way out waits for the work to end, at most a minute.
 */
final class Interruption implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;

    private final Console console;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::interrupt, "refract-interruption");
    private volatile boolean requested;

    Interruption(Console console) {
        this.console = console;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Whether the process was told to end. */
    boolean requested() {
        return requested;
    }

    private void interrupt() {
        requested = true;
        console.err().println();
        console.warn("interrupted; ending with the best model so far, if there is one");
        try {
            if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                console.warn("gave up after " + PATIENCE_SECONDS + " seconds; nothing was written");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        ended.countDown();
        if (!requested) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The JVM began to end just now; the hook sees that there is nothing to wait for.
            }
        }
    }
}

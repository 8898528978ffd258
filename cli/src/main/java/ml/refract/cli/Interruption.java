package ml.refract.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Lets long work that is interrupted (Ctrl-C, SIGTERM) end by itself, with what it has. While one is open, the JVM on its
 * way out waits for the work to end, at most a minute.
 */
final class Interruption implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;

    private final Console console;
    private final String ending;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::interrupt, "refract-interruption");
    private volatile boolean requested;

    private Interruption(Console console, String ending) {
        this.console = console;
        this.ending = ending;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * Does work that looks now and then whether it was interrupted.
     *
     * @param ending what an interruption will end with, in words
     */
    static ExitCode during(Consumer<Interruption> work, String ending, Console console, boolean debug) {
        try (Interruption interruption = new Interruption(console, ending)) {
            try {
                work.accept(interruption);
            } catch (RuntimeException e) {
                if (interruption
                        .requested) { // the JVM ends with the interruption, so what there is to say is said here
                    return Failures.report(e, console, debug);
                }
                throw e;
            }
            return interruption.requested ? ExitCode.INTERRUPTED : ExitCode.OK;
        }
    }

    /** Whether the process was told to end. */
    boolean requested() {
        return requested;
    }

    private void interrupt() {
        requested = true;
        console.err().println();
        console.warn("interrupted; ending with " + ending);
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

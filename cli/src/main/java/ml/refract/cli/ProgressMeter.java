package ml.refract.cli;

import java.io.PrintStream;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressState;
import ml.refract.engine.Progress;

/** Shows how far long work has come and how long it will take: a bar on a terminal, a line now and then elsewhere. */
final class ProgressMeter implements Progress, AutoCloseable {
    private static final int STEPS = 10_000;
    private static final int BAR = 30;
    private static final int TERMINAL_MILLIS = 200;
    private static final int LOG_MILLIS = 10_000;
    /** Time left is not told before this much is done and this much time has passed: the JVM still warms up. */
    private static final double LEAST_SHARE = 0.02;

    private static final double LEAST_SECONDS = 1;

    private final ProgressBar bar;

    ProgressMeter(Console console) {
        this.bar = new ProgressBarBuilder()
                .setInitialMax(STEPS)
                .setUpdateIntervalMillis(console.isTerminal() ? TERMINAL_MILLIS : LOG_MILLIS)
                .setRenderer((state, most) -> render(state))
                .setConsumer(console.isTerminal() ? new TerminalLine(console) : new LogLines(console.err()))
                .build();
    }

    @Override
    public void report(String activity, double fraction) {
        bar.setExtraMessage(activity);
        bar.stepTo(Math.round(STEPS * fraction));
    }

    private static String render(ProgressState state) {
        double share = state.getNormalizedProgress();
        double seconds = state.getElapsedAfterStart().toMillis() / 1000.0;
        String done = Text.bar(share, 1, BAR);
        String left = share >= LEAST_SHARE && seconds >= LEAST_SECONDS
                ? ", about " + Seconds.text(seconds / share * (1 - share)) + " left"
                : "";
        return String.format(
                "%3d %% [%-" + BAR + "s] %s%s", Math.round(100 * share), done, state.getExtraMessage(), left);
    }

    @Override
    public void close() {
        bar.close();
    }

    /** Writes each state over the one before, and nothing in the end. */
    private static final class TerminalLine implements ProgressBarConsumer {
        private final PrintStream stream;
        private final int width;

        TerminalLine(Console console) {
            this.stream = console.err();
            this.width = console.columns() - 1;
        }

        @Override
        public int getMaxRenderedLength() {
            return width;
        }

        @Override
        public void accept(String line) {
            String cut = line.length() > width ? line.substring(0, width) : line;
            stream.print("\r" + cut + " ".repeat(width - cut.length()));
            stream.flush();
        }

        @Override
        public void close() {
            stream.print("\r" + " ".repeat(width) + "\r");
            stream.flush();
        }
    }

    /** Writes a line for each state but the first and the last, so that short work says nothing. */
    private static final class LogLines implements ProgressBarConsumer {
        private final PrintStream stream;
        private long next = System.nanoTime() + LOG_MILLIS / 2 * 1_000_000L;

        LogLines(PrintStream stream) {
            this.stream = stream;
        }

        @Override
        public int getMaxRenderedLength() {
            return Integer.MAX_VALUE;
        }

        @Override
        public void accept(String line) {
            if (System.nanoTime() >= next) {
                next = System.nanoTime() + LOG_MILLIS / 2 * 1_000_000L;
                stream.println(line);
            }
        }

        @Override
        public void close() {}
    }
}

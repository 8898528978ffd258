package ml.refract.cli;

import java.io.PrintStream;

/**
 * Where a command writes: results to one stream, progress and complaints to the other.
 *
 * @param out results
 * @param err progress, warnings, errors
 * @param columns width of the terminal that {@code err} is, 0 when it is none
 */
record Console(PrintStream out, PrintStream err, int columns) {
    /** Set by the launcher to the width of the terminal, when standard error is one. */
    static final String COLUMNS_PROPERTY = "refract.columns";

    private static final int WIDTH_OF_JVM_WARNING = 60;
    private static final String ERASE_LINE_ABOVE = "\033[1A\033[2K";

    /** The streams of this process. */
    static Console ofProcess() {
        return new Console(System.out, System.err, Integer.getInteger(COLUMNS_PROPERTY, 0));
    }

    /** Whether {@code err} is a terminal. */
    boolean isTerminal() {
        return columns > 0;
    }

    /**
     * Erases the line "Using incubator modules" that the JVM prints before it runs anything and offers no way to avoid. Only
     * on a terminal; elsewhere it stays.
     */
    void eraseWarningOfJvm() {
        if (columns > WIDTH_OF_JVM_WARNING
                && ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
            err.print(ERASE_LINE_ABOVE);
            err.flush();
        }
    }

    void warn(String message) {
        err.println("refract: " + message);
    }
}

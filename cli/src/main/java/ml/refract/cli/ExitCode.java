package ml.refract.cli;

/** What a command returns to the shell. */
enum ExitCode {
    OK(0),
    /** A fault of Refract itself. */
    BUG(1),
    /** A command line that cannot be understood, or options that contradict each other. */
    USAGE(2),
    /** Data, a model file or an output that cannot be used. */
    DATA(3),
    /** More memory needed than given. */
    MEMORY(4),
    /** Ctrl-C. */
    INTERRUPTED(130);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}

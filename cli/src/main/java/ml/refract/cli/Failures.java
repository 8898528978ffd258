package ml.refract.cli;

import ml.refract.engine.CancelledException;
import ml.refract.engine.MemoryBudgetException;
import ml.refract.model.ModelFileException;
import ml.refract.table.DataException;
import ml.refract.xrfm.MemoryPlan;

/** Says what went wrong in one line, and chooses the exit code. */
final class Failures {
    private Failures() {}

    static ExitCode report(Throwable failure, Console console, boolean debug) {
        ExitCode code = codeOf(failure);
        console.warn(messageOf(failure, code));
        if (debug) {
            failure.printStackTrace(console.err());
        }
        return code;
    }

    private static ExitCode codeOf(Throwable failure) {
        if (failure instanceof UsageException) {
            return ExitCode.USAGE;
        }
        if (failure instanceof DataException
                || failure instanceof ModelFileException
                || failure instanceof OutputException) {
            return ExitCode.DATA;
        }
        if (failure instanceof MemoryBudgetException || failure instanceof OutOfMemoryError) {
            return ExitCode.MEMORY;
        }
        return failure instanceof CancelledException ? ExitCode.INTERRUPTED : ExitCode.BUG;
    }

    private static String messageOf(Throwable failure, ExitCode code) {
        if (failure instanceof OutOfMemoryError) {
            return "the JVM ran out of memory; it may take "
                    + MemoryPlan.text(Runtime.getRuntime().maxMemory())
                    + ". Allow more with --memory, or use fewer rows, columns or threads";
        }
        if (failure instanceof CancelledException) {
            return "interrupted; nothing was written";
        }
        String message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        return code == ExitCode.BUG
                ? "unexpected failure: " + message
                        + ". This is a fault of Refract; please report it with the output of "
                        + "the same command and --debug"
                : message;
    }
}

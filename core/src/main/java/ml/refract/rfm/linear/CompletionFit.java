package ml.refract.rfm.linear;

import java.util.List;

/**
 * A completed matrix and how it came about. Errors are root mean squares in the unit of the values.
 *
 * @param model the completed matrix; it has learned from all entries unless the work was cut short
 * @param heldOutEntries how many entries chose the sweep
 * @param heldOutError error on those, by the best sweep, which had not seen them; NaN when there are none
 * @param baselineError error on those of predicting the centre everywhere; NaN when there are none
 * @param bestSweep index of that sweep
 * @param sweeps all sweeps before the last few on all entries
 * @param stop why there were no more
 */
public record CompletionFit(
        CompletionModel model,
        int heldOutEntries,
        double heldOutError,
        double baselineError,
        int bestSweep,
        List<CompletionSweep> sweeps,
        Stop stop) {
    /** Copies the list. */
    public CompletionFit {
        sweeps = List.copyOf(sweeps);
    }

    /** Reasons to end. */
    public enum Stop {
        /** The held-out error, or without one the training error, is below the tolerance. */
        CONVERGED,
        /** The held-out error no longer fell. */
        NO_IMPROVEMENT,
        /** All sweeps were done. */
        COMPLETED,
        /** More would not have fitted into the time limit. */
        TIME_LIMIT,
        /** Someone asked to stop. */
        CANCELLED
    }
}

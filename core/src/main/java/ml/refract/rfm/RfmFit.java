package ml.refract.rfm;

import java.util.ArrayList;
import java.util.List;
import ml.refract.machine.KernelMachine;

/**
 * A fitted recursive feature machine.
 *
 * @param machine the best iterate; its coefficients were solved with its metric
 * @param bestRound index of that iterate
 * @param rounds every round, in order
 * @param stop why the loop ended
 */
public record RfmFit(KernelMachine machine, int bestRound, List<RfmRound> rounds, Stop stop) {

    /** The same fit whose first round tells something before its own. */
    RfmFit withNote(String note) {
        List<RfmRound> told = new ArrayList<>(rounds);
        told.set(0, told.get(0).withEvent(note));
        return new RfmFit(machine, bestRound, List.copyOf(told), stop);
    }

    /** Reasons for a loop to end. */
    public enum Stop {
        /** All iterations were done. */
        COMPLETED,
        /** A score fell behind the best by the early-stop multiplier. */
        EARLY_STOP,
        /** The metric no longer changed. */
        CONVERGED,
        /** The next round would not have fitted into the time limit. */
        TIME_LIMIT,
        /** Someone asked to stop. */
        CANCELLED,
        /** The gradient moment was zero or not finite, so there was no next metric. */
        NO_GRADIENT
    }
}

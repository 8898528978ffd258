package ml.refract.rfm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one round did.
 *
 * @param index number of metric updates behind it on all rows; 0 is plain kernel ridge regression unless features were learned
 *     on a sample before
 * @param score validation score, NaN without validation rows
 * @param bandwidth L it was solved with
 * @param ridge the ridge it was solved with
 * @param leaveOneOut mean over the rows the ridge was chosen on of the squared leave-one-out residual, all outputs added, under this
 *     metric, which has seen these rows; NaN where leave-one-out did not choose it
 * @param residual relative residual of the ridge system
 * @param solveSeconds time for kernel, solve and score
 * @param momentSeconds time for the gradient moment that followed, 0 when none did
 * @param events what a user should know, usually nothing
 */
public record RfmRound(
        int index,
        double score,
        double bandwidth,
        double ridge,
        double leaveOneOut,
        double residual,
        double solveSeconds,
        double momentSeconds,
        List<String> events) {

    /** The same round with an event before its own. */
    RfmRound withEvent(String event) {
        List<String> all = new ArrayList<>(List.of(event));
        all.addAll(events);
        return with(momentSeconds, all);
    }

    /** The same round, followed by a gradient moment, with an event after its own if there is one. */
    RfmRound withMoment(double seconds, Optional<String> event) {
        List<String> all = new ArrayList<>(events);
        event.ifPresent(all::add);
        return with(seconds, all);
    }

    private RfmRound with(double moment, List<String> told) {
        return new RfmRound(
                index, score, bandwidth, ridge, leaveOneOut, residual, solveSeconds, moment, List.copyOf(told));
    }
}

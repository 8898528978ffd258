package ml.refract.rfm.exact;

import java.util.Optional;

/**
 * One round.
 *
 * @param index number of metric updates behind it; 0 is plain kernel ridge regression
 * @param machine solved in this round, with the metric it was solved under
 * @param ridge the ridge it was solved with
 * @param leastPivot least pivot of the Cholesky factor, as a share of its diagonal entry: a small one tells of a system that is
 *     singular or nearly so
 * @param event what a user should know, usually nothing
 */
public record ExactRound(int index, ExactMachine machine, double ridge, double leastPivot, Optional<String> event) {}

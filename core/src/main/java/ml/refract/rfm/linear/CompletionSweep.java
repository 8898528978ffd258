package ml.refract.rfm.linear;

/**
 * What one sweep did. Errors are root mean squares in the unit of the values.
 *
 * @param index 0-based
 * @param smoothing it was solved with, against values of mean square 1
 * @param rank directions of the metric that took part
 * @param trainError on the entries it learned from
 * @param heldOutError on those held out, NaN when none are
 */
public record CompletionSweep(int index, double smoothing, int rank, double trainError, double heldOutError) {}

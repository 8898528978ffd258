package ml.refract.tune;

import ml.refract.rfm.RfmOptions;

/**
 * One setting that a search has tried.
 *
 * @param index its place in the sequence; 0 is the setting the search was given
 * @param options the setting; its number of iterations is that of the round with the least loss
 * @param rows rows it was last tried on
 * @param loss mean loss on rows left out there
 * @param optimism how often the squared error that leave-one-out under a learned metric promises goes into that of rows left out
 *     before the metric was learned; NaN where it is not known
 */
public record Trial(int index, RfmOptions options, int rows, double loss, double optimism) {
    /** The same setting, to be tried with other iterations. */
    Trial withIterations(int iterations) {
        return new Trial(index, options.toBuilder().iterations(iterations).build(), rows, loss, optimism);
    }
}

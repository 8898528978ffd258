package ml.refract.task;

import ml.refract.xrfm.XrfmFit;

/**
 * A trained predictor and how it came about.
 *
 * @param predictor the model to use, solved on all rows when some had been held out
 * @param chosen the model as it was chosen, before held-out rows joined; the same object when none did. Scores on held-out
 *     rows are honest only for this one
 * @param fit the fit behind {@code chosen}
 * @param heldOut rows of the training data that were held out to choose it, ascending; empty when validation rows were
 *     given or none were wanted
 */
public record Fitted<P extends Predictor>(P predictor, P chosen, XrfmFit fit, int[] heldOut) {}

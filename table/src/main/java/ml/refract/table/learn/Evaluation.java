package ml.refract.table.learn;

import java.util.Optional;
import ml.refract.table.EncodeReport;

/**
 * How well a model does on rows it was not asked about before, beside what a model without inputs would get there.
 *
 * @param rows number of rows scored
 * @param scores of the model
 * @param baseline of always predicting the training mean, or the class shares of the training rows
 * @param intervals how often intervals or sets hold the target, when that was asked for
 * @param report of the encoding: missing cells and unseen levels
 */
public record Evaluation(
        int rows, Scores scores, Scores baseline, Optional<IntervalScores> intervals, EncodeReport report) {}

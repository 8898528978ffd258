package ml.refract.table.learn;

/**
 * How well a model does on a part of the data, beside what a model without inputs would get there.
 *
 * @param part train, val or test
 * @param rows number of rows scored
 * @param scores of the model
 * @param baseline of always predicting the training mean, or the class frequencies of the training rows
 */
public record PartScores(String part, int rows, Scores scores, Scores baseline) {}

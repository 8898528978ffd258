package ml.refract.task;

import ml.refract.linalg.DoubleMatrix;

/**
 * Predicted classes and their probabilities.
 *
 * @param labels class of each row, the most probable one unless the model decides otherwise
 * @param probabilities m x K, each row sums to 1
 */
public record ClassPredictions(int[] labels, DoubleMatrix probabilities) {}

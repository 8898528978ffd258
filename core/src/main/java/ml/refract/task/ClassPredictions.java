package ml.refract.task;

import ml.refract.linalg.DoubleMatrix;

/**
 * Predicted classes and their probabilities.
 *
 * @param labels most probable class of each row
 * @param probabilities m x K, each row sums to 1
 */
public record ClassPredictions(int[] labels, DoubleMatrix probabilities) {}

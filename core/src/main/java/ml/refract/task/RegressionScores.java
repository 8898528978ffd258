package ml.refract.task;

import ml.refract.linalg.DoubleMatrix;

/**
 * Scores of regression predictions in the target's units.
 *
 * @param rmse root mean squared error
 * @param mae mean absolute error
 * @param r2 share of variance explained, NaN when the true values are all equal
 */
public record RegressionScores(double rmse, double mae, double r2) {
    /** Scores predictions against true values, both m x c. */
    public static RegressionScores of(DoubleMatrix truth, DoubleMatrix predicted) {
        return new RegressionScores(
                Scores.rmse(truth, predicted), Scores.mae(truth, predicted), Scores.r2(truth, predicted));
    }
}

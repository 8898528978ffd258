package ml.refract.table.learn;

/**
 * What one fold of a cross-validation came to.
 *
 * @param fold its number, from 1
 * @param trainRows rows its model was trained on, those that chose it included
 * @param rows rows held out
 * @param scores of its model on the rows held out
 * @param baseline of always predicting the mean, or the class shares, of the rows it was trained on
 * @param seconds that training and prediction took
 */
public record FoldResult(int fold, int trainRows, int rows, Scores scores, Scores baseline, double seconds) {}

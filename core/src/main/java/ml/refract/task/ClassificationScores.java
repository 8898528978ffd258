package ml.refract.task;

/**
 * Scores of classification predictions.
 *
 * @param accuracy share of rows whose class is right
 * @param logLoss mean of -ln p of the true class
 * @param brier mean over rows and classes of (indicator - p)^2
 * @param auc area under the ROC curve, NaN when only one class is present
 * @param f1 of class 1 with two classes, otherwise the unweighted mean over classes
 */
public record ClassificationScores(double accuracy, double logLoss, double brier, double auc, double f1) {
    /** Scores predictions against true labels. */
    public static ClassificationScores of(int[] labels, ClassPredictions predicted) {
        return new ClassificationScores(
                Scores.accuracy(labels, predicted.labels()),
                Scores.logLoss(labels, predicted.probabilities()),
                Scores.brier(labels, predicted.probabilities()),
                Scores.auc(labels, predicted.probabilities()),
                Scores.f1(labels, predicted.labels(), predicted.probabilities().cols()));
    }
}

package ml.refract.task;

/**
 * Scores of classification predictions.
 *
 * @param classes number of classes, K
 * @param accuracy share of rows whose class is right
 * @param balancedAccuracy share of the rows of each class that was found, averaged over the classes that have rows
 * @param logLoss mean of -ln p of the true class
 * @param brier mean over rows and classes of (indicator - p)^2
 * @param auc area under the ROC curve, NaN when only one class is present
 * @param f1 of class 1 with two classes, otherwise {@code macroF1}
 * @param macroF1 F1 score of each class, averaged over classes
 * @param weightedF1 F1 score of each class, averaged over rows by their true class
 */
public record ClassificationScores(
        int classes,
        double accuracy,
        double balancedAccuracy,
        double logLoss,
        double brier,
        double auc,
        double f1,
        double macroF1,
        double weightedF1) {
    /** Scores predictions against true labels. Cost O(n K log n). */
    public static ClassificationScores of(int[] labels, ClassPredictions predicted) {
        int classes = predicted.probabilities().cols();
        return new ClassificationScores(
                classes,
                Scores.accuracy(labels, predicted.labels()),
                Scores.balancedAccuracy(labels, predicted.labels(), classes),
                Scores.logLoss(labels, predicted.probabilities()),
                Scores.brier(labels, predicted.probabilities()),
                Scores.auc(labels, predicted.probabilities()),
                Scores.f1(labels, predicted.labels(), classes),
                Scores.macroF1(labels, predicted.labels(), classes),
                Scores.weightedF1(labels, predicted.labels(), classes));
    }
}

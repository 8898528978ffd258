package ml.refract.explain;

import ml.refract.linalg.Design;
import ml.refract.task.Scores;
import ml.refract.xrfm.Split;

/**
 * How much a single learned direction says about a target: scores of the rows projected on it (specification of xRFM,
 * section 11). A high score means that the model's main direction alone nearly separates the classes or orders the
 * targets.
 */
public final class DirectionScores {
    private DirectionScores() {}

    /** Area under the ROC curve of class 1 along the direction, in its better sense: at least one half. */
    public static double auc(Design rows, double[] direction, int[] labels) {
        double auc = Scores.auc(labels, project(rows, direction), 1);
        return Math.max(auc, 1 - auc);
    }

    /** Absolute correlation (Pearson) between the projection and numeric targets; NaN when either is constant. */
    public static double correlation(Design rows, double[] direction, double[] targets) {
        return Math.abs(Scores.correlation(project(rows, direction), targets));
    }

    private static double[] project(Design rows, double[] direction) {
        return new Split(direction, 0, 1).project(rows);
    }
}

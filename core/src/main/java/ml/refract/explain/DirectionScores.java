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
        double[] projected = project(rows, direction);
        double meanX = mean(projected);
        double meanY = mean(targets);
        double xy = 0;
        double xx = 0;
        double yy = 0;
        for (int i = 0; i < targets.length; i++) {
            double x = projected[i] - meanX;
            double y = targets[i] - meanY;
            xy += x * y;
            xx += x * x;
            yy += y * y;
        }
        return Math.abs(xy) / Math.sqrt(xx * yy);
    }

    private static double[] project(Design rows, double[] direction) {
        return new Split(direction, 0, 1).project(rows);
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }
}

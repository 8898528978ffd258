package ml.refract.concept;

import ml.refract.linalg.DoubleMatrix;
import ml.refract.task.Scores;

/** Pearson correlation of projections with targets. */
final class Correlation {
    private Correlation() {}

    /** Of the correlations with each target, the one that is largest in absolute value; NaN when none is defined. */
    static double strongest(DoubleMatrix a, int col, DoubleMatrix targets) {
        double[] column = a.col(col);
        double result = Double.NaN;
        for (int l = 0; l < targets.cols(); l++) {
            double r = Scores.correlation(column, targets.col(l));
            if (!(Math.abs(r) <= Math.abs(result)) && !Double.isNaN(r)) {
                result = r;
            }
        }
        return result;
    }
}

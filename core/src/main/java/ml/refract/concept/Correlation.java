package ml.refract.concept;

import ml.refract.linalg.DoubleMatrix;

/** Pearson correlation of projections with targets. */
final class Correlation {
    private Correlation() {}

    /** Correlation of one column with one column of the targets; NaN when either is constant. */
    static double of(DoubleMatrix a, int col, DoubleMatrix targets, int target) {
        int n = a.rows();
        double meanA = 0;
        double meanB = 0;
        for (int i = 0; i < n; i++) {
            meanA += a.get(i, col) / n;
            meanB += targets.get(i, target) / n;
        }
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < n; i++) {
            double x = a.get(i, col) - meanA;
            double y = targets.get(i, target) - meanB;
            ab += x * y;
            aa += x * x;
            bb += y * y;
        }
        return ab / (Math.sqrt(aa) * Math.sqrt(bb));
    }

    /** Of the correlations with each target, the one that is largest in absolute value; NaN when none is defined. */
    static double strongest(DoubleMatrix a, int col, DoubleMatrix targets) {
        double result = Double.NaN;
        for (int l = 0; l < targets.cols(); l++) {
            double r = of(a, col, targets, l);
            if (!(Math.abs(r) <= Math.abs(result)) && !Double.isNaN(r)) {
                result = r;
            }
        }
        return result;
    }
}

package ml.refract.concept;

import ml.refract.linalg.DoubleCholesky;
import ml.refract.linalg.DoubleKernels;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;

/**
 * A ridge regression with an unpenalised intercept on a few standardised features: y = w'z + b.
 *
 * @param scaling how features are standardised
 * @param weights w, one for each feature
 * @param intercept b
 */
record LinearReadout(Standardised scaling, double[] weights, double intercept) {
    /** Relative ridge that stands for none: it keeps features that are combinations of others solvable. */
    private static final double NONE = 1e-10;

    /** Fits without a ridge. */
    static LinearReadout leastSquares(DoubleMatrix features, double[] targets) {
        return ridge(features, targets, NONE);
    }

    /**
     * Fits on features (n x p) and targets (n): minimises mean squared error + ridge |w|^2.
     */
    static LinearReadout ridge(DoubleMatrix features, double[] targets, double ridge) {
        Standardised scaling = Standardised.of(features);
        DoubleMatrix z = scaling.apply(features);
        int n = z.rows();
        double mean = java.util.Arrays.stream(targets).average().orElse(0);
        DoubleMatrix side = DoubleMatrix.zeros(z.cols(), 1);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < z.cols(); j++) {
                side.values()[j] += z.get(i, j) * (targets[i] - mean);
            }
        }
        double[] weights = DoubleCholesky.of(
                        z.transpose().times(z), n * ridge, DoubleKernels.plain(), ParallelFor.serial())
                .orElseThrow(() -> new ArithmeticException("the features of a read-out are not finite"))
                .solve(side)
                .values();
        return new LinearReadout(scaling, weights, mean);
    }

    /** Predictions for features, m of them. */
    double[] of(DoubleMatrix features) {
        DoubleMatrix z = scaling.apply(features);
        double[] result = z.times(DoubleMatrix.column(weights)).values();
        for (int i = 0; i < result.length; i++) {
            result[i] += intercept;
        }
        return result;
    }
}

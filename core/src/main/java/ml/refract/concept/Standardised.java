package ml.refract.concept;

import ml.refract.linalg.DoubleMatrix;

/**
 * Features less their mean, over their standard deviation (divisor n); constant ones become zero.
 *
 * @param mean of each feature
 * @param factor one over the standard deviation
 */
record Standardised(double[] mean, double[] factor) {

    static Standardised of(DoubleMatrix features) {
        int n = features.rows();
        double[] mean = new double[features.cols()];
        double[] factor = new double[features.cols()];
        for (int j = 0; j < mean.length; j++) {
            double sum = 0;
            for (int i = 0; i < n; i++) {
                sum += features.get(i, j);
            }
            mean[j] = sum / n;
            double squares = 0;
            double largest = Math.abs(mean[j]);
            for (int i = 0; i < n; i++) {
                double deviation = features.get(i, j) - mean[j];
                squares += deviation * deviation;
                largest = Math.max(largest, Math.abs(deviation));
            }
            double deviation = Math.sqrt(squares / n);
            factor[j] = deviation > n * Math.ulp(largest) ? 1 / deviation : 0;
        }
        return new Standardised(mean, factor);
    }

    DoubleMatrix apply(DoubleMatrix features) {
        DoubleMatrix result = features.copy();
        int cols = features.cols();
        for (int k = 0; k < result.values().length; k++) {
            result.values()[k] = (result.values()[k] - mean[k % cols]) * factor[k % cols];
        }
        return result;
    }
}

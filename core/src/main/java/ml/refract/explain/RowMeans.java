package ml.refract.explain;

import java.util.Arrays;
import ml.refract.linalg.DoubleMatrix;

/**
 * Predictions of different rows: where folds were drawn several times, a row has several, and their mean counts, so that a row is
 * one piece of evidence however often it was left out.
 *
 * @param rows different row numbers, ascending
 * @param means one row of predictions for each
 */
record RowMeans(int[] rows, DoubleMatrix means) {
    /**
     * @throws IllegalArgumentException when there are not as many predictions as rows, or one is not finite
     */
    static RowMeans of(int[] rows, DoubleMatrix predictions) {
        if (rows.length != predictions.rows()) {
            throw new IllegalArgumentException(
                    "There are " + rows.length + " rows and predictions of " + predictions.rows());
        }
        int[] distinct = Arrays.stream(rows).sorted().distinct().toArray();
        int[] counts = new int[distinct.length];
        DoubleMatrix means = DoubleMatrix.zeros(distinct.length, predictions.cols());
        for (int i = 0; i < rows.length; i++) {
            int at = Arrays.binarySearch(distinct, rows[i]);
            counts[at]++;
            for (int l = 0; l < means.cols(); l++) {
                double value = predictions.get(i, l);
                if (!Double.isFinite(value)) {
                    throw new IllegalArgumentException("The prediction of row " + rows[i] + " is " + value
                            + "; intervals need finite predictions");
                }
                means.set(at, l, means.get(at, l) + (value - means.get(at, l)) / counts[at]);
            }
        }
        return new RowMeans(distinct, means);
    }
}

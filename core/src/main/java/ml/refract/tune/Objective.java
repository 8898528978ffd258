package ml.refract.tune;

import ml.refract.linalg.DoubleMatrix;

/** What a search makes small: a loss of raw outputs for rows whose targets are known. */
interface Objective {
    /**
     * The loss of each output row.
     *
     * @param rows the row whose target belongs to each output row
     * @param outputs raw outputs, one row per entry of {@code rows}
     */
    double[] losses(int[] rows, DoubleMatrix outputs);

    /** The mean loss. */
    default double mean(int[] rows, DoubleMatrix outputs) {
        double sum = 0;
        for (double loss : losses(rows, outputs)) {
            sum += loss;
        }
        return sum / rows.length;
    }
}

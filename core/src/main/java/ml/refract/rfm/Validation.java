package ml.refract.rfm;

import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;

/**
 * Rows a fit does not learn from, and a score of its predictions for them; decides which iterate is kept.
 *
 * @param rows the rows
 * @param score the score
 */
public record Validation(Design rows, Score score) {

    /** A number that says how good predictions are. */
    public interface Score {
        /** Scores the raw outputs of a machine, one row per validation row, in the same order. */
        double of(DoubleMatrix outputs);

        /** Whether larger is better. */
        boolean higherIsBetter();
    }
}

package ml.refract.rfm;

import ml.refract.linalg.Design;

/**
 * Rows a fit does not learn from, and a score of its predictions for them; decides which iterate is kept.
 *
 * @param rows the rows
 * @param score the score
 */
public record Validation(Design rows, Score score) {
    /** Some of the rows. */
    public Validation select(int[] picked) {
        return new Validation(rows.select(picked), score.select(picked));
    }
}

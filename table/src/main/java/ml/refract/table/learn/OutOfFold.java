package ml.refract.table.learn;

import java.util.List;

/**
 * Predictions of rows by models that have not learned from them, in the order of the table. Arrays are not copied; treat them
 * as read-only.
 *
 * @param dataRows the 0-based data row of each
 * @param folds the number of the fold, from 1, that held each out
 * @param truth the true number or label of each, as text
 * @param predictions of these rows; a class that a fold could not learn has probability 0 there
 */
public record OutOfFold(long[] dataRows, int[] folds, List<String> truth, Predictions predictions) {
    /** Number of rows that were held out by a fold. */
    public int rows() {
        return dataRows.length;
    }
}

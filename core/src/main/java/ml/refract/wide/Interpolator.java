package ml.refract.wide;

import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;

/** A rule that passes through its training targets and predicts new rows from them, without anything to tune. */
public interface Interpolator {
    /**
     * A score of every class for each row: m x c, the larger the likelier. Rows alone or in any batch, and any number of threads,
     * give the same bits.
     *
     * @throws IllegalArgumentException when rows have another width than those learned from, or numbers that are not finite
     * @throws ml.refract.engine.CancelledException when cancelled
     */
    DoubleMatrix scores(DoubleMatrix rows, Execution execution);

    /** The class of the largest score for each row; of equal ones the first. */
    default int[] classes(DoubleMatrix rows, Execution execution) {
        DoubleMatrix scores = scores(rows, execution);
        int[] result = new int[rows.rows()];
        for (int j = 0; j < result.length; j++) {
            for (int l = 1; l < scores.cols(); l++) {
                if (scores.get(j, l) > scores.get(j, result[j])) {
                    result[j] = l;
                }
            }
        }
        return result;
    }
}

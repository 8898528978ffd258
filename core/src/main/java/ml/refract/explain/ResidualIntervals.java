package ml.refract.explain;

import java.util.ArrayList;
import java.util.List;
import ml.refract.linalg.DoubleMatrix;

/**
 * Prediction intervals from errors y - f(x) on rows that f had not learned from: f(x) plus a range of errors, the same at every x.
 * With errors of unseen rows this is split conformal prediction, whose coverage is guaranteed; with those of folds it is what is
 * called the jackknife or cross-conformal prediction, which covers about what was wanted (specification of xRFM, section 19;
 * Vovk et al., 2005; Barber et al., Annals of Statistics 49, 2021).
 *
 * @param rows number of different rows that errors are known of, n
 * @param source what these rows were to the model
 * @param columns errors of each target column, in the target's units
 */
public record ResidualIntervals(int rows, ErrorSource source, List<SortedErrors> columns) implements Conformal {
    /** Most errors kept of a column: 80 KB, for a coverage that is right to 0.02 %. */
    static final int MOST = 10_000;

    /**
     * @throws IllegalArgumentException when a column has another number of errors
     */
    public ResidualIntervals {
        columns = List.copyOf(columns);
        for (SortedErrors errors : columns) {
            if (errors.count() != rows) {
                throw new IllegalArgumentException(
                        "There are " + errors.count() + " errors of a target and " + rows + " rows");
            }
        }
    }

    /**
     * Keeps the errors of predictions. Cost n log n for each column.
     *
     * @param targets of all rows, in the target's units; only the rows named are read
     * @param rows number of the row behind each prediction; one that occurs several times counts once, with its mean prediction
     * @param predictions rows.length x c, by models that had not learned from these rows
     * @throws IllegalArgumentException when shapes do not match or a prediction is not finite
     */
    public static ResidualIntervals of(DoubleMatrix targets, int[] rows, DoubleMatrix predictions, ErrorSource source) {
        if (targets.cols() != predictions.cols()) {
            throw new IllegalArgumentException(
                    "There are " + targets.cols() + " targets and predictions of " + predictions.cols());
        }
        RowMeans held = RowMeans.of(rows, predictions);
        List<SortedErrors> columns = new ArrayList<>();
        for (int l = 0; l < targets.cols(); l++) {
            double[] errors = new double[held.rows().length];
            for (int i = 0; i < errors.length; i++) {
                errors[i] = targets.get(held.rows()[i], l) - held.means().get(i, l);
            }
            columns.add(SortedErrors.of(errors, MOST));
        }
        return new ResidualIntervals(held.rows().length, source, columns);
    }

    /**
     * The range of errors that covers: added to a prediction, an interval. With k = ceil(share (n + 1)) it reaches as far to both
     * sides as the k-th smallest size of an error, or, for separate tails, from the k'-th largest to the k'-th smallest
     * error, k' = ceil((1 + share) / 2 (n + 1)). Ranges of a larger coverage hold those of a smaller one. Infinite where there are
     * fewer errors than the rank.
     *
     * @param column the target column
     */
    public Interval errors(int column, Coverage coverage, Tails tails) {
        SortedErrors errors = columns.get(column);
        if (tails == Tails.SYMMETRIC) {
            double size = errors.size(coverage.rank(rows));
            return new Interval(-size, size);
        }
        int rank = coverage.tailRank(rows);
        return new Interval(errors.largest(rank), errors.smallest(rank));
    }
}

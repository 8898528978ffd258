package ml.refract.explain;

import java.util.List;
import ml.refract.linalg.DoubleMatrix;

/**
 * CV+ intervals (Barber et al., Annals of Statistics 49, 2021; specification of xRFM, section 19): each training row stands for
 * the model of the fold that left it out, at what that model predicts for the new row plus and minus what it missed the training row
 * by. When every fold's model was learned without the rows it left out, metric and settings included, the interval holds the
 * target of a new row with probability at least 2 share - 1 - min(2 (1 - 1/K) / (n/K + 1), (1 - K/n) / (K + 1)) for K
 * folds of n/K rows, and in practice with about the share wanted.
 *
 * @param fold of each training row, the number of the model that left it out
 * @param errors y - f of that model at the row, n x c
 */
public record CvPlus(int[] fold, DoubleMatrix errors) {
    /**
     * @throws IllegalArgumentException when there are not as many folds as errors
     */
    public CvPlus {
        if (fold.length != errors.rows()) {
            throw new IllegalArgumentException(
                    "There are folds of " + fold.length + " rows and errors of " + errors.rows());
        }
    }

    /**
     * Intervals of new rows; [j][l] is that of row j and target l, infinite where there are too few training rows. Cost m c n log n.
     *
     * @param predictions of each fold's model for the new rows, m x c each
     * @throws IllegalArgumentException when a row's fold has no predictions
     */
    public Interval[][] intervals(List<DoubleMatrix> predictions, Coverage coverage) {
        for (int number : fold) {
            if (number < 0 || number >= predictions.size()) {
                throw new IllegalArgumentException(
                        "A row was left out by fold " + number + "; there are predictions of " + predictions.size());
            }
        }
        Interval[][] intervals = new Interval[predictions.get(0).rows()][errors.cols()];
        double[] byRow = new double[fold.length];
        for (int j = 0; j < intervals.length; j++) {
            for (int l = 0; l < errors.cols(); l++) {
                for (int i = 0; i < byRow.length; i++) {
                    byRow[i] = predictions.get(fold[i]).get(j, l);
                }
                intervals[j][l] = PlusIntervals.of(byRow, errors.col(l), coverage);
            }
        }
        return intervals;
    }
}

package ml.refract.concept;

import java.util.List;
import java.util.stream.IntStream;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Rows;

/**
 * Directions of a concept in one matrix of activations. Immutable; arrays and matrices inside are its own and not to be written
 * to.
 *
 * @param method how they were extracted
 * @param mean mean of the training rows, d entries
 * @param directions unit vectors as rows, p x d, most important first; each points to where the targets of the training rows
 *     grow (with several columns of targets: the one it correlates with most)
 * @param eigenvalues p of them, largest first: those of the metric for the RFM, of the mean outer product of differences for PCA,
 *     1 for methods of a single direction
 * @param chosen the candidate that was kept
 * @param trials all candidates, in the order they were tried
 */
public record Concept(
        Method method,
        double[] mean,
        DoubleMatrix directions,
        double[] eigenvalues,
        ProbeTrial chosen,
        List<ProbeTrial> trials) {

    /** The concept vector: a copy of the first direction. */
    public double[] vector() {
        return directions.row(0);
    }

    /**
     * Projections of rows (n x d) on the directions, n x p: of each row less the mean, scaled to unit length if that was chosen.
     * Cost 2 n p d flops on the calling thread.
     *
     * @throws IllegalArgumentException when the rows have another number of columns
     */
    public DoubleMatrix project(Rows rows) {
        return project(rows, IntStream.range(0, rows.rows()).toArray());
    }

    /** Projections of some of the rows, in the given order. */
    public DoubleMatrix project(Rows rows, int[] selected) {
        if (rows.cols() != mean.length) {
            throw new IllegalArgumentException(
                    "The concept is a direction of " + mean.length + " columns, the rows have " + rows.cols());
        }
        return new CentredRows(rows, selected, mean, chosen.unitRows()).onto(directions);
    }
}

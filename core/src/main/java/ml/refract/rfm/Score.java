package ml.refract.rfm;

import ml.refract.linalg.DoubleMatrix;

/** A number that says how good predictions for a fixed set of rows are; it knows the true targets of those rows. */
public interface Score {
    /** How raw outputs are read before they are scored. */
    Readout readout();

    /** Scores what was read from the outputs, one row per scored row, in order. NaN when undefined. */
    double of(DoubleMatrix read);

    /** Whether larger is better. */
    boolean higherIsBetter();

    /** The score of some of the rows. */
    Score select(int[] rows);

    /** Whether one value is strictly better than another; NaN never is. */
    default boolean isBetter(double value, double than) {
        return higherIsBetter() ? value > than : value < than;
    }
}

package ml.refract.table.learn;

import java.util.List;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.table.EncodeReport;

/** Predictions for the rows of a table, in order. */
public sealed interface Predictions {
    /** Number of rows. */
    int rows();

    /** What had to be made up to encode the rows. */
    EncodeReport report();

    /**
     * Predicted numbers.
     *
     * @param values one per row, in the target's units
     * @param report of the encoding
     */
    record Numbers(double[] values, EncodeReport report) implements Predictions {
        @Override
        public int rows() {
            return values.length;
        }
    }

    /**
     * Predicted classes.
     *
     * @param classes the class labels, in class order
     * @param codes for each row, the index of the most probable class
     * @param probabilities one row per row and one column per class; rows sum to 1
     * @param report of the encoding
     */
    record Classes(List<String> classes, int[] codes, DoubleMatrix probabilities, EncodeReport report)
            implements Predictions {
        @Override
        public int rows() {
            return codes.length;
        }

        /** The most probable class of a row. */
        public String label(int row) {
            return classes.get(codes[row]);
        }
    }
}

package ml.refract.concept;

import java.util.Arrays;
import ml.refract.linalg.DoubleMatrix;

/**
 * What rows are told to have of a concept: whether they have it, how much of it, or, with k columns, which of k concepts.
 * Immutable; arrays are copied on the way in.
 */
public final class ConceptTargets {
    private final DoubleMatrix matrix;
    private final boolean binary;

    private ConceptTargets(DoubleMatrix matrix, boolean binary) {
        this.matrix = matrix;
        this.binary = binary;
    }

    /**
     * One number a row. Two different values, such as 0 and 1 or -1 and 1, mean that the concept is absent or present, the
     * larger being present, and are kept as 0 and 1.
     *
     * @throws IllegalArgumentException when a number is not finite
     */
    public static ConceptTargets of(double... values) {
        requireFinite(values, 1);
        double[] distinct = Arrays.stream(values).distinct().sorted().toArray();
        if (distinct.length != 2) {
            return new ConceptTargets(DoubleMatrix.column(values.clone()), false);
        }
        double[] present =
                Arrays.stream(values).map(value -> value == distinct[1] ? 1 : 0).toArray();
        return new ConceptTargets(DoubleMatrix.column(present), true);
    }

    /**
     * Several numbers a row, such as one column of zeros and ones for each of k concepts: n x k.
     *
     * @throws IllegalArgumentException when there is no column or a number is not finite
     */
    public static ConceptTargets of(DoubleMatrix values) {
        if (values.cols() == 0) {
            throw new IllegalArgumentException("Targets need at least one column");
        }
        if (values.cols() == 1) {
            return of(values.values());
        }
        requireFinite(values.values(), values.cols());
        return new ConceptTargets(values.copy(), false);
    }

    private static void requireFinite(double[] values, int cols) {
        for (int k = 0; k < values.length; k++) {
            if (!Double.isFinite(values[k])) {
                throw new IllegalArgumentException(
                        "The target of row " + k / cols + " is " + values[k] + "; targets must be finite numbers");
            }
        }
    }

    /** Number of rows. */
    public int rows() {
        return matrix.rows();
    }

    /** Whether there is one column that says absent or present. */
    public boolean isBinary() {
        return binary;
    }

    /** The numbers, n x k. Not a copy: treat it as read-only. */
    public DoubleMatrix matrix() {
        return matrix;
    }

    /** 0 where the concept is absent and 1 where it is present; only of binary targets. */
    public int[] labels() {
        if (!binary) {
            throw new IllegalStateException("Only targets of two values are labels");
        }
        return Arrays.stream(matrix.values()).mapToInt(value -> (int) value).toArray();
    }

    /** The targets of some rows; they stay what they are, also where only one value is left. */
    ConceptTargets select(int[] rows) {
        return new ConceptTargets(matrix.select(rows), binary);
    }

    /**
     * @throws ConstantTargetsException when no column varies
     */
    void requireVaried(String what) {
        double[] values = matrix.values();
        for (int k = matrix.cols(); k < values.length; k++) {
            if (values[k] != values[k % matrix.cols()]) {
                return;
            }
        }
        throw new ConstantTargetsException(what, rows());
    }
}

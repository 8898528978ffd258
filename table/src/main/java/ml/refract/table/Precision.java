package ml.refract.table;

/** The precision a design matrix is stored in; it is always computed in double. */
public enum Precision {
    /** Single precision, what learners use. */
    FLOAT32(Float.MAX_VALUE),
    /** Double precision, for reference computations. */
    FLOAT64(Double.MAX_VALUE);

    private final double largest;

    Precision(double largest) {
        this.largest = largest;
    }

    /** Whether a number can be stored. */
    boolean holds(double value) {
        return Math.abs(value) <= largest;
    }
}

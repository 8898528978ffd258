package ml.refract.rfm;

import ml.refract.engine.Named;
import ml.refract.linalg.Design;

/** How much of the metric M is learned. */
public enum MetricForm implements Named {
    /** All of M while there are at most {@value #MOST_FULL} dense coordinates, its diagonal beyond. */
    AUTO("auto"),
    /** All of M: directions that mix coordinates; 12 d^3 flops a round. */
    FULL("full"),
    /** The diagonal of M: a weight for each coordinate. */
    DIAGONAL("diag");

    /** Dense coordinates up to which {@link #AUTO} learns all of M: beyond, its eigenvalues cost more than the solve. */
    public static final int MOST_FULL = 1_000;

    private final String id;

    MetricForm(String id) {
        this.id = id;
    }

    /** Name in options and model files. */
    @Override
    public String id() {
        return id;
    }

    /**
     * The form of an id.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static MetricForm of(String id) {
        return Named.of(MetricForm.class, "metric form", id);
    }

    /** Whether only the diagonal is learned for rows like these. */
    public boolean isDiagonalFor(Design rows) {
        return this == DIAGONAL || this == AUTO && rows.dense().cols() > MOST_FULL;
    }
}

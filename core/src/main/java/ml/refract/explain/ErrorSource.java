package ml.refract.explain;

import ml.refract.engine.Named;

/** Which rows the errors behind an interval are of. */
public enum ErrorSource implements Named {
    /**
     * Training rows, predicted by models of folds that left them out. Approximate: the folds' models have learned from fewer rows,
     * and the settings were chosen by the same errors.
     */
    CROSS_FITTED("cross-fitted"),
    /** Rows that coefficients were not solved on, but that chose the round or the settings. Approximate. */
    CHOOSING("held-out"),
    /** Rows that nothing in the model has seen: the coverage is guaranteed for rows drawn like them. */
    UNSEEN("unseen");

    private final String id;

    ErrorSource(String id) {
        this.id = id;
    }

    /** Name in reports and model files. */
    @Override
    public String id() {
        return id;
    }

    /** Whether the coverage holds by proof (split conformal prediction) and not by experience. */
    public boolean isGuaranteed() {
        return this == UNSEEN;
    }

    /**
     * The source of an id.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static ErrorSource of(String id) {
        return Named.of(ErrorSource.class, "source of errors", id);
    }
}

package ml.refract.explain;

/**
 * What turns predictions into statements that hold with a wanted share: the errors a model made on rows it had not learned from
 * (specification of xRFM, section 19). Immutable; arrays inside are shared, treat them as read-only.
 */
public sealed interface Conformal permits ResidualIntervals, ClassSets {
    /** Number of different rows that errors are known of. */
    int rows();

    /** What these rows were to the model. */
    ErrorSource source();
}

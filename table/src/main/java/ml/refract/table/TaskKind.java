package ml.refract.table;

/** What is predicted. */
public enum TaskKind {
    /** A number. */
    REGRESSION,
    /** One of several classes. */
    CLASSIFICATION
}

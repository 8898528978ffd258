package ml.refract.rfm;

/** Rows that features are learned on. The last solve is always on all rows. */
public enum LearningRows {
    /** All rows in every round. */
    ALL,

    /**
     * A sample in the first round, then two rounds on all rows, where that saves time: from about 6,000 rows and four updates on.
     * Three solves on all rows whatever the number of iterations; the metric, and so the error, is not quite that of learning
     * on all rows.
     */
    SAMPLE
}

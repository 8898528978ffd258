package ml.refract.rfm;

/** Rows that features are learned on. The last solve is always on all rows. */
public enum LearningRows {
    /** All rows in every round. */
    ALL,

    /**
     * Two growing samples first, then one more round on all rows, where there are enough rows for that to save time and more
     * than two updates are asked for. Two solves on all rows instead of one for each round; the metric, and so the error, is
     * not quite that of learning on all rows.
     */
    GROWING
}

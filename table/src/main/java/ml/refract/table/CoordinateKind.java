package ml.refract.table;

/** What a coordinate of the design says about its column. */
public enum CoordinateKind {
    /** The standardised number. */
    VALUE,
    /** The normal score of the number's rank among the training values, standardised. */
    RANK,
    /** One when the cell is missing, else zero. */
    INDICATOR,
    /** One when the row has this level, else zero. */
    LEVEL,
    /** The place of the level in the order of levels, standardised. */
    ORDER,
    /** The mean target in training of the level or of the interval of numbers, or the share of a class. */
    TARGET_MEAN,
    /** The standardised time, or sine or cosine of a position in the year, week or day. */
    DATE_PART
}

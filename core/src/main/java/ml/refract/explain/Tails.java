package ml.refract.explain;

/** How an interval is cut from errors. */
public enum Tails {
    /** The same distance to both sides: a quantile of the errors' size. The shorter way where errors lie evenly. */
    SYMMETRIC,
    /** Each side by its own quantile of the signed errors: for errors that lean to one side. */
    SEPARATE
}

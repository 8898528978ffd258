package ml.refract.table;

/** How the dates of a column are written. Times of day may follow any date, and a zone or offset may follow a time. */
public enum DateKind {
    /** {@code yyyy-MM-dd} or {@code yyyy/MM/dd}, the year first. */
    YEAR_FIRST("yyyy-MM-dd"),
    /** {@code dd/MM/yyyy}; leading zeros may be left out. */
    DAY_FIRST("dd/MM/yyyy"),
    /** {@code MM/dd/yyyy}; leading zeros may be left out. */
    MONTH_FIRST("MM/dd/yyyy"),
    /** {@code HH:mm} or {@code HH:mm:ss}, without a date. */
    TIME("HH:mm[:ss]");

    private final String pattern;

    DateKind(String pattern) {
        this.pattern = pattern;
    }

    /** The way dates are written, as people read it. */
    public String pattern() {
        return pattern;
    }
}

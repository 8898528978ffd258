package ml.refract.table;

import java.time.LocalDate;

/** What the encoder takes from a time given as seconds since 1970-01-01T00:00. */
enum DatePart {
    TIME("time"),
    YEAR_SIN("day of year, sine"),
    YEAR_COS("day of year, cosine"),
    WEEK_SIN("day of week, sine"),
    WEEK_COS("day of week, cosine"),
    DAY_SIN("time of day, sine"),
    DAY_COS("time of day, cosine");

    private static final int SECONDS_PER_DAY = 86_400;

    private final String label;

    DatePart(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    /** The value before any scaling. Strict arithmetic: the same bits on every machine. */
    double of(double seconds) {
        return switch (this) {
            case TIME -> seconds;
            case YEAR_SIN -> StrictMath.sin(angle(yearFraction(seconds)));
            case YEAR_COS -> StrictMath.cos(angle(yearFraction(seconds)));
            case WEEK_SIN -> StrictMath.sin(angle(weekFraction(seconds)));
            case WEEK_COS -> StrictMath.cos(angle(weekFraction(seconds)));
            case DAY_SIN -> StrictMath.sin(angle(dayFraction(seconds)));
            case DAY_COS -> StrictMath.cos(angle(dayFraction(seconds)));
        };
    }

    private static double angle(double fraction) {
        return 2 * Math.PI * fraction;
    }

    private static double yearFraction(double seconds) {
        LocalDate date = LocalDate.ofEpochDay(day(seconds));
        return (date.getDayOfYear() - 1) / (double) date.lengthOfYear();
    }

    /** Monday is 0; 1970-01-01 was a Thursday. */
    private static double weekFraction(double seconds) {
        return Math.floorMod(day(seconds) + 3, 7L) / 7.0;
    }

    private static double dayFraction(double seconds) {
        return (seconds - (double) day(seconds) * SECONDS_PER_DAY) / SECONDS_PER_DAY;
    }

    private static long day(double seconds) {
        return (long) Math.floor(seconds / SECONDS_PER_DAY);
    }
}

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
    private static final Circle WEEK = new Circle(7);
    private static final Circle YEAR = new Circle(365);
    private static final Circle LEAP_YEAR = new Circle(366);

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
            case YEAR_SIN -> year(seconds, true);
            case YEAR_COS -> year(seconds, false);
            case WEEK_SIN -> WEEK.sin[dayOfWeek(seconds)];
            case WEEK_COS -> WEEK.cos[dayOfWeek(seconds)];
            case DAY_SIN -> StrictMath.sin(2 * Math.PI * dayFraction(seconds));
            case DAY_COS -> StrictMath.cos(2 * Math.PI * dayFraction(seconds));
        };
    }

    private static double year(double seconds, boolean sine) {
        LocalDate date = LocalDate.ofEpochDay(day(seconds));
        Circle circle = date.isLeapYear() ? LEAP_YEAR : YEAR;
        return (sine ? circle.sin : circle.cos)[date.getDayOfYear() - 1];
    }

    /** Monday is 0; 1970-01-01 was a Thursday. */
    private static int dayOfWeek(double seconds) {
        return Math.floorMod(day(seconds) + 3, 7);
    }

    private static double dayFraction(double seconds) {
        return (seconds - (double) day(seconds) * SECONDS_PER_DAY) / SECONDS_PER_DAY;
    }

    private static long day(double seconds) {
        return (long) Math.floor(seconds / SECONDS_PER_DAY);
    }

    /** Sine and cosine of days evenly spread over a circle. */
    private static final class Circle {
        final double[] sin;
        final double[] cos;

        Circle(int days) {
            sin = new double[days];
            cos = new double[days];
            for (int day = 0; day < days; day++) {
                double angle = 2 * Math.PI * (day / (double) days);
                sin[day] = StrictMath.sin(angle);
                cos[day] = StrictMath.cos(angle);
            }
        }
    }
}

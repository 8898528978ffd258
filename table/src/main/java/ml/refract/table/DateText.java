package ml.refract.table;

import java.time.DateTimeException;
import java.time.LocalDate;

/**
 * Reads dates and times of the {@link DateKind}s as seconds since 1970-01-01T00:00 UTC. A time without a zone is taken
 * as UTC, so that its clock time survives. One instance is reused and belongs to one thread.
 */
final class DateText {
    private static final int SECONDS_PER_DAY = 86_400;

    private char[] chars = new char[0];
    private int at;
    private int end;
    private boolean failed;

    /** The seconds, or NaN when the characters are no date of this kind. */
    double read(DateKind kind, char[] source, int from, int to) {
        if (from == to || source[from] < '0' || source[from] > '9') {
            return Double.NaN;
        }
        chars = source;
        at = from;
        end = to;
        failed = false;
        double seconds = kind == DateKind.TIME ? timeOfDay(2) : date(kind) * (double) SECONDS_PER_DAY + timeAfterDate();
        return failed || at != end ? Double.NaN : seconds;
    }

    private long date(DateKind kind) {
        return kind == DateKind.YEAR_FIRST ? yearFirst() : yearLast(kind == DateKind.DAY_FIRST);
    }

    private long yearFirst() {
        int year = digits(4, 4);
        char separator = peek() == '/' ? '/' : '-';
        skip(separator);
        int month = digits(2, 2);
        skip(separator);
        return epochDay(year, month, digits(2, 2));
    }

    private long yearLast(boolean dayFirst) {
        int first = digits(1, 2);
        skip('/');
        int second = digits(1, 2);
        skip('/');
        int year = digits(4, 4);
        return epochDay(year, dayFirst ? second : first, dayFirst ? first : second);
    }

    private long epochDay(int year, int month, int day) {
        boolean possible = !failed && year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
        if (possible) {
            try {
                return LocalDate.of(year, month, day).toEpochDay();
            } catch (DateTimeException e) {
                // A day that its month does not have.
            }
        }
        failed = true;
        return 0;
    }

    private double timeAfterDate() {
        if (failed || at == end) {
            return 0;
        }
        if (peek() != 'T' && peek() != ' ') {
            failed = true;
            return 0;
        }
        at++;
        double seconds = timeOfDay(1);
        return at == end ? seconds : seconds - offset();
    }

    private double timeOfDay(int fewestHourDigits) {
        int hour = digits(fewestHourDigits, 2);
        skip(':');
        int minute = digits(2, 2);
        double second = 0;
        if (peek() == ':') {
            at++;
            second = digits(2, 2) + fraction();
        }
        failed |= hour > 23 || minute > 59 || second >= 60;
        return hour * 3600 + minute * 60 + second;
    }

    private double fraction() {
        if (peek() != '.') {
            return 0;
        }
        int from = at++;
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        failed |= at == from + 1;
        return failed ? 0 : Double.parseDouble(new String(chars, from, at - from));
    }

    /** The offset in seconds of Z, UTC, +hh, +hhmm or +hh:mm, with or without a space before it. */
    private double offset() {
        if (peek() == ' ') {
            at++;
        }
        if (end - at == 3 && chars[at] == 'U' && chars[at + 1] == 'T' && chars[at + 2] == 'C') {
            at = end;
            return 0;
        }
        char sign = peek();
        at++;
        if (sign == 'Z') {
            return 0;
        }
        failed |= sign != '+' && sign != '-';
        int hours = digits(2, 2);
        if (peek() == ':') {
            at++;
        }
        int minutes = at == end ? 0 : digits(2, 2);
        failed |= hours > 18 || minutes > 59;
        return (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
    }

    private char peek() {
        return at < end ? chars[at] : 0;
    }

    private void skip(char wanted) {
        failed |= peek() != wanted;
        at++;
    }

    private int digits(int fewest, int most) {
        int value = 0;
        int count = 0;
        while (count < most && peek() >= '0' && peek() <= '9') {
            value = 10 * value + (chars[at++] - '0');
            count++;
        }
        failed |= count < fewest;
        return value;
    }
}

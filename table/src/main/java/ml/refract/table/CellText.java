package ml.refract.table;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;

/**
 * The text of a value that a program passes, so that rows of values go through the same inference and the same checks
 * as the cells of a file. Numbers keep their exact value.
 */
final class CellText {
    private CellText() {}

    /** The text; empty for null and NaN, which mean missing. */
    static String of(@Nullable Object value, String where) {
        if (value == null) {
            return "";
        }
        if (value instanceof Float number) {
            return of((double) number);
        }
        if (value instanceof Double number) {
            return of((double) number);
        }
        if (value instanceof Enum<?> constant) {
            return constant.name();
        }
        if (value instanceof ZonedDateTime time) {
            return time.toOffsetDateTime().toString();
        }
        if (isItsOwnText(value)) {
            return value.toString();
        }
        throw new DataException(
                where,
                "found a " + value.getClass().getName() + ", wanted a number, text, boolean, java.time date or null",
                "convert the value first");
    }

    private static boolean isItsOwnText(Object value) {
        return value instanceof CharSequence
                || value instanceof Number
                || value instanceof Boolean
                || value instanceof Character
                || value instanceof LocalDate
                || value instanceof LocalDateTime
                || value instanceof LocalTime
                || value instanceof OffsetDateTime
                || value instanceof Instant;
    }

    private static String of(double number) {
        return Double.isNaN(number) ? "" : Double.toString(number);
    }
}

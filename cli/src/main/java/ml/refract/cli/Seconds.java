package ml.refract.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A length of time as people write it: 90, 60s, 5m, 1h30m. Without a unit it is seconds. */
final class Seconds implements ITypeConverter<Double> {
    private static final Pattern FORM = Pattern.compile("(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+(?:\\.\\d+)?)s?)?");

    @Override
    public Double convert(String text) {
        Matcher matcher = FORM.matcher(text.toLowerCase(Locale.ROOT));
        double seconds = matcher.matches()
                ? 3600 * part(matcher.group(1)) + 60 * part(matcher.group(2)) + part(matcher.group(3))
                : 0;
        if (!(seconds > 0)) {
            throw new TypeConversionException(
                    "found '" + text + "', wanted a time above zero, such as 60s, 5m or 1h30m");
        }
        return seconds;
    }

    private static double part(String digits) {
        return digits == null ? 0 : Double.parseDouble(digits);
    }

    /** A time for people, in the two largest units that matter. */
    static String text(double seconds) {
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        return whole < 3600
                ? whole / 60 + " min " + whole % 60 + " s"
                : whole / 3600 + " h " + whole % 3600 / 60 + " min";
    }
}

package ml.refract.bench;

import java.util.List;
import java.util.Locale;

/**
 * What is wanted of a measured number.
 *
 * @param what the number
 * @param wanted its bound
 * @param format of the number in a table
 * @param value what was measured; NaN for nothing
 * @param met whether that keeps the bound
 */
record Target(String what, String wanted, String format, double value, boolean met) {

    static Target atLeast(String what, String format, double bound, double value) {
        return new Target(what, "at least " + text(format, bound), format, value, value >= bound);
    }

    static Target atMost(String what, String format, double bound, double value) {
        return new Target(what, "at most " + text(format, bound), format, value, value <= bound);
    }

    private static String text(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    /** A section with a table of those that were measured. */
    static String section(List<Target> targets) {
        StringBuilder text = new StringBuilder("\n## Targets\n\n| | wanted | measured | met |\n|---|---:|---:|---|\n");
        targets.stream().filter(target -> !Double.isNaN(target.value())).forEach(target -> text.append(target.row()));
        return text.toString();
    }

    private String row() {
        return "| " + what + " | " + wanted + " | " + text(format, value) + " | " + (met ? "yes" : "no") + " |\n";
    }
}

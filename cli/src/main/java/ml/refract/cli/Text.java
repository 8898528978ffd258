package ml.refract.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Numbers and lists as people read them. */
final class Text {
    private Text() {}

    /** A count with commas between thousands. */
    static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** "1 row", "2 rows". */
    static String count(long value, String noun) {
        return count(value) + " " + noun + (value == 1 ? "" : "s");
    }

    /** Five significant digits. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        if (value != 0 && (Math.abs(value) >= 1e7 || Math.abs(value) < 1e-4)) {
            return String.format(Locale.ROOT, "%.4e", value);
        }
        int whole = value == 0 ? 1 : (int) Math.floor(Math.log10(Math.abs(value))) + 1;
        return String.format(Locale.ROOT, "%." + Math.max(0, 5 - whole) + "f", value);
    }

    /** Five significant digits, with a sign in front of positive numbers too. */
    static String signed(double value) {
        return value > 0 ? "+" + number(value) : number(value);
    }

    /** A setting as short as it can be written. */
    static String setting(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? String.valueOf((long) value)
                : new BigDecimal(value)
                        .round(new MathContext(5))
                        .stripTrailingZeros()
                        .toPlainString();
    }

    /** A share in percent. */
    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /** A bar whose length is proportional to the share. */
    static String bar(double share, double largest, int length) {
        int filled = largest > 0 ? (int) Math.round(length * share / largest) : 0;
        return "#".repeat(Math.max(0, Math.min(length, filled)));
    }

    /** The items with a bar between them; a bar or backslash in an item has a backslash before it. */
    static String joined(List<String> items) {
        return items.stream()
                .map(item -> item.replace("\\", "\\\\").replace("|", "\\|"))
                .collect(Collectors.joining("|"));
    }

    /** The items joined by commas, cut after some with a word on how many more there are. */
    static String some(List<String> items, int most) {
        return items.size() <= most
                ? String.join(", ", items)
                : String.join(", ", items.subList(0, most)) + " and " + count(items.size() - most) + " more";
    }
}

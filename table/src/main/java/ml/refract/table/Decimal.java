package ml.refract.table;

import java.math.BigDecimal;
import java.nio.CharBuffer;
import java.util.regex.Pattern;

/**
 * Reads decimal numbers: an optional sign, digits with at most one point, an optional exponent. Nothing else that Java
 * would accept (suffixes, hexadecimal, names of infinity) is a number here. Values are exactly those of
 * {@link Double#parseDouble}.
 *
 * <p>One instance holds the number read last; it is reused and belongs to one thread.
 */
final class Decimal {
    /** Beyond this magnitude not every integer is a double. */
    private static final long LARGEST_EXACT = 1L << 53;

    /** Digits that surely fit in a long. */
    private static final int MOST_DIGITS = 18;

    private static final int POINT = '.' - '0';

    private static final int EXPONENT_CLAMP = 100_000;

    private static final int SURELY_FINITE_DIGITS = 300;

    private static final int LARGEST_LEVEL_EXPONENT = 10_000;

    private static final int LONGEST_PLAIN_SCALE = 30;

    private static final double[] EXACT_POWERS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };

    private static final Pattern WITH_COMMA = Pattern.compile("[+-]?(\\d+,\\d+|\\d{1,3}(,\\d{3})+(\\.\\d+)?)");

    private char[] chars = new char[0];
    private int start;
    private int end;
    private long digits;
    private int digitCount;
    private int significant;
    private int decimals;
    private int exponent;
    private boolean integer;
    private boolean leadingZero;

    /** Whether the characters from start (inclusive) to end (exclusive) are a decimal number, which is then kept. */
    boolean read(char[] source, int from, int to) {
        chars = source;
        start = from;
        end = to;
        int i = from < to && isSign(source[from]) ? from + 1 : from;
        boolean zeroFirst = i < to && source[i] == '0';
        i = readDigits(i);
        if (digitCount == 0) {
            return false;
        }
        exponent = -decimals;
        leadingZero = integer && zeroFirst && digitCount > 1;
        return i == to || readExponent(i);
    }

    private static boolean isSign(char c) {
        return c == '-' || c == '+';
    }

    /** Reads digits with at most one point; returns the index behind them. */
    private int readDigits(int from) {
        char[] source = chars;
        long value = 0;
        int kept = 0;
        int point = -1;
        int i = from;
        for (; i < end; i++) {
            int digit = source[i] - '0';
            if (digit >= 0 && digit <= 9) {
                if (kept < MOST_DIGITS) {
                    value = 10 * value + digit;
                }
                if (kept > 0 || digit > 0) {
                    kept++;
                }
            } else if (digit == POINT && point < 0) {
                point = i;
            } else {
                break;
            }
        }
        digits = value;
        significant = kept;
        integer = point < 0;
        digitCount = integer ? i - from : i - from - 1;
        decimals = integer ? 0 : i - point - 1;
        return i;
    }

    /** Reads E, an optional sign and digits, which must be all that is left. */
    private boolean readExponent(int from) {
        if (chars[from] != 'e' && chars[from] != 'E') {
            return false;
        }
        int i = from + 1 < end && isSign(chars[from + 1]) ? from + 2 : from + 1;
        boolean down = chars[i - 1] == '-';
        boolean any = i < end;
        int power = 0;
        for (; i < end && chars[i] >= '0' && chars[i] <= '9'; i++) {
            power = Math.min(EXPONENT_CLAMP, 10 * power + (chars[i] - '0'));
        }
        exponent += down ? -power : power;
        integer = false;
        leadingZero = false;
        return any && i == end;
    }

    /** The number as a double, correctly rounded; infinite when it is too large. */
    double value() {
        if (digits == 0) {
            return signed(0);
        }
        double magnitude = significant > MOST_DIGITS ? Double.NaN : magnitude();
        return Double.isNaN(magnitude) ? Double.parseDouble(new String(chars, start, end - start)) : signed(magnitude);
    }

    /** The number without its sign if that can be had fast, else NaN. */
    private double magnitude() {
        if (digits <= LARGEST_EXACT) {
            // Both factors are exact doubles, so that the single operation rounds correctly.
            if (exponent <= 0 && exponent > -EXACT_POWERS.length) {
                return digits / EXACT_POWERS[-exponent];
            }
            if (exponent > 0 && exponent < EXACT_POWERS.length) {
                return digits * EXACT_POWERS[exponent];
            }
        }
        return EiselLemire.toDouble(digits, exponent);
    }

    /** Whether it is too large for a double. */
    boolean isInfinite() {
        return exponent + significant > SURELY_FINITE_DIGITS && Double.isInfinite(value());
    }

    private boolean isNegative() {
        return chars[start] == '-';
    }

    private double signed(double magnitude) {
        return isNegative() ? -magnitude : magnitude;
    }

    /** Whether it was written without point and exponent. */
    boolean isInteger() {
        return integer;
    }

    /** Whether it is an integer written with zeros in front, as codes are. */
    boolean hasLeadingZero() {
        return leadingZero;
    }

    /** Whether it is an integer that a double may not hold exactly. */
    boolean isHugeInteger() {
        return integer && (significant > MOST_DIGITS || digits > LARGEST_EXACT);
    }

    /** The integer itself; only for integers that are not huge. */
    long integer() {
        return isNegative() ? -digits : digits;
    }

    /** Whether the characters spell infinity: inf or infinity in any case, with or without a sign. */
    static boolean isInfinity(char[] source, int from, int to) {
        int i = from < to && (source[from] == '-' || source[from] == '+') ? from + 1 : from;
        return equalsIgnoreCase(source, i, to, "inf") || equalsIgnoreCase(source, i, to, "infinity");
    }

    private static boolean equalsIgnoreCase(char[] source, int from, int to, String word) {
        if (to - from != word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (Character.toLowerCase(source[from + i]) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the characters are a number whose decimals or thousands are set off by commas. */
    static boolean isNumberWithComma(char[] source, int from, int to) {
        boolean possible = from < to && source[from] <= '9' && source[to - 1] >= '0' && source[to - 1] <= '9';
        return possible
                && WITH_COMMA.matcher(CharBuffer.wrap(source, from, to - from)).matches();
    }

    /** Whether a text is a decimal number of sensible size, which can be compared with others by its exact value. */
    static boolean isNumber(String text) {
        char[] source = text.toCharArray();
        Decimal decimal = new Decimal();
        return decimal.read(source, 0, source.length) && Math.abs(decimal.exponent) < LARGEST_LEVEL_EXPONENT;
    }

    /**
     * One spelling for all spellings of a number: "1", "1.0", "+1" and "1e0" become "1". Exact, also beyond the range
     * of doubles, and the same on every Java version.
     */
    static String canonical(String number) {
        return canonical(new BigDecimal(number));
    }

    static String canonical(BigDecimal number) {
        BigDecimal value = number.stripTrailingZeros();
        return Math.abs(value.scale()) <= LONGEST_PLAIN_SCALE ? value.toPlainString() : value.toString();
    }

    /** The canonical spelling of a finite double. */
    static String canonical(double value) {
        return canonical(Double.toString(value));
    }
}

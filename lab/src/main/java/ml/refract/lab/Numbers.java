package ml.refract.lab;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as people read them. */
public final class Numbers {
    private Numbers() {}

    /** At most five significant digits, without zeros at the end; very small and large ones with an exponent. */
    public static String text(double value) {
        if (!Double.isFinite(value)) {
            return String.valueOf(value);
        }
        if (value == 0) {
            return "0";
        }
        double size = Math.abs(value);
        if (size >= 1e7 || size < 1e-3) {
            return String.format(Locale.ROOT, "%.4e", value)
                    .replaceAll("0+e", "e")
                    .replace(".e", "e")
                    .replaceAll("e([+-])0*(\\d)", "e$1$2")
                    .replace("e+", "e");
        }
        return new BigDecimal(value)
                .round(new MathContext(Math.max(5, (int) Math.ceil(Math.log10(size)))))
                .stripTrailingZeros()
                .toPlainString();
    }
}

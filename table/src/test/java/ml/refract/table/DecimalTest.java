package ml.refract.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalTest {
    private final Decimal decimal = new Decimal();

    private boolean read(String text) {
        char[] padded = ("<" + text + ">").toCharArray();
        return decimal.read(padded, 1, padded.length - 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "+7",
                "42",
                "007",
                "1.",
                ".5",
                "-.5",
                "1.50",
                "1e3",
                "1E-3",
                "1.e+2",
                "12345678901234567890",
                "1e400",
                "4.9e-324",
                "1e-400",
                "0e99999999999",
                "179769313486231570000000000000000000000"
            })
    void readsWhatJavaReads(String text) {
        assertThat(read(text)).isTrue();
        assertThat(decimal.value()).isEqualTo(Double.parseDouble(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "+",
                ".",
                "e5",
                "1e",
                "1e+",
                "1d",
                "1f",
                "0x10",
                "1,5",
                "1 000",
                "--1",
                "1.2.3",
                "NaN",
                "inf",
                "Infinity",
                "1e5.0",
                "٣"
            })
    void refusesWhatIsNoDecimalNumber(String text) {
        assertThat(read(text)).isFalse();
    }

    @Test
    void agreesWithParseDoubleToTheBit() {
        SplittableRandom random = new SplittableRandom(20260131);
        for (int i = 0; i < 400_000; i++) {
            String text = randomNumber(random, i % 6);
            assertThat(read(text)).as(text).isTrue();
            assertThat(Double.doubleToRawLongBits(decimal.value()))
                    .as(text)
                    .isEqualTo(Double.doubleToRawLongBits(Double.parseDouble(text)));
        }
    }

    private static String randomNumber(SplittableRandom random, int kind) {
        return switch (kind) {
            case 0 -> finite(Double.longBitsToDouble(random.nextLong()));
            case 1 -> Double.toString((random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(-30, 30)));
            case 2 -> random.nextLong(1_000_000_000_000_000_000L) + "e" + random.nextInt(-130, 130);
            case 3 -> (random.nextBoolean() ? "-" : "") + random.nextInt(100_000) + "." + random.nextInt(1_000_000);
            // Exactly half way between two doubles, where rounding must go to the even one.
            case 4 -> (2 * random.nextLong(1L << 52, 1L << 53) + 1) + "e" + random.nextInt(-3, 3);
            default -> random.nextLong(1_000_000_000L) + "" + random.nextLong(1_000_000_000_000L) + ".25";
        };
    }

    private static String finite(double value) {
        return Double.isFinite(value) ? Double.toString(value) : "0";
    }

    @ParameterizedTest
    @CsvSource({
        "12,true,false,false",
        "012,true,false,true",
        "0,true,false,false",
        "1.0,false,false,false",
        "9007199254740992,true,false,false",
        "9007199254740993,true,true,false",
        "1e3,false,false,false",
        "-99999999999999999999,true,true,false"
    })
    void knowsIntegers(String text, boolean integer, boolean huge, boolean leadingZero) {
        assertThat(read(text)).isTrue();
        assertThat(decimal.isInteger()).isEqualTo(integer);
        assertThat(decimal.isHugeInteger()).isEqualTo(huge);
        assertThat(decimal.hasLeadingZero()).isEqualTo(leadingZero);
    }

    @ParameterizedTest
    @CsvSource({
        "1,1",
        "1.0,1",
        "+1,1",
        "1e0,1",
        "-0,0",
        "0.10,0.1",
        "100,100",
        "1E2,100",
        "9007199254740993,9007199254740993",
        "1e40,1E+40"
    })
    void writesEqualNumbersAlike(String text, String canonical) {
        assertThat(Decimal.canonical(text)).isEqualTo(canonical);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "3,14 true",
                "1,234 true",
                "1,234,567.5 true",
                "-0,5 true",
                "1,2,3 false",
                "a,1 false",
                "1, false",
                ",5 false",
                "12 false"
            })
    void knowsNumbersWithCommas(String text, boolean expected) {
        char[] chars = text.toCharArray();
        assertThat(Decimal.isNumberWithComma(chars, 0, chars.length)).isEqualTo(expected);
    }
}

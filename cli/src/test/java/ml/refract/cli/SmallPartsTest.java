package ml.refract.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class SmallPartsTest {
    @ParameterizedTest
    @CsvSource({"500m, 524288000", "4g, 4294967296", "4GiB, 4294967296", "1k, 1024", "2TB, 2199023255552"})
    void sizesOfMemory(String text, long bytes) {
        assertThat(new ByteCount().convert(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "4", "1.5g", "-1g", "0g", "4 g", "4gg", "99999999999g"})
    void sizesThatAreNone(String text) {
        assertThatThrownBy(() -> new ByteCount().convert(text)).isInstanceOf(TypeConversionException.class);
    }

    @ParameterizedTest
    @CsvSource({"90, 90", "60s, 60", "2.5s, 2.5", "5m, 300", "1h, 3600", "1h30m, 5400", "1h1m1s, 3661"})
    void lengthsOfTime(String text, double seconds) {
        assertThat(new Seconds().convert(text)).isEqualTo(seconds);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0s", "-5s", "5 m", "1d", "s"})
    void timesThatAreNone(String text) {
        assertThatThrownBy(() -> new Seconds().convert(text)).isInstanceOf(TypeConversionException.class);
    }

    @Test
    void timesForPeople() {
        assertThat(Seconds.text(0.04)).isEqualTo("0.0 s");
        assertThat(Seconds.text(59.94)).isEqualTo("59.9 s");
        assertThat(Seconds.text(61)).isEqualTo("1 min 1 s");
        assertThat(Seconds.text(3725)).isEqualTo("1 h 2 min");
    }

    @Test
    void numbersForPeople() {
        assertThat(Text.number(0)).isEqualTo("0.0000");
        assertThat(Text.number(55245.19)).isEqualTo("55245");
        assertThat(Text.number(-0.77284)).isEqualTo("-0.77284");
        assertThat(Text.number(0.00016161)).isEqualTo("0.00016161");
        assertThat(Text.number(1.6161e-5)).isEqualTo("1.6161e-05");
        assertThat(Text.number(1.5e9)).isEqualTo("1.5000e+09");
        assertThat(Text.number(Double.NaN)).isEqualTo("-");
        assertThat(Text.signed(2.5)).isEqualTo("+2.5000");
        assertThat(Text.signed(-2.5)).isEqualTo("-2.5000");
        assertThat(Text.count(1, "row")).isEqualTo("1 row");
        assertThat(Text.count(12345, "row")).isEqualTo("12,345 rows");
        assertThat(Text.bar(0.5, 1, 10)).isEqualTo("#####");
        assertThat(Text.bar(0, 0, 10)).isEmpty();
        assertThat(Text.some(java.util.List.of("a", "b", "c"), 2)).isEqualTo("a, b and 1 more");
    }

    @Test
    void tablesSetNumbersToTheRight() {
        String table = new TextTable()
                .row("name", "rows", "")
                .row("first", "5", "x")
                .row("second one", "1,234", "")
                .text();
        assertThat(table).isEqualTo("  name         rows\n  first           5  x\n  second one  1,234\n");
    }
}

package ml.refract.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DateTextTest {

    private static double read(DateKind kind, String text) {
        char[] chars = text.toCharArray();
        return new DateText().read(kind, chars, 0, chars.length);
    }

    @ParameterizedTest
    @CsvSource({
        "YEAR_FIRST, 2024-02-29, 2024-02-29T00:00:00Z",
        "YEAR_FIRST, 2024/02/29, 2024-02-29T00:00:00Z",
        "YEAR_FIRST, 1969-12-31 23:59, 1969-12-31T23:59:00Z",
        "YEAR_FIRST, 2024-02-29T23:59:58, 2024-02-29T23:59:58Z",
        "YEAR_FIRST, 2024-02-29T23:59:58.25, 2024-02-29T23:59:58.25Z",
        "YEAR_FIRST, 2024-02-29T23:59:58Z, 2024-02-29T23:59:58Z",
        "YEAR_FIRST, 2024-02-29T23:59+02:00, 2024-02-29T21:59:00Z",
        "YEAR_FIRST, 2024-02-29 23:59:00 -0330, 2024-03-01T03:29:00Z",
        "YEAR_FIRST, 2024-02-29 23:59:00+01, 2024-02-29T22:59:00Z",
        "YEAR_FIRST, 2024-02-29 23:59:00 UTC, 2024-02-29T23:59:00Z",
        "DAY_FIRST, 31/12/2023, 2023-12-31T00:00:00Z",
        "DAY_FIRST, 1/2/2023 9:05, 2023-02-01T09:05:00Z",
        "MONTH_FIRST, 12/31/2023, 2023-12-31T00:00:00Z",
        "MONTH_FIRST, 1/2/2023, 2023-01-02T00:00:00Z",
        "TIME, 07:30, 1970-01-01T07:30:00Z",
        "TIME, 23:59:59, 1970-01-01T23:59:59Z"
    })
    void readsDates(DateKind kind, String text, Instant expected) {
        double seconds = expected.getEpochSecond() + expected.getNano() / 1e9;
        assertThat(read(kind, text)).isEqualTo(seconds);
    }

    @ParameterizedTest
    @CsvSource({
        "YEAR_FIRST, 2023-02-29",
        "YEAR_FIRST, 2023-13-01",
        "YEAR_FIRST, 2023-1-1",
        "YEAR_FIRST, 0000-01-01",
        "YEAR_FIRST, 2023-01/01",
        "YEAR_FIRST, 2023-01-01x",
        "YEAR_FIRST, 2023-01-01T",
        "YEAR_FIRST, 2023-01-01 24:00",
        "YEAR_FIRST, 2023-01-01 10:60",
        "YEAR_FIRST, 2023-01-01 10:00:60",
        "YEAR_FIRST, 2023-01-01 10:00:00.",
        "YEAR_FIRST, 2023-01-01 10:00+25:00",
        "YEAR_FIRST, 2023-01-01 10:00 PST",
        "YEAR_FIRST, 10:00",
        "DAY_FIRST, 12/31/2023",
        "DAY_FIRST, 31/12/23",
        "MONTH_FIRST, 31/12/2023",
        "TIME, 7:30",
        "TIME, 16:9",
        "TIME, 24:00",
        "TIME, 2023-01-01"
    })
    void refusesOtherTexts(DateKind kind, String text) {
        assertThat(read(kind, text)).isNaN();
    }

    @Test
    void emptyTextIsNoDate() {
        assertThat(read(DateKind.TIME, "")).isNaN();
    }
}

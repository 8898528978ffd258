package ml.refract.table;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InferenceErrorsTest {

    private static void assertRefused(String text, ColumnOptions options, String message) {
        assertThatThrownBy(() -> Samples.table(text, options))
                .isInstanceOf(DataException.class)
                .hasMessage(message);
    }

    private static void assertRefused(String text, String message) {
        assertRefused(text, ColumnOptions.defaults(), message);
    }

    @Test
    void infinityAmongNumbers() {
        assertRefused(
                "a,x\n1,1\n1,-inf\n2,Infinity\n",
                "data.csv, line 3 (data row 1), column 'x': found \"-inf\" among numbers, wanted finite numbers. "
                        + "Remedy: if it stands for a missing value, add --missing -inf; else add --categorical x or "
                        + "--ignore x");
        assertRefused(
                "x\n1\n1e999\n",
                "data.csv, line 3 (data row 1), column 'x': found \"1e999\" among numbers, wanted finite numbers. "
                        + "Remedy: if it stands for a missing value, add --missing 1e999; else add --categorical x or "
                        + "--ignore x");
    }

    @Test
    void aLittleTextAmongNumbers() {
        assertRefused(
                Samples.column("x", 40, i -> i == 3 ? "abc" : i == 17 ? "1O" : String.valueOf(i * i)),
                "data.csv, column 'x': mixed types: 38 cells are numbers, but \"abc\" in line 5 (data row 3), \"1O\" in "
                        + "line 19 (data row 17) are not. Remedy: if that text stands for a missing value, add "
                        + "--missing TOKEN; else add --categorical x or --ignore x");
        assertRefused(
                Samples.column("x", 20, i -> i == 3 ? "abc" : String.valueOf(i * i)),
                "data.csv, column 'x': mixed types: 19 cells are numbers, but \"abc\" in line 5 (data row 3) is not. "
                        + "Remedy: if that text stands for a missing value, add --missing TOKEN; else add "
                        + "--categorical x or --ignore x");
    }

    @Test
    void nobodyIsToldToIgnoreTheTarget() {
        assertRefused(
                Samples.column("x", 20, i -> i == 3 ? "U" : String.valueOf(i % 5)),
                ColumnOptions.defaults().withTarget("x"),
                "data.csv, column 'x': mixed types: 19 cells are numbers, but \"U\" in line 5 (data row 3) is not. "
                        + "Remedy: if that text stands for a missing value, add --missing TOKEN; else add "
                        + "--categorical x");
    }

    @Test
    void onlyTheFirstThreeOffendersAreNamed() {
        assertRefused(
                Samples.column("x", 100, i -> i % 20 == 6 ? "t" + i : String.valueOf(i * i)),
                "data.csv, column 'x': mixed types: 95 cells are numbers, but \"t6\" in line 8 (data row 6), \"t26\" in "
                        + "line 28 (data row 26), \"t46\" in line 48 (data row 46) and 2 more are not. Remedy: if that "
                        + "text stands for a missing value, add --missing TOKEN; else add --categorical x or --ignore x");
    }

    @Test
    void aLittleTextAmongDates() {
        assertRefused(
                Samples.column("x", 30, i -> i == 2 ? "0" : i == 5 ? "soon" : "2024-01-" + (10 + i % 20)),
                "data.csv, column 'x': mixed types: 28 cells are dates, but \"0\" in line 4 (data row 2), \"soon\" in line "
                        + "7 (data row 5) are not. Remedy: if that text stands for a missing value, add --missing "
                        + "TOKEN; else add --categorical x or --ignore x");
    }

    @Test
    void datesThatCanBeReadBothWays() {
        assertRefused(
                "x\n01/02/2024\n03/04/2024\n",
                "data.csv, column 'x': dates like \"01/02/2024\" can be read day first or month first, and no value of "
                        + "the column tells which. Remedy: write them as yyyy-MM-dd, or add --categorical x or "
                        + "--ignore x");
    }

    @Test
    void numbersWithCommas() {
        assertRefused(
                "a;x\n1;3,14\n2;5\n",
                "data.csv, column 'x': the numbers are written with commas, such as \"3,14\". Remedy: write them with a "
                        + "decimal point and nothing between thousands, or add --categorical x or --ignore x");
    }

    @Test
    void textInAColumnNamedNumeric() {
        assertRefused(
                "x,y\n1,1\nabc,1\ninf,2\n",
                ColumnOptions.defaults().withNumeric(Set.of("x")),
                "data.csv, column 'x': the column is named numeric, but \"abc\" in line 3 (data row 1), \"inf\" in line 4 "
                        + "(data row 2) are no finite number. Remedy: correct these cells, or name their text missing "
                        + "with --missing TOKEN");
    }

    @Test
    void textInAColumnNamedADate() {
        ColumnOptions dates = ColumnOptions.defaults().withDates(Set.of("x"));
        assertRefused(
                "x\n2024-01-01\nabc\n",
                dates,
                "data.csv, column 'x': the column is named a date, but \"abc\" in line 3 (data row 1) is no date. "
                        + "Remedy: write all dates as yyyy-MM-dd or yyyy-MM-dd HH:mm:ss");
        assertRefused(
                "x\n2024-01-01\n13/01/2024\n",
                dates,
                "data.csv, column 'x': the column is named a date, but its dates are not all written the same way. "
                        + "Remedy: write all dates as yyyy-MM-dd or yyyy-MM-dd HH:mm:ss");
    }

    @Test
    void namesThatDoNotExist() {
        assertRefused(
                "age,Sex\n1,m\n2,f\n",
                ColumnOptions.defaults().withCategorical(Set.of("sexx")),
                "data.csv: there is no column 'sexx', named as categorical (did you mean 'Sex'?). Remedy: use a name from "
                        + "the header: 'age', 'Sex'");
        assertRefused(
                "age,Sex\n1,m\n2,f\n",
                ColumnOptions.defaults().withTarget("price"),
                "data.csv: there is no column 'price', named as target. Remedy: use a name from the header: 'age', 'Sex'");
    }

    @Test
    void longHeadersAreNotListedWhole() {
        String header =
                String.join(",", IntStream.range(0, 13).mapToObj(i -> "c" + i).toList());
        assertRefused(
                header + "\n" + "1,".repeat(12) + "1\n",
                ColumnOptions.defaults().withIgnored(Set.of("quantity")),
                "data.csv: there is no column 'quantity', named as ignored. Remedy: use a name from the header: 'c0', 'c1', "
                        + "'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8', 'c9' and 3 more");
    }

    @Test
    void columnsNamedTwice() {
        assertThatThrownBy(() -> ColumnOptions.defaults()
                        .withCategorical(List.of("a", "b"))
                        .withNumeric(List.of("b")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Column 'b' is named both categorical and numeric; name it once");
        assertThatThrownBy(
                        () -> ColumnOptions.defaults().withIgnored(List.of("y")).withTarget("y"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Column 'y' is named both target and ignored; name it once");
    }

    @Test
    void oddTextIsShownSafely() {
        assertRefused(
                Samples.column("x", 40, i -> i == 3 ? "\"a\tb\n" + "c".repeat(60) + "\"" : String.valueOf(i * i)),
                "data.csv, column 'x': mixed types: 39 cells are numbers, but \"a\\tb\\n" + "c".repeat(36)
                        + "...\" in line 5 (data row 3) is not. Remedy: if that text stands for a missing value, add "
                        + "--missing TOKEN; else add --categorical x or --ignore x");
    }
}

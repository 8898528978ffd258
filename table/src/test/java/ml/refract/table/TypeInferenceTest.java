package ml.refract.table;

import static ml.refract.table.ColumnType.BOOLEAN;
import static ml.refract.table.ColumnType.CATEGORICAL;
import static ml.refract.table.ColumnType.CONSTANT;
import static ml.refract.table.ColumnType.DATE_TIME;
import static ml.refract.table.ColumnType.IDENTIFIER;
import static ml.refract.table.ColumnType.IGNORED;
import static ml.refract.table.ColumnType.NUMERIC;
import static ml.refract.table.ColumnType.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TypeInferenceTest {

    private static ColumnReport report(String name, List<String> cells, ColumnOptions options) {
        // A second column keeps rows alive whose only cell is empty.
        StringBuilder text = new StringBuilder(name).append(",other\n");
        cells.forEach(cell -> text.append(cell).append(",x\n"));
        return Samples.table(text.toString(), options).reports().get(0);
    }

    private static List<String> cells(String... cells) {
        return List.of(cells);
    }

    private static List<String> repeat(int rows, IntFunction<String> cell) {
        return IntStream.range(0, rows).mapToObj(cell).toList();
    }

    static Stream<Arguments> columns() {
        String huge = "90071992547409";
        return Stream.of(
                Arguments.of("x", cells("1", "-2.5", "3e4"), NUMERIC, "all values are numbers"),
                Arguments.of("x", cells("0", "1", "0"), NUMERIC, "all values are numbers"),
                Arguments.of("x", cells("", "1", "NA"), NUMERIC, "all values are numbers"),
                Arguments.of("x", cells("3", "3", ""), NUMERIC, "all values are numbers"),
                Arguments.of(
                        "zip",
                        cells("01234", "98765", "01234"),
                        NUMERIC,
                        "all values are numbers; some begin with a zero as codes do, then add --categorical zip"),
                Arguments.of("x", cells("", "?", "null"), CONSTANT, "every cell is missing"),
                Arguments.of("x", cells("7", "7.0", "7"), CONSTANT, "all values are the same"),
                Arguments.of("x", cells("a", "a", "a"), CONSTANT, "all values are the same"),
                Arguments.of("x", cells("yes", "yes", "yes"), CONSTANT, "all values are the same"),
                Arguments.of("x", cells("a", "a", ""), CATEGORICAL, "its values are text"),
                Arguments.of("x", cells("a", "b", "a"), CATEGORICAL, "its values are text"),
                Arguments.of("x", cells("1", "2", "5more"), CATEGORICAL, "its values are text"),
                Arguments.of("x", cells("yes", "No", "YES"), BOOLEAN, "all values are words for yes and no"),
                Arguments.of("x", cells("t", "f", "t"), BOOLEAN, "all values are words for yes and no"),
                Arguments.of("x", cells("n", "", "y"), BOOLEAN, "all values are words for yes and no"),
                Arguments.of("x", cells("TRUE", "", "true"), BOOLEAN, "all values are words for yes and no"),
                Arguments.of("x", cells("yes", "true", "no"), CATEGORICAL, "its values are text"),
                Arguments.of("x", cells("t", "f", "u"), CATEGORICAL, "its values are text"),
                Arguments.of(
                        "x",
                        cells("2024-01-31", "2023-02-28", ""),
                        DATE_TIME,
                        "all values are dates or times, written yyyy-MM-dd"),
                Arguments.of(
                        "x",
                        cells("2024-01-31T10:00:00Z", "2023/02/28 11:30", "2023-02-28"),
                        DATE_TIME,
                        "all values are dates or times, written yyyy-MM-dd"),
                Arguments.of(
                        "x",
                        cells("31/01/2024", "01/02/2024", "3/4/2024"),
                        DATE_TIME,
                        "all values are dates or times, written dd/MM/yyyy"),
                Arguments.of(
                        "x",
                        cells("01/31/2024", "01/02/2024", "3/4/2024"),
                        DATE_TIME,
                        "all values are dates or times, written MM/dd/yyyy"),
                Arguments.of(
                        "x",
                        cells("07:30", "23:59:59"),
                        DATE_TIME,
                        "all values are dates or times, written HH:mm[:ss]"),
                Arguments.of("x", cells("31/01/2024", "01/31/2024", ""), CATEGORICAL, "its values are text"),
                Arguments.of("x", cells("2023-02-30", "2023-01-01"), CATEGORICAL, "its values are text"),
                Arguments.of(
                        "customerID",
                        cells("7590-VHVEG", "5575-GNVDE", "3668-QPYBK"),
                        IDENTIFIER,
                        "its name says identifier and no value repeats; to use it, add --categorical customerID"),
                Arguments.of(
                        "row_id",
                        cells("17", "4", "9"),
                        IDENTIFIER,
                        "its name says identifier and no value repeats; to use it, add --numeric row_id"),
                Arguments.of("row_id", cells("17", "4", "17"), NUMERIC, "all values are numbers"),
                Arguments.of("id", cells("1.5", "2.5", "3.5"), NUMERIC, "all values are numbers"),
                Arguments.of("id", cells("a", "b", "a"), CATEGORICAL, "its values are text"),
                Arguments.of("humidity", cells("17", "4", "9"), NUMERIC, "all values are numbers"),
                Arguments.of(
                        "n",
                        repeat(20, i -> String.valueOf(i + 5)),
                        IDENTIFIER,
                        "it counts the rows; to use it, add --numeric n"),
                Arguments.of("n", repeat(19, i -> String.valueOf(i)), NUMERIC, "all values are numbers"),
                Arguments.of("n", repeat(30, i -> i == 7 ? "" : String.valueOf(i)), NUMERIC, "all values are numbers"),
                Arguments.of("n", repeat(30, i -> String.valueOf(2 * i)), NUMERIC, "all values are numbers"),
                Arguments.of("n", repeat(30, i -> i + ".0"), NUMERIC, "all values are numbers"),
                Arguments.of(
                        "n",
                        repeat(30, i -> huge + "9" + (100 + i)),
                        IDENTIFIER,
                        "its integers are too large to be held exactly as numbers, and nearly all differ"),
                Arguments.of(
                        "n",
                        repeat(30, i -> huge + "9" + (100 + i % 3)),
                        CATEGORICAL,
                        "its integers are too large to be held exactly as numbers"),
                Arguments.of(
                        "note",
                        repeat(20, i -> "remark " + i),
                        TEXT,
                        "more than 90 % of its texts differ; to use it, add --categorical note"),
                Arguments.of("note", repeat(19, i -> "remark " + i), CATEGORICAL, "its values are text"),
                Arguments.of("note", repeat(20, i -> "remark " + i % 18), CATEGORICAL, "its values are text"),
                Arguments.of(
                        "note",
                        repeat(20, i -> "a rather long remark, ".repeat(3).replace(',', ' ') + i % 12),
                        TEXT,
                        "its texts are long, and more than half of them differ; to use it, add --categorical note"),
                Arguments.of(
                        "note",
                        repeat(20, i -> "a rather long remark, ".repeat(3).replace(',', ' ') + i % 10),
                        CATEGORICAL,
                        "its values are text"),
                Arguments.of("x", cells("inf", "a", "inf"), CATEGORICAL, "its values are text"));
    }

    @ParameterizedTest
    @MethodSource("columns")
    void typesAndReasons(String name, List<String> cells, ColumnType type, String reason) {
        ColumnReport report = report(name, cells, ColumnOptions.defaults());
        assertThat(report.type()).isEqualTo(type);
        assertThat(report.reason()).isEqualTo(reason);
    }

    static Stream<Arguments> overrides() {
        ColumnOptions none = ColumnOptions.defaults();
        Set<String> x = Set.of("x");
        return Stream.of(
                Arguments.of(none.withCategorical(x), cells("1", "2", "1"), CATEGORICAL, "named categorical"),
                Arguments.of(none.withCategorical(x), cells("a", "a", "a"), CATEGORICAL, "named categorical"),
                Arguments.of(none.withCategorical(x), cells("", "", "?"), CONSTANT, "every cell is missing"),
                Arguments.of(none.withNumeric(x), repeat(30, String::valueOf), NUMERIC, "named numeric"),
                Arguments.of(none.withNumeric(x), cells("9007199254740993", "1", ""), NUMERIC, "named numeric"),
                Arguments.of(none.withDates(x), cells("2024-01-01"), DATE_TIME, "named a date; written yyyy-MM-dd"),
                Arguments.of(none.withIgnored(x), cells("1", "2", "inf"), IGNORED, "left out on request"),
                Arguments.of(
                        none.withTarget("x"),
                        repeat(30, String::valueOf),
                        NUMERIC,
                        "it is the target, and all its values are numbers"),
                Arguments.of(
                        none.withTarget("x"),
                        repeat(30, i -> "label " + i),
                        CATEGORICAL,
                        "it is the target, and its values are text"),
                Arguments.of(
                        none.withTarget("x"),
                        cells("", "", "?"),
                        NUMERIC,
                        "it is the target, and all its values are numbers"),
                Arguments.of(
                        none.withTarget("x").withCategorical(x),
                        cells("1", "2", "1"),
                        CATEGORICAL,
                        "named categorical"));
    }

    @ParameterizedTest
    @MethodSource("overrides")
    void whatTheCallerSaysGoesFirst(ColumnOptions options, List<String> cells, ColumnType type, String reason) {
        ColumnReport report = report("x", cells, options);
        assertThat(report.type()).isEqualTo(type);
        assertThat(report.reason()).isEqualTo(reason);
    }

    @Test
    void reportsCountMissingAndDistinctCells() {
        ColumnReport report = report("x", cells("b", "", "a", "NA", "b", "c", "d"), ColumnOptions.defaults());
        assertThat(report)
                .isEqualTo(
                        new ColumnReport("x", CATEGORICAL, "its values are text", 2, 4, true, List.of("b", "a", "c")));
        assertThat(report.distinctText()).isEqualTo("4");
    }

    @Test
    void distinctNumbersAreCountedUpToALimit() {
        ColumnReport atLimit = report("x", repeat(2000, i -> i % 1000 + ".5"), ColumnOptions.defaults());
        assertThat(atLimit.distinctText()).isEqualTo("1000");
        ColumnReport above = report("x", repeat(2000, i -> i + ".5"), ColumnOptions.defaults());
        assertThat(above.distinctText()).isEqualTo("> 1000");
    }

    @Test
    void identifiersAreCountedBeyondThatLimit() {
        List<String> oneRepeatAtTheEnd = repeat(5000, i -> String.valueOf(i == 4999 ? 6 : 3 * i));
        assertThat(report("user_id", oneRepeatAtTheEnd, ColumnOptions.defaults())
                        .type())
                .isEqualTo(NUMERIC);
        assertThat(report("user_id", repeat(5000, i -> String.valueOf(3 * i)), ColumnOptions.defaults())
                        .type())
                .isEqualTo(IDENTIFIER);
    }

    @Test
    void otherMissingTokensCanBeGiven() {
        CsvOptions options = CsvOptions.defaults().withMissingTokens(List.of(" - ", "-999"));
        try (TableSource source = Samples.source("x,y\n-,NA\n-999,a\n5,a\n")) {
            Table table = Table.read(source, options, ColumnOptions.defaults());
            assertThat(((NumericColumn) table.column("x")).toArray()).containsExactly(Double.NaN, Double.NaN, 5);
            assertThat(((CategoricalColumn) table.column("y")).levels()).containsExactly("NA", "a");
        }
    }

    @Test
    void equalNumbersAreOneLevelAndLevelsAreInNumericOrder() {
        CategoricalColumn column = categorical("x\n10\n1\n1.0\n+2\n1e1\n?\n", Set.of("x"));
        assertThat(column.levels()).containsExactly("1", "2", "10");
        assertThat(column.toArray()).containsExactly(2, 0, 0, 1, 2, -1);
    }

    @Test
    void textLevelsAreInTextOrder() {
        CategoricalColumn column = categorical("x\nb\n10\n1\n1.0\nB\n", Set.of());
        assertThat(column.levels()).containsExactly("1", "1.0", "10", "B", "b");
        assertThat(column.level(0)).isEqualTo(Optional.of("b"));
    }

    @Test
    void booleanLevelsKeepTheirFirstSpelling() {
        CategoricalColumn column = categorical("x\nYes\nno\nYES\nNo\nyes\n", Set.of());
        assertThat(column.type()).isEqualTo(BOOLEAN);
        assertThat(column.levels()).containsExactly("Yes", "no");
        assertThat(column.toArray()).containsExactly(0, 1, 0, 1, 0);
    }

    @Test
    void hugeIntegersStayDistinctLevels() {
        CategoricalColumn column = categorical("x\n9007199254740992\n9007199254740993\n", Set.of("x"));
        assertThat(column.levels()).containsExactly("9007199254740992", "9007199254740993");
    }

    private static CategoricalColumn categorical(String text, Set<String> named) {
        return (CategoricalColumn) Samples.table(text, ColumnOptions.defaults().withCategorical(named))
                .column("x");
    }
}

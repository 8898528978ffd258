package ml.refract.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableTest {
    private static final String MIXED = "n,c,d,id\n1.5,b,2024-01-01,1\n,a,,2\n-3,,2024-01-03,3\n";

    @Test
    void holdsTypedColumns() {
        Table table = Samples.table(MIXED);
        assertThat(table.rows()).isEqualTo(3);
        assertThat(table.delimiter()).contains(',');
        assertThat(table.columns()).extracting(Column::name).containsExactly("n", "c", "d");
        assertThat(table.reports()).extracting(ColumnReport::name).containsExactly("n", "c", "d", "id");
        NumericColumn n = (NumericColumn) table.column("n");
        assertThat(n.toArray()).containsExactly(1.5, Double.NaN, -3);
        assertThat(n.isMissing(1)).isTrue();
        CategoricalColumn c = (CategoricalColumn) table.column("c");
        assertThat(c.levels()).containsExactly("a", "b");
        assertThat(c.toArray()).containsExactly(1, 0, -1);
        assertThat(c.level(2)).isEmpty();
        DateTimeColumn d = (DateTimeColumn) table.column("d");
        assertThat(d.seconds(0)).isEqualTo(Instant.parse("2024-01-01T00:00:00Z").getEpochSecond());
        assertThat(d.isMissing(1)).isTrue();
        assertThat(d.kind()).isEqualTo(DateKind.YEAR_FIRST);
    }

    @Test
    void readsFiles(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(dir.resolve("t.csv"), MIXED);
        assertThat(Table.read(file).toString()).isEqualTo("Table[" + file + ", 3 rows, 3 columns]");
        Path packed = Files.write(dir.resolve("t.csv.gz"), Samples.gzip(MIXED));
        assertThat(Table.read(packed).rows()).isEqualTo(3);
    }

    @Test
    void handsOutCopies() {
        Table table = Samples.table(MIXED);
        ((NumericColumn) table.column("n")).toArray()[0] = 99;
        ((CategoricalColumn) table.column("c")).toArray()[0] = 99;
        assertThat(((NumericColumn) table.column("n")).value(0)).isEqualTo(1.5);
        assertThat(((CategoricalColumn) table.column("c")).code(0)).isEqualTo(1);
    }

    @Test
    void selectsRowsAndRemembersWhereTheyWere() {
        Table table = Samples.table(MIXED).select(new int[] {2, 0, 2}).select(new int[] {1, 2});
        assertThat(table.rows()).isEqualTo(2);
        assertThat(((NumericColumn) table.column("n")).toArray()).containsExactly(1.5, -3);
        assertThat(((CategoricalColumn) table.column("c")).toArray()).containsExactly(1, -1);
        assertThat(((DateTimeColumn) table.column("d")).isMissing(0)).isFalse();
        assertThat(table.dataRow(0)).isZero();
        assertThat(table.dataRow(1)).isEqualTo(2);
    }

    @Test
    void goesWithoutColumns() {
        Table table = Samples.table(MIXED).without("c", "d");
        assertThat(table.columns()).extracting(Column::name).containsExactly("n");
        assertThat(table.has("c")).isFalse();
        assertThat(table.has("n")).isTrue();
    }

    @Test
    void columnsThatAreNotThereAreExplained() {
        Table table = Samples.table(MIXED);
        assertThatThrownBy(() -> table.column("N2"))
                .isInstanceOf(DataException.class)
                .hasMessage("data.csv: there is no column 'N2' (did you mean 'n'?). Remedy: use one of 'n', 'c', 'd'");
        assertThatThrownBy(() -> table.without("id"))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        "data.csv, column 'id': the column was left out as IDENTIFIER: its name says identifier and no "
                                + "value repeats; to use it, add --numeric id. Remedy: name it categorical or numeric, or name "
                                + "it as the target when the table is read");
    }

    @Test
    void takesRowsOfValues() {
        List<Map<String, Object>> rows = new ArrayList<>();
        rows.add(Map.of("n", 1, "f", 0.1f, "b", true, "day", DayOfWeek.MONDAY, "when", LocalDate.of(2024, 1, 1)));
        rows.add(Map.of(
                "n", 2.5, "f", Float.NaN, "b", false, "day", DayOfWeek.FRIDAY, "when", LocalDate.of(2024, 1, 2)));
        Map<String, Object> gaps = new HashMap<>();
        gaps.put("n", null);
        gaps.put("day", "MONDAY");
        rows.add(gaps);
        Table table = Table.ofRows(rows, ColumnOptions.defaults());
        assertThat(((NumericColumn) table.column("n")).toArray()).containsExactly(1, 2.5, Double.NaN);
        assertThat(((NumericColumn) table.column("f")).toArray()).containsExactly(0.1f, Double.NaN, Double.NaN);
        assertThat(table.column("b").type()).isEqualTo(ColumnType.BOOLEAN);
        assertThat(((CategoricalColumn) table.column("day")).levels()).containsExactly("FRIDAY", "MONDAY");
        assertThat(table.column("when").type()).isEqualTo(ColumnType.DATE_TIME);
        assertThat(table.column("when").isMissing(2)).isTrue();
    }

    @Test
    void acceptsTheUsualDateClasses() {
        Instant instant = Instant.parse("2024-03-01T10:15:30Z");
        ZonedDateTime zoned = instant.atZone(ZoneId.of("Europe/Berlin"));
        List<Map<String, Object>> rows = List.of(
                Map.of("t", instant),
                Map.of("t", zoned),
                Map.of("t", zoned.toOffsetDateTime()),
                Map.of("t", LocalDateTime.of(2024, 3, 1, 10, 15, 30)),
                Map.of("t", LocalDate.of(2024, 3, 1)));
        DateTimeColumn column =
                (DateTimeColumn) Table.ofRows(rows, ColumnOptions.defaults()).column("t");
        double expected = instant.getEpochSecond();
        assertThat(column.toArray()).startsWith(expected, expected, expected, expected);
    }

    @Test
    void rowsOfValuesGoThroughTheChecksOfFiles() {
        assertThatThrownBy(() -> Table.ofRows(
                        List.of(Map.of("x", 1), Map.of("x", Double.POSITIVE_INFINITY)), ColumnOptions.defaults()))
                .hasMessageStartingWith("rows, data row 1, column 'x': found \"Infinity\" among numbers");
        assertThatThrownBy(() -> Table.ofRows(List.of(Map.of("x", new int[0])), ColumnOptions.defaults()))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        "rows, data row 0, column 'x': found a [I, wanted a number, text, boolean, java.time date or "
                                + "null. Remedy: convert the value first");
        assertThatThrownBy(() -> Table.ofRows(List.of(), ColumnOptions.defaults()))
                .hasMessage("rows: there are no values. Remedy: pass at least one row with one column");
        assertThatThrownBy(() -> Table.ofRows(List.of(Map.of(" ", 1)), ColumnOptions.defaults()))
                .hasMessage("rows: a column has no name. Remedy: name every value");
        assertThatThrownBy(() -> Table.ofRows(
                        List.of(Map.of("x", 1)), ColumnOptions.defaults().withTarget("y")))
                .hasMessageStartingWith("rows: there is no column 'y', named as target");
    }

    @Test
    void valuesAndTheirTextAreTheSame() {
        List<Map<String, Object>> values =
                List.of(Map.of("x", 0.1 + 0.2, "y", new BigDecimal("1.10")), Map.of("x", Double.MIN_VALUE, "y", 7L));
        Table table = Table.ofRows(values, ColumnOptions.defaults());
        assertThat(((NumericColumn) table.column("x")).toArray()).containsExactly(0.1 + 0.2, Double.MIN_VALUE);
        assertThat(((NumericColumn) table.column("y")).toArray()).containsExactly(1.1, 7);
    }

    @Test
    void sourcesThatChangeBetweenThePassesAreRefused() {
        List<Map<String, Object>> rows = List.of(Map.of("x", 1), Map.of("x", 2), Map.of("x", 4));
        for (List<Map<String, Object>> later :
                List.of(rows.subList(0, 2), twice(rows), List.of(Map.<String, Object>of("y", 1)))) {
            Iterator<List<Map<String, Object>>> passes = List.of(rows, later).iterator();
            TableLoader loader =
                    new TableLoader(() -> MapRows.ofUnion(passes.next()), ColumnOptions.defaults(), Set.of());
            assertThatThrownBy(loader::load)
                    .isInstanceOf(DataException.class)
                    .hasMessage("rows: it changed while it was read. Remedy: read it again when nobody writes to it");
        }
    }

    private static List<Map<String, Object>> twice(List<Map<String, Object>> rows) {
        return Stream.concat(rows.stream(), rows.stream()).toList();
    }

    @Test
    void buildsFromArrays() {
        double[] numbers = {1, Double.NaN, 3};
        Table table = Table.builder()
                .numeric("n", numbers)
                .categorical("c", "b", null, " a ")
                .dateTime("d", 0, 86_400, Double.NaN)
                .build();
        numbers[0] = 99;
        assertThat(((NumericColumn) table.column("n")).toArray()).containsExactly(1, Double.NaN, 3);
        assertThat(((CategoricalColumn) table.column("c")).levels()).containsExactly("a", "b");
        assertThat(((CategoricalColumn) table.column("c")).toArray()).containsExactly(1, -1, 0);
        assertThat(((DateTimeColumn) table.column("d")).toArray()).containsExactly(0, 86_400, Double.NaN);
        assertThat(table.reports()).extracting(ColumnReport::missing).containsExactly(1, 1, 1);
        assertThat(table.reports()).extracting(ColumnReport::distinctText).containsExactly("2", "2", "2");
    }

    @Test
    void arraysAreChecked() {
        assertThatThrownBy(() -> Table.builder().numeric("n", 1, Double.NEGATIVE_INFINITY))
                .isInstanceOf(DataException.class)
                .hasMessage("table, data row 1, column 'n': found -Infinity, wanted a finite number. "
                        + "Remedy: pass NaN if the value is missing");
        assertThatThrownBy(() -> Table.builder().dateTime("d", 1e15))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        "table, data row 0, column 'd': found 1.0E15, wanted seconds since 1970 within the years 1 to "
                                + "9999. Remedy: pass NaN if the value is missing");
        assertThatThrownBy(() -> Table.builder().numeric("n", 1, 2).categorical("c", "a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Column 'c' has 1 rows, the columns before it have 2");
        assertThatThrownBy(() -> Table.builder().numeric("n", 1).numeric("n", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Column 'n' was added before");
        assertThatThrownBy(() -> Table.builder().numeric(" ", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A column needs a name");
        assertThatThrownBy(() -> Table.builder().build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A table needs at least one column");
    }
}

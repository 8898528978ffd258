package ml.refract.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class RowReaderTest {
    private static final Schema SCHEMA = Schema.of(Samples.table("age,sex,when\n1.5,m,2024-01-01\n2.5,f,2024-01-02\n"));

    private static List<Table> batches(String text, int batchRows) {
        List<Table> batches = new ArrayList<>();
        try (RowReader reader = RowReader.open(Samples.source(text), CsvOptions.defaults(), SCHEMA, batchRows)) {
            reader.forEachRemaining(batches::add);
        }
        return batches;
    }

    private static void assertRefused(String text, String message) {
        assertThatThrownBy(() -> batches(text, 10))
                .isInstanceOf(DataException.class)
                .hasMessage(message);
    }

    @Test
    void matchesColumnsByNameAndReportsOthers() {
        String text = "note,sex,when,age\nhello,f,2024-02-01,7\n,m,,?\n";
        try (RowReader reader = RowReader.open(Samples.source(text), CsvOptions.defaults(), SCHEMA)) {
            assertThat(reader.ignoredColumns()).containsExactly("note");
            assertThat(reader.delimiter()).isEqualTo(',');
            Table table = reader.next();
            assertThat(table.columns()).extracting(Column::name).containsExactly("age", "sex", "when");
            assertThat(((NumericColumn) table.column("age")).toArray()).containsExactly(7, Double.NaN);
            assertThat(((CategoricalColumn) table.column("sex")).toArray()).containsExactly(0, 1);
            assertThat(table.column("when").isMissing(1)).isTrue();
            assertThat(table.reports()).isEmpty();
            assertThat(reader.hasNext()).isFalse();
            assertThatThrownBy(reader::next)
                    .isInstanceOf(NoSuchElementException.class)
                    .hasMessage("All rows of data.csv were read");
        }
    }

    @Test
    void cutsRowsIntoBatches() {
        StringBuilder text = new StringBuilder("age,sex,when\n");
        for (int i = 0; i < 10; i++) {
            text.append(i).append(",m,2024-01-01\n");
        }
        List<Table> batches = batches(text.toString(), 4);
        assertThat(batches).extracting(Table::rows).containsExactly(4, 4, 2);
        assertThat(batches.get(2).dataRow(1)).isEqualTo(9);
        assertThat(((NumericColumn) batches.get(2).column("age")).toArray()).containsExactly(8, 9);
        assertThat(batches(text.toString(), 5)).extracting(Table::rows).containsExactly(5, 5);
    }

    @Test
    void keepsUnknownLevelsBehindTheKnownOnes() {
        Table table = batches("age,sex,when\n1,x,\n1,f,\n1,y,\n1,x,\n", 10).get(0);
        CategoricalColumn sex = (CategoricalColumn) table.column("sex");
        assertThat(sex.levels()).containsExactly("f", "m", "x", "y");
        assertThat(sex.toArray()).containsExactly(2, 0, 3, 2);
        assertThat(sex.level(2)).contains("y");
    }

    @Test
    void usesTheMissingTokensOfTheSchema() {
        Schema schema = new Schema(List.of(SchemaColumn.numeric("x")), List.of("-9"));
        CsvOptions options = CsvOptions.defaults().withMissingTokens(List.of("7"));
        try (RowReader reader = RowReader.open(Samples.source("x\n-9\n7\n"), options, schema)) {
            assertThat(((NumericColumn) reader.next().column("x")).toArray()).containsExactly(Double.NaN, 7);
        }
    }

    @Test
    void absentColumnsAreAllNamed() {
        assertRefused(
                "Age,x\n1,2\n",
                "data.csv: columns the model needs are absent: 'age' (did you mean 'Age'?), 'sex', 'when'. "
                        + "Remedy: rename or add them; single cells may be empty");
        assertRefused(
                "age,sex\n1,2\n",
                "data.csv: a column the model needs is absent: 'when'. Remedy: rename or add it; single cells may be empty");
    }

    @Test
    void cellsThatDoNotFitAreNamed() {
        assertRefused(
                "age,sex,when\n1,\"m\n\",2024-01-01\nold,m,2024-01-01\n",
                "data.csv, line 4 (data row 1), column 'age': found \"old\", wanted a finite number. "
                        + "Remedy: correct the cell, or leave it empty if the value is missing");
        assertRefused(
                "age,sex,when\n-inf,m,2024-01-01\n",
                "data.csv, line 2 (data row 0), column 'age': found \"-inf\", wanted a finite number. "
                        + "Remedy: correct the cell, or leave it empty if the value is missing");
        assertRefused(
                "age,sex,when\n1e999,m,2024-01-01\n",
                "data.csv, line 2 (data row 0), column 'age': found \"1e999\", wanted a finite number. "
                        + "Remedy: correct the cell, or leave it empty if the value is missing");
        assertRefused(
                "age,sex,when\n1,m,01/02/2024\n",
                "data.csv, line 2 (data row 0), column 'when': found \"01/02/2024\", wanted a date or time written "
                        + "yyyy-MM-dd. Remedy: correct the cell, or leave it empty if the value is missing");
    }

    @Test
    void rowsBeforeABadOneAreStillRead() {
        String text = "age,sex,when\n1,m,\n2,m,\nold,m,\n";
        try (RowReader reader = RowReader.open(Samples.source(text), CsvOptions.defaults(), SCHEMA, 2)) {
            assertThat(reader.next().rows()).isEqualTo(2);
            assertThatThrownBy(reader::hasNext).isInstanceOf(DataException.class);
        }
    }

    @Test
    void batchesNeedRows() {
        assertThatThrownBy(() -> batches("age,sex,when\n1,m,\n", 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A batch needs at least one row, got batchRows = 0");
    }

    @Test
    void memoryDoesNotGrowWithTheFile() {
        Schema schema = new Schema(List.of(SchemaColumn.numeric("x")), List.of());
        long rows = 3_000_000;
        try (RowReader reader =
                RowReader.open(TableSource.of("endless", new EndlessCsv(rows)), CsvOptions.defaults(), schema)) {
            long read = 0;
            while (reader.hasNext()) {
                read += reader.next().rows();
            }
            assertThat(read).isEqualTo(rows);
        }
    }

    @Test
    void takesMapsUnderASchema() {
        Map<String, Object> row = new HashMap<>(Map.of("age", "7", "sex", "x", "extra", 1));
        row.put("when", null);
        Table table = Table.ofRows(List.of(row), SCHEMA);
        assertThat(((NumericColumn) table.column("age")).value(0)).isEqualTo(7);
        assertThat(((CategoricalColumn) table.column("sex")).level(0)).contains("x");
        assertThat(table.column("when").isMissing(0)).isTrue();
        assertThat(Table.ofRows(List.of(), SCHEMA).rows()).isZero();
    }

    @Test
    void mapsMustNameEveryColumn() {
        assertThatThrownBy(() -> Table.ofRows(List.of(Map.of("age", 1, "Sex", "m", "when", "")), SCHEMA))
                .isInstanceOf(DataException.class)
                .hasMessage("rows, data row 0: a column the model needs is absent: 'sex' (did you mean 'Sex'?). "
                        + "Remedy: rename or add it; single cells may be empty");
        assertThatThrownBy(() -> Table.ofRows(List.of(Map.of("age", "abc", "sex", "m", "when", "")), SCHEMA))
                .isInstanceOf(DataException.class)
                .hasMessage("rows, data row 0, column 'age': found \"abc\", wanted a finite number. "
                        + "Remedy: correct the cell, or leave it empty if the value is missing");
    }

    /** Makes a long file while it is read. */
    private static final class EndlessCsv extends InputStream {
        private static final byte[] LINE = "12345.5\n".getBytes(StandardCharsets.US_ASCII);
        private final long length;
        private long at = -2;

        EndlessCsv(long rows) {
            this.length = rows * LINE.length;
        }

        @Override
        public int read() {
            if (at < 0) {
                return at++ == -2 ? 'x' : '\n';
            }
            return at == length ? -1 : LINE[(int) (at++ % LINE.length)];
        }
    }
}

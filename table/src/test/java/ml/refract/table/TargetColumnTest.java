package ml.refract.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TargetColumnTest {

    private static Table table(String text) {
        return Samples.table(text, ColumnOptions.defaults().withTarget("y"));
    }

    @Test
    void textIsClassification() {
        TargetColumn target = TargetColumn.of(table("x,y\n1,b\n2,a\n3,b\n"), "y");
        assertThat(target.task()).isEqualTo(TaskKind.CLASSIFICATION);
        assertThat(target.reason()).isEqualTo("the target holds text");
        assertThat(target.labels()).containsExactly("a", "b");
        assertThat(target.codes()).containsExactly(1, 0, 1);
        assertThat(target.rows()).isEqualTo(3);
        assertThatThrownBy(target::values)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The target 'y' is for CLASSIFICATION, not REGRESSION");
    }

    @Test
    void wordsForYesAndNoKeepTheirSpelling() {
        assertThat(TargetColumn.of(table("x,y\n1,Yes\n2,No\n"), "y").labels()).containsExactly("No", "Yes");
    }

    @Test
    void fractionsAreRegression() {
        TargetColumn target = TargetColumn.of(table("x,y\n1,1\n2,2.5\n"), "y");
        assertThat(target.task()).isEqualTo(TaskKind.REGRESSION);
        assertThat(target.reason()).isEqualTo("the target holds numbers that are not integers");
        assertThat(target.values()).containsExactly(1, 2.5);
        assertThat(target.schema()).isEqualTo(SchemaColumn.numeric("y"));
        assertThatThrownBy(target::codes).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void fewIntegersAreClassesInNumericOrder() {
        TargetColumn target =
                TargetColumn.of(table(Samples.column("y", 40, i -> i % 10 + 2 + (i % 2 == 0 ? ".0" : ""))), "y");
        assertThat(target.task()).isEqualTo(TaskKind.CLASSIFICATION);
        assertThat(target.reason())
                .isEqualTo("the target holds 10 different integers; to predict them as numbers, add --task regression");
        assertThat(target.labels()).containsExactly("2", "3", "4", "5", "6", "7", "8", "9", "10", "11");
        assertThat(target.codes()).startsWith(0, 1, 2);
    }

    @Test
    void manyIntegersAreRegression() {
        TargetColumn target = TargetColumn.of(table(Samples.column("y", 40, i -> String.valueOf(i % 11))), "y");
        assertThat(target.task()).isEqualTo(TaskKind.REGRESSION);
        assertThat(target.reason())
                .isEqualTo("the target holds more than 10 different integers; to take them for classes, add "
                        + "--task classification");
    }

    @Test
    void theTaskCanBeGiven() {
        TargetColumn classes = TargetColumn.of(table("y\n1.5\n-0.0\n0\n10\n"), "y", TaskKind.CLASSIFICATION);
        assertThat(classes.labels()).containsExactly("0", "1.5", "10");
        assertThat(classes.codes()).containsExactly(1, 0, 0, 2);
        assertThat(classes.reason()).isEqualTo("the task was given");
        TargetColumn numbers = TargetColumn.of(table("y\n0\n1\n0\n"), "y", TaskKind.REGRESSION);
        assertThat(numbers.values()).containsExactly(0, 1, 0);
    }

    @Test
    void targetsThatLookLikeIdentifiersAreKept() {
        assertThat(TargetColumn.of(table(Samples.column("y", 30, String::valueOf)), "y")
                        .values())
                .hasSize(30);
        assertThat(TargetColumn.of(table(Samples.column("y", 30, i -> "text " + i)), "y")
                        .labels())
                .hasSize(30);
    }

    @Test
    void missingTargetsAreNamed() {
        Table table = table(Samples.column("x,y", 20, i -> i + "," + (i % 3 == 0 ? "" : "" + i)));
        assertThatThrownBy(() -> TargetColumn.of(table, "y"))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        "data.csv, column 'y': the target is missing in 7 of 20 rows: data rows 0, 3, 6, 9, 12 and 2 "
                                + "more. Remedy: fill it in, or leave these rows out with --drop-missing-target");
        int[] rest = TargetColumn.rowsWithTarget(table, "y");
        assertThat(rest).startsWith(1, 2, 4);
        assertThat(TargetColumn.of(table.select(rest), "y").rows()).isEqualTo(13);
        assertThatThrownBy(() -> TargetColumn.of(table.select(new int[] {1, 9, 2}), "y"))
                .hasMessageContaining("missing in 1 of 3 rows: data row 9.");
    }

    @Test
    void labelsThatNoRowHasAreNoClasses() {
        Table table = table("x,y\n1,a\n2,b\n3,c\n").select(new int[] {2, 0});
        TargetColumn target = TargetColumn.of(table, "y");
        assertThat(target.labels()).containsExactly("a", "c");
        assertThat(target.codes()).containsExactly(1, 0);
    }

    @Test
    void wrongTargetsAreExplained() {
        assertThatThrownBy(() -> TargetColumn.of(table("x,y\n1,a\n2,b\n"), "Y1"))
                .isInstanceOf(DataException.class)
                .hasMessage("data.csv: there is no column 'Y1' (did you mean 'y'?). Remedy: use one of 'x', 'y'");
        assertThatThrownBy(() -> TargetColumn.of(table("x,y\n1,2024-01-01\n2,2024-01-02\n"), "y"))
                .hasMessage("data.csv, column 'y': the target holds dates, wanted numbers or labels. "
                        + "Remedy: name another target, or convert the dates to numbers");
        assertThatThrownBy(() -> TargetColumn.of(table("x,y\n1,a\n2,b\n"), "y", TaskKind.REGRESSION))
                .hasMessage("data.csv, data row 0, column 'y': found the text \"a\", wanted a number for regression. "
                        + "Remedy: use --task classification, or name a numeric target");
    }

    @Test
    void rowsForEvaluationUseTheClassesOfTraining() {
        SchemaColumn trained =
                TargetColumn.of(table("x,y\n1,0\n2,1\n3,2\n"), "y").schema();
        Schema schema = new Schema(List.of(SchemaColumn.numeric("x")), List.of()).plus(trained);
        try (RowReader reader = RowReader.open(Samples.source("y,x\n1.0,5\n0,6\n"), CsvOptions.defaults(), schema)) {
            TargetColumn target = TargetColumn.of(reader.next(), trained);
            assertThat(target.labels()).containsExactly("0", "1", "2");
            assertThat(target.codes()).containsExactly(1, 0);
        }
        try (RowReader reader = RowReader.open(Samples.source("y,x\n0,5\n7,6\n"), CsvOptions.defaults(), schema)) {
            Table batch = reader.next();
            assertThatThrownBy(() -> TargetColumn.of(batch, trained))
                    .isInstanceOf(DataException.class)
                    .hasMessage(
                            "data.csv, data row 1, column 'y': found the class \"7\", which did not occur in training, "
                                    + "wanted one of '0', '1', '2'. Remedy: correct the label, or train again with rows of that "
                                    + "class");
        }
    }

    @Test
    void numbersForEvaluationStayNumbers() {
        SchemaColumn trained = SchemaColumn.numeric("y");
        Table batch = table("x,y\n1,7\n2,8.5\n3,9\n");
        assertThat(TargetColumn.of(batch, trained).values()).containsExactly(7, 8.5, 9);
        assertThatThrownBy(() -> TargetColumn.of(batch, SchemaColumn.categorical("y", List.of("7"))))
                .isInstanceOf(DataException.class)
                .hasMessage("data.csv, column 'y': the target is NUMERIC here but CATEGORICAL in the model. "
                        + "Remedy: read the rows under the schema of the model plus its target");
        assertThatThrownBy(() -> TargetColumn.of(table("x,y\n1,\n2,8.5\n"), trained))
                .hasMessageStartingWith("data.csv, column 'y': the target is missing in 1 of 2 rows: data row 0.");
    }
}

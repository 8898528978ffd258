package ml.refract.examples;

import java.nio.file.Path;
import ml.refract.engine.Execution;
import ml.refract.table.ColumnOptions;
import ml.refract.table.CsvOptions;
import ml.refract.table.Table;
import ml.refract.table.learn.RowExplanation;
import ml.refract.table.learn.TableTrainer;
import ml.refract.table.learn.TrainingOptions;
import ml.refract.table.learn.TrainingResult;

/** Which columns matter, and why one row gets the number it gets. */
public final class ExplainARow {
    private ExplainARow() {}

    /** Argument: the data file, {@code examples/data/airfoil.csv}. */
    public static void main(String[] args) {
        Path data = Path.of(args[0]);
        String target = "sound_db_centred";
        try (Execution execution = Execution.defaults()) {
            TrainingResult result = TableTrainer.train(data, TrainingOptions.forTarget(target), execution);
            result.model()
                    .importances()
                    .forEach(importance ->
                            System.out.printf("%-24s %4.1f %%%n", importance.column(), 100 * importance.share()));
            Table rows = Table.read(
                    data, CsvOptions.defaults(), ColumnOptions.defaults().withTarget(target));
            RowExplanation why = result.model().explain(rows.select(new int[] {12}), execution);
            System.out.printf("row 12: %.2f, an average row %.2f%n", why.prediction(), why.baseline());
            why.columns().forEach(column -> System.out.printf("%-24s %+.2f%n", column.column(), column.value()));
        }
    }
}

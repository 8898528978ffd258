package ml.refract.examples;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import ml.refract.engine.Execution;
import ml.refract.table.learn.Predictions;
import ml.refract.table.learn.TableModel;
import ml.refract.table.learn.TableTrainer;
import ml.refract.table.learn.TrainingOptions;
import ml.refract.table.learn.TrainingResult;
import org.jspecify.annotations.Nullable;

/** From a CSV file to a prediction. */
public final class TenLines {
    private TenLines() {}

    /** Argument: the data file, {@code examples/data/penguins.csv}. */
    public static void main(String[] args) {
        Path data = Path.of(args[0]);
        Map<String, @Nullable Object> row =
                new HashMap<>(); // column names and values, as a service gets them; null is missing
        row.put("island", "Biscoe");
        row.put("sex", null);
        row.put("bill_length_mm", 47.3);
        row.put("bill_depth_mm", 15.3);
        row.put("flipper_length_mm", 222);
        row.put("body_mass_g", 5250);
        // [ten lines]
        try (Execution execution = Execution.defaults()) {
            TrainingResult result = TableTrainer.train(data, TrainingOptions.forTarget("species"), execution);
            System.out.println(result.part("val").orElseThrow().scores());
            result.model().save(Path.of("penguins.refract"));
        }
        TableModel model = TableModel.load(Path.of("penguins.refract"));
        Predictions.Classes answer = (Predictions.Classes) model.predictRow(row);
        double probability = answer.probabilities().get(0, answer.codes()[0]);
        System.out.println(answer.label(0) + " with probability " + probability);
        // [end]
    }
}

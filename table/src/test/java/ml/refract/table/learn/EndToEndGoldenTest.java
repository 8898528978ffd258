package ml.refract.table.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import ml.refract.engine.Engine;
import ml.refract.engine.Execution;
import ml.refract.engine.scalar.ScalarEngine;
import ml.refract.engine.vector.VectorEngine;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.RfmRound;
import ml.refract.table.ColumnOptions;
import ml.refract.table.CsvOptions;
import ml.refract.table.EncoderOptions;
import ml.refract.table.Split;
import ml.refract.table.Table;
import ml.refract.table.TaskKind;
import ml.refract.task.TaskOptions;
import ml.refract.xrfm.XrfmOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From files to scores against the reference implementation at its default settings. */
class EndToEndGoldenTest {
    private static final Path FOLDER = Path.of("src/test/resources/golden");

    @ParameterizedTest
    @CsvSource({
        "airfoil,sound_db_centred,REGRESSION",
        "power_plant,pe,REGRESSION",
        "penguins,species,CLASSIFICATION",
        "sonar,Class,CLASSIFICATION"
    })
    void float64EngineReproducesTheReference(String name, String target, TaskKind task) throws IOException {
        JsonObject expected = record(name).getAsJsonObject("float64");
        TrainingResult result = train(name, target, task, new ScalarEngine());
        checkRounds(expected, result, 1e-6);
        checkScores(expected, result.model().scores().get("test"), 1e-6);
        checkPredictions(expected, result.model(), name, target, 1e-6);
    }

    @ParameterizedTest
    @CsvSource({
        "airfoil,sound_db_centred,REGRESSION",
        "power_plant,pe,REGRESSION",
        "penguins,species,CLASSIFICATION",
        "sonar,Class,CLASSIFICATION"
    })
    void float32EngineStaysWithinRoundingOfTheFloat64Reference(String name, String target, TaskKind task)
            throws IOException {
        JsonObject expected = record(name).getAsJsonObject("float64");
        TrainingResult result = train(name, target, task, new VectorEngine());
        checkRounds(expected, result, 5e-3); // what the golden files allow a float32 implementation
        checkScores(expected, result.model().scores().get("test"), 1e-3);
    }

    private static TrainingResult train(String name, String target, TaskKind task, Engine<?> engine) {
        TrainingOptions options = TrainingOptions.forTarget(target)
                .withoutSearch()
                .withTask(task)
                .withEncoder(EncoderOptions.defaults().withEveryIndicator(true))
                .withHeldOut(new HeldOutRows.SplitFile(FOLDER.resolve(name + ".split.csv")))
                .withLearner(TaskOptions.of(XrfmOptions.reference()));
        try (Execution execution = Execution.builder().engine(engine).build()) {
            return TableTrainer.train(FOLDER.resolve(name + ".csv"), options, execution);
        }
    }

    private static JsonObject record(String name) throws IOException {
        JsonObject all = JsonParser.parseString(Files.readString(FOLDER.resolve("end_to_end.json")))
                .getAsJsonObject();
        for (JsonElement element : all.getAsJsonArray("records")) {
            if (element.getAsJsonObject().get("dataset").getAsString().equals(name)) {
                return element.getAsJsonObject();
            }
        }
        throw new AssertionError("no golden record of " + name);
    }

    private static void checkRounds(JsonObject expected, TrainingResult result, double tolerance) {
        JsonArray scores = expected.getAsJsonArray("val_metrics");
        var leaf = result.fit().leaves().get(0);
        assertThat(leaf.rounds()).hasSize(scores.size());
        for (RfmRound round : leaf.rounds()) {
            double score = scores.get(round.index()).getAsDouble();
            assertThat(round.score()).as("round %d", round.index()).isCloseTo(score, within(tolerance * score));
        }
        assertThat(leaf.bestRound()).isEqualTo(expected.get("best_iter").getAsInt());
    }

    private static void checkScores(JsonObject expected, Scores actual, double tolerance) {
        String[][] names = {
            {"test_rmse", "rmse"},
            {"test_mae", "mae"},
            {"test_r2", "r2"},
            {"test_accuracy", "accuracy"},
            {"test_logloss", "logLoss"},
            {"test_brier", "brier"},
            {"test_auc", "auc"}
        };
        int checked = 0;
        for (String[] pair : names) {
            if (expected.has(pair[0])) {
                double score = expected.get(pair[0]).getAsDouble();
                assertThat(actual.get(pair[1])).as(pair[1]).isCloseTo(score, within(tolerance * Math.abs(score)));
                checked++;
            }
        }
        assertThat(checked).isGreaterThanOrEqualTo(3);
    }

    private static void checkPredictions(
            JsonObject expected, TableModel model, String name, String target, double tolerance) {
        Table table = Table.read(
                FOLDER.resolve(name + ".csv"),
                CsvOptions.defaults(),
                ColumnOptions.defaults().withTarget(target));
        Split split = Split.read(FOLDER.resolve(name + ".split.csv"), table.rows());
        int[] first = java.util.Arrays.copyOf(split.test(), 20);
        try (Execution execution =
                Execution.builder().engine(new ScalarEngine()).threads(1).build()) {
            Predictions predictions = model.predict(table.select(first), execution);
            if (predictions instanceof Predictions.Numbers numbers) {
                JsonArray values = expected.getAsJsonArray("first_20_test_predictions");
                for (int i = 0; i < 20; i++) {
                    double value = values.get(i).getAsDouble();
                    assertThat(numbers.values()[i]).isCloseTo(value, within(tolerance * Math.max(1, Math.abs(value))));
                }
            } else {
                DoubleMatrix probabilities = ((Predictions.Classes) predictions).probabilities();
                JsonArray rows = expected.getAsJsonArray("first_20_test_probabilities");
                for (int i = 0; i < 20; i++) {
                    for (int k = 0; k < probabilities.cols(); k++) {
                        double value = rows.get(i).getAsJsonArray().get(k).getAsDouble();
                        assertThat(probabilities.get(i, k)).isCloseTo(value, within(tolerance));
                    }
                }
            }
        }
    }
}

package ml.refract.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.model.ModelFile;
import ml.refract.task.Calibration;
import ml.refract.task.Calibrator;
import ml.refract.task.Classifier;
import ml.refract.task.Decision;
import ml.refract.task.Reliability;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbabilityReportTest {
    @TempDir
    private static Path models;

    private static Path plain;
    private static Path calibrated;

    /** A model of a table, and the same with a calibration and a decision. */
    @BeforeAll
    static void train() {
        plain = models.resolve("plain.refract");
        calibrated = models.resolve("calibrated.refract");
        Cli.run("train", Cli.DATA.resolve("penguins.csv"), "--target", "species", "--iterations", 0, "-m", plain);
        ModelFile.Contents contents = ModelFile.read(plain);
        Calibration calibration = new Calibration(
                new Calibrator.Floor(new Calibrator.Temperature(1.5), 0.002),
                Calibration.Source.CROSS_FIT,
                300,
                0.25,
                0.125,
                0.01,
                new Reliability(
                        List.of(new Reliability.Bin(150, 0.5, 0.75), new Reliability.Bin(150, 0.9, 1)), 0.175, 0.05));
        DoubleMatrix costs = DoubleMatrix.fromRows(new double[][] {{0, 1, 2}, {3, 0, 4}, {5, 6, 0}});
        Classifier classifier = ((Classifier) contents.predictor())
                .withCalibration(calibration)
                .withDecision(new Decision.LeastCost(costs));
        ModelFile.write(calibrated, classifier, contents.attachments());
    }

    @Test
    void inspectShowsTheCalibration() {
        assertThat(Cli.run("inspect", calibrated).out())
                .contains("calibration: temperature 1.5000, kept 0.0020000 from 0 and 1, cross-fit on 300 rows")
                .contains("log loss 0.25000 without, 0.12500 with it")
                .containsPattern("largest probability +observed +rows")
                .contains("classes: of the least expected cost");
        JsonObject shown = CommandsTest.json(
                        Cli.run("inspect", calibrated, "--json", "-").out())
                .getAsJsonObject("probabilities");
        JsonObject calibration = shown.getAsJsonObject("calibration");
        assertThat(calibration.get("form").getAsString()).isEqualTo("temperature");
        assertThat(calibration.get("floor").getAsDouble()).isEqualTo(0.002);
        assertThat(calibration.get("logLoss").getAsDouble()).isEqualTo(0.125);
        assertThat(calibration.getAsJsonArray("bins")).hasSize(2);
        assertThat(shown.getAsJsonObject("decision")
                        .getAsJsonArray("costs")
                        .get(2)
                        .getAsJsonArray()
                        .get(1)
                        .getAsDouble())
                .isEqualTo(6);
    }

    @Test
    void modelsWithoutOneShowNothingOfIt() {
        assertThat(Cli.run("inspect", plain).out())
                .doesNotContain("calibration")
                .doesNotContain("classes:");
        JsonObject shown = CommandsTest.json(
                        Cli.run("inspect", plain, "--json", "-").out())
                .getAsJsonObject("probabilities");
        assertThat(shown.has("calibration")).isFalse();
        assertThat(shown.getAsJsonObject("decision").get("kind").getAsString()).isEqualTo("most-probable");
    }
}

package ml.refract.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.model.TensorFile;
import ml.refract.table.array.Npy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights of a layer beside gradients, as a user compares them: from files. */
class AnsatzCommandTest {
    @TempDir
    private Path folder;

    private Path weights;
    private Path gradients;
    private Path inputs;
    private Path losses;

    /** W'W = diag(4, 1); AGOP = diag(16, 1)/2; FACT = -L'H/(2 lambda) = diag(4, 1) for lambda = 1/4. */
    @BeforeEach
    void write() throws IOException {
        weights = npy("w.npy", 3, 2, 2, 0, 0, 1, 0, 0);
        gradients = npy("g.npy", 2, 2, 4, 0, 0, 1);
        inputs = npy("h.npy", 2, 2, 1, 0, 0, 1);
        losses = npy("l.npy", 2, 2, -2, 0, 0, -0.5);
    }

    private Path npy(String name, int rows, int cols, double... values) throws IOException {
        Path file = folder.resolve(name);
        Npy.write(file, List.of(rows, cols), values);
        return file;
    }

    private JsonArray matches(Object... arguments) throws IOException {
        Path json = folder.resolve("out.json");
        Object[] all = new Object[arguments.length + 3];
        all[0] = "ansatz";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[arguments.length + 1] = "--json";
        all[arguments.length + 2] = json;
        Cli.Result result = Cli.run(all);
        assertThat(result.code()).as(result.err()).isZero();
        return JsonParser.parseString(Files.readString(json)).getAsJsonObject().getAsJsonArray("matches");
    }

    private static void assertMatch(JsonObject match, String matrix, double cosine, double size) {
        assertThat(match.get("matrix").getAsString()).isEqualTo(matrix);
        assertThat(match.get("cosine").getAsDouble()).isCloseTo(cosine, within(1e-12));
        assertThat(match.get("size").getAsDouble()).isCloseTo(size, within(1e-12));
    }

    @Test
    void allComparisons() throws IOException {
        JsonArray matches = matches(
                weights,
                "--gradients",
                gradients,
                "--inputs",
                inputs,
                "--loss-gradients",
                losses,
                "--weight-decay",
                0.25);
        assertThat(matches).hasSize(3);
        assertMatch(matches.get(0).getAsJsonObject(), "AGOP^0.5", 1, Math.sqrt(0.5));
        assertMatch(matches.get(1).getAsJsonObject(), "AGOP", 65 / Math.sqrt(17.0 * 257), Math.sqrt(257.0 / 4 / 17));
        assertMatch(matches.get(2).getAsJsonObject(), "FACT", 1, 1);
        assertThat(matches.get(2).getAsJsonObject().get("correlation").getAsDouble())
                .isCloseTo(1, within(1e-12));
    }

    @Test
    void theReportIsATable() {
        Cli.Result result = Cli.run("ansatz", weights, "--gradients", gradients, "--power", "0.5");
        assertThat(result.lines())
                .containsExactly(
                        "  W'W of 3 x 2 weights beside  cosine  correlation     size",
                        "  AGOP^0.5                     1.0000       1.0000  0.70711");
    }

    @Test
    void weightsByNameFromSafetensors() throws IOException {
        Path model = folder.resolve("model.safetensors");
        DoubleMatrix w = DoubleMatrix.fromRows(new double[][] {{2, 0}, {0, 1}});
        TensorFile.write(model, Map.of("fc1.weight", w, "fc2.weight", DoubleMatrix.identity(5)), Map.of());
        JsonArray matches = matches(model, "--tensor", "fc1.weight", "--gradients", gradients, "--power", "0.5");
        assertMatch(matches.get(0).getAsJsonObject(), "AGOP^0.5", 1, Math.sqrt(0.5));
        assertRefused(
                3,
                model + ": found 2 matrices, wanted one. Remedy: name the one meant with --tensor",
                "ansatz",
                model,
                "--gradients",
                gradients);
    }

    private static void assertRefused(int code, String message, Object... arguments) {
        Cli.Result result = Cli.run(arguments);
        assertThat(result.err()).isEqualTo("refract: " + message + "\n");
        assertThat(result.code()).isEqualTo(code);
    }

    @Test
    void whatDoesNotFitIsRefused() throws IOException {
        assertRefused(
                2,
                "There is nothing to compare with: give --gradients, or --inputs and --loss-gradients",
                "ansatz",
                weights);
        assertRefused(2, "FACT needs both --inputs and --loss-gradients", "ansatz", weights, "--inputs", inputs);
        assertRefused(
                2,
                "--weight-decay must be above 0, got 0.0",
                "ansatz",
                weights,
                "--gradients",
                gradients,
                "--weight-decay",
                0);
        Path wide = npy("wide.npy", 2, 3, 1, 2, 3, 4, 5, 6);
        assertRefused(
                3,
                wide + ": found 3 columns, wanted 2, one for each column of " + weights
                        + ". Remedy: transpose the weights",
                "ansatz",
                weights,
                "--gradients",
                wide);
        Path long3 = npy("long.npy", 3, 2, 1, 2, 3, 4, 5, 6);
        assertRefused(
                3,
                losses + ": found 2 rows, wanted 3, one for each of " + long3
                        + ". Remedy: save both for the same samples, in the same order",
                "ansatz",
                weights,
                "--inputs",
                long3,
                "--loss-gradients",
                losses);
    }
}

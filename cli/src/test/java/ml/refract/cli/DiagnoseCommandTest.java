package ml.refract.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A diagnosis as a user asks for it. */
class DiagnoseCommandTest {
    @TempDir
    private Path folder;

    private static Cli.Result run(Object... arguments) {
        Cli.Result result = Cli.run(arguments);
        assertThat(result.code()).as(result.err()).isZero();
        return result;
    }

    private static JsonObject json(Object... arguments) {
        return JsonParser.parseString(run(arguments).out()).getAsJsonObject();
    }

    /** Four inputs, a smooth target in hundreds, noise of the given deviation. */
    private Path table(int rows, double signal, double noise) throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        StringBuilder text = new StringBuilder("a,b,c,d,y\n");
        for (int i = 0; i < rows; i++) {
            double[] x = new double[4];
            for (int j = 0; j < 4; j++) {
                x[j] = random.nextGaussian();
                text.append(x[j]).append(',');
            }
            double y = signal * (Math.sin(x[0]) + 0.5 * x[1]) + noise * random.nextGaussian();
            text.append(100 * y).append('\n');
        }
        return Files.writeString(folder.resolve("t" + rows + noise + ".csv"), text.toString());
    }

    @Test
    void noisyRowsWantARidge() throws IOException {
        Path picture = folder.resolve("d.svg");
        Path json = folder.resolve("d.json");
        String out = run("diagnose", table(500, 1, 1), "-t", "y", "-o", picture, "--json", json)
                .out();
        assertThat(out)
                .contains("Diagnoses y: regression")
                .contains(
                        "  all 500 rows\n  4 coordinates, l2 kernel (bandwidth 10, exponent 1), no features learned\n")
                .containsPattern("\n    500 +\\S+ +\\S+ +measured, each row left out; by the draw of the rows ± \\S+\n")
                .containsPattern("\n  1,000 +\\S+ +expected, \\S+ to \\S+\n")
                .contains("More ridge: helps;")
                .contains("Interpolation: is not safe here;")
                .contains("Noise: about ")
                .contains("Picture: " + picture + "\n");
        assertThat(picture).content().startsWith("<svg").contains("expected at least");
        JsonObject found = JsonParser.parseString(Files.readString(json)).getAsJsonObject();
        // The noise has a deviation of 100; the standard error of a deviation from 500 rows is 3 %.
        assertThat(found.get("likelyNoise").getAsDouble()).isCloseTo(100, within(15.0));
        assertThat(found.get("mostNoise").getAsDouble()).isBetween(95.0, 120.0);
        assertThat(found.get("bestRidge").getAsDouble()).isGreaterThan(0.01);
        assertThat(found.get("scoreOfInterpolation").getAsDouble())
                .isGreaterThan(1.1 * found.get("scoreNow").getAsDouble());
        assertThat(found.get("theoryMiss").getAsDouble()).isLessThan(0.15);
        assertThat(found.get("regime").getAsString()).isEqualTo("tempered");
    }

    @Test
    void rowsThatShowNothingTellNothing() throws IOException {
        String out = run("diagnose", table(100, 0, 1), "-t", "y").out();
        assertThat(out)
                .contains("More rows: cannot tell. On 100 rows this kernel predicts no better than without inputs")
                .contains("Noise: cannot tell.");
    }

    /** What is expected of all rows from a third of them is what all rows show. */
    @Test
    void expectationsFromASampleHold() throws IOException {
        Path data = table(900, 1, 0.3);
        JsonObject part = json("diagnose", data, "-t", "y", "--rows", 300, "--json", "-");
        JsonObject all = json("diagnose", data, "-t", "y", "--json", "-");
        JsonObject expected = part.getAsJsonArray("expected").get(0).getAsJsonObject();
        assertThat(expected.get("rows").getAsInt()).isEqualTo(900);
        assertThat(expected.get("score").getAsDouble() / all.get("scoreNow").getAsDouble())
                .isBetween(0.85, 1.15);
        JsonArray curve = all.getAsJsonArray("learningCurve");
        for (int k = 1; k < curve.size(); k++) {
            assertThat(curve.get(k).getAsJsonObject().get("score").getAsDouble())
                    .isLessThan(curve.get(k - 1).getAsJsonObject().get("score").getAsDouble());
        }
    }

    @Test
    void classesAndSettings() {
        Path penguins = Cli.DATA.resolve("penguins.csv");
        String out = run("diagnose", penguins, "-t", "species").out();
        assertThat(out)
                .contains("Diagnoses species: classification into 3 classes")
                .containsPattern("\n +0\\.21\\d\\d\\d +without inputs\n")
                .contains("More ridge: would not help")
                .contains("Interpolation: is safe here");
        JsonObject plain = json("diagnose", penguins, "-t", "island", "--rows", 100, "--json", "-");
        assertThat(plain.get("rows").getAsInt()).isEqualTo(100);
        assertThat(plain.get("task").getAsString()).isEqualTo("classification");
        JsonObject learned =
                json("diagnose", penguins, "-t", "island", "--rows", 100, "--iterations", 1, "--json", "-");
        assertThat(learned.get("featureRows").getAsInt()).isEqualTo(100);
        assertThat(learned.get("scoreNow")).isNotEqualTo(plain.get("scoreNow"));
        for (String[] setting : new String[][] {
            {"--bandwidth", "2"}, {"--exponent", "1.5"}, {"--kernel", "l1"}, {"--adaptive-bandwidth"}, {"--seed", "1"}
        }) {
            Object[] arguments = {"diagnose", penguins, "-t", "island", "--rows", 100, "--json", "-"};
            Object[] all = java.util.stream.Stream.concat(
                            java.util.Arrays.stream(arguments), java.util.Arrays.stream(setting))
                    .toArray();
            assertThat(json(all).get("scoreNow")).as(setting[0]).isNotEqualTo(plain.get("scoreNow"));
        }
    }

    private static void assertRefused(int code, String message, Object... arguments) {
        Cli.Result result = Cli.run(arguments);
        assertThat(result.err()).isEqualTo("refract: " + message + "\n");
        assertThat(result.code()).isEqualTo(code);
    }

    @Test
    void whatCannotBeDiagnosedIsRefused() throws IOException {
        Path data = table(59, 1, 0);
        assertRefused(
                3,
                data + ": there are 59 rows to diagnose, wanted at least 60. Remedy: add rows",
                "diagnose",
                data,
                "-t",
                "y");
        assertRefused(2, "--rows must be at least 60, got 10", "diagnose", data, "-t", "y", "--rows", 10);
        assertRefused(
                2,
                "Options contradict each other: --norm is for --kernel lpq",
                "diagnose",
                data,
                "-t",
                "y",
                "--norm",
                1);
        assertRefused(
                2,
                "Options contradict each other: --json and --out name the same file x",
                "diagnose",
                data,
                "-t",
                "y",
                "--json",
                "x",
                "-o",
                "x");
        assertRefused(
                4,
                "Diagnosing 2000 rows needs 196.0 MiB; 100.0 MiB are allowed. Allow more memory, or take fewer rows",
                "diagnose",
                table(2000, 1, 1),
                "-t",
                "y",
                "--memory",
                "125m");
    }
}

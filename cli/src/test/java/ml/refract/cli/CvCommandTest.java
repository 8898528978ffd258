package ml.refract.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cross-validation as a user runs it. */
class CvCommandTest {
    private static final Path PENGUINS = Cli.DATA.resolve("penguins.csv");
    private static final Path AIRFOIL = Cli.DATA.resolve("airfoil.csv");

    @TempDir
    private Path folder;

    private static JsonObject json(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }

    private static double score(JsonObject object, String name) {
        return object.get(name).getAsDouble();
    }

    @Test
    void scoresOfFoldsAndOfAllRowsArePrinted() throws IOException {
        Path predictions = folder.resolve("p.csv");
        Path scores = folder.resolve("s.json");
        Cli.Result result = Cli.run(
                "cv",
                "--preset",
                "fast",
                PENGUINS,
                "--target",
                "species",
                "--folds",
                3,
                "--predictions",
                predictions,
                "--json",
                scores);
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .contains("penguins.csv: 344 rows, 7 columns, delimiter ','")
                .contains(
                        "Predicts species: classification into 3 classes, Adelie, Chinstrap, Gentoo (the target holds "
                                + "text)\n  3 folds at random, with equal shares of every class\n\n")
                .containsPattern(
                        "\n +learned from +rows +accuracy +balancedAccuracy +logLoss +brier +auc +macroF1 +weightedF1\n"
                                + "  fold 1 +229 +115 +0\\.9")
                .containsPattern("\n  mean over folds +0\\.9.*\n  standard deviation +0\\.0")
                .containsPattern("\n  all rows held out +344 +0\\.9.*\n    without inputs +0\\.4")
                .containsPattern("\nAfter .* s\n$")
                .doesNotContain("Incomplete");
        JsonObject all = json(Files.readString(scores));
        assertThat(all.get("complete").getAsBoolean()).isTrue();
        assertThat(all.getAsJsonArray("folds")).hasSize(3);

        List<String> lines = Files.readAllLines(predictions);
        assertThat(lines.get(0))
                .isEqualTo(
                        "row,fold,truth,predicted,probability of Adelie,probability of Chinstrap,probability of Gentoo");
        assertThat(lines).hasSize(345);
        List<String> truth = Files.readAllLines(PENGUINS);
        int right = 0;
        double[] rightOfFold = new double[3];
        double[] rows = new double[3];
        for (int i = 0; i < 344; i++) {
            String[] cells = lines.get(i + 1).split(",");
            int fold = Integer.parseInt(cells[1]) - 1;
            assertThat(cells[0]).isEqualTo(String.valueOf(i));
            assertThat(truth.get(i + 1)).contains(cells[2]);
            rows[fold]++;
            rightOfFold[fold] += cells[2].equals(cells[3]) ? 1 : 0;
            right += cells[2].equals(cells[3]) ? 1 : 0;
        }
        assertThat(score(all.getAsJsonObject("pooled").getAsJsonObject("scores"), "accuracy"))
                .isCloseTo(right / 344.0, within(1e-12));
        assertThat(score(all.getAsJsonObject("mean"), "accuracy"))
                .isCloseTo(
                        IntStream.range(0, 3)
                                .mapToDouble(f -> rightOfFold[f] / rows[f])
                                .average()
                                .orElseThrow(),
                        within(1e-12));
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("p.csv", "s.json");
    }

    @Test
    void jsonOnStandardOutputStandsAloneAndQuietPrintsNothing() {
        JsonObject regression = json(
                Cli.run("cv", AIRFOIL, "-t", "sound_db_centred", "-k", 2, "--iterations", 1, "--json", "-", "--seed", 4)
                        .out());
        assertThat(regression.getAsJsonObject("division").get("seed").getAsLong())
                .isEqualTo(4);
        assertThat(regression.getAsJsonObject("rows").get("heldOut").getAsInt()).isEqualTo(1503);
        assertThat(regression.getAsJsonObject("standardDeviation").keySet()).containsExactly("rmse", "mae", "r2");
        assertThat(score(regression.getAsJsonObject("pooled").getAsJsonObject("scores"), "r2"))
                .isGreaterThan(0.8);
        Cli.Result quiet = Cli.run("cv", PENGUINS, "-t", "species", "-k", 2, "--iterations", 0, "--quiet");
        assertThat(quiet.code()).isZero();
        assertThat(quiet.out() + quiet.err()).isEmpty();
    }

    private Path visits() throws IOException {
        String rows = IntStream.range(0, 60)
                .mapToObj(i -> "p" + i / 3 + "," + (1000 - 7 * i) + "," + (i * i % 17) + "," + (i % 5 + 0.5))
                .collect(Collectors.joining("\n", "patient_id,day,x,y\n", "\n"));
        return Files.writeString(folder.resolve("visits.csv"), rows);
    }

    @Test
    void groupsStayTogether() throws IOException {
        Path predictions = folder.resolve("p.csv");
        Cli.Result result = Cli.run(
                "cv", visits(), "-t", "y", "--group", "patient_id", "--iterations", 1, "--predictions", predictions);
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out())
                .contains("\n  5 folds that part no group of patient_id, which is no input\n")
                .containsPattern("patient_id +ignored .*left out: it tells groups of rows apart");
        List<String> lines = Files.readAllLines(predictions);
        for (int i = 0; i < 60; i++) {
            assertThat(lines.get(1 + i).split(",")[1])
                    .isEqualTo(lines.get(1 + i / 3 * 3).split(",")[1]);
        }
        assertThat(Cli.run(
                                "cv",
                                visits(),
                                "-t",
                                "y",
                                "--group",
                                "patient_id",
                                "--ignore",
                                "patient_id",
                                "-k",
                                2,
                                "--iterations",
                                0)
                        .out())
                .contains("which is no input");
        assertThat(Cli.run(
                                "cv",
                                visits(),
                                "-t",
                                "y",
                                "--group",
                                "patient_id",
                                "--categorical",
                                "patient_id",
                                "-k",
                                2,
                                "--iterations",
                                0)
                        .out())
                .contains("2 folds that part no group of patient_id\n");
    }

    @Test
    void timeGoesForward() throws IOException {
        Path predictions = folder.resolve("p.csv");
        Cli.Result result = Cli.run(
                "cv",
                visits(),
                "-t",
                "y",
                "--time",
                "day",
                "--ignore",
                "day",
                "--iterations",
                1,
                "--predictions",
                predictions);
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out())
                .contains("\n  5 folds in order of day: each learns from all rows before those it holds out\n")
                .containsPattern("day +ignored .*left out on request")
                .containsPattern("\n  fold 5 +50 +10 +")
                .containsPattern("\n  all rows held out +50 +");
        String[] folds = Files.readAllLines(predictions).stream()
                .skip(1)
                .map(line -> line.split(",")[1])
                .toArray(String[]::new);
        assertThat(Arrays.copyOfRange(folds, 0, 10))
                .as("the file runs backwards in time")
                .containsOnly("5");
        assertThat(folds).hasSize(50);
    }
}

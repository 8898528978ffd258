package ml.refract.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import ml.refract.model.ModelFile;
import ml.refract.task.Regressor;
import ml.refract.task.TargetScale;
import ml.refract.task.TargetTransform;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on real data, as a user runs them. */
class CommandsTest {
    private static final Path PENGUINS = Cli.DATA.resolve("penguins.csv");
    private static final Path AIRFOIL = Cli.DATA.resolve("airfoil.csv");

    @TempDir
    private static Path models;

    private static Path penguins;
    private static Path airfoil;
    private static Cli.Result trainedPenguins;
    private static Cli.Result trainedAirfoil;

    @TempDir
    private Path folder;

    @BeforeAll
    static void train() {
        penguins = models.resolve("penguins.refract");
        airfoil = models.resolve("airfoil.refract");
        trainedPenguins = Cli.run(
                "train",
                "--preset",
                "fast",
                PENGUINS,
                "--target",
                "species",
                "--model",
                penguins,
                "--json",
                models.resolve("penguins.json"));
        trainedAirfoil = Cli.run(
                "train",
                "--preset",
                "fast",
                AIRFOIL,
                "--target",
                "sound_db_centred",
                "--model",
                airfoil,
                "--json",
                models.resolve("airfoil.json"));
    }

    private static JsonObject json(Path file) throws IOException {
        return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    }

    static JsonObject json(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }

    // train

    @Test
    void trainSaysWhatItFoundAndHowGoodItIs() {
        assertThat(trainedPenguins.code()).as(trainedPenguins.err()).isZero();
        assertThat(trainedPenguins.err()).isEmpty();
        assertThat(trainedPenguins.out())
                .contains("penguins.csv: 344 rows, 7 columns, delimiter ','")
                .containsPattern("sex +categorical +11 +2  such as MALE, FEMALE")
                .contains(
                        "Predicts species: classification into 3 classes, Adelie, Chinstrap, Gentoo (the target holds text)")
                .contains("learned from 275 rows, chosen on 69 others, then solved again on all 344")
                .containsPattern("held out +69 ")
                .contains("without inputs")
                .containsPattern("bill_length_mm +\\d+\\.\\d % +#")
                .containsPattern("Model: .*penguins\\.refract \\(\\d+\\.\\d KiB\\), after");
        assertThat(trainedAirfoil.out()).contains("regression").containsPattern("held out +301 ");
    }

    @Test
    void theJsonHoldsScoresBesideABaseline() throws IOException {
        JsonObject penguin = json(models.resolve("penguins.json"));
        JsonObject held = penguin.getAsJsonObject("scores").getAsJsonObject("val");
        assertThat(held.keySet())
                .containsExactly("accuracy", "balancedAccuracy", "logLoss", "brier", "auc", "macroF1", "weightedF1");
        assertThat(held.get("accuracy").getAsDouble()).isGreaterThan(0.95);
        assertThat(penguin.getAsJsonObject("baseline")
                        .getAsJsonObject("val")
                        .get("accuracy")
                        .getAsDouble())
                .isLessThan(0.5);
        JsonObject foil = json(models.resolve("airfoil.json"));
        JsonObject scores = foil.getAsJsonObject("scores").getAsJsonObject("val");
        assertThat(scores.keySet()).containsExactly("rmse", "mae", "r2");
        assertThat(scores.get("r2").getAsDouble()).isGreaterThan(0.9);
        assertThat(foil.get("refitted").getAsBoolean()).isTrue();
        assertThat(foil.getAsJsonArray("columns")).hasSize(6);
        double shares = 0;
        for (var importance : foil.getAsJsonArray("importances")) {
            shares += importance.getAsJsonObject().get("share").getAsDouble();
        }
        assertThat(shares).isCloseTo(1, within(1e-9));
    }

    @Test
    void aSearchSaysWhatItTriedAndChose() throws IOException {
        Path report = folder.resolve("search.json");
        Cli.Result result =
                Cli.run("train", PENGUINS, "-t", "species", "-m", folder.resolve("m"), "--trials", 4, "--json", report);
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out())
                .contains("learned from 344 rows, settings chosen on 344 of them that were held out in turn\n")
                .contains("tried 4 settings, ")
                .contains("held out           344 ");
        JsonObject json = json(report);
        JsonObject search = json.getAsJsonObject("search");
        assertThat(search.get("tried").getAsInt()).isEqualTo(4);
        double weights = 0;
        for (JsonElement member : search.getAsJsonArray("members")) {
            weights += member.getAsJsonObject().get("weight").getAsDouble();
            assertThat(member.getAsJsonObject().get("trial").getAsInt()).isBetween(0, 3);
        }
        assertThat(weights).isCloseTo(1, within(1e-9));
        assertThat(json.getAsJsonArray("trees")).hasSameSizeAs(search.getAsJsonArray("members"));
        assertThat(json.getAsJsonObject("provenance")
                        .getAsJsonObject("options")
                        .get("trials")
                        .getAsInt())
                .isEqualTo(4);
        double heldOut = json.getAsJsonObject("scores")
                .getAsJsonObject("val")
                .get("accuracy")
                .getAsDouble();
        assertThat(heldOut).isBetween(0.95, 1.0);
        Cli.Result scored = Cli.run("evaluate", folder.resolve("m"), PENGUINS);
        assertThat(scored.code()).as(scored.err()).isZero();
    }

    @Test
    void aSearchLearnsFromTheRowsThatChooseToo() throws IOException {
        StringBuilder split = new StringBuilder("row,part\n");
        for (int i = 0; i < 340; i++) {
            split.append(String.format(
                    "%d,%s%n", i, List.of("train", "train", "val", "test").get(i % 4)));
        }
        Path parts = Files.writeString(folder.resolve("parts.csv"), split);
        Cli.Result result = Cli.run(
                "train",
                PENGUINS,
                "-t",
                "species",
                "-m",
                folder.resolve("m"),
                "--trials",
                2,
                "--split",
                parts,
                "--json",
                "-");
        JsonObject rows = json(result.out()).getAsJsonObject("rows");
        assertThat(rows.get("train").getAsInt()).isEqualTo(255);
        assertThat(rows.get("val").getAsInt()).isEqualTo(255);
        assertThat(rows.get("test").getAsInt()).isEqualTo(85);
        assertThat(rows.get("unused").getAsInt()).isEqualTo(4);
    }

    @Test
    void aSplitFileGivesScoresOnEveryPart() throws IOException {
        Path split = folder.resolve("split.csv");
        List<String> lines = new ArrayList<>(List.of("row,part"));
        IntStream.range(0, 340)
                .forEach(i -> lines.add(
                        i + "," + List.of("train", "train", "val", "test").get(i % 4)));
        Files.write(split, lines);
        Path file = folder.resolve("scores.json");
        Cli.Result result = Cli.run(
                "train",
                "--preset",
                "fast",
                PENGUINS,
                "-t",
                "species",
                "--split",
                split,
                "--json",
                file,
                "-m",
                folder.resolve("m"),
                "--quiet");
        assertThat(result.code()).isZero();
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).isEmpty();
        JsonObject object = json(file);
        assertThat(object.getAsJsonObject("scores").keySet()).containsExactly("train", "val", "test");
        assertThat(object.getAsJsonObject("rows").get("train").getAsInt()).isEqualTo(170);
        assertThat(object.getAsJsonObject("rows").get("test").getAsInt()).isEqualTo(85);
        assertThat(object.getAsJsonObject("rows").get("unused").getAsInt()).isEqualTo(4);
        assertThat(object.get("refitted").getAsBoolean()).isFalse();
    }

    @Test
    void jsonOnStandardOutputStandsAlone() {
        Cli.Result result = Cli.run(
                "train",
                "--preset",
                "fast",
                PENGUINS,
                "-t",
                "species",
                "--json",
                "-",
                "-m",
                folder.resolve("m"),
                "--iterations",
                0);
        assertThat(json(result.out()).get("target").getAsString()).isEqualTo("species");
    }

    @Test
    void theProfileStandsBelowTheScores() {
        Cli.Result result = Cli.run(
                "train", "--preset", "fast", AIRFOIL, "-t", "sound_db_centred", "-m", folder.resolve("m"), "--profile");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out().substring(result.out().indexOf("Model: ")))
                .containsPattern("after .* s\n\n  where time went +calls +seconds +share\n")
                .containsPattern("\n  reading +1 +\\d+\\.\\d{3} +\\d+\\.\\d % +\\d\\S* MB/s\n  encoding +1 ")
                .containsPattern("\n  learning +1 ")
                .containsPattern("\\n    kernel matrix +6 .* ns an entry\\n    choice of ridge +6 ")
                .containsPattern("\\n    factorisation +6 .* GFLOP/s\\n")
                .containsPattern("\n  scoring +2 ")
                .containsPattern("\n  final refit +1 ")
                .containsPattern("\n    kernel matrix +1 ")
                .containsPattern("\n  importances +1 ")
                .containsPattern("\n  model file +1 .* MB/s\n")
                .containsPattern("\n  JVM start and other +\\d+\\.\\d{3} +\\d+\\.\\d %\n")
                .containsPattern("\n  all +\\d+\\.\\d{3} +100\\.0 %\n$");
        assertThat(trainedAirfoil.out()).doesNotContain("where time went");
    }

    @Test
    void theProfileIsAResultThatWasAskedFor() throws IOException {
        Path file = folder.resolve("scores.json");
        Cli.Result quiet = Cli.run(
                "train",
                "--preset",
                "fast",
                PENGUINS,
                "-t",
                "species",
                "-m",
                folder.resolve("m"),
                "--quiet",
                "--profile",
                "--json",
                file);
        assertThat(quiet.out()).startsWith("  where time went").endsWith("100.0 %\n");
        assertThat(quiet.err()).isEmpty();
        JsonObject written = json(file).getAsJsonObject("profile");
        assertThat(quiet.out())
                .contains(String.format(
                        Locale.ROOT, "%.3f", written.get("seconds").getAsDouble()));

        Cli.Result alone = Cli.run(
                "train",
                "--preset",
                "fast",
                PENGUINS,
                "-t",
                "species",
                "-m",
                folder.resolve("m"),
                "--profile",
                "--json",
                "-");
        JsonObject profile = json(alone.out()).getAsJsonObject("profile");
        List<String> phases = new ArrayList<>();
        double shares = 0;
        double seconds = 0;
        for (var entry : profile.getAsJsonArray("phases")) {
            phases.add(entry.getAsJsonObject().get("phase").getAsString());
            shares += entry.getAsJsonObject().get("share").getAsDouble();
            seconds += entry.getAsJsonObject().get("seconds").getAsDouble();
        }
        assertThat(phases)
                .containsExactly(
                        "reading",
                        "encoding",
                        "learning",
                        "scoring",
                        "final refit",
                        "importances",
                        "model file",
                        "JVM start and other");
        assertThat(shares).isCloseTo(1, within(1e-9));
        assertThat(seconds).isCloseTo(profile.get("seconds").getAsDouble(), within(1e-9));
        assertThat(json(models.resolve("penguins.json")).has("profile")).isFalse();
    }

    private static Cli.Result explainedPlan(Path model, Object... more) {
        return Cli.run(Stream.concat(
                        Stream.of(
                                "train",
                                AIRFOIL,
                                "-t",
                                "sound_db_centred",
                                "--ridge",
                                "0.001",
                                "-m",
                                model,
                                "--explain-plan"),
                        Arrays.stream(more))
                .toArray());
    }

    /** A triangle of 1503 x 1503 floats takes 4.5 MB: of 9 MiB, 80 % are planned, which is enough for one and not for two. */
    @Test
    void thePlanIsExplainedAndNothingTrained() throws IOException {
        Path model = folder.resolve("m");
        Cli.Result roomy = explainedPlan(model);
        assertThat(roomy.code()).as(roomy.err()).isZero();
        assertThat(roomy.out())
                .containsPattern("Memory to learn from 1503 rows x 5 columns with 1 output; .* may be taken:\n")
                .containsPattern("\n  kernel matrix +largest leaf +memory\n")
                .containsPattern("\n  kept beside its factor +1,503 +\\d+\\.\\d MiB  taken\n")
                .containsPattern("\n  evaluated again when read +1,503 +\\d+\\.\\d MiB  fits\n$");
        Cli.Result tight = explainedPlan(model, "--memory", "9m", "--json", "-");
        JsonObject plan = json(tight.out());
        assertThat(plan.getAsJsonArray("strategies")).hasSizeBetween(2, 3);
        assertThat(plan.getAsJsonObject("taken").get("kernel").getAsString()).isEqualTo("recomputed");
        assertThat(plan.getAsJsonObject("taken").get("bytes").getAsLong())
                .isLessThanOrEqualTo(plan.get("budget").getAsLong());
        Cli.Result none = explainedPlan(model, "--memory", "1m");
        assertThat(none.code()).isEqualTo(ExitCode.MEMORY.code());
        assertThat(none.out()).contains("too large").doesNotContain("taken\n");
        assertThat(none.err()).contains("819.2 KiB are allowed. Allow more memory");
        assertThat(model).doesNotExist();
    }

    @Test
    void aKernelThatDoesNotFitIsEvaluatedAgain() {
        Path model = folder.resolve("m");
        Cli.Result tight = Cli.run(
                "train",
                "--preset",
                "fast",
                AIRFOIL,
                "-t",
                "sound_db_centred",
                "--ridge",
                "0.001",
                "-m",
                model,
                "--memory",
                "9m");
        assertThat(tight.code()).as(tight.err()).isZero();
        assertThat(tight.out())
                .contains(", round ") // of the only leaf
                .contains("  to stay within 7.2 MiB the kernel was evaluated again whenever it was read");
        assertThat(trainedAirfoil.out()).doesNotContain("evaluated again");
    }

    @Test
    void anotherFileChoosesTheModel() throws IOException {
        List<String> lines = Files.readAllLines(PENGUINS);
        Path held = folder.resolve("held.csv");
        List<String> some = new ArrayList<>(lines.subList(0, 1));
        IntStream.range(1, lines.size()).filter(i -> i % 5 == 0).forEach(i -> some.add(lines.get(i)));
        Files.write(held, some);
        Cli.Result result = Cli.run(
                "train", "--preset", "fast", PENGUINS, "-t", "species", "--valid", held, "-m", folder.resolve("m"));
        assertThat(result.out()).contains("learned from 344 rows, chosen on 68 others\n");
    }

    @Test
    void threadsAndMemoryDoNotChangeTheModel() throws IOException {
        Path one = folder.resolve("one");
        Path three = folder.resolve("three");
        Cli.run("train", "--preset", "fast", PENGUINS, "-t", "species", "-m", one, "--threads", 1, "--memory", "500m");
        Cli.run("train", "--preset", "fast", PENGUINS, "-t", "species", "-m", three, "--threads", 3);
        assertThat(Files.readAllBytes(one))
                .isEqualTo(Files.readAllBytes(three))
                .isEqualTo(Files.readAllBytes(penguins));
    }

    @Test
    void gzippedDataAndStandardInputAreRead() throws IOException {
        Path zipped = folder.resolve("p.csv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
            Files.copy(PENGUINS, out);
        }
        Cli.Result fromFile =
                Cli.run("train", "--preset", "fast", zipped, "-t", "species", "-m", folder.resolve("a"), "--json", "-");
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(Files.readAllBytes(zipped)));
        Cli.Result fromInput;
        try {
            fromInput = Cli.run(
                    "train", "--preset", "fast", "-", "-t", "species", "-m", folder.resolve("b"), "--json", "-");
        } finally {
            System.setIn(before);
        }
        assertThat(json(fromFile.out()).get("scores"))
                .isEqualTo(json(fromInput.out()).get("scores"));
        assertThat(json(fromInput.out())
                        .getAsJsonObject("provenance")
                        .get("data")
                        .getAsString())
                .isEqualTo("standard input");
    }

    @Test
    void settingsThatTheTaskMakesUselessAreMentioned() {
        Cli.Result result = Cli.run(
                "train",
                "--preset",
                "fast",
                AIRFOIL,
                "-t",
                "sound_db_centred",
                "--class-coding",
                "prevalence",
                "--score",
                "auc",
                "--iterations",
                0,
                "-m",
                folder.resolve("m"));
        assertThat(result.code()).isZero();
        assertThat(result.err())
                .isEqualTo("refract: --class-coding was not used, because the task is regression\n"
                        + "refract: --score auc was not used, because the task is regression\n");
    }

    /** 25 groups of up to ten rows and one of 1,263, which is never the one to hold out a fifth. */
    @Test
    void groupsOrTimeChooseWhatIsHeldOut() throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(AIRFOIL));
        lines.set(0, "run_id," + lines.get(0));
        IntStream.range(0, 1503).forEach(i -> lines.set(i + 1, (i < 1263 ? 99 : i / 10) + "," + lines.get(i + 1)));
        Path data = Files.write(folder.resolve("runs.csv"), lines);
        Cli.Result grouped = Cli.run(
                "train",
                "--preset",
                "fast",
                data,
                "-t",
                "sound_db_centred",
                "--group",
                "run_id",
                "--iterations",
                1,
                "-m",
                folder.resolve("m"));
        assertThat(grouped.code()).as(grouped.err()).isZero();
        assertThat(grouped.out())
                .containsPattern("run_id +ignored +0 .* left out: it tells groups of rows apart; to use it as an input "
                        + "too, add --categorical run_id")
                .contains("learned from 1,263 rows, chosen on 240 others, then solved again on all 1,503")
                .doesNotContainPattern("run_id +\\d+\\.\\d %");
        Cli.Result later = Cli.run(
                "train",
                "--preset",
                "fast",
                data,
                "-t",
                "sound_db_centred",
                "--time",
                "run_id",
                "--iterations",
                1,
                "-m",
                folder.resolve("m"),
                "--valid",
                0.1);
        assertThat(later.out())
                .contains("learned from 1,350 rows, chosen on 153 others")
                .containsPattern("run_id +\\d+\\.\\d %");
        assertThat(Cli.run("inspect", folder.resolve("m")).out()).contains("share 0.1 latest by run_id");
    }

    // predict

    @Test
    void predictWritesALineForEachRow() throws IOException {
        Cli.Result result = Cli.run("predict", penguins, PENGUINS, "--proba");
        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        String[] lines = result.lines();
        assertThat(lines).hasSize(345);
        assertThat(lines[0]).isEqualTo("species,probability of Adelie,probability of Chinstrap,probability of Gentoo");
        for (String line : Arrays.copyOfRange(lines, 1, lines.length)) {
            String[] cells = line.split(",");
            double[] p = Arrays.stream(cells)
                    .skip(1)
                    .mapToDouble(Double::parseDouble)
                    .toArray();
            assertThat(Arrays.stream(p).sum()).isCloseTo(1, within(1e-9));
            int best = List.of("Adelie", "Chinstrap", "Gentoo").indexOf(cells[0]);
            assertThat(p[best]).isEqualTo(Arrays.stream(p).max().orElseThrow());
        }
    }

    /** A row alone, in another order of columns and without the target, gets the digits it got among others. */
    @Test
    void oneRowIsPredictedLikeInTheBatch() throws IOException {
        String[] all = Cli.run("predict", airfoil, AIRFOIL).lines();
        List<String> lines = Files.readAllLines(AIRFOIL);
        String[] names = lines.get(0).split(",");
        for (int row : new int[] {0, 777, 1502}) {
            String[] cells = lines.get(row + 1).split(",");
            StringBuilder header = new StringBuilder();
            StringBuilder data = new StringBuilder();
            for (int k = names.length - 2; k >= 0; k--) {
                header.append(names[k]).append(k > 0 ? ";" : "\n");
                data.append(cells[k]).append(k > 0 ? ";" : "\n");
            }
            Path one = Files.writeString(folder.resolve("one.csv"), header.append(data));
            assertThat(Cli.run("predict", airfoil, one).lines()[1]).isEqualTo(all[row + 1]);
        }
    }

    @Test
    void predictToAFileSaysSoAndReplacesWhatWasThere() throws IOException {
        Path output = Files.writeString(folder.resolve("out.csv"), "old");
        Cli.Result result = Cli.run("predict", airfoil, AIRFOIL, "-o", output);
        assertThat(result.out()).isEqualTo("1,503 rows predicted: " + output + "\n");
        assertThat(Files.readString(output))
                .isEqualTo(Cli.run("predict", airfoil, AIRFOIL).out());
        assertThat(folder.toFile().list()).containsExactly("out.csv");
        assertThat(Cli.run("predict", airfoil, AIRFOIL, "-o", "-").out())
                .as("- is standard output, as everywhere")
                .isEqualTo(Files.readString(output));
    }

    @Test
    void gapsAndUnseenLevelsAreCounted() throws IOException {
        Path strange = Files.writeString(
                folder.resolve("strange.csv"),
                "island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex\n"
                        + "Atlantis,39.1,18.7,181,3750,MALE\nLemuria,,18.7,181,3750,MALE\n,39.1,18.7,181,3750,MALE\n");
        Cli.Result result = Cli.run("predict", penguins, strange);
        assertThat(result.code()).isZero();
        assertThat(result.lines()).hasSize(4);
        assertThat(result.err())
                .isEqualTo(
                        "refract: column island: 1 missing cell, though training had none; taken as the training median, "
                                + "or as no level\n"
                                + "refract: column island: 2 cells of levels that did not occur in training, such as Atlantis, "
                                + "Lemuria; taken as no level\n");
        assertThat(Cli.run("predict", penguins, strange, "--quiet").err()).isEmpty();
    }

    // evaluate

    @Test
    void evaluateScoresWithoutTraining() throws IOException {
        Path file = folder.resolve("e.json");
        Cli.Result result = Cli.run("evaluate", airfoil, AIRFOIL, "--json", file);
        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("rmse").contains("without inputs");
        JsonObject object = json(file);
        assertThat(object.get("rows").getAsInt()).isEqualTo(1503);
        String[] predicted = Cli.run("predict", airfoil, AIRFOIL).lines();
        List<String> truth = Files.readAllLines(AIRFOIL);
        double sum = 0;
        for (int i = 1; i < predicted.length; i++) {
            String[] cells = truth.get(i).split(",");
            double error = Double.parseDouble(predicted[i]) - Double.parseDouble(cells[cells.length - 1]);
            sum += error * error;
        }
        assertThat(object.getAsJsonObject("scores").get("rmse").getAsDouble())
                .isCloseTo(Math.sqrt(sum / 1503), within(1e-12));
        assertThat(object.getAsJsonObject("baseline").get("r2").getAsDouble()).isCloseTo(0, within(1e-12));
    }

    @Test
    void evaluateCanLeaveOutRowsWithoutATarget() throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(AIRFOIL));
        String last = lines.get(1503);
        lines.set(1503, last.substring(0, last.lastIndexOf(',') + 1));
        Path gap = Files.write(folder.resolve("gap.csv"), lines);
        assertThat(Cli.run("evaluate", airfoil, gap).code()).isEqualTo(3);
        Cli.Result result = Cli.run("evaluate", airfoil, gap, "--drop-missing-target", "--json", "-");
        assertThat(json(result.out()).get("rows").getAsInt()).isEqualTo(1502);
        assertThat(json(result.out()).get("droppedRows").getAsInt()).isEqualTo(1);
    }

    // explain, inspect, doctor

    @Test
    void explainShowsImportancesAndDirections() {
        Cli.Result result = Cli.run("explain", penguins, "--json", "-");
        JsonObject object = json(result.out());
        double shares = 0;
        for (var direction : object.getAsJsonArray("directions")) {
            shares += direction.getAsJsonObject().get("share").getAsDouble();
        }
        assertThat(shares).isBetween(0.9, 1.0 + 1e-9);
        assertThat(object.get("effectiveDimension").getAsDouble()).isBetween(1.0, 14.0);
        assertThat(Cli.run("explain", penguins).out())
                .contains("What species depends on")
                .containsPattern("\\d+\\.\\d %  \\+\\d\\.\\d\\d bill_length_mm");
    }

    /** Contributions of columns, and terms of training rows, both add up to what is explained. */
    @Test
    void explainTakesARowApart() {
        JsonObject object = json(
                Cli.run("explain", airfoil, AIRFOIL, "--row", 12, "--json", "-").out());
        double sum = object.getAsJsonObject("contributions").entrySet().stream()
                .mapToDouble(entry -> entry.getValue().getAsDouble())
                .sum();
        double difference =
                object.get("prediction").getAsDouble() - object.get("baseline").getAsDouble();
        assertThat(sum + object.get("residual").getAsDouble()).isCloseTo(difference, within(1e-9));
        String predicted = Cli.run("predict", airfoil, AIRFOIL).lines()[13];
        assertThat(object.get("prediction").getAsDouble()).isCloseTo(Double.parseDouble(predicted), within(1e-4));
        assertThat(object.getAsJsonArray("trainingRows")).hasSize(10);
        String text = Cli.run("explain", airfoil, AIRFOIL, "--row", 12).out();
        assertThat(text)
                .startsWith("Row 12 of ")
                .contains("not accounted for")
                .contains("Training rows that weigh most");
    }

    @Test
    void inspectShowsWhereAModelComesFrom() {
        Cli.Result result = Cli.run("inspect", penguins);
        assertThat(result.out())
                .contains("predicts species, classification")
                .containsPattern("island +categorical +3 levels: Biscoe, Dream, Torgersen")
                .contains("344 x 10")
                .containsPattern("dataSha256 +[0-9a-f]{64}");
        JsonObject object = json(Cli.run("inspect", penguins, "--json", "-").out());
        assertThat(object.getAsJsonObject("provenance").get("dataRows").getAsInt())
                .isEqualTo(344);
        assertThat(object.getAsJsonArray("classes")).hasSize(3);
    }

    /** The kernel of a network goes through every command. */
    @Test
    void aTangentKernelIsTrainedInspectedPredictedAndExplained() throws IOException {
        Path model = folder.resolve("ntk.refract");
        Cli.Result trained = Cli.run(
                "train",
                AIRFOIL,
                "--target",
                "sound_db_centred",
                "--kernel",
                "ntk",
                "--layers",
                "2",
                "--activation",
                "erf",
                "--model",
                model);
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.out()).contains("ntk kernel (bandwidth 10, 2 hidden layers, erf)");
        assertThat(Cli.run("inspect", model).out()).contains("ntk kernel (bandwidth 10, 2 hidden layers, erf)");
        Cli.Result explained = Cli.run("explain", model);
        assertThat(explained.code()).as(explained.err()).isZero();
        assertThat(explained.out()).contains("freq");
        Cli.Result all = Cli.run("evaluate", model, AIRFOIL, "--json", "-");
        assertThat(all.code()).as(all.err()).isZero();
        List<String> batch = Cli.run("predict", model, AIRFOIL).out().lines().toList();
        List<String> lines = Files.readAllLines(AIRFOIL);
        Path one = Files.write(folder.resolve("one.csv"), List.of(lines.get(0), lines.get(8)));
        assertThat(Cli.run("predict", model, one).out().lines().toList().get(1)).isEqualTo(batch.get(8));
    }

    @Test
    void transformedTargetsAreSaidAndExplainedInTheirUnits() {
        ModelFile.Contents contents = ModelFile.read(airfoil);
        Regressor plain = (Regressor) contents.predictor();
        double[] y = {-30, -20, -10, -5, -1, 0, 1, 3, 10};
        Regressor transformed = new Regressor(
                plain.model(),
                List.of(TargetScale.of(
                                y, TargetTransform.Kind.YEO_JOHNSON.fit(y).orElseThrow())
                        .withErrors(new double[] {-0.3, 0, 0.2})));
        Path file = folder.resolve("m");
        ModelFile.write(file, transformed, contents.attachments());
        assertThat(Cli.run("inspect", file).out())
                .containsPattern(
                        "learned: Yeo-Johnson transform of sound_db_centred with power \\d\\.\\d+; a prediction"
                                + " is the mean over its errors");
        assertThat(json(Cli.run("inspect", file, "--json", "-").out())
                        .get("targetTransform")
                        .getAsString())
                .isEqualTo("yeo-johnson");
        JsonObject explained = json(
                Cli.run("explain", file, AIRFOIL, "--row", 12, "--json", "-").out());
        double predicted = Double.parseDouble(Cli.run("predict", file, AIRFOIL).lines()[13]);
        assertThat(explained.get("prediction").getAsDouble()).isCloseTo(predicted, within(1e-4));
        double sum = explained.get("residual").getAsDouble();
        for (var entry : explained.getAsJsonObject("contributions").entrySet()) {
            sum += entry.getValue().getAsDouble();
        }
        assertThat(sum).isCloseTo(predicted - explained.get("baseline").getAsDouble(), within(1e-4));
    }

    @Test
    void doctorFindsTheEngineSound() {
        Cli.Result result = Cli.run("doctor");
        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("Engine").contains("vector (float32").contains(": sound");
    }

    @Test
    void everyCommandHasHelpWithExamples() {
        for (String command : List.of("train", "cv", "predict", "evaluate", "explain", "inspect", "doctor")) {
            Cli.Result result = Cli.run(command, "--help");
            assertThat(result.code()).isZero();
            assertThat(result.out())
                    .startsWith("")
                    .contains("Usage: refract " + command)
                    .contains("Examples:");
        }
        assertThat(Cli.run("--help").out()).contains("Exit codes").contains("Examples:");
        assertThat(Cli.run("--version").out()).matches("refract \\d+\\.\\d+\\.\\d+\\S*, vector .*\n");
    }
}

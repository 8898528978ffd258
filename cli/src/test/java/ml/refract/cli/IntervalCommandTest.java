package ml.refract.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Intervals and sets of classes on real data, as a user asks for them. */
class IntervalCommandTest {
    private static final int USAGE = 2;

    @TempDir
    private static Path folder;

    private static Path airfoil;
    private static Path penguins;
    private static Path unseen;
    private static List<String> unseenLines;
    private static Path calibration;

    /** Every third row of the airfoils is learned from, every third calibrates, every third tests. */
    @BeforeAll
    static void train() throws IOException {
        List<String> lines = Files.readAllLines(Cli.DATA.resolve("airfoil.csv"));
        Path train = Files.write(folder.resolve("train.csv"), third(lines, 0));
        calibration = Files.write(folder.resolve("calibration.csv"), third(lines, 1));
        unseenLines = third(lines, 2);
        unseen = Files.write(folder.resolve("unseen.csv"), unseenLines);
        airfoil = folder.resolve("airfoil.refract");
        penguins = folder.resolve("penguins.refract");
        Cli.run("train", train, "-t", "sound_db_centred", "-m", airfoil, "--iterations", 1);
        Cli.run(
                "train",
                Cli.DATA.resolve("penguins.csv"),
                "-t",
                "sex",
                "-m",
                penguins,
                "--iterations",
                1,
                "--drop-missing-target");
    }

    private static List<String> third(List<String> lines, int part) {
        List<String> some = new ArrayList<>(List.of(lines.get(0)));
        for (int i = 1 + part; i < lines.size(); i += 3) {
            some.add(lines.get(i));
        }
        return some;
    }

    private static double[][] numbers(Cli.Result result) {
        assertThat(result.code()).as(result.err()).isZero();
        return Arrays.stream(result.lines())
                .skip(1)
                .map(line -> Arrays.stream(line.split(","))
                        .mapToDouble(Double::parseDouble)
                        .toArray())
                .toArray(double[][]::new);
    }

    private static double covered(double[][] rows) {
        double covered = 0;
        for (int i = 0; i < rows.length; i++) {
            String[] cells = unseenLines.get(i + 1).split(",");
            double truth = Double.parseDouble(cells[cells.length - 1]);
            covered += rows[i][1] <= truth && truth <= rows[i][2] ? 1.0 / rows.length : 0;
        }
        return covered;
    }

    @Test
    void boundsStandBesidePredictions() {
        Cli.Result plain = Cli.run("predict", airfoil, unseen);
        Cli.Result result = Cli.run("predict", airfoil, unseen, "--interval", "0.9");
        assertThat(result.lines()[0]).isEqualTo("sound_db_centred,sound_db_centred_lower,sound_db_centred_upper");
        double[][] with = numbers(result);
        double[][] without = numbers(plain);
        for (int i = 0; i < with.length; i++) {
            assertThat(with[i][0]).isEqualTo(without[i][0]);
            assertThat(with[i][2] - with[i][0]).isCloseTo(with[i][0] - with[i][1], within(1e-9));
        }
        double[][] wider = numbers(Cli.run("predict", airfoil, unseen, "--interval", "0.95"));
        assertThat(wider[0][1]).isLessThan(with[0][1]);
        // 100 held-out rows chose the bound, 501 test it.
        assertThat(covered(with)).isBetween(0.9 - 3 * 0.033, 0.9 + 3 * 0.033);
    }

    @Test
    void evaluateSaysHowManyAreHeld() throws IOException {
        Path file = folder.resolve("e.json");
        Cli.Result result = Cli.run("evaluate", airfoil, unseen, "--interval", "0.9", "--json", file);
        double[][] rows = numbers(Cli.run("predict", airfoil, unseen, "--interval", "0.9"));
        JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        JsonObject intervals = json.getAsJsonObject("intervals");
        assertThat(intervals.get("wanted").getAsDouble()).isEqualTo(0.9);
        assertThat(intervals.get("covered").getAsDouble()).isCloseTo(covered(rows), within(1e-9));
        assertThat(intervals.get("meanSize").getAsDouble()).isCloseTo(rows[0][2] - rows[0][1], within(1e-9));
        assertThat(result.out())
                .containsPattern("Intervals for 90.0 % of the rows hold \\d\\d\\.\\d %, mean width \\d\\.\\d+");
        assertThat(Cli.run(
                                "evaluate",
                                penguins,
                                Cli.DATA.resolve("penguins.csv"),
                                "--interval",
                                "0.9",
                                "--drop-missing-target")
                        .out())
                .containsPattern("Sets for 90.0 % of the rows hold \\d+\\.\\d %, mean number of classes 1\\.\\d+");
    }

    @Test
    void otherRowsGiveErrorsWithAGuarantee() {
        Path output = folder.resolve("calibrated.csv");
        Cli.Result result =
                Cli.run("predict", airfoil, unseen, "--interval", "0.9", "--calibrate", calibration, "-o", output);
        assertThat(result.out())
                .isEqualTo("501 rows predicted: " + output + "\n  intervals from 501 unseen errors, guaranteed\n");
        double[][] rows = numbers(Cli.run("predict", airfoil, unseen, "--interval", "0.9", "--calibrate", calibration));
        assertThat(covered(rows)).isBetween(0.9 - 3 * 0.019, 0.9 + 3 * 0.019);
    }

    @Test
    void setsOfClassesHoldThePredictedOne() {
        Cli.Result result =
                Cli.run("predict", penguins, Cli.DATA.resolve("penguins.csv"), "--interval", "0.99", "--proba");
        assertThat(result.lines()[0]).isEqualTo("sex,sex_set,probability of FEMALE,probability of MALE");
        assertThat(Arrays.stream(result.lines()).skip(1)).allSatisfy(line -> {
            String[] cells = line.split(",");
            assertThat(cells[1].split("\\|")).contains(cells[0]);
        });
        assertThat(result.out()).contains("FEMALE|MALE");
    }

    @Test
    void inspectShowsWhereIntervalsComeFrom() {
        assertThat(Cli.run("inspect", airfoil).out()).contains("intervals: from 100 held-out errors, approximate");
        JsonObject json = JsonParser.parseString(
                        Cli.run("inspect", airfoil, "--json", "-").out())
                .getAsJsonObject()
                .getAsJsonObject("intervals");
        assertThat(json.get("rows").getAsInt()).isEqualTo(100);
        assertThat(json.get("source").getAsString()).isEqualTo("held-out");
        assertThat(json.get("guaranteed").getAsBoolean()).isFalse();
    }

    @Test
    void aSearchKeepsTheErrorsOfItsFolds() throws IOException {
        Path some = Files.write(folder.resolve("some.csv"), unseenLines.subList(0, 81));
        Path model = folder.resolve("searched.refract");
        Cli.Result result = Cli.run("train", some, "-t", "sound_db_centred", "-m", model, "--trials", 2);
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(Cli.run("inspect", model).out()).contains("intervals: from 80 cross-fitted errors, approximate");
    }

    @Test
    void whatCannotBeIsRefused() throws IOException {
        assertRefused("--interval must be between 0.5 and 0.999, got 90.0", airfoil, unseen, "--interval", "90");
        assertRefused(
                "--calibrate is for intervals; add the share of rows they are to hold, such as --interval 0.9",
                airfoil,
                unseen,
                "--calibrate",
                calibration);
        Path all = folder.resolve("all.refract");
        Cli.run("train", unseen, "-t", "sound_db_centred", "-m", all, "--iterations", 1, "--valid", 0);
        assertRefused(
                all
                        + " keeps no errors on rows it had not learned from, which intervals come from: nothing was held out "
                        + "when it was trained, or by a version without intervals. Train it again, or name rows with "
                        + "targets that it has not learned from: --calibrate FILE",
                all,
                unseen,
                "--interval",
                "0.9");
        assertThat(Cli.run("inspect", all).out()).contains("intervals: no errors kept");
    }

    private static void assertRefused(String message, Object... arguments) {
        List<Object> all = new ArrayList<>(List.of("predict"));
        all.addAll(Arrays.asList(arguments));
        Cli.Result result = Cli.run(all.toArray());
        assertThat(result.err()).isEqualTo("refract: " + message + "\n");
        assertThat(result.code()).isEqualTo(USAGE);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void tooFewErrorsAreMentioned() throws IOException {
        Path few = Files.write(folder.resolve("few.csv"), unseenLines.subList(0, 6));
        Cli.Result result = Cli.run("predict", airfoil, unseen, "--interval", "0.9", "--calibrate", few);
        assertThat(result.code()).isZero();
        assertThat(result.err())
                .isEqualTo(
                        "refract: there are errors of 5 rows only; --interval 0.9 needs 9: intervals are infinite\n");
        assertThat(result.lines()[1]).endsWith(",-Infinity,Infinity");
    }
}

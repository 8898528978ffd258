package ml.refract.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How classes are decided on. */
class DecideTest {
    private static final String COSTS = "true,rare,usual\nusual,1,0\nrare,0,8\n";

    @TempDir
    private Path folder;

    /** Two classes, the rare one one row in eight, that overlap. */
    private Path rows() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        String text = IntStream.range(0, 400)
                .mapToObj(i -> String.format(
                        Locale.ROOT,
                        "%.3f,%.3f,%s",
                        random.nextGaussian() + (i % 8 == 0 ? 1.2 : 0),
                        random.nextGaussian(),
                        i % 8 == 0 ? "rare" : "usual"))
                .collect(Collectors.joining("\n", "a,b,kind\n", "\n"));
        return Files.writeString(folder.resolve("rows.csv"), text);
    }

    private Path trained(Path rows, Object... more) {
        Path model = folder.resolve("kinds.refract");
        Object[] all = new Object[6 + more.length];
        System.arraycopy(new Object[] {"train", rows, "--target", "kind", "--model", model}, 0, all, 0, 6);
        System.arraycopy(more, 0, all, 6, more.length);
        Cli.Result result = Cli.run(all);
        assertThat(result.code()).as(result.err()).isZero();
        return model;
    }

    /** Checks that the class printed is the one that the printed probabilities lead to. */
    private static void assertDecided(String[] lines, double[][] costs) {
        assertThat(lines[0]).isEqualTo("kind,probability of rare,probability of usual");
        int rare = 0;
        for (int i = 1; i < lines.length; i++) {
            String[] cells = lines[i].split(",");
            double p = Double.parseDouble(cells[1]);
            double q = Double.parseDouble(cells[2]);
            double sayRare = p * costs[0][0] + q * costs[1][0];
            double sayUsual = p * costs[0][1] + q * costs[1][1];
            assertThat(cells[0]).isEqualTo(sayRare <= sayUsual ? "rare" : "usual");
            rare += cells[0].equals("rare") ? 1 : 0;
        }
        assertThat(rare).as("more than the most probable class would be").isGreaterThan(60);
    }

    @Test
    void theLeastExpectedCostWithAndWithoutASearch() throws IOException {
        Path rows = rows();
        Path costs = Files.writeString(folder.resolve("costs.csv"), COSTS);
        double[][] inOrder = {{0, 8}, {1, 0}}; // of the classes rare, usual
        for (Object[] how : new Object[][] {{"--preset", "fast"}, {"--trials", 2}}) {
            Path model = trained(rows, "--decide", costs, how[0], how[1]);
            assertDecided(Cli.run("predict", model, rows, "--proba").lines(), inOrder);
            assertThat(Cli.run("inspect", model).out())
                    .contains("classes: of the least expected cost")
                    .containsPattern("options.decide +costs of .*costs.csv");
        }
    }

    @Test
    void aThresholdOfTheLargestF1Score() throws IOException {
        Path data = Files.writeString(
                folder.resolve("yes.csv"),
                Files.readString(rows()).replace("usual", "no").replace("rare", "yes"));
        double plain = f1(trained(data, "--trials", 1), data);
        double decided = f1(trained(data, "--trials", 1, "--decide", "f1"), data);
        assertThat(decided).isGreaterThan(plain + 0.1);
        assertThat(Cli.run("inspect", folder.resolve("kinds.refract")).out())
                .containsPattern("classes: yes from a probability of 0\\.[1-3]\\d* on");
    }

    private static double f1(Path model, Path rows) {
        Cli.Result result = Cli.run("evaluate", model, rows, "--json", "-");
        JsonObject scores = CommandsTest.json(result.out()).getAsJsonObject("scores");
        assertThat(scores.keySet()).containsExactly("accuracy", "balancedAccuracy", "logLoss", "brier", "auc", "f1");
        return scores.get("f1").getAsDouble();
    }

    private void assertRefused(int code, String message, Object... arguments) {
        Cli.Result result = Cli.run(arguments);
        assertThat(result.err()).isEqualTo("refract: " + message + "\n");
        assertThat(result.code()).isEqualTo(code);
        assertThat(folder.resolve("refused")).doesNotExist();
    }

    @Test
    void rulesThatDoNotFitAreRefused() throws IOException {
        Path rows = rows();
        Path costs = folder.resolve("costs.csv");
        Path model = folder.resolve("refused");
        Object[] train = {"train", rows, "-q", "-t", "kind", "-m", model, "--decide", costs};
        Files.writeString(costs, COSTS.replace("8", "much"));
        assertRefused(
                3,
                costs + ", line 3, column 'usual': found the cost \"much\", wanted a number. Remedy: correct it",
                train);
        Files.writeString(costs, COSTS.replace("rare,0", "usual,0"));
        assertRefused(3, costs + ", line 3: the class \"usual\" has two rows. Remedy: keep one of them", train);
        Files.writeString(costs, COSTS.replace("rare,", "odd,"));
        assertRefused(
                3,
                costs + ": found rows for 'usual', 'odd', wanted one for each class of the target: 'rare', "
                        + "'usual'. Remedy: name every class once, as the data do",
                train);
        assertRefused(
                3,
                rows
                        + ", column 'a': the target is predicted as a number, there are no classes to decide between by f1. "
                        + "Remedy: leave out --decide, or add --task classification",
                "train",
                rows,
                "-q",
                "-t",
                "a",
                "-m",
                model,
                "--decide",
                "f1");
        Path penguins = Cli.DATA.resolve("penguins.csv");
        assertRefused(
                3,
                penguins + ", column 'species': there are 3 classes; a threshold of the largest F1 score is for two. "
                        + "Remedy: give --decide a file of costs",
                "train",
                penguins,
                "-q",
                "-t",
                "species",
                "-m",
                model,
                "--decide",
                "f1");
        assertRefused(
                3,
                rows
                        + ", column 'kind': no rows are held out to choose the threshold of the largest F1 score on. Remedy: "
                        + "hold some out with --valid, or search for settings",
                "train",
                rows,
                "-q",
                "-t",
                "kind",
                "-m",
                model,
                "--decide",
                "f1",
                "--valid",
                0);
    }
}

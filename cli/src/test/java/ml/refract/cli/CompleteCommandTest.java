package ml.refract.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Completing a matrix as a user does it. */
class CompleteCommandTest {
    private static final int USERS = 60;
    private static final int ITEMS = 40;

    @TempDir
    private Path folder;

    /** Two factors a user and an item. */
    private static double truth(int user, int item) {
        return 3 + Math.sin(user) * Math.cos(2 * item) + Math.cos(1.7 * user) * Math.sin(item + 1);
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    /** About 40 % of the entries, users named by letters, with a column that does not belong. */
    private Path ratings() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        StringBuilder text = new StringBuilder("note,stars,user,item\n");
        for (int u = 0; u < USERS; u++) {
            for (int i = 0; i < ITEMS; i++) {
                if (random.nextDouble() < 0.4) {
                    text.append("x,")
                            .append(truth(u, i))
                            .append(",u")
                            .append(u)
                            .append(',')
                            .append(i)
                            .append('\n');
                }
            }
        }
        return file("ratings.csv", text.toString());
    }

    private void assertRefused(int code, String message, Object... arguments) {
        Cli.Result result = Cli.run(arguments);
        assertThat(result.err()).isEqualTo("refract: " + message + "\n");
        assertThat(result.code()).isEqualTo(code);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void predictsEntriesThatWereNotGiven() throws IOException {
        Path pairs = file("pairs.csv", "item,user\n7,u3\n39,u59\n7,nobody\n0,u0\n");
        Path predicted = folder.resolve("predicted.csv");
        Path json = folder.resolve("found.json");
        Cli.Result result = Cli.run(
                "complete",
                ratings(),
                "--row",
                "user",
                "--column",
                "item",
                "--value",
                "stars",
                "--predict",
                pairs,
                "-o",
                predicted,
                "--json",
                json);
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.err())
                .isEqualTo("refract: 1 prediction left empty: the row or the column has no entry in "
                        + folder.resolve("ratings.csv") + "\n");
        assertThat(result.out())
                .containsPattern(
                        "Completes stars by user \\(60\\) and item \\(40\\) from 9\\d\\d entries, (39|40|41)\\.\\d %\n")
                .containsPattern("  \\d+ directions after \\d+ sweeps, ended: what is left is as good as nothing\n")
                .containsPattern("  held out +\\d\\d +\\S+\n    predicting the mean +(0|1)\\.\\d+\n")
                .endsWith("Predictions: " + predicted + "\n");
        List<String> lines = Files.readAllLines(predicted);
        assertThat(lines.get(0)).isEqualTo("user,item,stars");
        assertThat(lines.get(3)).isEqualTo("nobody,7,");
        assertThat(Double.parseDouble(lines.get(1).split(",")[2])).isCloseTo(truth(3, 7), within(1e-3));
        assertThat(Double.parseDouble(lines.get(2).split(",")[2])).isCloseTo(truth(59, 39), within(1e-3));
        assertThat(Double.parseDouble(lines.get(4).split(",")[2])).isCloseTo(truth(0, 0), within(1e-3));
        JsonObject found = JsonParser.parseString(Files.readString(json)).getAsJsonObject();
        assertThat(found.get("stop").getAsString()).isEqualTo("converged");
        assertThat(found.get("heldOutRmse").getAsDouble()).isLessThan(1e-3);
        assertThat(found.get("heldOutEntries").getAsInt()).isBetween(45, 50);
    }

    @Test
    void predictionsOnStandardOutputStandAlone() throws IOException {
        Path data = file("t.csv", "r,c,v\na,x,1\na,y,2\nb,x,2\nb,y,4\nc,x,3\n");
        Cli.Result result =
                Cli.run("complete", data, "--predict", file("p.csv", "r,c\nc,y\n"), "--valid", 0, "--no-centre");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.err()).isEmpty();
        String[] lines = result.lines();
        assertThat(lines).hasSize(2);
        assertThat(Double.parseDouble(lines[1].split(",")[2])).isCloseTo(6, within(0.01));
    }

    @Test
    void badFilesAreNamedWithTheirLine() throws IOException {
        Path wide = file("wide.csv", "a,b,c,d\n1,2,3,4\n");
        assertRefused(
                3,
                wide
                        + ": the header names 4 columns, 'a', 'b', 'c', 'd', so that row, column and value cannot be told by "
                        + "position. Remedy: name them with --row, --column and --value",
                "complete",
                wide);
        Path twice = file("twice.csv", "r,c,v\na,x,1\nb,x,2\na,y,2\nb,x,3\n");
        assertRefused(
                3,
                twice
                        + ", line 5: row 'b' and column 'x' were given before, in line 3. Remedy: keep one of the two, or put "
                        + "their mean in one line",
                "complete",
                twice);
        Path word = file("word.csv", "r,c,v\na,x,1\na,y,two\n");
        assertRefused(
                3,
                word
                        + ", line 3 (data row 1), column 'v': found \"two\", wanted a number. Remedy: correct the cell, or leave the "
                        + "row out",
                "complete",
                word);
        Path gap = file("gap.csv", "r,c,v\na,x,NA\n");
        assertRefused(
                3,
                gap
                        + ", line 2 (data row 0), column 'v': found a missing value, wanted a number. Remedy: leave the row out: "
                        + "entries that are not listed are the missing ones",
                "complete",
                gap);
        Path nameless = file("nameless.csv", "r,c,v\na,,1\n");
        assertRefused(
                3,
                nameless
                        + ", line 2 (data row 0), column 'c': found an empty cell, wanted an id. Remedy: fill it in, or leave the "
                        + "row out",
                "complete",
                nameless);
        Path one = file("one.csv", "r,c,v\na,x,1\n");
        assertRefused(
                3,
                one + ": there is one entry only. Remedy: give more entries, or hold none out with --valid 0",
                "complete",
                one);
        Path good = file("good.csv", "r,c,v\na,x,1\na,y,2\n");
        Path pairs = file("pairs.csv", "r,k\na,x\n");
        assertRefused(
                3,
                pairs
                        + ": there is no column 'c'; there are 'r', 'k'. Remedy: name a column of the file, or add it to the "
                        + "header",
                "complete",
                good,
                "--predict",
                pairs);
        assertRefused(
                3,
                good
                        + ": row, column and value would be read from 'r', 'r', 'v', which are not three columns. Remedy: name "
                        + "three with --row, --column and --value",
                "complete",
                good,
                "--column",
                "r");
    }

    @Test
    void optionsThatMakeNoSenseAreRefused() throws IOException {
        Path good = file("good.csv", "r,c,v\na,x,1\na,y,2\n");
        assertRefused(
                2,
                "Invalid options: rank must be between 1 and 500, got 0; --valid must be between 0 and 0.5, got 0.9",
                "complete",
                good,
                "--rank",
                0,
                "--valid",
                0.9);
        assertRefused(
                2,
                "--output is for predictions; name the entries to predict with --predict",
                "complete",
                good,
                "-o",
                folder.resolve("x"));
        assertRefused(
                2,
                "Predictions and --json - both want standard output; give one of them a file",
                "complete",
                good,
                "--predict",
                good,
                "--json",
                "-");
    }

    @Test
    void memoryIsPlanned() throws IOException {
        Cli.Result result = Cli.run(
                "complete", ratings(), "--row", "user", "--column", "item", "--value", "stars", "--memory", "100k");
        assertThat(result.code()).isEqualTo(4);
        assertThat(result.err())
                .matches(
                        "refract: 9\\d\\d entries of a 60 x 40 matrix need .* are allowed\\. Allow more with --memory, or lower "
                                + "--rank\n");
    }
}

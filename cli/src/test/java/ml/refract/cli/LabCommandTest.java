package ml.refract.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import ml.refract.lab.Experiment;
import ml.refract.lab.experiment.Experiments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lab as a user runs it. */
class LabCommandTest {
    private static final String ID = "low-rank-polynomial";

    @TempDir
    private Path folder;

    @Test
    void listNamesEveryExperiment() {
        Cli.Result list = Cli.run("lab", "list");
        assertThat(list.code()).isZero();
        for (Experiment experiment : Experiments.all()) {
            assertThat(list.out()).contains("  " + experiment.id() + " ").contains(experiment.title());
        }
    }

    @Test
    void aRunLeavesThreeFilesThatDoNotDependOnThreads() throws IOException {
        Path one = folder.resolve("one");
        Cli.Result result = Cli.run("lab", "run", ID, "--seed", 3, "--out", one, "--threads", 1);
        assertThat(result.code()).as(result.out() + result.err()).isZero();
        assertThat(result.out())
                .startsWith("RFM finds the three coordinates that matter\n\n")
                .containsPattern("\n  pass +0\\.\\d+ +≤ 0\\.45 +error after 5 updates")
                .contains("Written: " + one.resolve(ID + ".json"));
        assertThat(one.toFile().list()).containsExactlyInAnyOrder(ID + ".csv", ID + ".svg", ID + ".json");
        assertThat(JsonParser.parseString(Files.readString(one.resolve(ID + ".json")))
                        .getAsJsonObject()
                        .get("pass")
                        .getAsBoolean())
                .isTrue();

        Path two = folder.resolve("two");
        Cli.Result quiet = Cli.run("lab", "run", ID, "--quick", "--seed", 3, "--out", two, "--threads", 2, "-q");
        assertThat(quiet.out() + quiet.err()).isEmpty();
        assertThat(two.resolve(ID + ".csv")).hasSameTextualContentAs(one.resolve(ID + ".csv"));
    }

    @Test
    void mistakesAreNamed() {
        assertThat(Cli.run("lab", "run", "low-rank-polinomial"))
                .isEqualTo(new Cli.Result(
                        2,
                        "",
                        "refract: There is no experiment 'low-rank-polinomial'. Did you mean low-rank-polynomial?\n"));
        assertThat(Cli.run("lab", "check", "--quick", "--full"))
                .isEqualTo(new Cli.Result(2, "", "refract: Options contradict each other: --quick and --full\n"));
        Cli.Result bare = Cli.run("lab");
        assertThat(bare.code()).isEqualTo(2);
        assertThat(bare.err()).contains("Usage: refract lab");
    }
}

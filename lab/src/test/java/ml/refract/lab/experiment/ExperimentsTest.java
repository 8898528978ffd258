package ml.refract.lab.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import ml.refract.lab.Experiment;
import org.junit.jupiter.api.Test;

/** What holds for every experiment; their claims are checked by {@code refract lab check --quick}, which {@code .ci/run} runs. */
class ExperimentsTest {
    private static final Path DOCS = Path.of("..", "docs");

    @Test
    void namesCanBeTypedAndAreDifferent() {
        List<String> ids = Experiments.all().stream().map(Experiment::id).toList();
        assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id.matches("[a-z0-9]+(-[a-z0-9]+)*"));
    }

    @Test
    void thePageShowsEveryExperiment() throws IOException {
        String page = Files.readString(DOCS.resolve("lab.md"));
        for (Experiment experiment : Experiments.all()) {
            assertThat(page)
                    .as("run refract lab check --docs docs")
                    .contains("\n## " + experiment.id() + "\n")
                    .contains(experiment.title())
                    .contains(experiment.description());
            assertThat(DOCS.resolve("lab").resolve(experiment.id() + ".svg")).exists();
        }
    }
}

package ml.refract.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsFileTest {
    private static final Results.Key IRIS = new Results.Key("iris", 1, "ours");

    @TempDir
    Path folder;

    private static Map<String, String> row(String set, String error) {
        return Map.of("dataset", set, "seed", "1", "method", "ours", "logloss", "0.25", "error", error);
    }

    @Test
    void goesOnWhereItStopped() throws Exception {
        Path path = folder.resolve("r.csv");
        ResultsFile.open(path).append(row("iris", ""));

        ResultsFile again = ResultsFile.open(path);
        assertThat(again.read().find(IRIS)).isPresent();
        again.append(row("wine", "no \"memory\",\nnone"));

        Results both = ResultsFile.open(path).read();
        assertThat(both.rows().map(row -> row.key().set())).containsExactly("iris", "wine");
        assertThat(both.number(IRIS, "logloss")).isEqualTo(0.25);
        assertThat(both.number(IRIS, "rmse")).isNaN();
        assertThat(both.find(new Results.Key("wine", 1, "ours")).orElseThrow().text("error"))
                .isEqualTo("no \"memory\", none");
        assertThat(both.seeds("iris", "logloss", "ours")).containsExactly(1);
        assertThat(both.seeds("iris", "logloss", "ours", "theirs")).isEmpty();
    }

    @Test
    void removesALineThatWasNotEnded() throws Exception {
        Path path = folder.resolve("r.csv");
        ResultsFile.open(path).append(row("iris", ""));
        String whole = Files.readString(path);
        Files.writeString(path, whole + "wine,multiclass,178,\"1");

        assertThat(ResultsFile.open(path).read().rows()).hasSize(1);
        assertThat(path).hasContent(whole);
    }

    @Test
    void leavesOtherFilesAlone() throws Exception {
        Path path = Files.writeString(folder.resolve("peers.csv"), "dataset,task\niris,multiclass\n");

        assertThatThrownBy(() -> ResultsFile.open(path))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line 1: found other columns than [dataset, ");
        assertThat(path).hasContent("dataset,task\niris,multiclass\n");
    }
}

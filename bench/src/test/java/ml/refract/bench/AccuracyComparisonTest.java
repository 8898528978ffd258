package ml.refract.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs on a folder with a set that can be learned and one whose file is absent. */
class AccuracyComparisonTest {
    @TempDir
    Path folder;

    private Path results;

    @BeforeEach
    void writeData() throws Exception {
        results = folder.resolve("results.csv");
        Files.writeString(folder.resolve("manifest.json"), """
                [{"name": "line", "task": "regression", "target": "y", "cats": ["c"], "rows": 50},
                 {"name": "gone", "task": "regression", "target": "y", "cats": [], "rows": 51}]
                """);
        StringBuilder data = new StringBuilder("x,c,y\n");
        StringBuilder split = new StringBuilder("row,part\n");
        for (int i = 0; i < 50; i++) {
            data.append(0.25 * (i * 7 % 50))
                    .append(i == 33 ? ",rare," : i % 2 == 0 ? ",even," : ",odd,")
                    .append(2 * (i * 7 % 50))
                    .append('\n');
            split.append(i).append(i % 5 < 3 ? ",train\n" : i % 5 == 3 ? ",val\n" : ",test\n");
        }
        Files.createDirectories(folder.resolve("splits"));
        Files.writeString(folder.resolve("line.csv"), data);
        for (String name : List.of("line", "gone")) {
            Files.writeString(folder.resolve("splits/" + name + ".seed0.csv"), split);
        }
    }

    private void run(String method, String... options) throws Exception {
        List<String> arguments =
                new java.util.ArrayList<>(List.of("run", folder.toString(), results.toString(), method));
        arguments.addAll(List.of(options));
        AccuracyComparison.main(arguments.toArray(String[]::new));
    }

    @Test
    void measuresEachRunOnceAndKeepsWhatFailed() throws Exception {
        run("refract_fast");
        String first = Files.readString(results);
        run("refract_fast");

        assertThat(results).hasContent(first);
        Results read = Results.read(results);
        Results.Row line = read.find(new Results.Key("line", 0, "refract_fast")).orElseThrow();
        assertThat(line.number("rmse")).isLessThan(10); // a constant has 28
        assertThat(line.text("n_train")).isEqualTo("30");
        assertThat(line.text("n_val")).isEqualTo("10");
        Results.Row gone = read.find(new Results.Key("gone", 0, "refract_fast")).orElseThrow();
        assertThat(gone.text("error")).contains("gone.csv");
        assertThat(gone.number("rmse")).isNaN();
    }

    @Test
    void choosesSetsAndSeeds() throws Exception {
        run("refract_fast", "--sets", "line", "--max-rows", "29");
        run("refract_fast", "--sets", "line", "--seeds", "1");
        assertThat(Results.read(results).rows()).isEmpty();

        run("refract_fast", "--sets", "line", "--max-rows", "30", "--seeds", "0,1");
        assertThat(Results.read(results).rows()).hasSize(1);
    }

    @Test
    void aSearchForXgboostHasATime() throws Exception {
        assertThatThrownBy(() -> run("xgb_tuned_budget"))
                .hasMessage(
                        "there is no time of refract_default on the set line, split 0, that xgb_tuned_budget is to take: "
                                + "measure that first, or give --budget SECONDS");

        run("xgb_tuned_budget", "--budget", "0.01", "--sets", "line");
        Results.Row row = Results.read(results)
                .find(new Results.Key("line", 0, "xgb_tuned_budget"))
                .orElseThrow();
        assertThat(row.number("n_configs")).isPositive();
        assertThat(row.text("config")).contains("eta");
    }

    @Test
    void saysWhatIsWrongWithACommand() {
        assertThatThrownBy(() -> run("magic"))
                .hasMessageStartingWith("found the method 'magic', wanted refract_best, ");
        assertThatThrownBy(() -> run("refract_fast", "--sets", "moon"))
                .hasMessageStartingWith("found the set 'moon', wanted ");
        assertThatThrownBy(() -> run("refract_fast", "--speed", "1")).hasMessageStartingWith("wanted: run DATA");
        assertThatThrownBy(() -> AccuracyComparison.main(new String[] {"page"}))
                .hasMessageStartingWith("wanted: run DATA");
    }

    @Test
    void withoutHoldingOutValidationRowsTrain() {
        DataSet set = DataSet.byName(folder).get("line");

        EncodedSet apart = EncodedSet.read(set, 0);
        EncodedSet joined = EncodedSet.read(set, 0, false);

        assertThat(joined.train().rows()).isEqualTo(40);
        assertThat(joined.validation().rows()).isZero();
        assertThat(joined.train().targets()[39]).isEqualTo(72);
        assertThat(joined.train().width()).isEqualTo(apart.train().width() + 1); // the level of row 33
    }
}

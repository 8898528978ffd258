package ml.refract.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import ml.refract.rfm.LearningRows;
import ml.refract.tune.SearchOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Every setting reaches the learner: given its default it changes nothing, given another value it changes the model. */
class LearnerOptionsTest {
    /** Option, its default spelled out, another value; with what else the option needs. */
    private record Setting(String option, String usual, String other, String... needs) {}

    private static final List<Setting> SETTINGS = List.of(
            new Setting("--kernel", "l2", "l1"),
            new Setting("--bandwidth", "10", "3"),
            new Setting("--exponent", "1", "1.3"),
            new Setting("--norm", "2", "1.5", "--kernel", "lpq"),
            new Setting("--mix", "0", "0.2", "--kernel", "sum-power"),
            new Setting("--power", "2", "3", "--kernel", "sum-power"),
            new Setting("--layers", "1", "3", "--kernel", "ntk"),
            new Setting("--activation", "relu", "leaky-relu:0.2", "--kernel", "nngp"),
            new Setting("--loss", "squared", "logistic"),
            new Setting("--ridge", "auto", "0.1"),
            new Setting("--iterations", "5", "1"),
            new Setting("--metric", "auto", "diag"),
            new Setting("--moment", "agop", "fact"),
            new Setting("--early-stop", "Infinity", "1"),
            new Setting("--score", "brier", "auc"),
            new Setting("--class-coding", "zero-one", "prevalence"),
            new Setting("--one-hot-levels", "100", "2"),
            new Setting("--leaf-size", "10000", "100"),
            new Setting("--overlap", "0.1", "0.2", "--leaf-size", "100"),
            new Setting("--routing", "soft", "hard", "--leaf-size", "50", "--ridge", "0.001"),
            new Setting("--trees", "1", "2", "--leaf-size", "100"),
            new Setting("--seed", "0", "1"));

    private static final Path PENGUINS = Cli.DATA.resolve("penguins.csv");

    @TempDir
    private Path folder;

    private final Map<List<String>, String> trained = new HashMap<>();

    /** A word for the rounds of a model trained with the given options and all it predicts. */
    private String model(String... options) throws IOException {
        List<String> key = Arrays.asList(options);
        if (!trained.containsKey(key)) {
            Path model = folder.resolve("m" + trained.size());
            Object[] arguments = Stream.concat(
                            Stream.of(
                                    "train", PENGUINS, "-t", "island", "-m", model, "--json", "-", "--preset", "fast"),
                            key.stream())
                    .toArray();
            Cli.Result result = Cli.run(arguments);
            assertThat(result.code()).as(key + result.err()).isZero();
            String rounds = JsonParser.parseString(result.out())
                    .getAsJsonObject()
                    .get("leaves")
                    .toString()
                    .replaceAll("Seconds\":[^,}]*", "");
            String predictions = Cli.run("predict", model, PENGUINS, "--proba").out();
            trained.put(key, rounds.hashCode() + " " + predictions.hashCode());
            Files.delete(model);
        }
        return trained.get(key);
    }

    private static String[] with(String[] needs, String... more) {
        return Stream.concat(Arrays.stream(needs), Arrays.stream(more)).toArray(String[]::new);
    }

    @Test
    void defaultsAreWhatTheHelpSaysAndOtherValuesMatter() throws IOException {
        for (Setting setting : SETTINGS) {
            String plain = model(setting.needs());
            assertThat(model(with(setting.needs(), setting.option(), setting.usual())))
                    .as("%s %s is the default", setting.option(), setting.usual())
                    .isEqualTo(plain);
            assertThat(model(with(setting.needs(), setting.option(), setting.other())))
                    .as("%s %s changes the model", setting.option(), setting.other())
                    .isNotEqualTo(plain);
        }
        assertThat(model("--adaptive-bandwidth"))
                .isNotEqualTo(model())
                .isEqualTo(model("--adaptive-bandwidth", "--bandwidth", "1"));
    }

    /** It changes models of more rows than are trained on here. */
    @Test
    void featuresAreLearnedOnAllRowsUnlessAskedOtherwise() {
        assertThat(parsed().task(Optional.empty()).xrfm().leaf().learningRows()).isEqualTo(LearningRows.ALL);
        assertThat(parsed("--learn-on", "sample")
                        .task(Optional.empty())
                        .xrfm()
                        .leaf()
                        .learningRows())
                .isEqualTo(LearningRows.SAMPLE);
    }

    private static LearnerOptions parsed(String... arguments) {
        LearnerOptions options = new LearnerOptions();
        CommandLine line = new CommandLine(options);
        Refract.readNames(line);
        line.parseArgs(arguments);
        return options;
    }

    @Test
    void aSearchUnlessSettingsAreGiven() {
        assertThat(parsed().search(List.of())).contains(SearchOptions.standard());
        assertThat(parsed("--preset", "default", "--leaf-size", "100").search(List.of()))
                .contains(SearchOptions.standard());
        assertThat(parsed("--preset", "best").search(List.of())).contains(SearchOptions.thorough());
        assertThat(parsed("--trials", "6").search(List.of())).contains(new SearchOptions(6, 6, 6));
        assertThat(parsed("--preset", "fast").search(List.of())).isEmpty();
        assertThat(parsed().search(List.of("--valid"))).isEmpty();
        for (Setting setting : SETTINGS) {
            List<String> kept = List.of(
                    "--loss",
                    "--class-coding",
                    "--one-hot-levels",
                    "--leaf-size",
                    "--overlap",
                    "--routing",
                    "--trees",
                    "--seed");
            assertThat(parsed(with(setting.needs(), setting.option(), setting.usual()))
                            .search(List.of())
                            .isPresent())
                    .as(setting.option())
                    .isEqualTo(kept.contains(setting.option())
                            && !List.of(setting.needs()).contains("--ridge"));
        }
    }

    @Test
    void aSearchAndSettingsContradictEachOther() {
        assertThatThrownBy(() -> parsed("--preset", "best", "--kernel", "l1").search(List.of("--valid")))
                .hasMessage("Options contradict each other: --preset best searches, --kernel, --valid are for --preset "
                        + "fast; give one or the other");
        assertThatThrownBy(() -> parsed("--preset", "fast", "--trials", "3").search(List.of()))
                .hasMessage("Options contradict each other: --trials is for a search, and --preset fast wants none");
        assertThatThrownBy(() -> parsed("--trials", "3", "--ridge", "1").search(List.of()))
                .hasMessage("Options contradict each other: --trials is for a search, and --ridge wants none");
        assertThatThrownBy(() -> parsed("--trials", "0").search(List.of()))
                .hasMessage("Invalid options: --trials must be between 1 and 10000, got 0");
    }

    /** An option that is added must be added above. */
    @Test
    void noSettingIsLeftOut() {
        Set<String> tested =
                SETTINGS.stream().map(Setting::option).collect(Collectors.toCollection(LinkedHashSet::new));
        tested.add("--adaptive-bandwidth");
        tested.add("--learn-on");
        tested.add("--preset");
        tested.add("--trials");
        Set<String> declared = Stream.of(KernelOptions.class, LearnerOptions.class)
                .flatMap(options -> Arrays.stream(options.getDeclaredFields()))
                .filter(field -> field.isAnnotationPresent(Option.class))
                .map(field -> field.getAnnotation(Option.class).names()[0])
                .collect(Collectors.toSet());
        assertThat(tested).isEqualTo(declared);
    }
}

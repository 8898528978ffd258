package ml.refract.table.learn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import ml.refract.engine.Execution;
import ml.refract.rfm.RfmOptions;
import ml.refract.table.CoordinateKind;
import ml.refract.table.EncoderOptions;
import ml.refract.task.TaskOptions;
import ml.refract.tune.SearchOptions;
import ml.refract.xrfm.XrfmOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a search makes of categories that it may look at as levels or as numbers. */
class LevelEncodingTest {
    /** The first setting in every encoding, and no more. */
    private static final SearchOptions SMALL = new SearchOptions(2, 2, 1);

    private static final TaskOptions LEARNER = TaskOptions.of(XrfmOptions.defaults().toBuilder()
            .leaf(RfmOptions.defaults().toBuilder().iterations(1).build())
            .build());

    @TempDir
    private Path folder;

    private final Execution execution = Execution.builder().threads(1).build();

    @AfterEach
    void close() {
        execution.close();
    }

    private Path file(String header, int rows, IntFunction<String> line) throws IOException {
        return Files.writeString(
                folder.resolve("rows.csv"),
                IntStream.range(0, rows).mapToObj(line).collect(Collectors.joining("\n", header + "\n", "\n")));
    }

    private TrainingResult train(Path file, EncoderOptions encoder, HeldOutRows held) {
        TrainingOptions options = TrainingOptions.forTarget("y")
                .withEncoder(encoder)
                .withHeldOut(held)
                .withLearner(LEARNER)
                .withSearch(SMALL);
        return TableTrainer.train(file, options, execution);
    }

    private TrainingResult train(Path file) {
        return train(file, EncoderOptions.defaults(), new HeldOutRows.Share(0.2));
    }

    private static boolean hasMeans(TrainingResult result) {
        return result.model().encoder().coordinates().ranges().stream()
                .anyMatch(range -> range.kind() == CoordinateKind.TARGET_MEAN);
    }

    /** With a row's own target, or one from a fold held out, in the mean of its level, noise would seem to be predictable. */
    @ParameterizedTest
    @CsvSource({"1, 25", "2, 50", "3, 100"})
    void noiseStaysUnpredictable(long seed, int levels) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        TrainingResult result = train(file(
                "shop,n,y",
                200,
                i -> "shop " + random.nextInt(levels) + "," + random.nextGaussian() + "," + random.nextGaussian()));
        assertThat(result.parts().get(1).part()).isEqualTo("val");
        assertThat(result.parts().get(1).scores().get("r2")).isLessThan(0.05);
    }

    /** All rows of a shop are of one group, so that nothing is known of shops of the groups to come. */
    @Test
    void groupsHeldOutTellNothingOfTheirLevels() throws IOException {
        SplittableRandom random = new SplittableRandom(11);
        double[] effects = random.doubles(40, -3, 3).toArray();
        Path file = file("shop,n,region,y", 240, i -> {
            int shop = random.nextInt(40);
            return "shop " + shop + "," + random.nextGaussian() + ",region " + shop / 2 + ","
                    + (effects[shop] + 0.3 * random.nextGaussian());
        });
        HeldOutRows regions = new HeldOutRows.GroupShare(0.2, "region");
        TrainingOptions options = TrainingOptions.forTarget("y")
                .withHeldOut(regions)
                .withLearner(LEARNER)
                .withSearch(SMALL);
        TrainingResult result =
                TableTrainer.train(file, options.withColumns(options.columns().withGroup("region")), execution);
        assertThat(hasMeans(result)).isTrue();
        assertThat(result.parts().get(1).scores().get("r2")).isLessThan(0.05);
        TrainingResult atRandom = train(file);
        assertThat(atRandom.parts().get(1).scores().get("r2")).isGreaterThan(0.8);
    }

    @Test
    void meansOfManyLevelsPredictNewRows() throws IOException {
        SplittableRandom random = new SplittableRandom(12);
        double[] effects = random.doubles(80, -2, 2).toArray();
        Path file = file("shop,n,y", 240, i -> {
            int shop = random.nextInt(80);
            double n = random.nextDouble(0, 2);
            return "shop " + shop + "," + n + "," + (effects[shop] * n + 0.1 * random.nextGaussian());
        });
        TrainingResult result = train(file);
        SearchReport report = result.search().orElseThrow();
        assertThat(report.views()).hasSize(2);
        assertThat(report.members()).anyMatch(report::onLevelNumbers);
        assertThat(result.model().importances()).extracting(Importance::column).containsOnly("shop", "n");
        assertThat(result.model().importances().stream()
                        .mapToDouble(Importance::share)
                        .sum())
                .isBetween(1 - 1e-9, 1 + 1e-9);
        Path saved = folder.resolve("shops.refract");
        result.model().save(saved);
        TableModel loaded = TableModel.load(saved);
        double squares = 0;
        for (int k = 0; k < 40; k++) {
            Map<String, Object> row = Map.of("shop", "shop " + k, "n", 1.5);
            double found = ((Predictions.Numbers) loaded.predictRow(row)).values()[0];
            assertThat(found).isEqualTo(((Predictions.Numbers) result.model().predictRow(row)).values()[0]);
            squares += Math.pow(found - 1.5 * effects[k], 2) / 40;
        }
        assertThat(Math.sqrt(squares)).isLessThan(1.2); // what is predicted varies by 1.7
    }

    @Test
    void ordersServeWhereTheyPredictBetter() throws IOException {
        SplittableRandom random = new SplittableRandom(13);
        List<String> words = List.of("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine");
        Path file = file("stage,n,y", 120, i -> {
            int stage = random.nextInt(10);
            double n = random.nextGaussian();
            return words.get(stage) + "," + n + "," + (stage * (1 + n) + 0.5 * random.nextGaussian());
        });
        EncoderOptions ordered = EncoderOptions.defaults().withOrders(Map.of("stage", words));
        TrainingResult result = train(file, ordered, new HeldOutRows.Share(0.2));
        SearchReport report = result.search().orElseThrow();
        assertThat(report.members()).anyMatch(report::onLevelNumbers);
        double withOrder = result.parts().get(1).scores().get("rmse");
        double without = train(file).parts().get(1).scores().get("rmse");
        assertThat(withOrder).isLessThan(without);
    }
}

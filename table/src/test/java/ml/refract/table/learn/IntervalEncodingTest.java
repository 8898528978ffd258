package ml.refract.table.learn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import ml.refract.engine.Execution;
import ml.refract.rfm.RfmOptions;
import ml.refract.task.TaskOptions;
import ml.refract.tune.SearchOptions;
import ml.refract.xrfm.XrfmOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a search makes of numbers that it may also look at as mean targets of intervals. */
class IntervalEncodingTest {
    @TempDir
    private Path folder;

    private final Execution execution = Execution.builder().threads(1).build();

    @AfterEach
    void close() {
        execution.close();
    }

    /** Amounts that are mostly zero, of which a few ranges decide, and a number that shifts the target. */
    private Path amounts(int rows, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        return Files.writeString(
                folder.resolve("rows.csv"),
                IntStream.range(0, rows)
                        .mapToObj(i -> {
                            double amount = random.nextInt(3) == 0 ? 0 : Math.exp(random.nextDouble(10));
                            double n = random.nextGaussian();
                            return amount + "," + n + "," + (jumps(amount) + n + 0.1 * random.nextGaussian());
                        })
                        .collect(Collectors.joining("\n", "amount,n,y\n", "\n")));
    }

    private static double jumps(double amount) {
        return 4 * ((int) Math.log(1 + amount) % 2);
    }

    @Test
    void jumpsArePredicted() throws IOException {
        TrainingOptions options = TrainingOptions.forTarget("y")
                .withLearner(TaskOptions.of(XrfmOptions.defaults().toBuilder()
                        .leaf(RfmOptions.defaults().toBuilder().iterations(1).build())
                        .build()))
                .withSearch(new SearchOptions(6, 3, 1));
        TrainingResult result = TableTrainer.train(amounts(500, 1), options, execution);
        SearchReport report = result.search().orElseThrow();
        assertThat(report.views()).hasSize(2);
        assertThat(report.intervalMeans()).isNotEmpty();
        assertThat(report.members()).hasSize(1).allMatch(report::onIntervalMeans);
        assertThat(result.model().importances()).extracting(Importance::column).containsExactly("amount", "n");
        Path saved = folder.resolve("amounts.refract");
        result.model().save(saved);
        TableModel loaded = TableModel.load(saved);
        SplittableRandom random = new SplittableRandom(2);
        double squares = 0;
        for (int k = 0; k < 200; k++) {
            double amount = Math.exp(random.nextDouble(10));
            double n = random.nextGaussian();
            Map<String, Object> row = Map.of("amount", amount, "n", n);
            double found = ((Predictions.Numbers) loaded.predictRow(row)).values()[0];
            assertThat(found).isEqualTo(((Predictions.Numbers) result.model().predictRow(row)).values()[0]);
            squares += Math.pow(found - jumps(amount) - n, 2) / 200;
        }
        // The target varies by 2.2; a jump that is missed by one neighbour in ten costs 0.9 there.
        assertThat(Math.sqrt(squares)).isLessThan(0.9);
    }
}

package ml.refract.table.learn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import ml.refract.engine.Execution;
import ml.refract.engine.vector.VectorEngine;
import ml.refract.explain.ClassSets;
import ml.refract.explain.Coverage;
import ml.refract.table.ColumnOptions;
import ml.refract.table.CsvOptions;
import ml.refract.table.Table;
import ml.refract.tune.SearchOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hundreds of classes of a few rows each, from the file to the file. */
class ManyClassesTest {
    private static final int CLASSES = 320;

    @TempDir
    private Path folder;

    private final Execution execution =
            Execution.builder().engine(new VectorEngine()).threads(2).build();

    @AfterEach
    void close() {
        execution.close();
    }

    /** Clusters around the same centers for every file; of the first classes there is only one row where {@code rare}. */
    private Path clusters(String name, int rowsPerClass, boolean rare, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        String text = IntStream.range(0, CLASSES * rowsPerClass)
                .filter(i -> !rare || i % CLASSES >= 20 || i < CLASSES)
                .mapToObj(i -> {
                    SplittableRandom center = new SplittableRandom(i % CLASSES);
                    return IntStream.range(0, 8)
                                    .mapToObj(j -> String.format(
                                            Locale.ROOT,
                                            "%.3f",
                                            2 * center.nextGaussian() + 0.4 * random.nextGaussian()))
                                    .collect(Collectors.joining(","))
                            + ",kind " + i % CLASSES;
                })
                .collect(Collectors.joining("\n", "a,b,c,d,e,f,g,h,kind\n", "\n"));
        return Files.writeString(folder.resolve(name), text);
    }

    private static Table read(Path file) {
        return Table.read(file, CsvOptions.defaults(), ColumnOptions.defaults().withTarget("kind"));
    }

    @Test
    void areLearnedWithoutASearch() throws IOException {
        check(TrainingOptions.forTarget("kind").withoutSearch());
    }

    @Test
    void areLearnedWithASearch() throws IOException {
        check(TrainingOptions.forTarget("kind").withSearch(new SearchOptions(2, 1, 1)));
    }

    private void check(TrainingOptions options) throws IOException {
        TrainingResult result = TableTrainer.train(clusters("train.csv", 4, true, 1), options, execution);
        Path file = folder.resolve("kinds.refract");
        result.model().save(file);
        TableModel model = TableModel.load(file);
        assertThat(model.target().levels()).hasSize(CLASSES);
        Path fresh = clusters("test.csv", 2, false, 2);
        Evaluation evaluation = model.evaluate(read(fresh), new Coverage(0.9), execution);
        assertThat(evaluation.scores().get("accuracy")).isGreaterThan(0.9);
        assertThat(evaluation.scores().get("balancedAccuracy"))
                .isEqualTo(evaluation.scores().get("accuracy"));
        assertThat(evaluation.scores().get("auc")).isGreaterThan(0.99);
        assertThat(evaluation.scores().get("logLoss"))
                .isLessThan(0.25 * evaluation.baseline().get("logLoss"));
        assertThat(evaluation.intervals().orElseThrow().covered()).isGreaterThan(0.85);
        assertThat(evaluation.intervals().orElseThrow().size()).isLessThan(20);
        Table rows = read(fresh);
        Predictions.Classes predicted = (Predictions.Classes) model.predict(rows, execution);
        List<List<String>> sets = model.sets(predicted, new Coverage(0.9), ClassSets.Kind.LEAST_AMBIGUOUS);
        for (int i = 0; i < 20; i++) {
            assertThat(sets.get(i)).contains(predicted.label(i));
        }
    }
}

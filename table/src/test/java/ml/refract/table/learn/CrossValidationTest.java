package ml.refract.table.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import ml.refract.engine.CancelledException;
import ml.refract.engine.Execution;
import ml.refract.engine.vector.VectorEngine;
import ml.refract.rfm.RfmOptions;
import ml.refract.rfm.RidgeRule;
import ml.refract.table.ColumnOptions;
import ml.refract.table.CsvOptions;
import ml.refract.table.DataException;
import ml.refract.table.Table;
import ml.refract.table.TaskKind;
import ml.refract.task.TaskOptions;
import ml.refract.xrfm.XrfmOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrossValidationTest {
    private static final TaskOptions LEARNER = TaskOptions.of(XrfmOptions.defaults().toBuilder()
            .leaf(RfmOptions.defaults().toBuilder()
                    .iterations(1)
                    .ridgeRule(RidgeRule.GIVEN)
                    .build())
            .build());

    @TempDir
    private Path folder;

    private final Execution execution =
            Execution.builder().engine(new VectorEngine()).threads(1).build();

    @AfterEach
    void close() {
        execution.close();
    }

    private Path file(String header, int rows, IntFunction<String> line) throws IOException {
        String text = IntStream.range(0, rows).mapToObj(line).collect(Collectors.joining("\n", header + "\n", "\n"));
        return Files.writeString(folder.resolve("data.csv"), text);
    }

    /** Rows x, z, y, of which y is x - z with noise. */
    private Path plane(int rows) throws IOException {
        SplittableRandom random = new SplittableRandom(5);
        return file("x,z,y", rows, i -> {
            double x = random.nextDouble();
            double z = random.nextDouble();
            return x + "," + z + "," + (x - z + 0.1 * random.nextDouble());
        });
    }

    private static TrainingOptions options() {
        return TrainingOptions.forTarget("y").withoutSearch().withLearner(LEARNER);
    }

    private CrossValidationResult run(Path file, FoldChoice folds) {
        return CrossValidation.run(file, options(), folds, execution);
    }

    private static double[] numbers(OutOfFold rows) {
        return ((Predictions.Numbers) rows.predictions()).values();
    }

    private static double rmse(OutOfFold rows, int fold) {
        return Math.sqrt(IntStream.range(0, rows.rows())
                .filter(i -> fold == 0 || rows.folds()[i] == fold)
                .mapToDouble(i -> Math.pow(
                        numbers(rows)[i] - Double.parseDouble(rows.truth().get(i)), 2))
                .average()
                .orElseThrow());
    }

    /** Each fold is what training on its rows alone gives, and the scores follow from the predictions. */
    @Test
    void everyRowIsPredictedByAModelThatHasNotLearnedFromIt() throws IOException {
        Path file = plane(120);
        CrossValidationResult result = run(file, FoldChoice.of(4).withSeed(3));
        OutOfFold rows = result.predictions();
        assertThat(result.complete()).isTrue();
        assertThat(result.task()).isEqualTo(TaskKind.REGRESSION);
        assertThat(rows.dataRows())
                .containsExactly(IntStream.range(0, 120).asLongStream().toArray());
        Table table = Table.read(file);
        for (int f = 1; f <= 4; f++) {
            int fold = f;
            int[] held =
                    IntStream.range(0, 120).filter(i -> rows.folds()[i] == fold).toArray();
            int[] train =
                    IntStream.range(0, 120).filter(i -> rows.folds()[i] != fold).toArray();
            assertThat(held).hasSize(30);
            TableModel model = TableTrainer.train(
                            new TrainingData(table.select(train), java.util.Optional.empty()), options(), execution)
                    .model();
            Predictions.Numbers expected = (Predictions.Numbers) model.predict(table.select(held), execution);
            assertThat(Arrays.stream(held).mapToDouble(i -> numbers(rows)[i]).toArray())
                    .isEqualTo(expected.values());
            FoldResult scores = result.folds().get(f - 1);
            assertThat(scores.fold()).isEqualTo(f);
            assertThat(scores.rows()).isEqualTo(30);
            assertThat(scores.trainRows()).isEqualTo(90);
            assertThat(scores.scores().get("rmse")).isCloseTo(rmse(rows, f), within(1e-12));
            Evaluation evaluation = model.evaluate(table.select(held), execution);
            assertThat(scores.baseline()).isEqualTo(evaluation.baseline());
        }
        assertThat(result.pooled().scores().get("rmse")).isCloseTo(rmse(rows, 0), within(1e-12));
        assertThat(result.pooled().scores().get("r2")).isGreaterThan(0.9);
        assertThat(result.pooled().baseline().get("r2")).isNegative();
        double[] each =
                result.folds().stream().mapToDouble(f -> f.scores().get("rmse")).toArray();
        double mean = Arrays.stream(each).sum() / 4;
        assertThat(result.mean().get("rmse")).isCloseTo(mean, within(1e-12));
        assertThat(result.deviation().get("rmse"))
                .isCloseTo(
                        Math.sqrt(Arrays.stream(each)
                                        .map(v -> (v - mean) * (v - mean))
                                        .sum()
                                / 3),
                        within(1e-12));
    }

    @Test
    void theNumberOfThreadsChangesNothing() throws IOException {
        Path file = plane(60);
        CrossValidationResult one = run(file, FoldChoice.of(3));
        try (Execution three =
                Execution.builder().engine(new VectorEngine()).threads(3).build()) {
            CrossValidationResult many = CrossValidation.run(file, options(), FoldChoice.of(3), three);
            assertThat(numbers(many.predictions())).isEqualTo(numbers(one.predictions()));
        }
    }

    /** The target is a number of its group's own: who sees other rows of the group knows it, others cannot. */
    private Path customers(IntFunction<String> name) throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        double[] place = random.doubles(40).toArray();
        double[] value = random.doubles(40).toArray();
        return file(
                "customer_id,place,noise,y",
                160,
                i -> name.apply(i % 40) + "," + place[i % 40] + "," + 0.01 * random.nextDouble() + "," + value[i % 40]);
    }

    @Test
    void groupsAreNotPartedAndTheirColumnIsNoInput() throws IOException {
        Path file = customers(g -> "c" + g);
        CrossValidationResult random = run(file, FoldChoice.of(5));
        CrossValidationResult grouped = run(file, FoldChoice.of(5).withGroup("customer_id"));
        assertThat(random.pooled().scores().get("r2")).isGreaterThan(0.8);
        assertThat(grouped.pooled().scores().get("r2")).isLessThan(0.4);
        int[] folds = grouped.predictions().folds();
        assertThat(IntStream.range(0, 160)).allMatch(i -> folds[i] == folds[i % 40]);
        assertThat(Arrays.stream(folds).distinct().count()).isEqualTo(5);

        Table table = read(file, ColumnOptions.defaults().withGroup("customer_id"));
        assertThat(table.has("customer_id")).isFalse();
        assertThat(table.keyColumn("customer_id").text(41)).isEqualTo("c1");
        assertThat(table.select(new int[] {2, 41}).keyColumn("customer_id").text(1))
                .isEqualTo("c1");
        assertThat(table.reports().get(0).reason())
                .isEqualTo("it tells groups of rows apart; to use it as an input too, add --categorical customer_id");
        assertThat(read(file, ColumnOptions.defaults().withGroup("customer_id").withCategorical(List.of("customer_id")))
                        .has("customer_id"))
                .isTrue();
    }

    private static Table read(Path file, ColumnOptions columns) {
        return Table.read(file, CsvOptions.defaults(), columns);
    }

    /** Huge integers differ in digits that a double does not hold. */
    @Test
    void identifiersMakeGroups() throws IOException {
        Path file = customers(g -> "90071992547409" + (100 + g));
        int[] folds = run(file, FoldChoice.of(20).withGroup("customer_id"))
                .predictions()
                .folds();
        Map<Integer, Integer> sizes = new HashMap<>();
        Arrays.stream(folds).forEach(fold -> sizes.merge(fold, 1, Integer::sum));
        assertThat(sizes.values()).hasSize(20).containsOnly(8);
    }

    /** Also a time that merely counts the rows, which inference leaves out, and a date; later rows are tested on earlier. */
    @Test
    void foldsInOrderOfTimeLearnFromThePast() throws IOException {
        for (boolean dates : new boolean[] {false, true}) {
            SplittableRandom random = new SplittableRandom(1);
            Path file = file("t,x,y", 80, i -> {
                double x = random.nextDouble();
                int day = 79 - i;
                String time =
                        dates ? java.time.LocalDate.ofEpochDay(20_000 + day).toString() : String.valueOf(80 - day);
                return time + "," + x + "," + (x + (dates ? 0 : 0.1));
            });
            FoldChoice choice = FoldChoice.of(3).withTime("t");
            Table table = read(file, ColumnOptions.defaults().withTime("t"));
            assertThat(table.has("t")).as("an input exactly as without --time").isEqualTo(dates);
            CrossValidationResult result = run(file, choice);
            OutOfFold rows = result.predictions();
            assertThat(result.folds()).extracting(FoldResult::trainRows).containsExactly(20, 40, 60);
            assertThat(result.folds()).extracting(FoldResult::rows).containsExactly(20, 20, 20);
            for (int i = 0; i < 60; i++) {
                int age = dates ? 59 - i : i; // rows of the file run backwards in time where they are dates
                assertThat(rows.dataRows()[i]).isEqualTo(dates ? i : i + 20);
                assertThat(rows.folds()[i]).isEqualTo(1 + age / 20);
            }
            assertThat(result.rows()).isEqualTo(80);
        }
    }

    /** Years: the first fold learns from one of them, which has no later part to choose a model on. */
    @Test
    void aSingleTimeChoosesItsModelAtRandom() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        Path file = file("year,x,y", 60, i -> {
            double x = random.nextDouble();
            return 2020 + i / 20 + "," + x + "," + x;
        });
        CrossValidationResult result = run(file, FoldChoice.of(2).withTime("year"));
        assertThat(result.notes())
                .containsExactly("fold 1: all training rows are of one time, so those that chose the model are random");
    }

    /** Forty classes of one row each, half of them in either fold. */
    @Test
    void classesThatAFoldCannotLearnAreNamedTogether() throws IOException {
        SplittableRandom random = new SplittableRandom(2);
        Path file = file("x,y", 80, i -> random.nextDouble() + "," + (i % 2 == 0 ? "a" : "b" + i));
        List<String> notes = run(file, FoldChoice.of(2)).notes();
        assertThat(notes).hasSize(2);
        for (int fold = 1; fold <= 2; fold++) {
            assertThat(notes.get(fold - 1))
                    .matches("fold " + fold + ": classes (b\\d+, ){9}b\\d+ and 10 more have no training row there, "
                            + "so they are never predicted and get probability 0");
        }
    }

    @Test
    void aClassThatAFoldCannotLearnGetsNoProbability() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        Path file = file("x,y", 61, i -> random.nextDouble() + "," + (i == 30 ? "b" : i % 2 == 0 ? "a" : "c"));
        CrossValidationResult result = run(file, FoldChoice.of(3));
        OutOfFold rows = result.predictions();
        Predictions.Classes classes = (Predictions.Classes) rows.predictions();
        int fold = rows.folds()[30];
        assertThat(classes.classes()).containsExactly("a", "b", "c");
        assertThat(rows.truth().get(30)).isEqualTo("b");
        assertThat(result.notes())
                .containsExactly("fold " + fold
                        + ": class b has no training row there, so it is never predicted and gets probability 0");
        for (int i = 0; i < 61; i++) {
            double[] p = new double[] {
                classes.probabilities().get(i, 0),
                classes.probabilities().get(i, 1),
                classes.probabilities().get(i, 2)
            };
            assertThat(p[0] + p[1] + p[2]).isCloseTo(1, within(1e-9));
            assertThat(p[1] == 0).isEqualTo(rows.folds()[i] == fold);
            assertThat(p[classes.codes()[i]]).isEqualTo(Math.max(p[0], Math.max(p[1], p[2])));
        }
        for (FoldResult each : result.folds()) {
            assertThat(each.scores().values().get("accuracy")).isNotNaN();
        }
    }

    /** Few integers in a fold are still the numbers that many are in all. */
    @Test
    void theTaskIsInferredOnce() throws IOException {
        Path file = file("x,t,y", 48, i -> i / 7.0 + "," + i + "," + i / 4);
        assertThat(run(file, FoldChoice.of(2).withTime("t")).task()).isEqualTo(TaskKind.REGRESSION);
    }

    @Test
    void rowsWithoutATargetAreLeftOut() throws IOException {
        Path file = file("x,y", 40, i -> i * i + 0.5 + "," + (i % 10 == 0 ? "" : i + 0.25));
        assertThatThrownBy(() -> run(file, FoldChoice.of(3))).isInstanceOf(DataException.class);
        CrossValidationResult result =
                CrossValidation.run(file, options().droppingMissingTarget(), FoldChoice.of(3), execution);
        assertThat(result.droppedRows()).isEqualTo(4);
        assertThat(result.predictions().dataRows()).hasSize(36).doesNotContain(0, 10, 20, 30);
    }

    @Test
    void foldsThatWereDoneOutlastACancellation() throws IOException {
        Path file = plane(60);
        AtomicBoolean cancelled = new AtomicBoolean();
        for (int last = 1; last <= 2; last++) {
            String stop = "fold " + last + " of 3";
            cancelled.set(false);
            try (Execution stopping = Execution.builder()
                    .engine(new VectorEngine())
                    .cancelledWhen(cancelled::get)
                    .progress((activity, fraction) -> cancelled.compareAndSet(false, activity.startsWith(stop)))
                    .build()) {
                if (last == 1) {
                    assertThatThrownBy(() -> CrossValidation.run(file, options(), FoldChoice.of(3), stopping))
                            .isInstanceOf(CancelledException.class);
                } else {
                    CrossValidationResult result = CrossValidation.run(file, options(), FoldChoice.of(3), stopping);
                    assertThat(result.complete()).isFalse();
                    assertThat(result.folds()).hasSize(1);
                    assertThat(result.pooled().rows()).isEqualTo(20);
                    assertThat(result.predictions().folds()).hasSize(20).containsOnly(1);
                    assertThat(result.deviation().get("rmse")).isNaN();
                }
            }
        }
    }

    @Test
    void aTimeLimitLeavesEveryFoldAModel() throws IOException {
        try (Execution hurried = Execution.builder()
                .engine(new VectorEngine())
                .timeLimitSeconds(1e-9)
                .build()) {
            CrossValidationResult result = CrossValidation.run(plane(60), options(), FoldChoice.of(3), hurried);
            assertThat(result.complete()).isTrue();
            assertThat(result.notes()).contains("fold 3: the time limit ended feature learning after round 0");
        }
    }

    @Test
    void foldsThatCannotBeAreRefused() throws IOException {
        assertThatThrownBy(() -> FoldChoice.of(1)).hasMessage("There must be at least 2 folds, got 1");
        assertThatThrownBy(() -> FoldChoice.of(2).withTime("t").withGroup("g"))
                .hasMessage("Rows are divided either by group or in order of time; choose one of 'g' and 't'");
        assertThatThrownBy(() ->
                        FoldChoice.of(2).within(options().withHeldOut(new HeldOutRows.OtherFile(Path.of("other.csv")))))
                .hasMessageContaining("they cannot come from a file");
        Path file = file("g,x,y", 20, i -> i / 10 + "," + i * i + "," + (i < 10 ? "a" : "b"));
        assertThatThrownBy(() -> run(file, FoldChoice.of(2).withGroup("g")))
                .hasMessage(
                        file + ", column 'y': fold 1 would learn from rows of the one class \"a\", wanted at least two "
                                + "classes. Remedy: ask for fewer folds, or divide the rows by another column");
    }

    /** A problem that shows in one fold only is named with it. */
    @Test
    void aFoldThatCannotBeLearnedIsNamed() throws IOException {
        Path file = file("t,x,y", 30, i -> i + 1000 + "," + (i < 10 ? 1 : i) + "," + (i + 0.5));
        assertThatThrownBy(() -> CrossValidation.run(
                        file,
                        options().withColumns(ColumnOptions.defaults().withIgnored(List.of("t"))),
                        FoldChoice.of(2).withTime("t"),
                        execution))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("fold 1: " + file + ": no input column varies over the training rows");
    }

    @Test
    void aShareOfGroupsOrTheLatestRowsChooseAModel() throws IOException {
        Path file = customers(g -> "c" + g);
        TrainingResult groups = TableTrainer.train(
                file, options().withHeldOut(new HeldOutRows.GroupShare(0.2, "customer_id")), execution);
        assertThat(groups.part("val").orElseThrow().rows())
                .as("eight groups of four")
                .isEqualTo(32);
        assertThat(groups.refitted()).isTrue();
        assertThat(groups.model().schema().names()).doesNotContain("customer_id");
        assertThat(groups.part("val").orElseThrow().scores().get("r2")).isLessThan(0.5);
        Path times = file("t,x,y", 50, i -> (i < 30 ? 5 : 6) + "," + i * 1.5 + "," + (i + 0.5));
        TrainingResult latest =
                TableTrainer.train(times, options().withHeldOut(new HeldOutRows.TimeShare(0.2, "t")), execution);
        assertThat(latest.part("val").orElseThrow().rows())
                .as("a time is not cut")
                .isEqualTo(20);
    }
}

package ml.refract.table.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import ml.refract.engine.Execution;
import ml.refract.engine.Phase;
import ml.refract.engine.Profile;
import ml.refract.engine.vector.VectorEngine;
import ml.refract.rfm.RfmOptions;
import ml.refract.rfm.RidgeRule;
import ml.refract.table.ColumnOptions;
import ml.refract.table.CsvOptions;
import ml.refract.table.DataException;
import ml.refract.table.RowReader;
import ml.refract.table.Table;
import ml.refract.table.TableSource;
import ml.refract.table.TaskKind;
import ml.refract.task.TaskOptions;
import ml.refract.tune.SearchOptions;
import ml.refract.xrfm.XrfmOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableTrainerTest {
    private static final TaskOptions LEARNER = TaskOptions.of(XrfmOptions.defaults().toBuilder()
            .leaf(RfmOptions.defaults().toBuilder()
                    .iterations(2)
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

    /** Houses: price depends on area, town, and whether the age is known; the last column is noise. */
    private Path houses(int rows, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        String[] towns = {"Aachen", "Bonn", "Celle"};
        String text = IntStream.range(0, rows)
                .mapToObj(i -> {
                    double area = 40 + 100 * random.nextDouble();
                    int town = random.nextInt(3);
                    boolean aged = random.nextDouble() < 0.8;
                    double price = 1000 * area + 20_000 * town + (aged ? 0 : 30_000);
                    return String.format(
                            Locale.ROOT,
                            "%.2f,%s,%s,%.3f,%.1f",
                            area,
                            towns[town],
                            aged ? String.valueOf(random.nextInt(90)) : "",
                            random.nextDouble(),
                            price);
                })
                .collect(Collectors.joining("\n"));
        Path file = folder.resolve("houses" + seed + ".csv");
        Files.writeString(file, "area,town,age,noise,price\n" + text + "\n");
        return file;
    }

    private static TrainingOptions options(String target) {
        return TrainingOptions.forTarget(target).withoutSearch().withLearner(LEARNER);
    }

    @Test
    void learnsFromAFileAndSaysHowWell() throws IOException {
        TrainingResult result = TableTrainer.train(houses(400, 1), options("price"), execution);
        assertThat(result.model().task()).isEqualTo(TaskKind.REGRESSION);
        assertThat(result.parts()).extracting(PartScores::part).containsExactly("train", "val");
        assertThat(result.parts()).extracting(PartScores::rows).containsExactly(320, 80);
        PartScores held = result.parts().get(1);
        assertThat(held.scores().get("r2")).isGreaterThan(0.9);
        assertThat(held.baseline().get("r2")).isCloseTo(0, within(0.1));
        assertThat(held.scores().get("rmse")).isLessThan(0.3 * held.baseline().get("rmse"));
        assertThat(result.refitted()).isTrue();
        assertThat(result.model().scores()).containsOnlyKeys("train", "val");
        List<Importance> importances = result.model().importances();
        assertThat(importances.get(0).column()).isEqualTo("area");
        assertThat(importances.get(3).column()).as("noise matters least").isEqualTo("noise");
        assertThat(importances.stream().mapToDouble(Importance::share).sum()).isCloseTo(1, within(1e-9));
    }

    @Test
    void theProfileTellsThePhasesApart() throws IOException {
        Path data = houses(300, 12);
        Profile profile = new Profile();
        try (Execution timed =
                Execution.builder().engine(new VectorEngine()).profile(profile).build()) {
            TableTrainer.train(data, options("price"), timed);
            assertThat(profile.entries().stream()
                            .mapToDouble(Profile.Entry::seconds)
                            .sum())
                    .isLessThanOrEqualTo(timed.elapsedSeconds());
            Path other = houses(60, 13);
            TableTrainer.train(data, options("price").withHeldOut(new HeldOutRows.OtherFile(other)), timed);
        }
        assertThat(profile.entries())
                .extracting(Profile.Entry::phase, Profile.Entry::calls)
                .containsExactly(
                        tuple(Phase.READING, 3L),
                        tuple(Phase.ENCODING, 3L),
                        tuple(Phase.LEARNING, 2L),
                        tuple(Phase.SCORING, 4L),
                        tuple(Phase.REFIT, 1L),
                        tuple(Phase.IMPORTANCES, 2L));
        assertThat(profile.entries().get(0).work())
                .as("bytes read")
                .isEqualTo(2 * Files.size(data) + Files.size(folder.resolve("houses13.csv")));
    }

    @Test
    void aSavedModelPredictsTheSameAndOneRowLikeABatch() throws IOException {
        Path data = houses(200, 2);
        TableModel model = TableTrainer.train(data, options("price"), execution).model();
        Path file = folder.resolve("houses.refract");
        model.save(file);
        TableModel read = TableModel.load(file);
        Table rows =
                Table.read(data, CsvOptions.defaults(), ColumnOptions.defaults().withTarget("price"));
        double[] before = ((Predictions.Numbers) model.predict(rows, execution)).values();
        double[] after = ((Predictions.Numbers) read.predict(rows, execution)).values();
        assertThat(after).containsExactly(before);
        assertThat(read.schema()).isEqualTo(model.schema());
        assertThat(read.scores()).isEqualTo(model.scores());
        assertThat(read.importances()).isEqualTo(model.importances());
        assertThat(read.provenance()).isEqualTo(model.provenance());
        List<String> lines = Files.readAllLines(data);
        for (int i : new int[] {0, 7, 199}) {
            String[] cells = lines.get(i + 1).split(",");
            Map<String, Object> row = new HashMap<>();
            row.put("area", Double.valueOf(cells[0]));
            row.put("town", cells[1]);
            row.put("age", cells[2].isEmpty() ? null : Integer.valueOf(cells[2]));
            row.put("noise", cells[3]);
            assertThat(((Predictions.Numbers) read.predictRow(row)).values()[0]).isEqualTo(before[i]);
        }
    }

    @Test
    void streamedRowsArePredictedLikeTheTable() throws IOException {
        Path data = houses(150, 3);
        TableModel model = TableTrainer.train(data, options("price"), execution).model();
        Table all =
                Table.read(data, CsvOptions.defaults(), ColumnOptions.defaults().withTarget("price"));
        double[] expected = ((Predictions.Numbers) model.predict(all, execution)).values();
        try (TableSource source = TableSource.of(data);
                RowReader reader = RowReader.open(source, CsvOptions.defaults(), model.schema(), 7)) {
            int next = 0;
            while (reader.hasNext()) {
                for (double value : ((Predictions.Numbers) model.predict(reader.next(), execution)).values()) {
                    assertThat(value).isEqualTo(expected[next++]);
                }
            }
            assertThat(next).isEqualTo(150);
        }
    }

    @Test
    void sameSeedSameFileByteForByteAndThreadsDoNotMatter() throws IOException {
        Path data = houses(300, 4);
        byte[] first = trainedFile(data, 1, 0);
        assertThat(trainedFile(data, 1, 0)).isEqualTo(first);
        assertThat(trainedFile(data, 3, 0)).isEqualTo(first);
        assertThat(trainedFile(data, 1, 5)).isNotEqualTo(first);
    }

    private byte[] trainedFile(Path data, int threads, long seed) throws IOException {
        XrfmOptions xrfm = LEARNER.xrfm().toBuilder().seed(seed).build();
        try (Execution some =
                Execution.builder().engine(new VectorEngine()).threads(threads).build()) {
            Path file = folder.resolve("m" + threads + "-" + seed);
            TableTrainer.train(data, options("price").withLearner(LEARNER.withXrfm(xrfm)), some)
                    .model()
                    .save(file);
            return Files.readAllBytes(file);
        }
    }

    @Test
    void classesKeepTheirLabels() throws IOException {
        Path data = houses(200, 5);
        TrainingResult result = TableTrainer.train(data, options("town"), execution);
        assertThat(result.model().task()).isEqualTo(TaskKind.CLASSIFICATION);
        assertThat(result.model().target().levels()).containsExactly("Aachen", "Bonn", "Celle");
        assertThat(result.taskReason()).isEqualTo("the target holds text");
        Table rows =
                Table.read(data, CsvOptions.defaults(), ColumnOptions.defaults().withTarget("town"));
        Predictions.Classes predicted = (Predictions.Classes) result.model().predict(rows, execution);
        assertThat(predicted.label(0)).isIn("Aachen", "Bonn", "Celle");
        assertThat(result.parts().get(0).scores().values())
                .containsOnlyKeys("accuracy", "balancedAccuracy", "logLoss", "brier", "auc", "macroF1", "weightedF1");
    }

    @Test
    void aSplitFileDecidesWhatIsWhat() throws IOException {
        Path data = houses(100, 6);
        Path split = folder.resolve("split.csv");
        Files.writeString(
                split,
                "row,part\n"
                        + IntStream.range(0, 90)
                                .mapToObj(i -> i + "," + (i < 60 ? "train" : i < 75 ? "val" : "test"))
                                .collect(Collectors.joining("\n")));
        TrainingResult result =
                TableTrainer.train(data, options("price").withHeldOut(new HeldOutRows.SplitFile(split)), execution);
        assertThat(result.parts()).extracting(PartScores::part).containsExactly("train", "val", "test");
        assertThat(result.parts()).extracting(PartScores::rows).containsExactly(60, 15, 15);
        assertThat(result.unusedRows()).isEqualTo(10);
        assertThat(result.refitted()).isFalse();
        assertThat(result.model().predictor().model().trees().get(0).rows().get(0))
                .containsExactly(IntStream.range(0, 60).toArray());
    }

    @Test
    void anotherFileCanHoldTheRowsThatChoose() throws IOException {
        TrainingResult result = TableTrainer.train(
                houses(100, 7), options("price").withHeldOut(new HeldOutRows.OtherFile(houses(40, 8))), execution);
        assertThat(result.parts()).extracting(PartScores::rows).containsExactly(100, 40);
        assertThat(result.refitted()).isFalse();
    }

    @Test
    void rowsWithoutATargetAreAnErrorOrDroppedOnRequest() throws IOException {
        Path data = folder.resolve("gaps.csv");
        Files.writeString(
                data,
                "x,y\n"
                        + IntStream.range(0, 40)
                                .mapToObj(i -> i + 0.5 + "," + (i % 10 == 3 ? "" : String.valueOf(1.5 * i)))
                                .collect(Collectors.joining("\n")));
        assertThatThrownBy(() -> TableTrainer.train(data, options("y"), execution))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("the target is missing in 4 of 40 rows")
                .hasMessageContaining("--drop-missing-target");
        TrainingResult result = TableTrainer.train(data, options("y").droppingMissingTarget(), execution);
        assertThat(result.droppedRows()).isEqualTo(4);
        int[] rows = result.model().predictor().model().trees().get(0).rows().get(0);
        assertThat(rows).hasSize(36).doesNotContain(3, 13, 23, 33).contains(39);
    }

    @Test
    void aColumnOfManyLevelsIsKeptAsCodes() throws IOException {
        SplittableRandom random = new SplittableRandom(9);
        double[] effects = random.doubles(500).toArray();
        Path data = folder.resolve("shops.csv");
        Files.writeString(
                data,
                "shop,size,sales\n"
                        + IntStream.range(0, 3000)
                                .mapToObj(i -> {
                                    int shop = random.nextInt(500);
                                    double size = random.nextDouble();
                                    return "shop " + shop + "," + size + "," + (effects[shop] + size);
                                })
                                .collect(Collectors.joining("\n")));
        TrainingResult result = TableTrainer.train(data, options("sales"), execution);
        assertThat(result.model().encoder().coordinates().width()).isGreaterThan(400);
        var centers = result.model()
                .predictor()
                .model()
                .trees()
                .get(0)
                .machines()
                .get(0)
                .centers();
        assertThat(centers.dense().cols()).isEqualTo(1);
        assertThat(centers.groups()).hasSize(1);
        assertThat(result.parts().get(1).scores().get("r2")).isGreaterThan(0.5);
    }

    @Test
    void impossibleTasksAreRefusedWithTheReason() throws IOException {
        Path data = folder.resolve("few.csv");
        Files.writeString(data, "x,same,each\n1.5,a,p\n2.5,a,q\n3.5,a,r\n");
        assertThatThrownBy(() -> TableTrainer.train(data, options("same"), execution))
                .isInstanceOf(DataException.class)
                .hasMessage(data + ", column 'same': every row is of the one class \"a\", wanted at least two classes. "
                        + "Remedy: name another target, or add rows of other classes");
        Path split = folder.resolve("s.csv");
        Files.writeString(split, "row,part\n0,train\n1,train\n2,val\n");
        assertThatThrownBy(() -> TableTrainer.train(
                        data, options("each").withHeldOut(new HeldOutRows.SplitFile(split)), execution))
                .isInstanceOf(DataException.class)
                .hasMessage(data + ": there are 2 training rows for 3 classes, wanted at least one row for each class. "
                        + "Remedy: add rows, merge classes, or use --task regression if the classes are numbers");
    }

    @Test
    void whatDoesNotFitIntoMemoryIsRefusedBeforeItStarts() throws IOException {
        Path data = houses(2000, 10);
        try (Execution tight = Execution.builder()
                .engine(new VectorEngine())
                .memoryBudget(1 << 20)
                .build()) {
            assertThatThrownBy(() -> TableTrainer.train(data, options("price"), tight))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("rows; 1.0 MiB are allowed");
        }
        try (Execution small = Execution.builder()
                .engine(new VectorEngine())
                .memoryBudget(5 << 20)
                .build()) {
            TrainingResult result = TableTrainer.train(data, options("price"), small);
            assertThat(result.memory().chosen().leafRows()).isLessThan(1600);
            assertThat(result.model().predictor().model().leaves()).isGreaterThan(1);
        }
    }

    /** Told to stop in the third solve, training ends with the better of the first two, and says what is not done. */
    @Test
    void aCancelledTrainingKeepsItsBestModel() throws IOException {
        Path data = houses(300, 12);
        AtomicBoolean stop = new AtomicBoolean();
        try (Execution cancelled = Execution.builder()
                .engine(new VectorEngine())
                .threads(1)
                .progress((activity, fraction) -> stop.compareAndSet(false, activity.equals("solving round 2")))
                .cancelledWhen(stop::get)
                .build()) {
            TrainingResult result = TableTrainer.train(data, options("price"), cancelled);
            assertThat(result.fit().leaves().get(0).rounds()).hasSize(2);
            assertThat(result.refitted()).isFalse();
            assertThat(result.events())
                    .containsExactly(
                            "feature learning was cancelled after round 1",
                            "cancelled: the model is not solved again on all rows, it has learned from the training "
                                    + "rows alone");
            assertThat(result.part("val").orElseThrow().scores().get("r2")).isGreaterThan(0.8);
            Path file = folder.resolve("cancelled.refract");
            result.model().save(file);
            assertThat(TableModel.load(file).scores()).isEqualTo(result.model().scores());
        }
    }

    /** Each look at the clock takes a second: the limit is over long before the settings are. */
    @Test
    void aTimeLimitKeepsTheBestModelAndSaysSo() throws IOException {
        Path data = houses(300, 13);
        AtomicLong clock = new AtomicLong();
        try (Execution limited = Execution.builder()
                .engine(new VectorEngine())
                .threads(1)
                .ticker(() -> clock.addAndGet(1_000_000_000L))
                .timeLimitSeconds(6)
                .build()) {
            TrainingResult result = TableTrainer.train(data, options("price"), limited);
            assertThat(result.refitted()).isFalse();
            assertThat(result.events())
                    .containsExactly(
                            "the time limit ended feature learning after round 0",
                            "no time is left: the model is not solved again on all rows, it has learned from the "
                                    + "training rows alone");
        }
    }

    @Test
    void explanationsAreInColumnsAndUnitsOfTheTarget() throws IOException {
        Path data = houses(200, 11);
        TableModel model = TableTrainer.train(data, options("price"), execution).model();
        Table rows =
                Table.read(data, CsvOptions.defaults(), ColumnOptions.defaults().withTarget("price"));
        RowExplanation explanation = model.explain(rows.select(new int[] {4}), execution);
        double prediction = ((Predictions.Numbers) model.predict(rows, execution)).values()[4];
        assertThat(explanation.of()).isEqualTo("price");
        assertThat(explanation.prediction()).isCloseTo(prediction, within(1.0)); // float32 of about 100,000
        double sum = explanation.columns().stream()
                .mapToDouble(RowExplanation.Contribution::value)
                .sum();
        assertThat(explanation.baseline() + sum + explanation.residual())
                .isCloseTo(explanation.prediction(), within(1e-6 * prediction));
        assertThat(explanation.columns()).hasSize(4);
        assertThat(explanation.rows())
                .hasSize(10)
                .allSatisfy(row -> assertThat(row.row()).isBetween(0, 199));
    }

    @Test
    void aRegressionCanBeAskedOfIntegersAndClassesOfNumbers() throws IOException {
        Path data = folder.resolve("stars.csv");
        Files.writeString(
                data,
                "x,stars\n"
                        + IntStream.range(0, 60)
                                .mapToObj(i -> Math.sin(i) + "," + (1 + (i % 5)))
                                .collect(Collectors.joining("\n")));
        assertThat(TableTrainer.train(data, options("stars"), execution).model().task())
                .isEqualTo(TaskKind.CLASSIFICATION);
        TrainingResult numbers = TableTrainer.train(data, options("stars").withTask(TaskKind.REGRESSION), execution);
        assertThat(numbers.model().task()).isEqualTo(TaskKind.REGRESSION);
        assertThat(Arrays.asList("rmse", "mae", "r2"))
                .isEqualTo(List.copyOf(numbers.parts().get(0).scores().values().keySet()));
    }

    @Test
    void aSearchLearnsFromRanksWhereTheyPredictBetter() throws IOException {
        SplittableRandom random = new SplittableRandom(3);
        String text = IntStream.range(0, 250)
                .mapToObj(i -> {
                    double z = random.nextGaussian();
                    return Math.exp(3 * z) + "," + random.nextGaussian() + "," + Math.sin(2 * z);
                })
                .collect(Collectors.joining("\n", "income,noise,y\n", "\n"));
        Path file = Files.writeString(folder.resolve("incomes.csv"), text);
        TrainingOptions search = TrainingOptions.forTarget("y").withSearch(new SearchOptions(4, 2, 1));
        TrainingResult result = TableTrainer.train(file, search, execution);
        assertThat(result.model().encoder().coordinates().labels())
                .containsExactly("income", "rank of income", "noise", "mean y by income");
        SearchReport report = result.search().orElseThrow();
        assertThat(report.members()).allMatch(report::onRanks);
        assertThat(result.model().importances().get(0).column()).isEqualTo("income");
        assertThat(result.model().importances().get(0).share()).isGreaterThan(0.9);
        assertThat(result.parts().get(1).scores().get("r2")).isGreaterThan(0.9);
        Path saved = folder.resolve("incomes.refract");
        result.model().save(saved);
        Map<String, Object> row = Map.of("income", 3.5, "noise", 0.0);
        Predictions.Numbers before = (Predictions.Numbers) result.model().predictRow(row);
        Predictions.Numbers after = (Predictions.Numbers) TableModel.load(saved).predictRow(row);
        assertThat(after.values()).isEqualTo(before.values());
        assertThat(after.values()[0]).isCloseTo(Math.sin(2 * Math.log(3.5) / 3), within(0.1));
    }
}

package ml.refract.table.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import ml.refract.engine.Execution;
import ml.refract.explain.ClassSets;
import ml.refract.explain.Conformal;
import ml.refract.explain.Coverage;
import ml.refract.explain.ErrorSource;
import ml.refract.explain.Interval;
import ml.refract.explain.ResidualIntervals;
import ml.refract.explain.Tails;
import ml.refract.rfm.RfmOptions;
import ml.refract.table.ColumnOptions;
import ml.refract.table.Table;
import ml.refract.table.TargetColumn;
import ml.refract.task.TaskOptions;
import ml.refract.tune.SearchOptions;
import ml.refract.tune.Tuned;
import ml.refract.tune.Tuner;
import ml.refract.xrfm.XrfmOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IntervalsTest {
    private static final Coverage NINETY = new Coverage(0.9);
    private static final TaskOptions LEARNER = TaskOptions.of(XrfmOptions.defaults().toBuilder()
            .leaf(RfmOptions.defaults().toBuilder().iterations(1).build())
            .build());

    @TempDir
    private Path folder;

    private final Execution execution = Execution.singleThreaded();

    @AfterEach
    void close() {
        execution.close();
    }

    /** y is x with noise of deviation 1; kind says, with some mistakes, on which side of 0 x lies. */
    private static List<Map<String, Object>> rows(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double x = random.nextDouble(-5, 5);
            double noise = random.nextGaussian();
            Map<String, Object> row = new HashMap<>();
            row.put("x", x);
            row.put("y", x + noise);
            row.put("kind", x + noise < -1.5 ? "low" : x + noise < 1.5 ? "middle" : "high");
            rows.add(row);
        }
        return rows;
    }

    private TableModel trained(int count, String target, String unused, double share) {
        List<Map<String, Object>> rows = rows(count, 1);
        rows.forEach(row -> row.remove(unused));
        TrainingOptions options = TrainingOptions.forTarget(target)
                .withoutSearch()
                .withLearner(LEARNER)
                .withHeldOut(new HeldOutRows.Share(share));
        return TableTrainer.train(
                        new TrainingData(Table.ofRows(rows, ColumnOptions.defaults()), Optional.empty()),
                        options,
                        execution)
                .model();
    }

    private static Table table(TableModel model, int count, long seed) {
        return Table.ofRows(rows(count, seed), model.schemaWithTarget());
    }

    @Test
    void heldOutRowsGiveIntervalsThatHoldNewRows() {
        TableModel model = trained(400, "y", "kind", 0.25);
        Conformal errors = model.errors().orElseThrow();
        assertThat(errors.rows()).isEqualTo(100);
        assertThat(errors.source()).isEqualTo(ErrorSource.CHOOSING);
        IntervalScores scores = model.evaluate(table(model, 2_000, 2), NINETY, execution)
                .intervals()
                .orElseThrow();
        // The bound stands on a tenth of 100 errors.
        assertThat(scores.covered()).isCloseTo(0.9, within(3 * Math.sqrt(0.09 / 100 + 0.09 / 2_000)));
        // 90 % of a normal error lie within 1.645 deviations.
        assertThat(scores.size()).isBetween(2.6, 4.4);
        assertThat(model.evaluate(table(model, 10, 2), execution).intervals()).isEmpty();
    }

    @Test
    void intervalsLieAroundPredictionsAndSurviveTheFile() {
        TableModel model = trained(200, "y", "kind", 0.25);
        model.save(folder.resolve("m"));
        TableModel read = TableModel.load(folder.resolve("m"));
        Table rows = table(model, 20, 3);
        Predictions.Numbers predicted = (Predictions.Numbers) model.predict(rows.without("y"), execution);
        for (Tails tails : Tails.values()) {
            List<Interval> intervals = model.intervals(predicted, NINETY, tails);
            assertThat(read.intervals(predicted, NINETY, tails)).isEqualTo(intervals);
            Interval range = ((ResidualIntervals) model.errors().orElseThrow()).errors(0, NINETY, tails);
            for (int i = 0; i < 20; i++) {
                assertThat(intervals.get(i).lower())
                        .isEqualTo(range.lower() + predicted.values()[i]);
                assertThat(intervals.get(i).upper())
                        .isEqualTo(range.upper() + predicted.values()[i]);
            }
        }
    }

    @Test
    void setsHoldTheClassesOfNewRows() {
        TableModel model = trained(800, "kind", "y", 0.5);
        model.save(folder.resolve("m"));
        TableModel read = TableModel.load(folder.resolve("m"));
        assertThat(read.errors().orElseThrow().rows()).as("half of each class").isBetween(399, 401);
        List<Map<String, Object>> truth = rows(1_000, 4);
        Table rows = table(model, 1_000, 4);
        Predictions.Classes predicted = (Predictions.Classes) model.predict(rows.without("kind"), execution);
        for (ClassSets.Kind kind : ClassSets.Kind.values()) {
            List<List<String>> sets = read.sets(predicted, NINETY, kind);
            int held = 0;
            for (int i = 0; i < 1_000; i++) {
                assertThat(sets.get(i)).contains(predicted.label(i)).hasSizeBetween(1, 3);
                held += sets.get(i).contains(truth.get(i).get("kind")) ? 1 : 0;
            }
            assertThat(held / 1_000.0).isBetween(0.85, 0.98);
            if (kind == ClassSets.Kind.LEAST_AMBIGUOUS) {
                IntervalScores scores =
                        read.evaluate(rows, NINETY, execution).intervals().orElseThrow();
                assertThat(scores.covered()).isEqualTo(held / 1_000.0);
                assertThat(scores.size())
                        .isCloseTo(sets.stream().mapToInt(List::size).average().orElseThrow(), within(1e-12));
            }
        }
    }

    @Test
    void otherRowsCanGiveTheErrors() {
        TableModel model = trained(100, "y", "kind", 0);
        assertThat(model.errors()).isEmpty();
        Predictions.Numbers predicted =
                (Predictions.Numbers) model.predict(table(model, 5, 5).without("y"), execution);
        assertThatThrownBy(() -> model.intervals(predicted, NINETY, Tails.SYMMETRIC))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "The model keeps no errors on rows it had not learned from, which intervals come from. Find some "
                                + "with calibrated(rows), or train it again with rows held out");
        TableModel calibrated = model.calibrated(table(model, 500, 6), execution);
        assertThat(calibrated.errors().orElseThrow().source()).isEqualTo(ErrorSource.UNSEEN);
        IntervalScores scores = calibrated
                .evaluate(table(model, 2_000, 7), NINETY, execution)
                .intervals()
                .orElseThrow();
        assertThat(scores.covered()).isCloseTo(0.9, within(3 * Math.sqrt(0.09 / 500 + 0.09 / 2_000)));
    }

    /** A search leaves rows out itself; what it predicted for them becomes the errors. */
    @Test
    void aSearchGivesCrossFittedErrors() {
        List<Map<String, Object>> some = rows(60, 8);
        double[] y = some.stream().mapToDouble(row -> (double) row.get("y")).toArray();
        TableModel model = trained(60, "y", "kind", 0);
        Table table = table(model, 60, 8);
        EncodedRows rows = new EncodedRows(
                model.encode(table.without("y"), execution).design(),
                Targets.of(TargetColumn.of(table, model.target())));
        Tuned<?> tuned = Tuner.regression(rows.asRegression(), LEARNER, new SearchOptions(2, 1, 1), execution);
        ResidualIntervals errors = (ResidualIntervals) rows.errors(tuned);
        assertThat(errors.source()).isEqualTo(ErrorSource.CROSS_FITTED);
        assertThat(errors.rows()).as("each once, though left out several times").isEqualTo(60);
        assertThat(tuned.heldOut().length).isGreaterThan(60);
        double[] sums = new double[60];
        double[] counts = new double[60];
        double[] read =
                Predicted.read(tuned.predictor(), tuned.outputs()).values().col(0);
        for (int i = 0; i < read.length; i++) {
            sums[tuned.heldOut()[i]] += read[i];
            counts[tuned.heldOut()[i]]++;
        }
        double[] expected = IntStream.range(0, 60)
                .mapToDouble(i -> y[i] - sums[i] / counts[i])
                .sorted()
                .toArray();
        assertThat(errors.columns().get(0).values()).containsExactly(expected, within(1e-12));
    }
}

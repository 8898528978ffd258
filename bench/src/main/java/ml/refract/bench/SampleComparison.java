package ml.refract.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import ml.refract.engine.Execution;
import ml.refract.rfm.LearningRows;
import ml.refract.table.learn.TableTrainer;
import ml.refract.table.learn.TrainingOptions;
import ml.refract.table.learn.TrainingResult;
import ml.refract.xrfm.XrfmOptions;

/**
 * Learns features on all rows and on a sample first, side by side, on every set of more than 5,000 rows, and compares test
 * errors and times. Writes {@code sample-first.md}.
 *
 * <p>Arguments: data folder, output folder, number of splits, and optionally names of sets.
 */
public final class SampleComparison {
    private static final int LEAST_ROWS = 5_000;
    /** Of the error, what learning on samples may cost on any set to become the default. */
    private static final double MOST_LOSS = 0.005;

    private SampleComparison() {}

    /** Mean error and seconds over the splits of one set. */
    private record Mean(double error, double seconds) {}

    private record Line(DataSet set, Mean all, Mean sample) {
        double loss() {
            return all.error() == 0 ? sample.error() : sample.error() / all.error() - 1;
        }

        double speed() {
            return all.seconds() / sample.seconds();
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "| %s | %d | %s | %.6g | %.6g | %+.2f %% | %.2f | %.2f | %.2f |",
                    set.name(),
                    set.rows(),
                    errorName(set),
                    all.error(),
                    sample.error(),
                    100 * loss(),
                    all.seconds(),
                    sample.seconds(),
                    speed());
        }
    }

    /** Runs the comparison. */
    public static void main(String[] args) throws IOException {
        if (args.length < 3) {
            throw new IllegalArgumentException("wanted: DATA_FOLDER OUTPUT_FOLDER SPLITS [SET ...]");
        }
        int splits = Integer.parseInt(args[2]);
        List<String> only = Arrays.asList(args).subList(3, args.length);
        List<Line> lines = new ArrayList<>();
        try (Execution execution = Execution.defaults()) {
            for (DataSet set : DataSet.all(Path.of(args[0]))) {
                if (set.rows() > LEAST_ROWS && (only.isEmpty() || only.contains(set.name()))) {
                    lines.add(compare(set, splits, execution));
                    System.out.println(lines.get(lines.size() - 1));
                }
            }
        }
        Files.createDirectories(Path.of(args[1]));
        Files.writeString(Path.of(args[1]).resolve("sample-first.md"), page(lines, splits));
    }

    private static Line compare(DataSet set, int splits, Execution execution) {
        List<Integer> seeds = set.seeds();
        seeds = seeds.subList(0, Math.min(splits, seeds.size()));
        double[] errors = new double[2];
        double[] seconds = new double[2];
        for (int seed : seeds) {
            for (LearningRows rows : LearningRows.values()) {
                double start = execution.elapsedSeconds();
                TrainingResult result = TableTrainer.train(set.file(), options(set, seed, rows), execution);
                seconds[rows.ordinal()] += (execution.elapsedSeconds() - start) / seeds.size();
                errors[rows.ordinal()] +=
                        result.part("test").orElseThrow().scores().get(errorName(set)) / seeds.size();
            }
        }
        return new Line(set, new Mean(errors[0], seconds[0]), new Mean(errors[1], seconds[1]));
    }

    private static TrainingOptions options(DataSet set, int seed, LearningRows rows) {
        TrainingOptions options = set.options(seed);
        XrfmOptions xrfm = options.learner().xrfm();
        XrfmOptions learned = xrfm.toBuilder()
                .leaf(xrfm.leaf().toBuilder().learningRows(rows).build())
                .build();
        return options.withLearner(options.learner().withXrfm(learned));
    }

    private static String errorName(DataSet set) {
        return set.isRegression() ? "rmse" : "logLoss";
    }

    private static String page(List<Line> lines, int splits) {
        StringBuilder text = new StringBuilder("# Features learned on a sample first\n\n")
                .append(Machine.describe("bench/run SampleComparison DATA docs/benchmarks " + splits))
                .append(
                        "Default settings with `--learn-on all` and `--learn-on sample`, one after the other; means over ")
                .append("the first splits. Seconds are those of `train` from file to scores in a warm JVM.\n\n")
                .append("| set | rows | error | all rows | sample | loss | seconds, all | sample | times as fast |\n")
                .append("|---|---:|---|---:|---:|---:|---:|---:|---:|\n");
        lines.forEach(line -> text.append(line).append('\n'));
        double speed = Math.exp(lines.stream()
                .mapToDouble(line -> Math.log(line.speed()))
                .average()
                .orElse(Double.NaN));
        long worse = lines.stream().filter(line -> line.loss() > MOST_LOSS).count();
        return text.append(String.format(
                        Locale.ROOT,
                        "%n%.2f times as fast in the geometric mean; the error grows by more than %.1f %% on %d of %d sets.%n",
                        speed,
                        100 * MOST_LOSS,
                        worse,
                        lines.size()))
                .toString();
    }
}

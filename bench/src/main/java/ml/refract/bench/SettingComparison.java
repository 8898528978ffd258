package ml.refract.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import ml.refract.engine.Execution;
import ml.refract.rfm.LearningRows;
import ml.refract.rfm.RfmOptions;
import ml.refract.rfm.RidgeRule;
import ml.refract.table.learn.TableTrainer;
import ml.refract.table.learn.TrainingOptions;
import ml.refract.table.learn.TrainingResult;
import ml.refract.xrfm.XrfmOptions;

/**
 * Trains with one setting at its reference value and at another, side by side, and compares test errors and times. Writes
 * {@code sample.md} or {@code ridge.md}.
 *
 * <p>Arguments: data folder, output folder, {@code sample} or {@code ridge}, number of splits, and optionally names of sets.
 */
public final class SettingComparison {
    private SettingComparison() {}

    /** Settings that are compared. */
    private enum Setting {
        SAMPLE(
                "Features learned on a sample first",
                "`--learn-on sample` beside `--learn-on all`, on sets of more than 5,000 rows",
                5_000,
                options -> options.learningRows(LearningRows.SAMPLE)),
        RIDGE(
                "The ridge chosen by leaving rows out",
                "`--ridge auto` beside `--ridge 0.001`",
                0,
                options -> options.ridgeRule(RidgeRule.LEAVE_ONE_OUT));

        private final String title;
        private final String what;
        private final int moreRowsThan;
        private final UnaryOperator<RfmOptions.Builder> change;

        Setting(String title, String what, int moreRowsThan, UnaryOperator<RfmOptions.Builder> change) {
            this.title = title;
            this.what = what;
            this.moreRowsThan = moreRowsThan;
            this.change = change;
        }

        String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Mean error and seconds over the splits of one set. */
    private record Mean(double error, double seconds) {}

    private record Line(DataSet set, Mean reference, Mean changed) {
        double loss() {
            return reference.error() == 0 ? changed.error() : changed.error() / reference.error() - 1;
        }

        double speed() {
            return reference.seconds() / changed.seconds();
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "| %s | %d | %s | %.6g | %.6g | %+.2f %% | %.2f | %.2f | %.2f |",
                    set.name(),
                    set.rows(),
                    errorName(set),
                    reference.error(),
                    changed.error(),
                    100 * loss(),
                    reference.seconds(),
                    changed.seconds(),
                    speed());
        }
    }

    /** Runs the comparison. */
    public static void main(String[] args) throws IOException {
        if (args.length < 4) {
            throw new IllegalArgumentException(
                    "wanted: DATA_FOLDER OUTPUT_FOLDER sample|ridge SPLITS [SET ...], found " + Arrays.toString(args));
        }
        Setting setting = Setting.valueOf(args[2].toUpperCase(Locale.ROOT));
        int splits = Integer.parseInt(args[3]);
        List<String> only = Arrays.asList(args).subList(4, args.length);
        List<Line> lines = new ArrayList<>();
        try (Execution execution = Execution.defaults()) {
            for (DataSet set : DataSet.all(Path.of(args[0]))) {
                if (set.rows() > setting.moreRowsThan && (only.isEmpty() || only.contains(set.name()))) {
                    lines.add(compare(set, setting, splits, execution));
                    System.out.println(lines.get(lines.size() - 1));
                }
            }
        }
        Files.createDirectories(Path.of(args[1]));
        Files.writeString(Path.of(args[1]).resolve(setting.id() + ".md"), page(setting, lines, splits));
    }

    private static Line compare(DataSet set, Setting setting, int splits, Execution execution) {
        List<Integer> seeds = set.seeds();
        seeds = seeds.subList(0, Math.min(splits, seeds.size()));
        List<TrainingResult> reference = new ArrayList<>();
        List<TrainingResult> changed = new ArrayList<>();
        double[] seconds = new double[2];
        for (int seed : seeds) {
            TrainingOptions options = set.options(seed);
            double start = execution.elapsedSeconds();
            reference.add(TableTrainer.train(set.file(), options, execution));
            double middle = execution.elapsedSeconds();
            changed.add(TableTrainer.train(set.file(), changed(options, setting), execution));
            seconds[0] += middle - start;
            seconds[1] += execution.elapsedSeconds() - middle;
        }
        return new Line(
                set,
                new Mean(error(reference, set), seconds[0] / seeds.size()),
                new Mean(error(changed, set), seconds[1] / seeds.size()));
    }

    private static TrainingOptions changed(TrainingOptions options, Setting setting) {
        XrfmOptions xrfm = options.learner().xrfm();
        RfmOptions leaf = setting.change.apply(xrfm.leaf().toBuilder()).build();
        return options.withLearner(
                options.learner().withXrfm(xrfm.toBuilder().leaf(leaf).build()));
    }

    private static double error(List<TrainingResult> results, DataSet set) {
        return results.stream()
                .mapToDouble(
                        result -> result.part("test").orElseThrow().scores().get(errorName(set)))
                .average()
                .orElseThrow();
    }

    private static String errorName(DataSet set) {
        return set.isRegression() ? "rmse" : "logLoss";
    }

    private static String page(Setting setting, List<Line> lines, int splits) {
        StringBuilder text = new StringBuilder("# " + setting.title + "\n\n")
                .append(Machine.describe(
                        "bench/run SettingComparison DATA docs/benchmarks " + setting.id() + " " + splits))
                .append("Settings of the reference, and ")
                .append(setting.what)
                .append(", one after the other; means over the first ")
                .append(splits)
                .append(" splits. Seconds are those of `train` from file to scores in a warm JVM.\n\n")
                .append(
                        "| set | rows | error | reference | changed | loss | seconds, reference | changed | times as fast |\n")
                .append("|---|---:|---|---:|---:|---:|---:|---:|---:|\n");
        lines.forEach(line -> text.append(line).append('\n'));
        return text.append(String.format(
                        Locale.ROOT,
                        "%n%.2f times as fast in the geometric mean. The error falls by more than 0.5 %% on %d of %d sets and grows by "
                                + "more than that on %d; geometric mean of the ratios of errors %.3f.%n",
                        Averages.geometricMean(
                                lines.stream().mapToDouble(Line::speed).toArray()),
                        lines.stream().filter(line -> line.loss() < -0.005).count(),
                        lines.size(),
                        lines.stream().filter(line -> line.loss() > 0.005).count(),
                        Averages.geometricMean(lines.stream()
                                .filter(line -> line.reference().error() > 0)
                                .mapToDouble(line -> 1 + line.loss())
                                .toArray())))
                .toString();
    }
}

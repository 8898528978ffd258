package ml.refract.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Fits Refract and XGBoost in turn on the encoded rows of every set of a data folder, on one thread and on two, and compares
 * times and test errors. Writes {@code rivals.md}.
 *
 * <p>Arguments: data folder, output folder, and optionally names of sets.
 */
public final class Rivals {
    /** Fits of each learner on a set: no more are begun after this many, nor after so many seconds. */
    private static final int RUNS = 3;

    private static final double FIT_SECONDS = 5;
    private static final int[] THREADS = {1, 2};
    /** Predictions are repeated for this long, and at least as often as fits. */
    private static final double PREDICT_SECONDS = 0.3;

    private final Arguments arguments;
    private final Learner ours = new RefractLearner();
    private final Learner theirs = new XgboostLearner();

    private Rivals(Arguments arguments) {
        this.arguments = arguments;
    }

    /** Runs the comparison. */
    public static void main(String[] args) throws IOException {
        new Rivals(Arguments.parse(args)).run();
    }

    /**
     * One learner on one set.
     *
     * @param fitSeconds median over the runs
     * @param rowMicros time to predict a row of the test part, all of them together; median
     * @param errors on the test part
     */
    private record Outcome(double fitSeconds, double rowMicros, double[] errors) {}

    private record Line(EncodedSet set, int threads, Outcome ours, Outcome theirs) {
        double ratio(ToDoubleFunction<Outcome> time) {
            return time.applyAsDouble(theirs) / time.applyAsDouble(ours);
        }

        /** Our first error over theirs. */
        double errorRatio() {
            return ours.errors()[0] / theirs.errors()[0];
        }
    }

    private void run() throws IOException {
        Load load = Load.watch();
        List<Line> lines = new ArrayList<>();
        for (DataSet set : DataSet.all(arguments.data())) {
            if (arguments.wants(set.name())) {
                EncodedSet encoded = EncodedSet.read(set, 0);
                for (int threads : THREADS) {
                    lines.add(compare(encoded, threads));
                    System.out.println(row(lines.get(lines.size() - 1)));
                }
            }
        }
        Files.writeString(arguments.output().resolve("rivals.md"), document(lines, load));
    }

    private Line compare(EncodedSet set, int threads) {
        List<Outcome> ourRuns = new ArrayList<>();
        List<Outcome> theirRuns = new ArrayList<>();
        long start = System.nanoTime();
        while (ourRuns.isEmpty() || (ourRuns.size() < RUNS && secondsSince(start) < FIT_SECONDS)) {
            ourRuns.add(measure(ours, set, threads));
            theirRuns.add(measure(theirs, set, threads));
        }
        return new Line(set, threads, median(ourRuns), median(theirRuns));
    }

    private static Outcome measure(Learner learner, EncodedSet set, int threads) {
        long start = System.nanoTime();
        try (Learner.Model model = learner.fit(set.train(), set.validation(), threads)) {
            double fitSeconds = secondsSince(start);
            double[] errors = set.test().errors(model.predict(set.test()));
            return new Outcome(fitSeconds, rowMicros(model, set.test()), errors);
        }
    }

    private static double rowMicros(Learner.Model model, LabelledRows rows) {
        List<Double> seconds = new ArrayList<>();
        long first = System.nanoTime();
        while (seconds.size() < RUNS || secondsSince(first) < PREDICT_SECONDS) {
            long start = System.nanoTime();
            model.predict(rows);
            seconds.add(secondsSince(start));
        }
        return 1e6 * median(seconds, value -> value) / rows.rows();
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) * 1e-9;
    }

    private static Outcome median(List<Outcome> runs) {
        return new Outcome(
                median(runs, Outcome::fitSeconds),
                median(runs, Outcome::rowMicros),
                runs.get(0).errors()); // every run has the same
    }

    private static <T> double median(List<T> values, ToDoubleFunction<T> number) {
        return Averages.median(values.stream().mapToDouble(number).toArray());
    }

    private String document(List<Line> lines, Load load) {
        StringBuilder text = new StringBuilder("# Beside gradient-boosted trees\n\n")
                .append(Machine.describe(arguments.command(Rivals.class)))
                .append(load.sentence())
                .append("\n\nRefract at its default settings and XGBoost4J 2.1.4 (")
                .append(XgboostLearner.description())
                .append(
                        "), in turn in one JVM, on the same encoded rows (numbers standardised, categories one-hot) of the "
                                + "split of seed 0. Neither was tuned. Train: from rows in memory to the model, the validation part "
                                + "choosing round or number of trees; predict: the rows of the test part together, in memory "
                                + "before and after. Medians of three fits of each, of fewer where those took longer than "
                                + "five seconds. XGBoost's threads wait for each other by spinning: other processes slow "
                                + "them down manyfold. Ratios above 1 mean that Refract is faster. One split: differences of a few per cent on "
                                + "small sets mean nothing.\n\n"
                                + "| set | rows | d | classes | threads | Refract train | XGBoost train | ratio | Refract predict | "
                                + "XGBoost predict | ratio | error | Refract | XGBoost |\n"
                                + "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|---:|---:|\n");
        lines.forEach(line -> text.append(row(line)).append('\n'));
        for (int threads : THREADS) {
            List<Line> those =
                    lines.stream().filter(line -> line.threads() == threads).toList();
            text.append(String.format(
                    Locale.ROOT,
                    "%nThreads: %d. Geometric means: XGBoost's training time over Refract's %.2f, its prediction time over "
                            + "Refract's %.2f, Refract's error (RMSE or log loss) over XGBoost's %.3f. Refract's error is the "
                            + "lower one on %d of %d sets.%n",
                    threads,
                    geometricMean(those, line -> line.ratio(Outcome::fitSeconds)),
                    geometricMean(those, line -> line.ratio(Outcome::rowMicros)),
                    geometricMean(those, Line::errorRatio),
                    those.stream().filter(line -> line.errorRatio() < 1).count(),
                    those.size()));
        }
        return text.toString();
    }

    private static double geometricMean(List<Line> lines, ToDoubleFunction<Line> value) {
        return Averages.geometricMean(lines.stream().mapToDouble(value).toArray());
    }

    private static String row(Line line) {
        LabelledRows train = line.set().train();
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %s | %d | %.2f s | %.2f s | %.2f | %.2f µs | %.2f µs | %.2f | %s | %s | %s |",
                line.set().set().name(),
                train.rows(),
                train.width(),
                train.isRegression() ? "" : train.classes(),
                line.threads(),
                line.ours().fitSeconds(),
                line.theirs().fitSeconds(),
                line.ratio(Outcome::fitSeconds),
                line.ours().rowMicros(),
                line.theirs().rowMicros(),
                line.ratio(Outcome::rowMicros),
                String.join(", ", train.errorNames()),
                errors(line.ours()),
                errors(line.theirs()));
    }

    private static String errors(Outcome outcome) {
        return String.join(
                ", ",
                Arrays.stream(outcome.errors())
                        .mapToObj(error -> String.format(Locale.ROOT, "%.4g", error))
                        .toList());
    }
}

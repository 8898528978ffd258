package ml.refract.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import ml.refract.engine.Execution;
import ml.refract.explain.ClassSets;
import ml.refract.explain.Coverage;
import ml.refract.explain.ErrorSource;
import ml.refract.explain.Interval;
import ml.refract.explain.ResidualIntervals;
import ml.refract.explain.Tails;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.task.Classifier;
import ml.refract.task.Regressor;
import ml.refract.task.TaskOptions;
import ml.refract.tune.Division;
import ml.refract.tune.SearchOptions;
import ml.refract.tune.Tuned;
import ml.refract.tune.Tuner;

/**
 * How often intervals for 90 % of the rows hold the target of test rows, and how wide they are: a search on the training and
 * validation rows of given splits, intervals and sets of classes from its cross-fitted errors. Writes one row per fit ({@code
 * intervals.csv}), from which it goes on when it was interrupted, and a page ({@code intervals.md}).
 *
 * <p>Arguments: data folder, output folder, and optionally names of sets.
 */
public final class IntervalCoverage {
    private static final Coverage NINETY = new Coverage(0.9);
    private static final SearchOptions SEARCH = new SearchOptions(12, 4, 3);
    /** Sets of up to so many rows are measured on several splits: their test parts are too small for one. */
    private static final int SMALL = 2_000;

    /** The same for classes, which take longer. */
    private static final int SMALL_OF_CLASSES = 600;

    private static final int SPLITS = 3;
    private static final String HEADING = "set,seed,rows,covered,size,covered2,size2,seconds";

    private final Arguments arguments;
    private final Path csv;
    private final Map<String, Line> known = new LinkedHashMap<>();

    private IntervalCoverage(Arguments arguments) {
        this.arguments = arguments;
        this.csv = arguments.output().resolve("intervals.csv");
    }

    /** Runs the measurement. */
    public static void main(String[] args) throws IOException {
        new IntervalCoverage(Arguments.parse(args)).run();
    }

    /** Share of test rows held, and size: width by the deviation of the test targets, or number of classes. */
    private record Held(double covered, double size) {}

    /**
     * One fit.
     *
     * @param rows it learned from
     * @param first symmetric intervals, or least ambiguous sets
     * @param second intervals with separate tails, or adaptive sets
     */
    private record Line(String set, int seed, int rows, Held first, Held second, double seconds) {
        static Line parse(String text) {
            String[] cells = text.split(",");
            double[] numbers = Arrays.stream(cells)
                    .skip(3)
                    .mapToDouble(Double::parseDouble)
                    .toArray();
            return new Line(
                    cells[0],
                    Integer.parseInt(cells[1]),
                    Integer.parseInt(cells[2]),
                    new Held(numbers[0], numbers[1]),
                    new Held(numbers[2], numbers[3]),
                    numbers[4]);
        }

        String key() {
            return set + "," + seed;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%s,%d,%.5f,%.5f,%.5f,%.5f,%.1f",
                    key(),
                    rows,
                    first.covered(),
                    first.size(),
                    second.covered(),
                    second.size(),
                    seconds);
        }
    }

    private void run() throws IOException {
        if (Files.exists(csv)) {
            Files.readAllLines(csv).stream().skip(1).map(Line::parse).forEach(line -> known.put(line.key(), line));
        } else {
            Files.writeString(csv, HEADING + "\n");
        }
        try (Execution execution = Execution.defaults();
                PrintWriter more = new PrintWriter(Files.newBufferedWriter(csv, StandardOpenOption.APPEND))) {
            for (DataSet set : DataSet.all(arguments.data())) {
                for (int seed = 0; seed < splits(set) && arguments.wants(set.name()); seed++) {
                    if (!known.containsKey(set.name() + "," + seed)) {
                        Line line = measure(set, seed, execution);
                        known.put(line.key(), line);
                        more.println(line);
                        more.flush();
                        System.out.println(line);
                    }
                }
            }
        }
        Files.writeString(arguments.output().resolve("intervals.md"), page());
    }

    private static int splits(DataSet set) {
        boolean small = set.rows() <= (set.isRegression() ? SMALL : SMALL_OF_CLASSES);
        return Math.min(set.seeds().size(), small ? SPLITS : 1);
    }

    private static Line measure(DataSet set, int seed, Execution execution) {
        EncodedSet data = EncodedSet.read(set, seed, false);
        double start = execution.elapsedSeconds();
        Held[] held = set.isRegression() ? numbers(data, execution) : classes(data, execution);
        double seconds = execution.elapsedSeconds() - start;
        return new Line(set.name(), seed, data.train().rows(), held[0], held[1], seconds);
    }

    private static Held[] numbers(EncodedSet data, Execution execution) {
        DoubleMatrix y = data.train().numbers();
        Tuned<Regressor> tuned = Tuner.regression(
                new Regressor.Data(data.train().searched(), y),
                data.train().views(),
                Division.atRandom(),
                TaskOptions.defaults(),
                SEARCH,
                execution);
        ResidualIntervals intervals = ResidualIntervals.of(
                y, tuned.heldOut(), tuned.predictor().read(tuned.outputs()), ErrorSource.CROSS_FITTED);
        double[] predicted =
                tuned.predictor().predict(data.test().searched(), execution).col(0);
        double[] truth = data.test().targets();
        double mean = Arrays.stream(truth).average().orElseThrow();
        double deviation = Math.sqrt(Arrays.stream(truth)
                .map(value -> (value - mean) * (value - mean))
                .average()
                .orElseThrow());
        return Arrays.stream(Tails.values())
                .map(tails -> {
                    Interval range = intervals.errors(0, NINETY, tails);
                    long held = IntStream.range(0, truth.length)
                            .filter(i -> range.contains(truth[i] - predicted[i]))
                            .count();
                    return new Held((double) held / truth.length, range.width() / deviation);
                })
                .toArray(Held[]::new);
    }

    private static Held[] classes(EncodedSet data, Execution execution) {
        LabelledRows train = data.train();
        Tuned<Classifier> tuned = Tuner.classification(
                new Classifier.Data(train.searched(), train.labels(), train.classes()),
                train.views(),
                Division.atRandom(),
                TaskOptions.defaults(),
                SEARCH,
                execution);
        ClassSets sets = ClassSets.of(
                train.labels(),
                tuned.heldOut(),
                tuned.predictor().read(tuned.outputs()).probabilities(),
                ErrorSource.CROSS_FITTED);
        DoubleMatrix predicted =
                tuned.predictor().predict(data.test().searched(), execution).probabilities();
        int[] labels = data.test().labels();
        return Arrays.stream(ClassSets.Kind.values())
                .map(kind -> {
                    boolean[][] found = sets.of(predicted, NINETY, kind);
                    long held = IntStream.range(0, labels.length)
                            .filter(i -> found[i][labels[i]])
                            .count();
                    double size = Arrays.stream(found)
                            .mapToLong(set -> IntStream.range(0, set.length)
                                    .filter(k -> set[k])
                                    .count())
                            .average()
                            .orElseThrow();
                    return new Held((double) held / labels.length, size);
                })
                .toArray(Held[]::new);
    }

    /** Means over the splits of a set. */
    private record Mean(DataSet set, List<Line> lines) {
        double of(ToDoubleFunction<Line> number) {
            return lines.stream().mapToDouble(number).average().orElseThrow();
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "| %s | %.0f | %d | %.1f %% | %.3g | %.1f %% | %.3g |%n",
                    set.name(),
                    of(Line::rows),
                    lines.size(),
                    100 * of(line -> line.first().covered()),
                    of(line -> line.first().size()),
                    100 * of(line -> line.second().covered()),
                    of(line -> line.second().size()));
        }
    }

    private List<Mean> means(boolean regression) {
        List<Mean> means = new ArrayList<>();
        for (DataSet set : DataSet.all(arguments.data())) {
            List<Line> lines = known.values().stream()
                    .filter(line -> line.set().equals(set.name()))
                    .toList();
            if (set.isRegression() == regression && !lines.isEmpty()) {
                means.add(new Mean(set, lines));
            }
        }
        return means;
    }

    private String page() {
        List<Mean> numbers = means(true);
        List<Mean> classes = means(false);
        double[] covered = numbers.stream()
                .mapToDouble(set -> set.of(line -> line.first().covered()))
                .toArray();
        double mean = Arrays.stream(covered).average().orElse(Double.NaN);
        double least = Arrays.stream(covered).min().orElse(Double.NaN);
        StringBuilder text = new StringBuilder("# Coverage of intervals and sets of classes\n\n")
                .append(Machine.describe(arguments.command(IntervalCoverage.class)))
                .append(String.format(
                        Locale.ROOT,
                        "A search of %d settings (%d of them on more rows, at most %d averaged) on the training and validation rows "
                                + "of a split; intervals and sets of classes for 90 %% of the rows from its cross-fitted errors; the "
                                + "share of test rows whose target they hold. Means over splits: %d where there are at most %,d rows "
                                + "(%,d with classes), otherwise one.%n%n",
                        SEARCH.trials(),
                        SEARCH.finalists(),
                        SEARCH.members(),
                        SPLITS,
                        SMALL,
                        SMALL_OF_CLASSES))
                .append("## Regression\n\nWidths by the standard deviation of the test targets.\n\n")
                .append("| set | rows | splits | held | width | held, separate tails | width |\n")
                .append("|---|---:|---:|---:|---:|---:|---:|\n");
        numbers.forEach(text::append);
        text.append(String.format(
                        Locale.ROOT,
                        "%nMean over the sets %.1f %%, least %.1f %%; with separate tails %.1f %% and %.1f %%.%n",
                        100 * mean,
                        100 * least,
                        100 * second(numbers).average().orElse(Double.NaN),
                        100 * second(numbers).min().orElse(Double.NaN)))
                .append(
                        "\n## Classification\n\nSizes in classes. The most probable class is always in a set, so that sets hold more ")
                .append("than was wanted where nearly every prediction is right.\n\n")
                .append("| set | rows | splits | held, least ambiguous | classes | held, adaptive | classes |\n")
                .append("|---|---:|---:|---:|---:|---:|---:|\n");
        classes.forEach(text::append);
        return text.append(Target.section(List.of(
                        Target.atLeast("mean coverage of intervals", "%.3f", 0.88, mean),
                        Target.atMost("mean coverage of intervals", "%.3f", 0.92, mean),
                        Target.atLeast("least coverage of a set", "%.3f", 0.8, least))))
                .toString();
    }

    private static DoubleStream second(List<Mean> sets) {
        return sets.stream().mapToDouble(set -> set.of(line -> line.second().covered()));
    }
}

package ml.refract.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import ml.refract.engine.Execution;
import ml.refract.rfm.Loss;
import ml.refract.rfm.RfmOptions;
import ml.refract.task.Classifier;
import ml.refract.task.TaskOptions;
import ml.refract.tune.Division;
import ml.refract.tune.SearchOptions;
import ml.refract.tune.Tuned;
import ml.refract.tune.Tuner;
import ml.refract.xrfm.XrfmOptions;

/**
 * Trains classifiers with squared and with logistic loss, on the same splits and with the same settings or the same search, and
 * compares the log loss on test rows, calibrated and as it is. Writes {@code loss-TRIALS.md}.
 *
 * <p>Arguments: data folder, output folder, number of splits, settings that are tried (1 for the default one alone), and sets.
 */
public final class LossComparison {
    private LossComparison() {}

    /** Test log loss of one fit with and without its calibration, and its time. */
    private record Outcome(double calibrated, double plain, double seconds) {}

    private record Line(String set, List<Outcome> squared, List<Outcome> logistic) {
        double ratio(ToDoubleFunction<Outcome> of) {
            return mean(logistic, of) / mean(squared, of);
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "| %s | %.5f | %.5f | %.3f | %.5f | %.5f | %.3f | %.1f | %.1f |",
                    set,
                    mean(squared, Outcome::calibrated),
                    mean(logistic, Outcome::calibrated),
                    ratio(Outcome::calibrated),
                    mean(squared, Outcome::plain),
                    mean(logistic, Outcome::plain),
                    ratio(Outcome::plain),
                    mean(squared, Outcome::seconds),
                    mean(logistic, Outcome::seconds));
        }
    }

    private static double mean(List<Outcome> outcomes, ToDoubleFunction<Outcome> of) {
        return outcomes.stream().mapToDouble(of).average().orElseThrow();
    }

    /** Runs the comparison. */
    public static void main(String[] args) throws IOException {
        if (args.length < 5) {
            throw new IllegalArgumentException(
                    "wanted: DATA_FOLDER OUTPUT_FOLDER SPLITS TRIALS SET [SET ...], found " + Arrays.toString(args));
        }
        int splits = Integer.parseInt(args[2]);
        int trials = Integer.parseInt(args[3]);
        List<String> names = Arrays.asList(args).subList(4, args.length);
        Map<String, DataSet> sets = DataSet.byName(Path.of(args[0]));
        List<Line> lines = new ArrayList<>();
        try (Execution execution = Execution.builder().threads(2).build()) {
            for (String name : names) {
                DataSet set = Objects.requireNonNull(sets.get(name), "there is no set " + name);
                Line line = compare(set, set.seeds().subList(0, splits), trials, execution);
                lines.add(line);
                System.out.println(line);
            }
        }
        Files.createDirectories(Path.of(args[1]));
        Files.writeString(Path.of(args[1]).resolve("loss-" + trials + ".md"), page(lines, args));
    }

    private static Line compare(DataSet set, List<Integer> seeds, int trials, Execution execution) {
        Line line = new Line(set.name(), new ArrayList<>(), new ArrayList<>());
        for (int seed : seeds) {
            EncodedSet encoded = EncodedSet.read(set, seed, false);
            line.squared().add(outcome(encoded, Loss.SQUARED, trials, execution));
            line.logistic().add(outcome(encoded, Loss.LOGISTIC, trials, execution));
        }
        return line;
    }

    private static Outcome outcome(EncodedSet set, Loss loss, int trials, Execution execution) {
        RfmOptions leaf = RfmOptions.defaults().toBuilder().loss(loss).build();
        TaskOptions task =
                TaskOptions.of(XrfmOptions.defaults().toBuilder().leaf(leaf).build());
        LabelledRows train = set.train().asSearched();
        double start = execution.elapsedSeconds();
        Tuned<Classifier> tuned = Tuner.classification(
                train.asClassification(),
                train.views(),
                Division.atRandom(),
                task,
                SearchOptions.standard().withTrials(trials),
                execution);
        double seconds = execution.elapsedSeconds() - start;
        Classifier calibrated = tuned.predictor();
        return new Outcome(
                logLoss(calibrated, set.test(), execution),
                logLoss(new Classifier(calibrated.model(), calibrated.coding()), set.test(), execution),
                seconds);
    }

    private static double logLoss(Classifier classifier, LabelledRows rows, Execution execution) {
        LabelledRows test = rows.asSearched();
        return Objects.requireNonNull(
                rows.scores(classifier.predict(test.x(), execution).probabilities())
                        .get("logloss"));
    }

    private static String page(List<Line> lines, String[] args) {
        StringBuilder text = new StringBuilder("# Logistic beside squared loss\n\n")
                .append(Machine.describe("bench/run LossComparison DATA docs/benchmarks "
                        + String.join(" ", Arrays.asList(args).subList(2, args.length))))
                .append("Log loss on test rows, mean over ")
                .append(args[2])
                .append(" splits, of models made in the same way with squared and with logistic loss: ")
                .append(
                        args[3].equals("1")
                                ? "the default setting"
                                : "a search over " + args[3] + " settings and the average of the best")
                .append(", its rounds chosen and its probabilities calibrated on rows held out in turn.\n\n")
                .append(
                        "| set | squared | logistic | ratio | squared, not calibrated | logistic, not calibrated | ratio | "
                                + "seconds, squared | logistic |\n")
                .append("|---|---:|---:|---:|---:|---:|---:|---:|---:|\n");
        lines.forEach(line -> text.append(line).append('\n'));
        return text.append(String.format(
                        Locale.ROOT,
                        "%nGeometric mean of the ratios %.3f, not calibrated %.3f; logistic loss is better by more than 1 %% on %d "
                                + "of %d sets and worse by more than that on %d.%n",
                        geometric(lines, Outcome::calibrated),
                        geometric(lines, Outcome::plain),
                        lines.stream()
                                .filter(line -> line.ratio(Outcome::calibrated) < 0.99)
                                .count(),
                        lines.size(),
                        lines.stream()
                                .filter(line -> line.ratio(Outcome::calibrated) > 1.01)
                                .count()))
                .toString();
    }

    private static double geometric(List<Line> lines, ToDoubleFunction<Outcome> of) {
        return Averages.geometricMean(
                lines.stream().mapToDouble(line -> line.ratio(of)).toArray());
    }
}

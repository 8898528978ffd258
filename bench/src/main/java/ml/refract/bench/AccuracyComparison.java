package ml.refract.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import ml.refract.tune.SearchOptions;

/**
 * Trains learners on the splits that the methods of {@code peer_results.csv} were measured on, and compares test errors with
 * theirs. Takes two commands:
 *
 * <p>{@code run DATA RESULTS.csv METHOD[,METHOD...] [--sets A,B] [--max-rows N] [--seeds 0,1] [--budget SECONDS]} adds a row to the
 * results for each set, split and method as soon as it is measured. Rows that are there are kept and not measured again, also
 * those of failed runs: delete a row to measure it again. {@code --max-rows} counts training rows; {@code --budget} is the time of a
 * search, instead of none for Refract and that of {@code refract_default} on the same split for XGBoost.
 *
 * <p>{@code page DATA RESULTS.csv OUTPUT_FOLDER} writes {@code accuracy.md} and its plots.
 */
public final class AccuracyComparison {
    private static final int THREADS = 2;
    private static final String DEFAULT = "refract_default";
    private static final String USAGE = "wanted: run DATA RESULTS.csv METHOD[,METHOD...] [--sets A,B] [--max-rows N] "
            + "[--seeds 0,1] [--budget SECONDS], or: page DATA RESULTS.csv OUTPUT_FOLDER; found ";
    private static final List<String> OPTIONS = List.of("--sets", "--max-rows", "--seeds", "--budget");

    /** What is measured, by its name in results: made for a search time, if one is given or prescribed. */
    private static final Map<String, Function<Optional<Double>, Learner>> METHODS = Map.of(
            "refract_fast",
            seconds -> new RefractLearner(),
            DEFAULT,
            seconds -> new RefractSearch(DEFAULT, SearchOptions.standard(), seconds),
            "refract_best",
            seconds -> new RefractSearch("refract_best", SearchOptions.thorough(), seconds),
            "xgb_tuned_budget",
            seconds -> new XgboostSearch("xgb_tuned_budget", seconds.orElseThrow(), false),
            "xgb_refit_budget",
            seconds -> new XgboostSearch("xgb_refit_budget", seconds.orElseThrow(), true));

    private final ResultsFile file;
    private final Optional<Double> budget;

    private AccuracyComparison(ResultsFile file, Optional<Double> budget) {
        this.file = file;
        this.budget = budget;
    }

    /** Runs a command. */
    public static void main(String[] args) throws IOException {
        if (args.length == 4 && args[0].equals("page")) {
            Results results = Results.read(Path.of(args[2]), Results.peers(Path.of(args[1])));
            AccuracyPage.write(DataSet.all(Path.of(args[1])), results, Files.createDirectories(Path.of(args[3])));
        } else if (args.length >= 4 && args.length % 2 == 0 && args[0].equals("run")) {
            run(args, options(args));
        } else {
            throw new IllegalArgumentException(USAGE + Arrays.toString(args));
        }
    }

    private static Map<String, String> options(String[] args) {
        Map<String, String> options = new HashMap<>();
        for (int i = 4; i < args.length; i += 2) {
            if (!OPTIONS.contains(args[i])) {
                throw new IllegalArgumentException(USAGE + Arrays.toString(args));
            }
            options.put(args[i], args[i + 1]);
        }
        return options;
    }

    private static void run(String[] args, Map<String, String> options) throws IOException {
        Map<String, DataSet> sets = DataSet.byName(Path.of(args[1]));
        List<String> methods = known(args[3], METHODS.keySet().stream().sorted().toList(), "method");
        List<String> wanted = options.containsKey("--sets")
                ? known(options.get("--sets"), List.copyOf(sets.keySet()), "set")
                : DataSet.all(Path.of(args[1])).stream().map(DataSet::name).toList();
        int most = Integer.parseInt(options.getOrDefault("--max-rows", String.valueOf(Integer.MAX_VALUE)));
        List<String> seeds = Arrays.asList(options.getOrDefault("--seeds", "").split(","));
        AccuracyComparison comparison = new AccuracyComparison(
                ResultsFile.open(Path.of(args[2])),
                Optional.ofNullable(options.get("--budget")).map(Double::valueOf));
        for (String name : wanted) {
            DataSet set = Objects.requireNonNull(sets.get(name));
            for (int seed : set.seeds()) {
                if ((!options.containsKey("--seeds") || seeds.contains(String.valueOf(seed)))
                        && set.trainingRows(seed) <= most) {
                    comparison.measure(set, seed, methods);
                }
            }
        }
    }

    private static List<String> known(String names, List<String> all, String what) {
        List<String> wanted = Arrays.asList(names.split(","));
        for (String name : wanted) {
            if (!all.contains(name)) {
                throw new IllegalArgumentException(
                        "found the " + what + " '" + name + "', wanted " + String.join(", ", all));
            }
        }
        return wanted;
    }

    private void measure(DataSet set, int seed, List<String> methods) throws IOException {
        for (String method : methods) {
            Results done = file.read();
            if (done.find(new Results.Key(set.name(), seed, method)).isPresent()) {
                continue;
            }
            Learner learner = Objects.requireNonNull(METHODS.get(method)).apply(seconds(method, set, seed, done));
            Map<String, String> row = new HashMap<>(Map.of(
                    "dataset", set.name(),
                    "task", set.task(),
                    "rows", String.valueOf(set.rows()),
                    "seed", String.valueOf(seed),
                    "method", method,
                    "version", Machine.version(),
                    "jdk", Machine.jdk(),
                    "machine", Machine.processors()));
            try {
                EncodedSet encoded = EncodedSet.read(set, seed, learner.usesValidation());
                row.putAll(sizes(encoded));
                row.putAll(measured(learner, encoded));
            } catch (RuntimeException | OutOfMemoryError e) {
                row.put("error", e.toString());
            }
            file.append(row);
            System.out.println(String.join(
                    " ",
                    set.name(),
                    String.valueOf(seed),
                    method,
                    row.getOrDefault("rmse", row.getOrDefault("logloss", "")),
                    row.getOrDefault("accuracy", ""),
                    row.getOrDefault("fit_s", ""),
                    row.getOrDefault("error", "")));
        }
    }

    /** The time of a search; XGBoost has the time that Refract took, unless one was given. */
    private Optional<Double> seconds(String method, DataSet set, int seed, Results done) {
        if (budget.isPresent() || !method.startsWith("xgb_")) {
            return budget;
        }
        double seconds = done.number(new Results.Key(set.name(), seed, DEFAULT), "fit_s");
        if (Double.isNaN(seconds)) {
            throw new IllegalArgumentException(
                    "there is no time of " + DEFAULT + " on the set " + set.name() + ", split " + seed + ", that "
                            + method + " is to take: measure that first, or give --budget SECONDS");
        }
        return Optional.of(seconds);
    }

    private static Map<String, String> sizes(EncodedSet set) {
        return Map.of(
                "n_train", String.valueOf(set.train().rows()),
                "n_val", String.valueOf(set.validation().rows()),
                "n_test", String.valueOf(set.test().rows()),
                "d", String.valueOf(set.train().width()),
                "classes", String.valueOf(set.train().classes()));
    }

    private static Map<String, String> measured(Learner learner, EncodedSet set) {
        Map<String, String> row = new HashMap<>();
        long start = System.nanoTime();
        try (Learner.Model model = learner.fit(set.train(), set.validation(), THREADS)) {
            long fitted = System.nanoTime();
            Map<String, Double> scores = set.test().scores(model.predict(set.test()));
            row.put("predict_s", text((System.nanoTime() - fitted) * 1e-9));
            row.put("fit_s", text((fitted - start) * 1e-9));
            scores.forEach((name, value) -> row.put(name, text(value)));
            row.putAll(model.details());
        }
        return row;
    }

    /** With as many digits as in the file of the peers, so that equal scores are equal. */
    private static String text(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.6g", value);
    }
}

package ml.refract.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The document of {@link AccuracyComparison}: ranks, comparisons with each method, times, and every set. */
final class AccuracyPage {
    private static final String DEFAULT = "refract_default";
    private static final String BEST = "refract_best";
    private static final List<String> OURS = List.of(DEFAULT, BEST);

    private static final String XGBOOST_SEARCH =
            "XGBoost4J 2.1.4 in the time that `refract_default` took on the split: " + XgboostSearch.description();
    private static final Map<String, String> WHAT = Map.ofEntries(
            Map.entry("refract_fast", "Refract, one fit at default settings, the validation rows choosing the round"),
            Map.entry(
                    DEFAULT,
                    "Refract, settings searched for (`SearchOptions.standard()`) on training and validation rows"),
            Map.entry("refract_best", "Refract, a longer search (`SearchOptions.thorough()`) on the same rows"),
            Map.entry("xgb_tuned_budget", XGBOOST_SEARCH),
            Map.entry(
                    "xgb_refit_budget",
                    XGBOOST_SEARCH
                            + "; then the chosen settings and number of trees fitted again on training and validation rows"),
            Map.entry("xrfm_default", "the reference implementation of xRFM, default settings"),
            Map.entry(
                    "xrfm_tuned",
                    "the reference implementation of xRFM, the best of at most 16 settings by the validation rows, not fitted again with them"),
            Map.entry("krr_default", "Laplace kernel ridge regression of the reference implementation"),
            Map.entry("hgb_default", "scikit-learn HistGradientBoosting, default settings"),
            Map.entry(
                    "hgb_tuned",
                    "scikit-learn HistGradientBoosting, the best of at most 11 settings by the validation rows, not fitted again with them"),
            Map.entry("rf_default", "scikit-learn random forest, 200 trees"),
            Map.entry("xgb_default", "XGBoost 1.7.4, default settings, 100 rounds"));

    private final List<DataSet> sets;
    private final Results results;
    private final Path folder;
    private final List<String> methods;
    private final StringBuilder text = new StringBuilder("# Test errors beside other methods\n\n");

    private AccuracyPage(List<DataSet> sets, Results results, Path folder) {
        this.sets = sets;
        this.results = results;
        this.folder = folder;
        this.methods = results.methods().stream()
                .filter(method -> sets.stream()
                        .anyMatch(set -> !new Errors(sets, results, true)
                                .seeds(set, method)
                                .isEmpty()))
                .toList();
    }

    /**
     * Writes {@code accuracy.md} and a plot for each ranking.
     *
     * @param results ours first, then those of the peers
     * @throws IllegalArgumentException when there are none of {@code refract_default}
     */
    static void write(List<DataSet> sets, Results results, Path folder) throws IOException {
        AccuracyPage page = new AccuracyPage(sets, results, folder);
        if (!page.methods.contains(DEFAULT)) {
            throw new IllegalArgumentException("found results of " + page.methods + " only, wanted some of " + DEFAULT);
        }
        page.head();
        for (boolean logLoss : new boolean[] {true, false}) {
            Errors errors = new Errors(sets, results, logLoss);
            page.add("\n## %s\n", errors.title());
            page.ranks(errors);
            for (String ours : OURS) {
                if (page.methods.contains(ours)) {
                    page.versus(ours, errors);
                    page.everySet(ours, errors);
                }
            }
        }
        page.times();
        page.failures();
        Files.writeString(folder.resolve("accuracy.md"), page.text);
    }

    private void add(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values));
    }

    private void head() {
        add(
                "Made by `bench/run AccuracyComparison run DATA RESULTS.csv %s` and `bench/run AccuracyComparison page DATA "
                        + "RESULTS.csv docs/benchmarks`. Measured with Refract %s on %s; %s; two threads. ",
                methods.stream()
                        .filter(method -> !values("version", method).isEmpty())
                        .collect(Collectors.joining(",")),
                all("version"),
                all("machine"),
                all("jdk"));
        text.append(
                "The scores of the other methods (without `budget` in their name) are from files, measured earlier "
                        + "on one thread of an AMD EPYC of the Zen 5 generation, on the same splits of 64, 16 and 20 % for training, "
                        + "validation and test, at most 10,000 rows of a set.\n\n"
                        + "Errors are those on the test rows: RMSE in units of the target; log loss of probabilities within [1e-15, 1 - 1e-15] "
                        + "or the share of wrong classes. Everything is given to six digits, so equal errors are equal. Methods differ in the "
                        + "rows they learn from: a search of Refract learns from training and validation rows together, the methods called tuned or budget choose by "
                        + "the validation rows and learn from the training rows (`xgb_refit_budget` from both), and the ones at default settings learn from the training rows.\n\n");
        add("| method | what it is | sets | splits |\n|---|---|---:|---:|\n");
        Errors errors = new Errors(sets, results, true);
        for (String method : methods) {
            List<DataSet> measured = errors.common(List.of(method));
            int splits = measured.stream()
                    .mapToInt(set -> errors.seeds(set, method).size())
                    .sum();
            add("| %s | %s | %d | %d |\n", method, WHAT.getOrDefault(method, ""), measured.size(), splits);
        }
    }

    private String all(String column) {
        return methods.stream()
                .flatMap(method -> values(column, method).stream())
                .distinct()
                .collect(Collectors.joining("; "));
    }

    private Set<String> values(String column, String method) {
        return results.rows()
                .filter(row -> row.key().method().equals(method))
                .map(row -> row.text(column))
                .filter(value -> !value.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    // Ranks

    /** The longer search may have fewer splits, so the others are ranked without it first. */
    private void ranks(Errors errors) throws IOException {
        List<String> others =
                methods.stream().filter(method -> !method.equals(BEST)).toList();
        boolean all = others.size() == methods.size();
        ranks(errors, others, "all methods" + (all ? "" : " but `" + BEST + "`"), "all");
        List<DataSet> ours = errors.common(List.of(DEFAULT));
        List<String> everywhere = others.stream()
                .filter(method -> errors.common(List.of(DEFAULT, method)).size() == ours.size())
                .toList();
        if (everywhere.size() > 1 && everywhere.size() < others.size()) {
            ranks(errors, everywhere, "the methods measured wherever `" + DEFAULT + "` is", "everywhere");
        }
        if (!all) {
            ranks(errors, methods, "all methods, on splits of `" + BEST + "`", "best");
        }
    }

    private void ranks(Errors errors, List<String> compared, String title, String name) throws IOException {
        List<DataSet> common = errors.common(compared);
        List<String> left = sets.stream()
                .filter(set -> !common.contains(set))
                .map(DataSet::name)
                .toList();
        add("\n### Mean ranks: %s\n\n", title);
        if (common.isEmpty()) {
            add("There is no split that all have results on.\n");
            return;
        }
        Ranking ranking = errors.ranking(compared);
        String file = "accuracy-" + (errors.logLoss() ? "log-loss" : "wrong") + "-" + name + ".svg";
        Files.writeString(folder.resolve(file), CriticalDifferencePlot.svg(ranking));
        double probability = ranking.friedmanProbability();
        add(
                "Over the %d sets on which all %d methods have results on a split, averaged over those splits first, equal errors "
                        + "sharing their ranks. Left out: %s. Friedman's chi-squared %.1f with %d degrees of freedom, p %s; "
                        + "Nemenyi's critical difference at 0.05 %.2f. Bars join methods whose ranks differ by less.\n\n"
                        + "![mean ranks](%s)\n\n| method | mean rank |\n|---|---:|\n",
                common.size(),
                compared.size(),
                left.isEmpty() ? "none" : String.join(", ", left),
                ranking.friedman(),
                compared.size() - 1,
                probability < 1e-6 ? "below 1e-6" : String.format(Locale.ROOT, "= %.2g", probability),
                ranking.criticalDifference(),
                file);
        for (int k = 0; k < compared.size(); k++) {
            add("| %s | %.2f |\n", ranking.methods().get(k), ranking.ranks()[k]);
        }
    }

    // One of ours beside each other method

    private void versus(String ours, Errors errors) {
        add(
                "\n### %s beside each method\n\nMean errors over the splits that both have results on; a tie is a difference of at most "
                        + "%.1f %%. Ratio: its error over the other's, below 1 where it is the better one; geometric means leave out "
                        + "sets where one of the errors is 0.\n\n"
                        + "| method | sets | wins | ties | losses | median ratio | geometric mean | sets of it |\n"
                        + "|---|---:|---:|---:|---:|---:|---:|---:|\n",
                ours, 100 * Errors.TIE);
        for (String theirs : methods) {
            List<Errors.Pair> pairs = errors.pairs(ours, theirs, set -> true);
            if (!theirs.equals(ours) && !pairs.isEmpty()) {
                long wins = pairs.stream().filter(Errors.Pair::win).count();
                long losses = pairs.stream().filter(Errors.Pair::loss).count();
                add(
                        "| %s | %d | %d | %d | %d | %.3f | %s | %d |\n",
                        theirs,
                        pairs.size(),
                        wins,
                        pairs.size() - wins - losses,
                        losses,
                        Averages.median(
                                pairs.stream().mapToDouble(Errors.Pair::ratio).toArray()),
                        geometricMean(pairs),
                        pairs.stream().filter(Errors.Pair::positive).count());
            }
        }
        reference(ours, errors);
        boosting(ours, errors);
    }

    private void reference(String ours, Errors errors) {
        List<Errors.Pair> pairs = errors.pairs(ours, "xrfm_tuned", set -> true);
        if (!pairs.isEmpty()) {
            long atMost = pairs.stream().filter(pair -> pair.ratio() <= 1).count();
            long within = pairs.stream().filter(pair -> !pair.loss()).count();
            add(
                    "\nIts error is at most that of `xrfm_tuned` on %d of %d sets (%.0f %%), and at most %.1f %% above it on %d (%.0f %%).\n",
                    atMost,
                    pairs.size(),
                    100.0 * atMost / pairs.size(),
                    100 * Errors.TIE,
                    within,
                    100.0 * within / pairs.size());
        }
    }

    private void boosting(String ours, Errors errors) {
        Predicate<DataSet> regression = DataSet::isRegression;
        List<Errors.Pair> numbers = errors.pairs(ours, "hgb_tuned", regression);
        List<Errors.Pair> classes = errors.pairs(ours, "hgb_tuned", regression.negate());
        add(
                "\nGeometric mean of its error over that of `hgb_tuned`: %s in regression (%d sets), %s in classification by %s (%d sets).\n",
                geometricMean(numbers),
                numbers.size(),
                geometricMean(classes),
                errors.logLoss() ? "log loss" : "the share of wrong classes",
                classes.size());
    }

    private static String geometricMean(List<Errors.Pair> pairs) {
        double[] ratios = pairs.stream()
                .filter(Errors.Pair::positive)
                .mapToDouble(Errors.Pair::ratio)
                .toArray();
        return ratios.length == 0 ? "" : String.format(Locale.ROOT, "%.3f", Averages.geometricMean(ratios));
    }

    private void everySet(String ours, Errors errors) {
        List<String> others =
                methods.stream().filter(method -> !method.equals(ours)).toList();
        add(
                "\n### %s on every set\n\nIts mean error over all its splits, and the ratio of its error to that of each method over the splits that "
                        + "both have results on. **Bold**: a loss.\n\n| set | training rows | d | classes | splits | error | %s |\n"
                        + "|---|---:|---:|---:|---:|---:%s|\n",
                ours, String.join(" | ", others), "|---:".repeat(others.size()));
        for (DataSet set : errors.common(List.of(ours))) {
            List<Integer> seeds = errors.seeds(set, ours);
            Results.Row row = results.find(new Results.Key(set.name(), seeds.get(0), ours))
                    .orElseThrow();
            add(
                    "| %s | %s | %s | %s | %d | %.4g |",
                    set.name(),
                    row.text("n_train"),
                    row.text("d"),
                    set.isRegression() ? "" : row.text("classes"),
                    seeds.size(),
                    errors.mean(set, ours, seeds));
            others.forEach(theirs -> text.append(errors.pairs(ours, theirs, set::equals).stream()
                    .map(AccuracyPage::cell)
                    .findFirst()
                    .orElse(" |")));
            text.append('\n');
        }
    }

    private static String cell(Errors.Pair pair) {
        String ratio = Double.isFinite(pair.ratio())
                ? String.format(Locale.ROOT, "%.3f", pair.ratio())
                : "above 0"; // the other one is 0
        return pair.loss() ? " **" + ratio + "** |" : " " + ratio + " |";
    }

    // Times and gaps

    private void times() {
        List<DataSet> common = new Errors(sets, results, true).common(List.of(DEFAULT));
        add(
                "\n## Times\n\nSeconds to train on a split from encoded rows in memory, the search included, and microseconds to predict a "
                        + "row of the test part; over the splits that `%s` and the method have results on (%d sets for the former alone). "
                        + "Those from files were taken on another machine, on one thread: compare orders of magnitude only.\n\n"
                        + "| method | splits | train: median | longest | sum | predict a row: median |\n|---|---:|---:|---:|---:|---:|\n",
                DEFAULT, common.size());
        for (String method : methods) {
            List<Results.Row> rows = results.rows()
                    .filter(row -> row.key().method().equals(method) && seconds(row) > 0)
                    .filter(row -> results.number(
                                    new Results.Key(row.key().set(), row.key().seed(), DEFAULT), "fit_s")
                            > 0)
                    .toList();
            if (!rows.isEmpty()) {
                double[] seconds =
                        rows.stream().mapToDouble(AccuracyPage::seconds).toArray();
                add(
                        "| %s | %d | %.2f | %.2f | %.2f | %.1f |\n",
                        method,
                        rows.size(),
                        Averages.median(seconds),
                        Arrays.stream(seconds).max().orElseThrow(),
                        Arrays.stream(seconds).sum(),
                        Averages.median(rows.stream()
                                .mapToDouble(row -> 1e6 * row.number("predict_s") / row.number("n_test"))
                                .toArray()));
            }
        }
    }

    /** Time of the fit, or of the search it ended where that is listed apart. */
    private static double seconds(Results.Row row) {
        double search = row.number("tune_s");
        return Double.isNaN(search) ? row.number("fit_s") : search;
    }

    private void failures() {
        List<String> lines = results.rows()
                .flatMap(row -> Map.of("failed: ", row.text("error"), "", row.text("events")).entrySet().stream()
                        .filter(entry -> !entry.getValue().isEmpty())
                        .map(entry ->
                                "- " + row.key().method() + " on " + row.key().set() + ", split "
                                        + row.key().seed() + ": " + entry.getKey() + entry.getValue() + "\n"))
                .toList();
        add("\n## Failed and incomplete runs\n\n%s", lines.isEmpty() ? "None.\n" : String.join("", lines));
    }
}

package ml.refract.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import ml.refract.engine.Execution;
import ml.refract.linalg.Design;
import ml.refract.rfm.RfmOptions;
import ml.refract.task.Predictor;
import ml.refract.task.TaskOptions;
import ml.refract.tune.Division;
import ml.refract.tune.InputChoice;
import ml.refract.tune.SearchOptions;
import ml.refract.tune.Tuned;
import ml.refract.tune.Tuner;

/**
 * Refract with its settings chosen by a search, which takes no validation rows.
 *
 * @param name name in tables
 * @param options how much is tried
 * @param seconds time limit, none for as long as it takes
 */
record RefractSearch(String name, SearchOptions options, Optional<Double> seconds) implements Learner {
    /** What the choice of an encoding may take of a time limit. */
    private static final double CHOICE_TIME = 0.1;

    @Override
    public boolean usesValidation() {
        return false;
    }

    @Override
    public Learner.Model fit(LabelledRows train, LabelledRows validation, int threads) {
        Execution.Builder builder = Execution.builder().threads(threads);
        seconds.ifPresent(builder::timeLimitSeconds);
        Execution execution = builder.build();
        boolean ranked = prefersRanks(train, execution.withTimeShare(CHOICE_TIME));
        Tuned<? extends Predictor> tuned = search(train.ranked(ranked), execution);
        RefractLearner.Model model = new RefractLearner.Model(tuned.predictor(), execution, details(tuned, ranked));
        return ranked ? model.onRanks() : model;
    }

    /** As training a table chooses. */
    private static boolean prefersRanks(LabelledRows train, Execution execution) {
        if (train.ranked().isEmpty()) {
            return false;
        }
        TaskOptions task = TaskOptions.defaults();
        int[] rows = InputChoice.sample(train.rows(), task.xrfm().seed());
        List<Design> encodings =
                List.of(train.x().select(rows), train.ranked().get().select(rows));
        InputChoice choice = train.isRegression()
                ? InputChoice.regression(encodings, rows, train.numbers(), Division.atRandom(), task, execution)
                : InputChoice.classification(
                        encodings, rows, train.labels(), train.classes(), Division.atRandom(), task, execution);
        return choice.index() == 1;
    }

    private Tuned<? extends Predictor> search(LabelledRows train, Execution execution) {
        return train.isRegression()
                ? Tuner.regression(train.asRegression(), TaskOptions.defaults(), options, execution)
                : Tuner.classification(train.asClassification(), TaskOptions.defaults(), options, execution);
    }

    private static Map<String, String> details(Tuned<?> tuned, boolean ranked) {
        String members = tuned.members().stream()
                .map(member -> String.format(
                        Locale.ROOT,
                        "%.2f x %s",
                        member.weight(),
                        setting(member.trial().options())))
                .collect(Collectors.joining("; "));
        return Map.of(
                "n_configs",
                String.valueOf(tuned.tried()),
                "config",
                members,
                "events",
                (ranked ? "ranks of uneven columns; " : "") + String.join("; ", tuned.events()));
    }

    private static String setting(RfmOptions options) {
        return options.kernel() + (options.adaptiveBandwidth() ? " adaptive" : "") + ' ' + options.metric() + ", "
                + options.iterations() + " iterations";
    }
}

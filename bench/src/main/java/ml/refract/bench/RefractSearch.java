package ml.refract.bench;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.RfmOptions;
import ml.refract.task.Predictor;
import ml.refract.task.TaskOptions;
import ml.refract.tune.Division;
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
    @Override
    public boolean usesValidation() {
        return false;
    }

    @Override
    public Learner.Model fit(LabelledRows train, LabelledRows validation, int threads) {
        Execution.Builder builder = Execution.builder().threads(threads);
        seconds.ifPresent(builder::timeLimitSeconds);
        Execution execution = builder.build();
        Tuned<? extends Predictor> tuned = search(train.asSearched(), execution);
        Learner.Model model = new RefractLearner.Model(tuned.predictor(), execution, details(tuned));
        return new Learner.Model() {
            @Override
            public DoubleMatrix predict(LabelledRows rows) {
                return model.predict(rows.asSearched());
            }

            @Override
            public Map<String, String> details() {
                return model.details();
            }

            @Override
            public void close() {
                model.close();
            }
        };
    }

    private Tuned<? extends Predictor> search(LabelledRows train, Execution execution) {
        return train.isRegression()
                ? Tuner.regression(
                        train.asRegression(),
                        train.views(),
                        Division.atRandom(),
                        TaskOptions.defaults(),
                        options,
                        execution)
                : Tuner.classification(
                        train.asClassification(),
                        train.views(),
                        Division.atRandom(),
                        TaskOptions.defaults(),
                        options,
                        execution);
    }

    private static Map<String, String> details(Tuned<?> tuned) {
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
                String.join("; ", tuned.events()));
    }

    private static String setting(RfmOptions options) {
        return options.kernel() + (options.adaptiveBandwidth() ? " adaptive" : "") + ' ' + options.metric() + ", "
                + options.iterations() + " iterations"
                + (options.ignored().isEmpty() ? "" : ", without " + options.ignored());
    }
}

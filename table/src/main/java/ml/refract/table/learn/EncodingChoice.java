package ml.refract.table.learn;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import ml.refract.engine.Execution;
import ml.refract.linalg.Design;
import ml.refract.table.Encoder;
import ml.refract.table.EncoderOptions;
import ml.refract.table.Table;
import ml.refract.task.TaskOptions;
import ml.refract.tune.Division;
import ml.refract.tune.InputChoice;

/**
 * How numeric columns become coordinates: standardised, or, where columns are skewed or have heavy tails and that makes errors on
 * rows left out less, as normal scores of ranks ({@link InputChoice}).
 *
 * @param data in the encoding chosen
 * @param events what was chosen other than the encoding as it was, or why nothing could be
 */
record EncodingChoice(PreparedData data, List<String> events) {

    static EncodingChoice of(
            PreparedData data, EncoderOptions options, Division division, TaskOptions task, Execution execution) {
        if (options.ranks()) {
            return new EncodingChoice(data, List.of());
        }
        Table inputs = data.table().without(data.target().name());
        int[] train = data.parts().train();
        Encoder ranked = Encoder.fit(inputs, train, options.withRanks(true));
        if (ranked.rankedColumns().isEmpty()) {
            return new EncodingChoice(data, List.of());
        }
        int[] sample = InputChoice.sample(train.length, task.xrfm().seed());
        int[] rows = Arrays.stream(sample).map(i -> train[i]).toArray();
        Design scores = ranked.encode(inputs.select(rows), execution.engine().precision())
                .design();
        List<Design> encodings = List.of(data.x().select(rows), scores);
        EncodedRows all = data.rows(train);
        InputChoice choice = all.targets().isClasses()
                ? InputChoice.classification(
                        encodings,
                        sample,
                        all.asClassification().labels(),
                        all.targets().classes(),
                        division,
                        task,
                        execution)
                : InputChoice.regression(encodings, sample, all.asRegression().y(), division, task, execution);
        if (!choice.complete()) {
            return new EncodingChoice(data, List.of("there was no time to try ranks of numeric columns"));
        }
        return choice.index() == 0
                ? new EncodingChoice(data, List.of())
                : new EncodingChoice(data.encodedBy(ranked, execution), List.of(event(ranked.rankedColumns(), choice)));
    }

    private static String event(List<String> columns, InputChoice choice) {
        return String.format(
                Locale.ROOT,
                "the model learns from ranks in %s: on rows left out that made the loss %.1f %% less",
                columns.size() == 1 ? "column " + columns.get(0) : "the columns " + String.join(", ", columns),
                100 * choice.gain());
    }
}

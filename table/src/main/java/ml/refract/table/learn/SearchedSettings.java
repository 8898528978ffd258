package ml.refract.table.learn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import ml.refract.engine.Execution;
import ml.refract.table.Encoder;
import ml.refract.table.RowKeys;
import ml.refract.task.Predictor;
import ml.refract.task.TaskOptions;
import ml.refract.tune.Division;
import ml.refract.tune.FoldCodes;
import ml.refract.tune.SearchOptions;
import ml.refract.tune.Tuned;
import ml.refract.tune.Tuner;
import ml.refract.tune.Views;
import ml.refract.xrfm.XrfmFit;

/** Searches for settings with rows held out in turn, and learns from all of them in the end. */
final class SearchedSettings {
    private final PreparedData data;
    private final TaskOptions learner;
    private final Division division;
    private final DecisionRule decision;
    private final Execution execution;

    private SearchedSettings(
            PreparedData data, TaskOptions learner, Division division, DecisionRule decision, Execution execution) {
        this.data = data;
        this.learner = learner;
        this.division = division;
        this.decision = decision;
        this.execution = execution;
    }

    /**
     * Searches within the memory plan.
     *
     * @param options settings of the learner that are tried first, and how rows are held out
     */
    static Learned fit(PreparedData data, TrainingOptions options, SearchOptions search, Execution execution) {
        TaskOptions learner = options.learner()
                .withXrfm(data.memory().applyTo(options.learner().xrfm()));
        Division division = division(data, options.heldOut());
        return new SearchedSettings(data, learner, division, options.decision(), execution).fit(search);
    }

    private static Division division(PreparedData data, HeldOutRows held) {
        if (held instanceof HeldOutRows.GroupShare share) {
            return new Division.ByGroup(RowKeys.groups(data.table(), share.column()));
        }
        return held instanceof HeldOutRows.TimeShare share
                ? new Division.InOrder(RowKeys.times(data.table(), share.column()))
                : Division.atRandom();
    }

    private Learned fit(SearchOptions search) {
        int[] rows = data.parts().train();
        EncodedRows train = data.rows(rows);
        FoldCodes codes = data.encoder()
                .targetMeans(data.table().without(data.target().name()), data.target(), rows)
                .<FoldCodes>map(means -> means::rewrite)
                .orElse(FoldCodes.none());
        int[] all = IntStream.range(0, rows.length).toArray();
        codes.rewrite(all, all, List.of(), train.x().dense());
        Execution part = execution.withProgress(execution.progress().part(0.02, 0.95));
        List<Encoder.View> encodings = data.encoder().views();
        Views views = new Views(
                encodings.stream().map(Encoder.View::ignored).toList(),
                data.encoder().intervalMeans(),
                codes);
        Tuned<? extends Predictor> tuned = train.targets().isClasses()
                ? Tuner.classification(train.asClassification(), views, division, learner, search, part)
                : Tuner.regression(train.asRegression(), views, division, learner, search, part);
        Predictor predictor = decided(train, tuned);
        XrfmFit fit = new XrfmFit(predictor.model(), tuned.leaves(), tuned.events());
        return new Learned(
                predictor,
                data.parts().train(),
                scores(train, tuned, predictor),
                Optional.of(train.errors(tuned)),
                true,
                Optional.of(new SearchReport(
                        tuned.tried(),
                        tuned.members(),
                        encodings,
                        data.encoder().intervalMeans())),
                fit,
                Events.of(fit).all());
    }

    private Predictor decided(EncodedRows train, Tuned<? extends Predictor> tuned) {
        Optional<DecisionRule.Held> held = Optional.empty();
        if (decision instanceof DecisionRule.LargestF1) {
            int[] codes = train.targets().codes();
            held = Optional.of(new DecisionRule.Held(
                    Arrays.stream(tuned.heldOut()).map(row -> codes[row]).toArray(),
                    Predicted.read(tuned.predictor(), tuned.outputs()).values()));
        }
        return decision.applied(tuned.predictor(), data.target(), held);
    }

    private List<PartScores> scores(EncodedRows train, Tuned<? extends Predictor> tuned, Predictor predictor) {
        Execution rest = execution.toTheEnd();
        List<PartScores> scores = new ArrayList<>();
        scores.add(train.score("train", predictor, rest));
        scores.add(train.scoreOutputs("val", predictor, tuned.heldOut(), tuned.outputs()));
        data.test().ifPresent(rows -> scores.add(rows.score("test", predictor, rest)));
        return List.copyOf(scores);
    }
}

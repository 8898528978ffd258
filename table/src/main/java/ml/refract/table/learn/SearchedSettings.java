package ml.refract.table.learn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ml.refract.engine.Execution;
import ml.refract.table.RowKeys;
import ml.refract.task.Predictor;
import ml.refract.task.TaskOptions;
import ml.refract.tune.Division;
import ml.refract.tune.SearchOptions;
import ml.refract.tune.Tuned;
import ml.refract.tune.Tuner;
import ml.refract.xrfm.XrfmFit;

/** Searches for settings with rows held out in turn, and learns from all of them in the end. */
final class SearchedSettings {
    /** Progress when the data are ready, when their encoding is chosen, and when the models are fitted. */
    private static final double BEGIN = 0.02;

    private static final double CHOSEN = 0.1;
    private static final double END = 0.95;
    /** What the choice of an encoding may take of a time limit. */
    private static final double CHOICE_TIME = 0.1;

    private final PreparedData data;
    private final TaskOptions learner;
    private final Division division;
    private final Execution execution;

    private SearchedSettings(PreparedData data, TaskOptions learner, Division division, Execution execution) {
        this.data = data;
        this.learner = learner;
        this.division = division;
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
        Execution first =
                execution.withProgress(execution.progress().part(BEGIN, CHOSEN)).withTimeShare(CHOICE_TIME);
        EncodingChoice choice = EncodingChoice.of(data, options.encoder(), division, learner, first);
        return new SearchedSettings(choice.data(), learner, division, execution).fit(search, choice.events());
    }

    private static Division division(PreparedData data, HeldOutRows held) {
        if (held instanceof HeldOutRows.GroupShare share) {
            return new Division.ByGroup(RowKeys.groups(data.table(), share.column()));
        }
        return held instanceof HeldOutRows.TimeShare share
                ? new Division.InOrder(RowKeys.times(data.table(), share.column()))
                : Division.atRandom();
    }

    private Learned fit(SearchOptions search, List<String> events) {
        EncodedRows train = data.rows(data.parts().train());
        Execution part = execution.withProgress(execution.progress().part(CHOSEN, END));
        Tuned<? extends Predictor> tuned = train.targets().isClasses()
                ? Tuner.classification(train.asClassification(), division, learner, search, part)
                : Tuner.regression(train.asRegression(), division, learner, search, part);
        List<String> all = new ArrayList<>(events);
        all.addAll(tuned.events());
        XrfmFit fit = new XrfmFit(tuned.predictor().model(), tuned.leaves(), all);
        return new Learned(
                tuned.predictor(),
                data.encoder(),
                data.parts().train(),
                scores(train, tuned),
                Optional.of(train.errors(tuned)),
                true,
                Optional.of(new SearchReport(tuned.tried(), tuned.members())),
                fit,
                Events.of(fit).all());
    }

    private List<PartScores> scores(EncodedRows train, Tuned<? extends Predictor> tuned) {
        Execution rest = execution.toTheEnd();
        List<PartScores> scores = new ArrayList<>();
        scores.add(train.score("train", tuned.predictor(), rest));
        scores.add(train.scoreOutputs("val", tuned.predictor(), tuned.heldOut(), tuned.outputs()));
        data.test().ifPresent(rows -> scores.add(rows.score("test", tuned.predictor(), rest)));
        return List.copyOf(scores);
    }
}

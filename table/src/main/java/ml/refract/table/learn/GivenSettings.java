package ml.refract.table.learn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import ml.refract.engine.CancelledException;
import ml.refract.engine.Execution;
import ml.refract.explain.Conformal;
import ml.refract.explain.ErrorSource;
import ml.refract.task.Classifier;
import ml.refract.task.Fitted;
import ml.refract.task.Predictor;
import ml.refract.task.Regressor;
import ml.refract.task.TaskOptions;
import ml.refract.xrfm.XrfmFit;
import ml.refract.xrfm.XrfmOptions;

/** Fits the given settings; held-out rows choose the round and join afterwards where they are the trainer's own choice. */
final class GivenSettings {
    /** Of a time limit, what is kept for solving again on all rows: one solve beside the six of the default settings. */
    private static final double REFIT_SHARE = 0.25;

    private final PreparedData data;
    private final TaskOptions learner;
    private final DecisionRule decision;
    private final Execution execution;

    private GivenSettings(PreparedData data, TaskOptions learner, DecisionRule decision, Execution execution) {
        this.data = data;
        this.learner = learner;
        this.decision = decision;
        this.execution = execution;
    }

    /**
     * Fits within the memory plan.
     *
     * @param options settings of the learner, and how classes are decided on
     */
    static Learned fit(PreparedData data, TrainingOptions options, Execution execution) {
        return new GivenSettings(data, planned(data, options.learner()), options.decision(), execution).fit();
    }

    /** The learner within the plan; where held-out rows join later, leaves have room for their share of them. */
    private static TaskOptions planned(PreparedData data, TaskOptions wanted) {
        XrfmOptions within = data.memory().applyTo(wanted.xrfm());
        Parts parts = data.parts();
        if (parts.refit()) {
            double share = (double) parts.train().length / (parts.train().length + parts.validation().length);
            int leafRows = (int) Math.max(2, Math.ceil(share * within.maxLeafRows()));
            within = within.toBuilder().maxLeafRows(leafRows).build();
        }
        return wanted.withXrfm(within);
    }

    private Learned fit() {
        EncodedRows train = data.rows(data.parts().train());
        Optional<EncodedRows> held = data.held();
        Fitted<? extends Predictor> fitted = fit(train, held);
        Predictor chosen = decided(fitted.predictor(), held);
        Optional<Predicted> predicted = held.map(rows -> rows.predict(chosen, execution.toTheEnd()));
        List<PartScores> scores = scores(train, predicted, chosen);
        Optional<Conformal> errors = held.map(rows -> rows.errors(predicted.orElseThrow(), ErrorSource.CHOOSING));
        Events events = Events.of(fitted.fit());
        Predictor last = data.parts().refit() ? refit(chosen, refitSeconds(fitted.fit()), events) : chosen;
        boolean refitted = last != chosen;
        int[] used = refitted
                ? IntStream.range(0, data.table().rows()).toArray()
                : data.parts().train();
        return new Learned(last, used, scores, errors, refitted, Optional.empty(), fitted.fit(), events.all());
    }

    private Predictor decided(Predictor predictor, Optional<EncodedRows> held) {
        Optional<DecisionRule.Held> known = decision instanceof DecisionRule.LargestF1
                ? held.map(rows -> new DecisionRule.Held(
                        rows.targets().codes(),
                        rows.predict(predictor, execution.toTheEnd()).values()))
                : Optional.empty();
        return decision.applied(predictor, data.target(), known);
    }

    private List<PartScores> scores(EncodedRows train, Optional<Predicted> held, Predictor predictor) {
        Execution rest = execution.toTheEnd();
        List<PartScores> scores = new ArrayList<>();
        scores.add(train.score("train", predictor, rest));
        held.ifPresent(predicted -> scores.add(data.held().orElseThrow().score("val", predictor, predicted)));
        data.test().ifPresent(rows -> scores.add(rows.score("test", predictor, rest)));
        return List.copyOf(scores);
    }

    private Fitted<? extends Predictor> fit(EncodedRows train, Optional<EncodedRows> held) {
        boolean refits = data.parts().refit();
        Execution part = execution.withProgress(execution.progress().part(0.02, refits ? 0.8 : 0.95));
        part = refits ? part.withTimeShare(1 - REFIT_SHARE) : part;
        return train.targets().isClasses()
                ? Classifier.fit(train.asClassification(), held.map(EncodedRows::asClassification), learner, part)
                : Regressor.fit(train.asRegression(), held.map(EncodedRows::asRegression), learner, part);
    }

    /** The model solved again on all rows, or as it was chosen when there is no time for it. */
    private Predictor refit(Predictor chosen, double seconds, Events events) {
        EncodedRows all = data.rows();
        String instead = ": the model is not solved again on all rows, it has learned from the training rows alone";
        if (execution.cancelled()) {
            events.add("cancelled" + instead);
            return chosen;
        }
        if (execution.remainingSeconds() < seconds) {
            events.add("no time is left" + instead);
            return chosen;
        }
        Execution part = execution.withProgress(execution.progress().part(0.8, 0.95));
        try {
            return chosen instanceof Regressor regressor
                    ? regressor.refit(all.asRegression(), learner, part)
                    : ((Classifier) chosen).refit(all.asClassification(), learner, part);
        } catch (CancelledException e) {
            events.add("cancelled" + instead);
            return chosen;
        }
    }

    /** What solving on all rows should take, judged by the solves on the training rows: it grows with their cube. */
    private double refitSeconds(XrfmFit fit) {
        Parts parts = data.parts();
        double growth = Math.pow(1 + (double) parts.validation().length / parts.train().length, 3);
        return fit.leaves().stream()
                .mapToDouble(leaf -> growth * leaf.rounds().get(0).solveSeconds())
                .sum();
    }
}

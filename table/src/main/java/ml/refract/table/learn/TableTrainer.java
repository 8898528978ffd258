package ml.refract.table.learn;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import ml.refract.engine.CancelledException;
import ml.refract.engine.Execution;
import ml.refract.table.DataException;
import ml.refract.table.Encoder;
import ml.refract.table.Table;
import ml.refract.table.TableSource;
import ml.refract.task.Classifier;
import ml.refract.task.Fitted;
import ml.refract.task.Predictor;
import ml.refract.task.Regressor;
import ml.refract.task.TaskOptions;
import ml.refract.xrfm.MemoryPlan;
import ml.refract.xrfm.XrfmFit;
import ml.refract.xrfm.XrfmOptions;

/**
 * Trains a model on a table: reads it, infers what the options leave open, encodes, plans memory, fits, scores every part,
 * and works out importances.
 */
public final class TableTrainer {
    /** Of a time limit, what is kept for solving again on all rows: one solve beside the six of the default settings. */
    private static final double REFIT_SHARE = 0.25;

    private final TrainingOptions options;
    private final Execution execution;

    private TableTrainer(TrainingOptions options, Execution execution) {
        this.options = options;
        this.execution = execution;
    }

    /**
     * Trains on a file.
     *
     * @throws DataException when the data cannot be read, understood or learned from
     * @throws IllegalArgumentException when options contradict each other or memory does not suffice
     */
    public static TrainingResult train(Path file, TrainingOptions options, Execution execution) {
        try (TableSource source = TableSource.of(file)) {
            return train(source, options, execution);
        }
    }

    /** Trains on a source; as {@link #train(Path, TrainingOptions, Execution)}. The source is not closed. */
    public static TrainingResult train(TableSource source, TrainingOptions options, Execution execution) {
        execution.progress().report("reading", 0);
        return train(TrainingData.read(source, options, execution), options, execution);
    }

    /** Trains on a table; as {@link #train(Path, TrainingOptions, Execution)}. */
    public static TrainingResult train(TrainingData data, TrainingOptions options, Execution execution) {
        return new TableTrainer(options, execution).train(PreparedData.of(data, options, execution));
    }

    /**
     * The memory that training would take, without training; whether it fits is for the caller to see.
     *
     * @throws DataException when the data cannot be understood or learned from
     */
    public static MemoryPlan plan(TrainingData data, TrainingOptions options, Execution execution) {
        return PreparedData.of(data, options, execution).memory();
    }

    private TrainingResult train(PreparedData data) {
        TaskOptions learner = planned(data.memory(), data.parts());
        EncodedRows train = data.rows(data.parts().train());
        Optional<EncodedRows> held = data.held();
        Fitted<? extends Predictor> fitted =
                fit(train, held, learner, data.parts().refit());
        List<PartScores> scores = scores(data, train, held, fitted.predictor());
        Events events = Events.of(fitted.fit());
        Predictor last = fitted.predictor();
        if (data.parts().refit()) {
            last = refit(last, data.rows(), learner, refitSeconds(fitted.fit(), data.parts()), events);
        }
        boolean refitted = last != fitted.predictor();
        TableModel model = describe(data, refitted, last, scores);
        execution.progress().report("done", 1);
        Table file = data.origin().table();
        return new TrainingResult(
                model,
                file.reports(),
                file.delimiter(),
                data.encoder().dropped(),
                data.target().reason(),
                file.rows(),
                file.rows() - data.table().rows(),
                data.table().rows() - data.parts().count(),
                scores,
                refitted,
                fitted.fit(),
                events.all(),
                data.memory(),
                execution.elapsedSeconds());
    }

    private List<PartScores> scores(
            PreparedData data, EncodedRows train, Optional<EncodedRows> held, Predictor predictor) {
        Execution rest = execution.toTheEnd();
        List<PartScores> scores = new ArrayList<>();
        scores.add(train.score("train", predictor, rest));
        held.ifPresent(rows -> scores.add(rows.score("val", predictor, rest)));
        if (data.parts().test().length > 0) {
            scores.add(data.rows(data.parts().test()).score("test", predictor, rest));
        }
        return List.copyOf(scores);
    }

    /** The learner within the plan; where held-out rows join later, leaves have room for their share of them. */
    private TaskOptions planned(MemoryPlan memory, Parts parts) {
        XrfmOptions within = memory.applyTo(options.learner().xrfm());
        if (parts.refit()) {
            double share = (double) parts.train().length / (parts.train().length + parts.validation().length);
            int leafRows = (int) Math.max(2, Math.ceil(share * within.maxLeafRows()));
            within = within.toBuilder().maxLeafRows(leafRows).build();
        }
        return options.learner().withXrfm(within);
    }

    private Fitted<? extends Predictor> fit(
            EncodedRows train, Optional<EncodedRows> held, TaskOptions learner, boolean refits) {
        Execution part = execution.withProgress(execution.progress().part(0.02, refits ? 0.8 : 0.95));
        part = refits ? part.withTimeShare(1 - REFIT_SHARE) : part;
        return train.targets().isClasses()
                ? Classifier.fit(train.asClassification(), held.map(EncodedRows::asClassification), learner, part)
                : Regressor.fit(train.asRegression(), held.map(EncodedRows::asRegression), learner, part);
    }

    /** The model solved again on all rows, or as it was chosen when there is no time for it. */
    private Predictor refit(Predictor chosen, EncodedRows all, TaskOptions learner, double seconds, Events events) {
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
    private static double refitSeconds(XrfmFit fit, Parts parts) {
        double growth = Math.pow(1 + (double) parts.validation().length / parts.train().length, 3);
        return fit.leaves().stream()
                .mapToDouble(leaf -> growth * leaf.rounds().get(0).solveSeconds())
                .sum();
    }

    private TableModel describe(PreparedData data, boolean refitted, Predictor predictor, List<PartScores> scores) {
        int[] used = refitted
                ? IntStream.range(0, data.table().rows()).toArray()
                : data.parts().train();
        int[] dataRows =
                Arrays.stream(used).map(row -> (int) data.table().dataRow(row)).toArray();
        Predictor named = predictor instanceof Regressor r
                ? r.withModel(r.model().withRowNumbers(dataRows))
                : new Classifier(predictor.model().withRowNumbers(dataRows), ((Classifier) predictor).coding());
        Map<String, Scores> byPart = new LinkedHashMap<>();
        scores.forEach(part -> byPart.put(part.part(), part.scores()));
        JsonObject provenance = Provenance.of(data.origin(), used.length, options, execution);
        Encoder encoder = data.encoder();
        TableModel model = new TableModel(named, encoder, data.target().schema(), provenance, byPart, List.of());
        execution.progress().report("importances", 0.96);
        List<Importance> importances = Importance.of(model.featureMoment(execution.toTheEnd()), encoder.coordinates());
        return new TableModel(named, encoder, data.target().schema(), provenance, byPart, importances);
    }
}

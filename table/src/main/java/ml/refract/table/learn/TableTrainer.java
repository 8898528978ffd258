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
import ml.refract.engine.Phase;
import ml.refract.engine.Span;
import ml.refract.linalg.Design;
import ml.refract.table.DataException;
import ml.refract.table.Encoder;
import ml.refract.table.Split;
import ml.refract.table.Table;
import ml.refract.table.TableSource;
import ml.refract.table.TargetColumn;
import ml.refract.table.TaskKind;
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
        return new TableTrainer(options, execution).train(data);
    }

    private TrainingResult train(TrainingData data) {
        Table file = data.table();
        Table table = options.dropMissingTarget() ? withTarget(file) : file;
        TargetColumn target = options.task()
                .map(task -> TargetColumn.of(table, options.target(), task))
                .orElseGet(() -> TargetColumn.of(table, options.target()));
        requireLearnable(table, target);
        Parts parts = parts(file, table, target);
        Table inputs = table.without(options.target());
        Encoder encoder;
        Design x;
        try (Span span = execution.begin(Phase.ENCODING)) {
            encoder = Encoder.fit(inputs, parts.train(), options.encoder());
            x = encoder.encode(inputs, execution.engine().precision()).design();
            span.covers(x.rows(), x.width(), 0);
        }
        Targets targets = Targets.of(target);
        requireEnoughRows(table, targets, parts.train());

        MemoryPlan memory = plan(parts, x, targets);
        TaskOptions learner = planned(memory, parts);
        EncodedRows train = new EncodedRows(x, targets).select(parts.train());
        Optional<EncodedRows> held = heldOut(encoder, target, parts, x, targets);
        Fitted<? extends Predictor> fitted = fit(train, held, learner, parts.refit());

        List<PartScores> scores = new ArrayList<>();
        Execution rest = execution.toTheEnd();
        scores.add(train.score("train", fitted.predictor(), rest));
        held.ifPresent(rows -> scores.add(rows.score("val", fitted.predictor(), rest)));
        if (parts.test().length > 0) {
            scores.add(new EncodedRows(x, targets).select(parts.test()).score("test", fitted.predictor(), rest));
        }
        Events events = Events.of(fitted.fit());
        Predictor last = fitted.predictor();
        if (parts.refit()) {
            last = refit(last, new EncodedRows(x, targets), learner, refitSeconds(fitted.fit(), parts), events);
        }
        boolean refitted = last != fitted.predictor();
        int[] used = refitted ? IntStream.range(0, table.rows()).toArray() : parts.train();
        TableModel model = describe(data, table, used, encoder, target, last, scores);
        execution.progress().report("done", 1);
        return new TrainingResult(
                model,
                file.reports(),
                file.delimiter(),
                encoder.dropped(),
                target.reason(),
                file.rows(),
                file.rows() - table.rows(),
                table.rows() - parts.train().length - parts.validation().length - parts.test().length,
                List.copyOf(scores),
                refitted,
                fitted.fit(),
                events.all(),
                memory,
                execution.elapsedSeconds());
    }

    private Table withTarget(Table file) {
        int[] kept = TargetColumn.rowsWithTarget(file, options.target());
        if (kept.length == 0) {
            throw new DataException(
                    file.source() + ", column '" + options.target() + "'",
                    "the target is missing in every row",
                    "name another target");
        }
        return kept.length == file.rows() ? file : file.select(kept);
    }

    private static void requireLearnable(Table table, TargetColumn target) {
        if (target.task() == TaskKind.CLASSIFICATION && target.labels().size() < 2) {
            throw new DataException(
                    table.source() + ", column '" + target.name() + "'",
                    "every row is of the one class \"" + target.labels().get(0) + "\", wanted at least two classes",
                    "name another target, or add rows of other classes");
        }
    }

    private void requireEnoughRows(Table table, Targets targets, int[] train) {
        if (targets.isClasses() && train.length < targets.classes()) {
            throw new DataException(
                    table.source(),
                    "there are " + train.length + " training rows for " + targets.classes()
                            + " classes, wanted at least one row for each class",
                    "add rows, merge classes, or use --task regression if the classes are numbers");
        }
    }

    private Parts parts(Table file, Table table, TargetColumn target) {
        if (options.heldOut() instanceof HeldOutRows.SplitFile split) {
            Split read = Split.read(split.file(), file.rows());
            int[] place = placeOfDataRow(file, table);
            return new Parts(
                    placed(read.train(), place), placed(read.validation(), place), placed(read.test(), place), false);
        }
        if (options.heldOut() instanceof HeldOutRows.Share share) {
            return Parts.holdOut(target, share.share(), options.learner().xrfm().seed());
        }
        return new Parts(IntStream.range(0, table.rows()).toArray(), new int[0], new int[0], false);
    }

    /** Where each row of the file stands among the rows kept, -1 for those left out. */
    private static int[] placeOfDataRow(Table file, Table table) {
        int[] place = new int[file.rows()];
        Arrays.fill(place, -1);
        for (int i = 0; i < table.rows(); i++) {
            place[(int) table.dataRow(i)] = i;
        }
        return place;
    }

    private static int[] placed(int[] rows, int[] place) {
        return Arrays.stream(rows)
                .map(row -> place[row])
                .filter(row -> row >= 0)
                .toArray();
    }

    private MemoryPlan plan(Parts parts, Design x, Targets targets) {
        int rows = parts.refit() ? x.rows() : parts.train().length;
        return MemoryPlan.of(
                rows,
                x,
                targets.outputs(options.learner().coding()),
                options.learner().xrfm(),
                execution.engine().precision(),
                execution.memoryBudget());
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

    private Optional<EncodedRows> heldOut(
            Encoder encoder, TargetColumn target, Parts parts, Design x, Targets targets) {
        if (options.heldOut() instanceof HeldOutRows.OtherFile other) {
            return Optional.of(read(other.file(), encoder, target));
        }
        return parts.validation().length == 0
                ? Optional.empty()
                : Optional.of(new EncodedRows(x, targets).select(parts.validation()));
    }

    private EncodedRows read(Path file, Encoder encoder, TargetColumn target) {
        Table table;
        try (Span span = execution.begin(Phase.READING);
                TableSource source = TableSource.of(file)) {
            table = Table.read(source, options.csv(), encoder.schema().plus(target.schema()));
            span.covers(table.rows(), table.columns().size(), (double) source.bytes());
        }
        try (Span span = execution.begin(Phase.ENCODING)) {
            Design x = encoder.encode(
                            table.without(target.name()), execution.engine().precision())
                    .design();
            span.covers(x.rows(), x.width(), 0);
            return new EncodedRows(x, Targets.of(TargetColumn.of(table, target.schema())));
        }
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

    private TableModel describe(
            TrainingData data,
            Table table,
            int[] used,
            Encoder encoder,
            TargetColumn target,
            Predictor predictor,
            List<PartScores> scores) {
        int[] dataRows =
                Arrays.stream(used).map(row -> (int) table.dataRow(row)).toArray();
        Predictor named = predictor instanceof Regressor r
                ? new Regressor(r.model().withRowNumbers(dataRows), r.means(), r.deviations())
                : new Classifier(predictor.model().withRowNumbers(dataRows), ((Classifier) predictor).coding());
        Map<String, Scores> byPart = new LinkedHashMap<>();
        scores.forEach(part -> byPart.put(part.part(), part.scores()));
        JsonObject provenance = Provenance.of(data, used.length, options, execution);
        TableModel model = new TableModel(named, encoder, target.schema(), provenance, byPart, List.of());
        execution.progress().report("importances", 0.96);
        List<Importance> importances = Importance.of(model.featureMoment(execution.toTheEnd()), encoder.coordinates());
        return new TableModel(named, encoder, target.schema(), provenance, byPart, importances);
    }
}

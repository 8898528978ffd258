package ml.refract.table.learn;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import ml.refract.engine.CancelledException;
import ml.refract.engine.Execution;
import ml.refract.engine.Progress;
import ml.refract.table.DataException;
import ml.refract.table.Table;
import ml.refract.table.TableSource;
import ml.refract.table.TargetColumn;
import ml.refract.table.TaskKind;
import ml.refract.task.HoldOut;

/**
 * Cross-validation: for each fold a model is trained, from the encoder to the final refit, on rows the fold does not hold out,
 * and scored on those it does. The rows that choose a fold's model are a share of its training rows, held out in the same way
 * as the folds are.
 *
 * <p>Column types, the task and the classes are inferred once, on all rows. A class without training rows in a fold is never
 * predicted there: it gets probability 0, and the result says so. The result is the same for any number of threads. A time
 * limit is shared out among the folds. Cost: that of training as often as there are folds.
 */
public final class CrossValidation {
    /** Classes that a note names. */
    private static final int MOST_NAMED = 10;

    private final Table table;
    private final TargetColumn target;
    private final TrainingData data;
    private final TrainingOptions options;
    private final FoldChoice choice;
    private final Execution execution;
    private final List<String> notes = new ArrayList<>();

    private CrossValidation(TrainingData data, TrainingOptions options, FoldChoice choice, Execution execution) {
        this.data = data;
        this.choice = choice;
        this.execution = execution;
        this.table =
                options.dropMissingTarget() ? PreparedData.withTarget(data.table(), options.target()) : data.table();
        this.target = options.task()
                .map(task -> TargetColumn.of(table, options.target(), task))
                .orElseGet(() -> TargetColumn.of(table, options.target()));
        PreparedData.requireLearnable(table, target);
        this.options = choice.within(options).withTask(target.task());
    }

    /**
     * Cross-validates on a file.
     *
     * @throws DataException when the data cannot be read, understood, divided or learned from
     * @throws IllegalArgumentException when options contradict each other or memory does not suffice
     * @throws CancelledException when it was cancelled before a fold was done; later, the folds that were done are returned
     */
    public static CrossValidationResult run(Path file, TrainingOptions options, FoldChoice folds, Execution execution) {
        try (TableSource source = TableSource.of(file)) {
            return run(TrainingData.read(source, folds.within(options), execution), options, folds, execution);
        }
    }

    /**
     * Cross-validates on a table that was read before, under the options of {@link FoldChoice#within}, so that a group column
     * is not an input; a group column among the columns of the table is one. Otherwise as
     * {@link #run(Path, TrainingOptions, FoldChoice, Execution)}.
     */
    public static CrossValidationResult run(
            TrainingData data, TrainingOptions options, FoldChoice folds, Execution execution) {
        return new CrossValidation(data, options, folds, execution).run();
    }

    private CrossValidationResult run() {
        List<HoldOut.Parts> folds = Divisions.folds(table, target, choice);
        requireClasses(folds);
        FoldPredictions predictions = new FoldPredictions(table, target);
        List<FoldResult> done = new ArrayList<>();
        double[] ends = ends(folds);
        try {
            for (int f = 0; f < folds.size(); f++) {
                double begin = f == 0 ? 0 : ends[f - 1];
                done.add(run(f + 1, folds.get(f), part(f + 1, begin, ends[f]), predictions));
            }
        } catch (CancelledException e) {
            if (done.isEmpty()) {
                throw e;
            }
        }
        execution.progress().report("done", 1);
        return new CrossValidationResult(
                choice,
                target.task(),
                target.reason(),
                target.schema(),
                data.table().rows(),
                data.table().rows() - table.rows(),
                List.copyOf(done),
                predictions.score("held out", predictions.rows()),
                predictions.outOfFold(),
                List.copyOf(notes),
                execution.elapsedSeconds());
    }

    /**
     * Trains and scores one fold.
     *
     * @throws CancelledException also when training ended early with a model, which would not be like those of other folds
     */
    private FoldResult run(int fold, HoldOut.Parts rows, Execution part, FoldPredictions predictions) {
        double start = execution.elapsedSeconds();
        Table train = table.select(rows.train());
        HeldOutRows held = Divisions.possible(train, options.heldOut());
        TrainingResult trained = train(fold, train, held, part);
        Predictions predicted = trained.model().predict(table.select(rows.heldOut()), part);
        part.requireNotCancelled();
        if (!held.equals(options.heldOut())) {
            notes.add(name(fold) + ": all training rows are of one "
                    + (choice.group().isPresent() ? "group" : "time") + ", so those that chose the model are random");
        }
        trained.events().forEach(event -> notes.add(name(fold) + ": " + event));
        predictions.add(fold, rows.heldOut(), trained.model(), predicted);
        PartScores scores = predictions.score(name(fold), rows.heldOut());
        return new FoldResult(
                fold,
                rows.train().length,
                scores.rows(),
                scores.scores(),
                scores.baseline(),
                execution.elapsedSeconds() - start);
    }

    private TrainingResult train(int fold, Table train, HeldOutRows held, Execution part) {
        try {
            return TableTrainer.train(new TrainingData(train, data.sha256()), options.withHeldOut(held), part);
        } catch (DataException e) {
            throw e.in(name(fold));
        }
    }

    /** The execution of a fold, which takes the progress from one share of the work to another, and its share of the time. */
    private Execution part(int fold, double begin, double end) {
        Progress share = execution.progress().part(begin, end);
        String name = name(fold) + " of " + choice.folds() + ", ";
        return execution
                .withTimeShare((end - begin) / (1 - begin))
                .withProgress((activity, fraction) -> share.report(name + activity, fraction));
    }

    /** The share of the work that is done after each fold, if work grows with the square of the training rows. */
    private static double[] ends(List<HoldOut.Parts> folds) {
        double[] ends = folds.stream()
                .mapToDouble(parts -> Math.pow(parts.train().length, 2))
                .toArray();
        Arrays.parallelPrefix(ends, Double::sum);
        double all = ends[ends.length - 1];
        return Arrays.stream(ends).map(end -> end / all).toArray();
    }

    /** Refuses folds that have nothing to tell apart, before any is trained, and notes classes that some cannot learn. */
    private void requireClasses(List<HoldOut.Parts> folds) {
        for (int f = 0; f < folds.size() && target.task() == TaskKind.CLASSIFICATION; f++) {
            int[] codes = target.codes();
            boolean[] learned = occurring(codes, folds.get(f).train());
            boolean[] asked = occurring(codes, folds.get(f).heldOut());
            List<String> labels = target.labels();
            int[] known =
                    IntStream.range(0, labels.size()).filter(k -> learned[k]).toArray();
            if (known.length < 2) {
                throw new DataException(
                        table.source() + ", column '" + target.name() + "'",
                        name(f + 1) + " would learn from rows of the one class \"" + labels.get(known[0])
                                + "\", wanted at least two classes",
                        "ask for fewer folds, or divide the rows by another column");
            }
            List<String> unknown = IntStream.range(0, labels.size())
                    .filter(k -> asked[k] && !learned[k])
                    .mapToObj(labels::get)
                    .toList();
            if (!unknown.isEmpty()) {
                notes.add(name(f + 1) + ": " + withoutRows(unknown));
            }
        }
    }

    private static String withoutRows(List<String> labels) {
        if (labels.size() == 1) {
            return "class " + labels.get(0)
                    + " has no training row there, so it is never predicted and gets probability 0";
        }
        String named = String.join(", ", labels.subList(0, Math.min(MOST_NAMED, labels.size())));
        int more = labels.size() - MOST_NAMED;
        return "classes " + named + (more > 0 ? " and " + more + " more" : "")
                + " have no training row there, so they are never predicted and get probability 0";
    }

    private boolean[] occurring(int[] codes, int[] rows) {
        boolean[] result = new boolean[target.labels().size()];
        IntStream.of(rows).forEach(row -> result[codes[row]] = true);
        return result;
    }

    private static String name(int fold) {
        return "fold " + fold;
    }
}

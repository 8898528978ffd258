package ml.refract.tune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import ml.refract.engine.CancelledException;
import ml.refract.engine.Execution;
import ml.refract.engine.Progress;
import ml.refract.engine.Seeds;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.RfmOptions;
import ml.refract.solver.KernelStorage;
import ml.refract.solver.RidgeSystem;
import ml.refract.task.HoldOut;

/**
 * Tries settings by successive halving: all on a small sample of the rows, the best again on more rows, and, where there are too
 * many rows to fit each setting five times, the best of those once more with a share of all rows held out. Every score is that of
 * rows left out, under a metric and a ridge learned without them. Settings are fitted side by side, one to a thread.
 */
final class Search {
    /** Rows of the first sample. */
    private static final int FEW = 1_000;
    /** Most rows on which a setting is fitted once per fold. */
    private static final int MANY = 4_000;

    private static final int FOLDS = 5;
    /** With fewer rows the folds are drawn several times, until so many rows have been held out. */
    private static final int LEAST_HELD_OUT = 600;

    private static final int MOST_REPEATS = 4;
    private static final double HELD_OUT = 0.2;
    /** Updates of the metric; one or two do nearly all that more would. */
    private static final int MOST_ITERATIONS = 4;
    /** Rows a ridge is chosen on while settings are compared. */
    private static final int RIDGE_ROWS = 400;
    /** Of the time of a search, when the first sample and all samples are done with. */
    private static final double FIRST_SHARE = 0.3;

    private static final double SECOND_SHARE = 0.7;

    private final Design x;
    private final DoubleMatrix y;
    private final Objective objective;
    private final Function<int[], Folding> folding;
    private final SearchOptions options;
    private final int mostRows;
    private final RfmOptions base;
    private final int mostIterations;
    private final long seed;
    private final Execution execution;

    /** Makes folds of some rows. */
    interface Folding {
        /** Folds that each hold out about one in so many of the rows, every row once. */
        List<HoldOut.Parts> folds(int count, long seed);

        /** One part held out. */
        HoldOut.Parts holdOut(double share, long seed);
    }

    /**
     * @param folding for some rows, how they are divided
     * @param mostRows most rows that are fitted at once
     * @param base the setting tried first; it gives what is not searched over
     */
    Search(
            Design x,
            DoubleMatrix y,
            Objective objective,
            Function<int[], Folding> folding,
            SearchOptions options,
            int mostRows,
            RfmOptions base,
            Execution execution) {
        this.x = x;
        this.y = y;
        this.objective = objective;
        this.folding = folding;
        this.options = options;
        this.mostRows = mostRows;
        this.mostIterations = Math.min(MOST_ITERATIONS, base.iterations());
        this.base = base.toBuilder().iterations(mostIterations).build();
        this.seed = base.seed();
        this.execution = execution;
    }

    /**
     * What a search found.
     *
     * @param trials every setting tried on the last rows, best first
     * @param weights of each of them in the average
     * @param rows rows that the last scores are for
     * @param outputs of the average, for these rows
     * @param loss of the average
     * @param tried number of settings tried at all
     * @param ended why it tried fewer than wanted, or nothing
     */
    record Found(
            List<Trial> trials,
            double[] weights,
            int[] rows,
            DoubleMatrix outputs,
            double loss,
            int tried,
            String ended) {}

    /** A trial with its outputs. */
    private record Scored(Trial trial, DoubleMatrix outputs) {}

    /**
     * Rows that settings are tried on.
     *
     * @param parts how they are divided; the numbers are places in {@code rows}
     */
    private record Division(int[] rows, List<HoldOut.Parts> parts) {
        /** The held-out rows, part after part. */
        int[] heldOut() {
            return IntStream.of(CrossFit.heldOutRows(parts)).map(i -> rows[i]).toArray();
        }
    }

    /** Trials on the same rows, best first. */
    private record Stage(int[] heldOut, List<Scored> scored, String ended) {}

    Found run() {
        List<RfmOptions> candidates = new SearchSpace(x, base, execution).first(options.trials());
        List<Trial> trials = IntStream.range(0, candidates.size())
                .mapToObj(k -> new Trial(k, candidates.get(k), 0, Double.NaN))
                .toList();
        int few = affordable(FEW);
        Stage stage = stage(trials, folds(few), "trying settings", 0, FIRST_SHARE);
        int tried = stage.scored().size();
        String ended = stage.ended();
        int many = affordable(MANY);
        if (many > few && ended.isEmpty()) {
            stage = next(stage, best(stage, options.finalists()), folds(many), FIRST_SHARE, SECOND_SHARE);
            ended = stage.ended();
        }
        if (x.rows() > many && x.rows() <= mostRows && ended.isEmpty()) {
            stage = next(stage, best(stage, options.members() + 2), onePart(), SECOND_SHARE, 1);
            ended = stage.ended();
        }
        Blend blend = Blend.of(
                objective,
                stage.heldOut(),
                stage.scored().stream().map(Scored::outputs).toList(),
                options.members());
        return new Found(
                stage.scored().stream().map(Scored::trial).toList(),
                blend.weights(),
                stage.heldOut(),
                blend.outputs(),
                blend.loss(),
                tried,
                ended);
    }

    /** A further stage; the one before counts when none of its trials came to an end. */
    private Stage next(Stage before, List<Trial> trials, Division division, double from, double to) {
        try {
            return stage(trials, division, "comparing the best", from, to);
        } catch (CancelledException e) {
            return new Stage(before.heldOut(), before.scored(), "cancelled");
        }
    }

    /** As many of the wanted rows as there are and as the memory allows for a fit on every thread. */
    private int affordable(int wanted) {
        int rows = Math.min(wanted, x.rows());
        long budget = execution.memoryBudget() / 2;
        while (rows > 100
                && execution.workers().threads()
                                * RidgeSystem.bytes(
                                        rows,
                                        y.cols(),
                                        KernelStorage.KEPT,
                                        execution.engine().precision())
                        > budget) {
            rows = rows * 4 / 5;
        }
        return rows;
    }

    /** A sample of the rows, each held out once; few rows are divided several times. */
    private Division folds(int count) {
        int[] rows = Seeds.sample(x.rows(), count, Seeds.stream(seed, "search rows", 0));
        int repeats = Math.max(1, Math.min(MOST_REPEATS, LEAST_HELD_OUT / rows.length));
        List<HoldOut.Parts> folds = new ArrayList<>();
        for (int r = 0; r < repeats; r++) {
            folds.addAll(folding.apply(rows).folds(Math.min(FOLDS, rows.length), seed + r));
        }
        return new Division(rows, List.copyOf(folds));
    }

    /** All rows, a share of them held out. */
    private Division onePart() {
        int[] rows = IntStream.range(0, x.rows()).toArray();
        return new Division(rows, List.of(folding.apply(rows).holdOut(HELD_OUT, seed)));
    }

    private List<Trial> best(Stage stage, int count) {
        return stage.scored().stream()
                .map(Scored::trial)
                .limit(count)
                .map(trial -> trial.withIterations(
                        Math.min(mostIterations, trial.options().iterations() + 1)))
                .toList();
    }

    /** Tries settings; those that were not begun or not ended before the time was up are left out, save the first. */
    private Stage stage(List<Trial> trials, Division division, String activity, double from, double to) {
        boolean all = division.rows().length == x.rows();
        Task task = new Task(
                all ? x : x.select(division.rows()),
                all ? y : y.select(division.rows()),
                division.parts(),
                division.heldOut(),
                execution.withProgress(Progress.none()));
        Scored[] done = new Scored[trials.size()];
        AtomicInteger count = new AtomicInteger();
        Thread caller = Thread.currentThread();
        double end = execution.elapsedSeconds() + (to - from) / (1 - from) * execution.remainingSeconds();
        Progress progress = execution.progress().part(from, to);
        progress.report(activity, 0);
        IntConsumer tryOne = k -> {
            if (k > 0 && (execution.elapsedSeconds() > end || execution.cancelled())) {
                return;
            }
            try {
                done[k] = score(trials.get(k), task);
            } catch (CancelledException e) {
                return;
            }
            int so = count.incrementAndGet();
            if (Thread.currentThread() == caller) {
                progress.report(activity + ", " + so + " of " + trials.size(), (double) so / trials.size());
            }
        };
        if (division.parts().size() > 1) {
            execution.workers().run(trials.size(), tryOne);
        } else { // many rows: one setting after the other, each on all threads
            IntStream.range(0, trials.size()).forEach(tryOne);
        }
        List<Scored> scored = Arrays.stream(done)
                .filter(Objects::nonNull)
                .sorted(Comparator.comparingDouble(s -> s.trial().loss()))
                .toList();
        if (scored.isEmpty()) {
            throw new CancelledException("The work was cancelled");
        }
        String ended = scored.size() == trials.size() ? "" : execution.cancelled() ? "cancelled" : "time limit";
        return new Stage(task.heldOut(), scored, ended);
    }

    /** What every trial of a stage is fitted on. */
    private record Task(Design x, DoubleMatrix y, List<HoldOut.Parts> parts, int[] heldOut, Execution execution) {}

    private Scored score(Trial trial, Task task) {
        RfmOptions tried = trial.options().toBuilder().ridgeRows(RIDGE_ROWS).build();
        List<DoubleMatrix> rounds = CrossFit.of(task.x(), task.y(), task.parts(), tried, task.execution())
                .rounds();
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int t = 0; t < rounds.size(); t++) {
            double loss = objective.mean(task.heldOut(), rounds.get(t));
            if (loss < least) {
                least = loss;
                best = t;
            }
        }
        RfmOptions chosen = trial.options().toBuilder().iterations(best).build();
        return new Scored(new Trial(trial.index(), chosen, task.x().rows(), least), rounds.get(best));
    }
}

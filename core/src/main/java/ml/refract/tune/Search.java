package ml.refract.tune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import ml.refract.engine.CancelledException;
import ml.refract.engine.Execution;
import ml.refract.engine.Progress;
import ml.refract.engine.Seeds;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.RfmOptions;
import ml.refract.task.HoldOut;
import ml.refract.xrfm.MemoryPlan;
import ml.refract.xrfm.XrfmOptions;

/**
 * Tries settings by successive halving: all on a small sample of the rows, the best again on more rows, and, where there are too
 * many rows to fit each setting five times, the best of those once more with a share of all rows held out, or with all in turn where
 * that is asked for or none of the share has the wrong class. Every score is that of rows left out, under a metric and coefficients
 * learned without them ({@link CrossFit}).
 */
final class Search {
    /** Rows of the first sample. */
    private static final int FEW = 1_000;
    /** Coordinates up to which a trial on so many takes little time. */
    private static final int NARROW = 32;
    /** Most rows on which a setting is fitted once per fold, unless that is asked for of all rows. */
    private static final int MANY = 4_000;

    /** Below this no memory is saved by taking fewer rows. */
    private static final int LEAST_ROWS = 100;

    private static final int FOLDS = 5;
    /** With fewer rows the folds are drawn several times, until so many rows have been held out. */
    private static final int LEAST_HELD_OUT = 600;

    private static final int MOST_REPEATS = 4;
    /** Fits of wide rows take long: they are divided no more often than this over their width. */
    private static final int REPEATED_COORDINATES = 400;

    private static final double HELD_OUT = 0.2;
    /** Updates of the metric; one or two do nearly all that more would. */
    private static final int MOST_ITERATIONS = 4;
    /** Rows a ridge is chosen on while settings are compared. */
    private static final int RIDGE_ROWS = 400;
    /** Held-out rows after which settings are compared for the first time: the worse third goes no further. */
    private static final int FIRST_LOOK = 400;

    /** Of a time limit, the least and the most that the search may take; the models to be averaged take the rest. */
    private static final double LEAST_TIME = 0.6;

    private static final double MOST_TIME = 0.9;
    /** The least that the first stage takes of the time of the search, and the second of what is left then. */
    private static final double FIRST_TIME = 0.4;

    private static final double SECOND_TIME = 0.6;

    private static final double THIRD_TIME = 0.7;
    /** Settings that are tried with extra coordinates as well. */
    private static final int MOST_EXTENDED = 3;
    /** Rows that gradients are taken at while settings are compared: the least, and their share of the rows. */
    private static final int LEAST_MOMENT_ROWS = 400;

    private static final double MOMENT_SHARE = 0.2;

    private final Design x;
    private final Views views;
    private final DoubleMatrix y;
    private final Objective objective;
    private final Divider divider;
    private final SearchOptions options;
    private final int mostRows;
    private final RfmOptions base;
    private final int mostIterations;
    private final long seed;
    private final Execution execution;

    /**
     * @param divider how rows are divided
     * @param xrfm its leaf is the setting tried first, which gives what is not searched over; its leaf size is the most rows
     *     that are fitted at once
     */
    Search(
            Design x,
            Views views,
            DoubleMatrix y,
            Objective objective,
            Divider divider,
            SearchOptions options,
            XrfmOptions xrfm,
            Execution execution) {
        this.x = x;
        this.views = views;
        this.y = y;
        this.objective = objective;
        this.divider = divider;
        this.options = options;
        this.mostRows = xrfm.maxLeafRows();
        this.mostIterations = Math.min(MOST_ITERATIONS, xrfm.leaf().iterations());
        this.base = xrfm.leaf().toBuilder().iterations(mostIterations).build();
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
     * @param crossFitted whether they come from folds, and not from one part held out
     * @param tried number of settings tried at all
     * @param ended why it tried fewer than wanted, or nothing
     * @param share of the work that is done
     */
    record Found(
            List<Trial> trials,
            double[] weights,
            int[] rows,
            DoubleMatrix outputs,
            boolean crossFitted,
            int tried,
            String ended,
            double share) {}

    /** Trials on the same rows, best first. */
    private record Stage(int[] heldOut, boolean crossFitted, List<Attempt.Scored> scored, int tried, String ended) {}

    Found run() {
        int count = x.rows() <= FEW || x.width() - views.extras().size() <= NARROW
                ? options.mostTrials()
                : options.trials();
        List<RfmOptions> candidates = new SearchSpace(x, views, base, execution).first(count);
        List<Trial> trials = IntStream.range(0, count)
                .mapToObj(k -> new Trial(k, candidates.get(k), 0, Double.NaN, Double.NaN))
                .toList();
        int few = affordable(FEW, count);
        int many = Math.max(few, affordable(MANY, options.finalists()));
        int all = x.rows() > many && x.rows() <= mostRows ? x.rows() : 0;
        int extended = views.extras().isEmpty() ? 0 : Math.min(count, MOST_EXTENDED);
        Schedule schedule = Schedule.of(options, count, few, many, all, extended, FOLDS, x.rows(), mostRows);
        double seconds = Math.min(MOST_TIME, Math.max(LEAST_TIME, schedule.last())) * execution.remainingSeconds();
        double end = execution.elapsedSeconds() + seconds;
        Progress progress = execution.progress();
        double share = Math.max(FIRST_TIME, schedule.first() / schedule.last());
        Stage stage =
                stage(trials, options.finalists(), folds(few), endOf(share, end), progress.part(0, schedule.first()));
        int tried = stage.tried();
        if (many > few && stage.ended().isEmpty()) {
            Progress part = progress.part(schedule.first(), schedule.second());
            double next = Math.max(SECOND_TIME, schedule.second() / schedule.last());
            List<Trial> finalists = best(stage, options.finalists());
            stage = next(stage, finalists, options.members(), folds(many), endOf(next, end), part);
        }
        Divided last = all > 0 ? allRows(options.crossFitAll()) : folds(many);
        if (all > 0 && stage.ended().isEmpty()) {
            Progress part = progress.part(schedule.second(), schedule.third());
            double next = Math.max(THIRD_TIME, schedule.third() / schedule.last());
            List<Trial> finalists = best(stage, options.members());
            stage = next(stage, finalists, options.members(), last, endOf(next, end), part);
        }
        if (extended > 0 && stage.ended().isEmpty()) {
            stage = withExtras(stage, extended, last, end, progress.part(schedule.third(), schedule.last()));
        }
        Blend blend = blend(stage);
        double done = schedule.last();
        if (all > 0 && needsOtherRows(stage, blend)) {
            double half = (1 + done) / 2;
            Progress part = progress.part(done, half);
            stage = next(stage, members(stage, blend), options.members(), allRows(true), end, part);
            blend = blend(stage);
            done = half;
        }
        return new Found(
                stage.scored().stream().map(Attempt.Scored::trial).toList(),
                blend.weights(),
                stage.heldOut(),
                blend.outputs(),
                stage.crossFitted(),
                tried,
                stage.ended(),
                done);
    }

    /**
     * Whether the rows held out are a share without a mistake: their number alone says then how near to 0 and 1 probabilities may come
     * ({@link ml.refract.task.Calibration}).
     */
    private boolean needsOtherRows(Stage stage, Blend blend) {
        return !options.crossFitAll()
                && stage.ended().isEmpty()
                && objective.isFlawless(stage.heldOut(), blend.outputs());
    }

    private Blend blend(Stage stage) {
        return Blend.of(
                objective,
                stage.heldOut(),
                stage.scored().stream().map(Attempt.Scored::outputs).toList(),
                x.rows() > MANY ? Blend.MANY_ROWS : Blend.FEW_ROWS,
                options.members());
    }

    private List<Trial> members(Stage stage, Blend blend) {
        return IntStream.range(0, blend.weights().length)
                .filter(c -> blend.weights()[c] > 0)
                .mapToObj(c -> withOneMore(stage.scored().get(c).trial()))
                .toList();
    }

    /**
     * Tries the best settings with the extra coordinates as well, on the same rows. They join the others where they predict these rows
     * better than their twins, all of them together, by more than one standard error: less is chance, and coordinates that come from
     * targets cost more than they tell on few rows.
     */
    private Stage withExtras(Stage stage, int count, Divided divided, double end, Progress progress) {
        List<Attempt.Scored> twins =
                stage.scored().subList(0, Math.min(count, stage.scored().size()));
        List<Trial> trials =
                best(stage, twins.size()).stream().map(this::extended).toList();
        List<Attempt> attempts = attempts(trials, divided);
        int folds = divided.parts().size();
        Heat.Outcome outcome = new Heat(objective, divided, execution, end, progress).run(attempts, 0, folds, false);
        List<Attempt.Scored> all = new ArrayList<>(stage.scored());
        if (outcome.ended().isEmpty() && areBetter(outcome.scored(), twins, stage.heldOut())) {
            all.addAll(outcome.scored());
        }
        return new Stage(stage.heldOut(), stage.crossFitted(), Heat.bestFirst(all), stage.tried(), outcome.ended());
    }

    private Trial extended(Trial trial) {
        RfmOptions options = trial.options();
        return new Trial(
                trial.index(),
                options.toBuilder().ignored(views.withExtras(options.ignored())).build(),
                trial.rows(),
                trial.loss(),
                trial.optimism());
    }

    private boolean areBetter(List<Attempt.Scored> some, List<Attempt.Scored> others, int[] rows) {
        Differences less = Differences.of(losses(others, rows), losses(some, rows));
        return less.mean() > Math.sqrt(less.squares()) / less.count();
    }

    /** The losses of each row that was held out, once or more often, summed over models. */
    private double[] losses(List<Attempt.Scored> models, int[] rows) {
        double[] sums = new double[x.rows()];
        for (Attempt.Scored model : models) {
            double[] losses = objective.losses(rows, model.outputs());
            for (int i = 0; i < rows.length; i++) {
                sums[rows[i]] += losses[i];
            }
        }
        return Arrays.stream(rows).distinct().mapToDouble(row -> sums[row]).toArray();
    }

    /** When a stage ends that may take a share of the time until the end of the search. */
    private double endOf(double share, double end) {
        double now = execution.elapsedSeconds();
        return Double.isInfinite(end) ? end : now + share * (end - now);
    }

    /** A further stage; the one before counts when none of its trials came to an end. */
    private Stage next(Stage before, List<Trial> trials, int wanted, Divided divided, double end, Progress progress) {
        try {
            return stage(trials, wanted, divided, end, progress);
        } catch (CancelledException e) {
            return new Stage(before.heldOut(), before.crossFitted(), before.scored(), before.tried(), "cancelled");
        }
    }

    /**
     * As many of the wanted rows as there are, as half the memory allows for a fit on every thread, and as a quarter of it allows for
     * what the settings predict for rows held out.
     */
    private int affordable(int wanted, int settings) {
        int rows = Math.min(wanted, x.rows());
        long fits = execution.memoryBudget() / 2 / execution.workers().threads();
        long outputs = execution.memoryBudget() / 4;
        while (rows > LEAST_ROWS && (bytes(rows) > fits || outputBytes(rows, settings) > outputs)) {
            rows = rows * 4 / 5;
        }
        return rows;
    }

    private long outputBytes(long rows, int settings) {
        return Double.BYTES * rows * y.cols() * settings * (mostIterations + 1);
    }

    private long bytes(int rows) {
        MemoryPlan.Fit fit = new MemoryPlan.Fit(rows, rows / FOLDS, x, y.cols(), 0);
        XrfmOptions options = XrfmOptions.defaults().toBuilder()
                .leaf(base)
                .maxLeafRows(Math.max(2, rows))
                .build();
        return MemoryPlan.of(fit, options, execution.engine().precision(), Long.MAX_VALUE)
                .strategies()
                .get(0)
                .bytes();
    }

    /** A sample of the rows, each held out once; few rows are divided several times. */
    private Divided folds(int count) {
        int[] rows = Seeds.sample(x.rows(), count, Seeds.stream(seed, "search rows", 0));
        int affordable = Math.min(MOST_REPEATS, REPEATED_COORDINATES / Math.max(1, x.width()));
        int repeats = divider.isRandom() ? Math.max(1, Math.min(affordable, LEAST_HELD_OUT / rows.length)) : 1;
        List<HoldOut.Parts> folds = new ArrayList<>();
        for (int r = 0; r < repeats; r++) {
            folds.addAll(divider.folds(rows, FOLDS, seed + r));
        }
        return new Divided(rows, List.copyOf(folds), true);
    }

    /** All rows, a share of them held out or each once. */
    private Divided allRows(boolean inTurn) {
        int[] rows = IntStream.range(0, x.rows()).toArray();
        List<HoldOut.Parts> parts =
                inTurn ? divider.folds(rows, FOLDS, seed) : List.of(divider.holdOut(rows, HELD_OUT, seed));
        return new Divided(rows, parts, false);
    }

    private List<Trial> best(Stage stage, int count) {
        return stage.scored().stream()
                .map(Attempt.Scored::trial)
                .limit(count)
                .map(this::withOneMore)
                .toList();
    }

    private Trial withOneMore(Trial trial) {
        return trial.withIterations(Math.min(mostIterations, trial.options().iterations() + 1));
    }

    /**
     * Tries settings: all of them until enough rows have been held out for a first look, then the better two thirds in the other folds.
     *
     * @param wanted settings that more is asked of later: at least so many go on after the first look
     */
    private Stage stage(List<Trial> trials, int wanted, Divided divided, double end, Progress progress) {
        List<Attempt> attempts = attempts(trials, divided);
        int all = divided.parts().size();
        int look = divided.partsHolding(FIRST_LOOK);
        int kept = Math.min(attempts.size(), Math.max(wanted, (2 * attempts.size() + 2) / 3));
        double work = attempts.size() * look;
        double share = work / (work + kept * (all - look));
        Heat.Outcome first =
                new Heat(objective, divided, execution, end, progress.part(0, share)).run(attempts, 0, look, true);
        if (first.scored().isEmpty()) {
            throw new CancelledException("The work was cancelled");
        }
        int tried = first.scored().size();
        Stage stage = new Stage(divided.heldOut(look), look > 1, first.scored(), tried, first.ended());
        if (look == all || !first.ended().isEmpty()) {
            return stage;
        }
        List<Attempt> better =
                first.scored().stream().limit(kept).map(Attempt.Scored::attempt).toList();
        Heat.Outcome rest =
                new Heat(objective, divided, execution, end, progress.part(share, 1)).run(better, look, all, false);
        return rest.scored().isEmpty()
                ? new Stage(stage.heldOut(), true, stage.scored(), tried, rest.ended())
                : new Stage(divided.heldOut(all), true, rest.scored(), tried, rest.ended());
    }

    private List<Attempt> attempts(List<Trial> trials, Divided divided) {
        boolean all = divided.rows().length == x.rows();
        FoldRows inputs = new FoldRows(all ? x : x.select(divided.rows()), divided.rows(), views.codes());
        DoubleMatrix targets = all ? y : y.select(divided.rows());
        Execution quiet = execution.withProgress(Progress.none());
        return trials.stream()
                .map(trial -> new Attempt(trial, cheaper(trial.options(), targets.rows()), inputs, targets, quiet))
                .toList();
    }

    /** The same setting with a ridge chosen on fewer rows, and gradients taken at fewer. */
    private static RfmOptions cheaper(RfmOptions options, int rows) {
        int momentRows = (int) Math.max(LEAST_MOMENT_ROWS, MOMENT_SHARE * rows);
        return options.toBuilder()
                .ridgeRows(RIDGE_ROWS)
                .momentRows(Math.min(options.momentRows(), momentRows))
                .build();
    }
}

package ml.refract.tune;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ml.refract.engine.Execution;
import ml.refract.engine.Progress;
import ml.refract.engine.Seeds;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.RfmOptions;
import ml.refract.task.ClassCoding;
import ml.refract.task.Regressor;
import ml.refract.task.TargetScale;
import ml.refract.task.TaskOptions;

/**
 * Which of several encodings of the same rows is learned from. The first settings of a search are tried with each on at most
 * {@value #MOST_ROWS} rows in {@value #FOLDS} folds. The first encoding stays unless another has a smaller loss in the best of these
 * settings, by at least the standard error of the mean of the differences between rows.
 *
 * <p>Cost: {@value #SETTINGS} times {@value #FOLDS} fits of at most 1,600 rows for each encoding. Deterministic for a seed and any
 * number of threads, unless a time limit or a cancellation ends it: then the first encoding stays.
 *
 * @param index the place of the chosen encoding
 * @param gain by how much its loss is less than that of the first, as a share; 0 when it is the first
 * @param complete whether there was time to try all
 */
public record InputChoice(int index, double gain, boolean complete) {
    private static final int MOST_ROWS = 2_000;
    private static final int LEAST_ROWS = 50;
    private static final int FOLDS = 5;
    private static final int SETTINGS = 3;
    private static final int ITERATIONS = 2;

    /** Rows to encode in each way: places among the training rows, at most {@value #MOST_ROWS}. */
    public static int[] sample(int trainingRows, long seed) {
        return Seeds.sample(
                trainingRows, Math.min(MOST_ROWS, trainingRows), Seeds.stream(seed, "rows for encodings", 0));
    }

    /**
     * Chooses for numbers; the loss is the squared error in units of each target's deviation.
     *
     * @param encodings the sampled rows in each encoding
     * @param rows the sampled rows
     * @param y targets of all training rows, n x c
     */
    public static InputChoice regression(
            List<Design> encodings,
            int[] rows,
            DoubleMatrix y,
            Division division,
            TaskOptions task,
            Execution execution) {
        List<TargetScale> scales = Regressor.scales(y, Regressor.standard(y));
        DoubleMatrix learned = Regressor.learned(y, scales);
        Divider divider = new Divider(division, Optional.empty(), 0);
        return of(encodings, rows, learned, new SquaredErrors(y, learned, scales), divider, task, execution);
    }

    /**
     * Chooses for classes; the loss is the Brier score.
     *
     * @param encodings the sampled rows in each encoding
     * @param rows the sampled rows
     * @param labels of all training rows
     */
    public static InputChoice classification(
            List<Design> encodings,
            int[] rows,
            int[] labels,
            int classes,
            Division division,
            TaskOptions task,
            Execution execution) {
        ClassCoding coding = ClassCoding.of(task.coding(), labels, classes);
        Divider divider = new Divider(division, Optional.of(labels), classes);
        DoubleMatrix learned = coding.encode(labels);
        return of(encodings, rows, learned, Objective.brier(labels, coding), divider, task, execution);
    }

    private static InputChoice of(
            List<Design> encodings,
            int[] rows,
            DoubleMatrix learned,
            Objective objective,
            Divider divider,
            TaskOptions task,
            Execution execution) {
        if (rows.length < LEAST_ROWS) {
            return new InputChoice(0, 0, true);
        }
        RfmOptions base = task.xrfm().leaf();
        Divided divided = new Divided(rows, divider.folds(rows, FOLDS, base.seed()));
        Execution quiet = execution.withProgress(Progress.none());
        List<Attempt> attempts = new ArrayList<>();
        for (Design x : encodings) {
            for (RfmOptions options : new SearchSpace(x, base, execution).first(SETTINGS)) {
                RfmOptions cheaper = Search.cheaper(options, rows.length).toBuilder()
                        .iterations(Math.min(ITERATIONS, options.iterations()))
                        .build();
                Trial trial = new Trial(attempts.size(), options, 0, Double.NaN);
                attempts.add(new Attempt(trial, cheaper, x, learned.select(rows), quiet));
            }
        }
        double end = execution.elapsedSeconds() + execution.remainingSeconds();
        int folds = divided.parts().size();
        Heat.Outcome outcome = new Heat(objective, divided, execution, end, execution.progress())
                .run(attempts, 0, folds, false);
        return outcome.ended().isEmpty()
                ? choose(outcome.scored(), encodings.size(), divided.heldOut(folds), objective)
                : new InputChoice(0, 0, false);
    }

    private static InputChoice choose(
            List<Attempt.Scored> bestFirst, int encodings, int[] heldOut, Objective objective) {
        double[] first = losses(bestFirst, 0, heldOut, objective);
        double least = Losses.mean(first);
        int best = 0;
        for (int k = 1; k < encodings; k++) {
            double[] losses = losses(bestFirst, k, heldOut, objective);
            if (Losses.mean(losses) < least && Losses.clearlyLess(losses, first)) {
                least = Losses.mean(losses);
                best = k;
            }
        }
        return new InputChoice(best, 1 - least / Losses.mean(first), true);
    }

    /** The loss of each row under the best of the settings tried with an encoding. */
    private static double[] losses(List<Attempt.Scored> bestFirst, int encoding, int[] heldOut, Objective objective) {
        return bestFirst.stream()
                .filter(scored -> scored.trial().index() / SETTINGS == encoding)
                .findFirst()
                .map(scored -> objective.losses(heldOut, scored.outputs()))
                .orElseThrow();
    }
}

package ml.refract.tune;

import java.util.List;
import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.RfmOptions;
import ml.refract.task.HoldOut;

/** A setting that is being tried, fold after fold. Used by one thread at a time. */
final class Attempt {
    private final Trial trial;
    private final int rows;
    private final CrossFit fits;
    private int iterations;

    /**
     * @param fitted the setting of the trial, or a cheaper one that tells as much
     * @param x n x d
     * @param y n x c
     */
    Attempt(Trial trial, RfmOptions fitted, FoldRows x, DoubleMatrix y, Execution execution) {
        this.trial = trial;
        this.rows = y.rows();
        this.fits = new CrossFit(x, y, fitted, execution);
        this.iterations = fitted.iterations();
    }

    /**
     * The trial as it is known so far.
     *
     * @param trial with the iterations that were best and their loss
     * @param outputs for the rows held out so far
     */
    record Scored(Attempt attempt, Trial trial, DoubleMatrix outputs) {}

    /** Fits in further folds. */
    void fit(List<HoldOut.Parts> folds) {
        for (HoldOut.Parts fold : folds) {
            fits.add(fold, iterations);
        }
    }

    /**
     * Finds the round with the least loss so far. Folds to come end one round after it.
     *
     * @param heldOut rows held out so far
     */
    Scored score(Objective objective, int[] heldOut) {
        List<DoubleMatrix> rounds = fits.rounds();
        int last = Math.min(iterations, rounds.size() - 1);
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int t = 0; t <= last; t++) {
            double loss = objective.mean(heldOut, rounds.get(t));
            if (loss < least) {
                least = loss;
                best = t;
            }
        }
        iterations = Math.min(iterations, best + 1);
        RfmOptions chosen = trial.options().toBuilder().iterations(best).build();
        return new Scored(this, new Trial(trial.index(), chosen, rows, least, fits.optimism(best)), rounds.get(best));
    }
}

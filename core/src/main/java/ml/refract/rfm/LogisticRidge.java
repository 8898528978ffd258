package ml.refract.rfm;

import java.util.Optional;
import java.util.stream.IntStream;
import ml.refract.engine.Engine;
import ml.refract.engine.Execution;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Phases;
import ml.refract.engine.Points;
import ml.refract.engine.Projection;
import ml.refract.kernel.KernelBlocks;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.solver.KernelStorage;
import ml.refract.solver.LogisticSolver;
import ml.refract.solver.RidgeSystem;

/**
 * The ridge of logistic loss: the one with the least log loss over rows that are held out in four folds. Coefficients without a
 * row are no closed form here; approximations leave one row out of two classes only (specification of xRFM, section 18.6).
 */
record LogisticRidge<A>(
        Engine<A> engine, Design x, DoubleMatrix y, Projection projection, PairFunction function, Execution execution) {
    private static final int FOLDS = 4;
    private static final double LEAST = 1e-5;

    private static final double MOST = 10;
    private static final int CANDIDATES = 13;

    double best() {
        double[] losses = new double[CANDIDATES];
        for (int fold = 0; fold < Math.min(FOLDS, x.rows() / 2); fold++) {
            add(fold, losses);
        }
        int best = 0;
        for (int k = 1; k < CANDIDATES; k++) {
            best = losses[k] < losses[best] ? k : best;
        }
        return candidate(best);
    }

    /** From the largest to the smallest, each solution the start of the next. */
    private static double candidate(int k) {
        return MOST * Math.pow(LEAST / MOST, k / (CANDIDATES - 1.0));
    }

    private void add(int fold, double[] losses) {
        int[] train = rows(fold, false);
        int[] held = rows(fold, true);
        Points<A> centers = Points.pack(engine, x.select(train), projection, execution.workers());
        Points<A> queries = Points.pack(engine, x.select(held), projection, execution.workers());
        RidgeSystem<A> system = new RidgeSystem<>(
                engine,
                train.length,
                KernelStorage.KEPT,
                execution.workers(),
                Phases.unrecorded(),
                share -> execution.requireNotCancelled());
        system.setKernel(centers, function);
        DoubleMatrix cross = KernelBlocks.dense(engine, queries, centers, function);
        DoubleMatrix targets = y.select(train);
        DoubleMatrix truth = y.select(held);
        Optional<DoubleMatrix> start = Optional.empty();
        for (int k = 0; k < CANDIDATES; k++) {
            DoubleMatrix alpha =
                    LogisticSolver.solve(system, targets, candidate(k), start).coefficients();
            losses[k] += held.length * Loss.LOGISTIC.mean(cross.times(alpha), truth);
            start = Optional.of(alpha);
        }
    }

    private int[] rows(int fold, boolean held) {
        return IntStream.range(0, x.rows())
                .filter(i -> (i % FOLDS == fold) == held)
                .toArray();
    }
}

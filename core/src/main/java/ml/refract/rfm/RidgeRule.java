package ml.refract.rfm;

import ml.refract.engine.Engine;
import ml.refract.engine.Execution;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;
import ml.refract.engine.SignedGroups;
import ml.refract.kernel.KernelBlocks;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.solver.RidgePath;

/** How the ridge of a system is found. */
public enum RidgeRule {
    /** It is given. */
    GIVEN,

    /**
     * Leave-one-out on a sample of the rows under the metric of the round: of 25 ridges from 1e-6 to 10, the one with the
     * least mean squared residual (specification of xRFM, section 18.2). The largest within one standard error of it lost more
     * on the sets where it lost, and gained no more elsewhere. The residuals of many outputs are those of {@link SignedGroups}. For
     * {@link Loss#LOGISTIC}, which has no such closed form, of 13 from 1e-5 to 10 the one with the least log loss in four folds of the sample.
     * Where the system of all rows cannot be solved with it, to a relative residual of 1e-3 in the precision of the engine, a larger one is
     * taken that can be factored, and the round says so.
     */
    LEAVE_ONE_OUT;

    private static final double LEAST = 1e-6;
    private static final double MOST = 10;
    private static final int CANDIDATES = 25;

    /** Bytes that finding the ridge on m rows with c outputs takes. */
    public long bytes(long m, long columns) {
        return this == GIVEN ? 0 : RidgePath.bytes(m, SignedGroups.count(columns), CANDIDATES);
    }

    /**
     * The ridge that leave-one-out chooses for some rows.
     *
     * @param x m packed points
     * @param y their targets, m x c
     */
    static <A> ChosenRidge leaveOneOut(
            Engine<A> engine, Points<A> x, DoubleMatrix y, PairFunction function, Execution execution) {
        DoubleMatrix kernel = KernelBlocks.dense(engine, x, x, function);
        RidgePath path = RidgePath.of(
                kernel,
                SignedGroups.of(y),
                engine.doubleKernels(),
                execution.workers(),
                share -> execution.requireNotCancelled());
        RidgePath.LeaveOneOut best = path.best(candidates());
        return new ChosenRidge(best.ridge(), best.meanLoss());
    }

    private static double[] candidates() {
        double[] ridges = new double[CANDIDATES];
        for (int k = 0; k < CANDIDATES; k++) {
            ridges[k] = LEAST * Math.pow(MOST / LEAST, (double) k / (CANDIDATES - 1));
        }
        return ridges;
    }
}

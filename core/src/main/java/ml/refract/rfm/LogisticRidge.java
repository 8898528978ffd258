package ml.refract.rfm;

import java.util.List;
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
 * The ridge of logistic loss: the one with the least log loss over rows that are held out in four folds. There is no closed form for
 * leaving one row out; that of specification of xRFM, section 18.6, is an approximation for two classes.
 */
record LogisticRidge<A>(
        Engine<A> engine, Design x, DoubleMatrix y, Projection projection, PairFunction function, Execution execution) {
    private static final int FOLDS = 4;
    private static final double MOST = 10;
    private static final double STEP = Math.sqrt(10);
    private static final int CANDIDATES = 13;
    /** What tells one ridge from another by its log loss. */
    private static final double TOLERANCE = 1e-3;
    /** Candidates without a gain after which smaller ones, which take ever more steps, are not tried. */
    private static final int PATIENCE = 2;

    /** One way to hold rows out, and where the last ridge led. */
    private final class Fold {
        private final RidgeSystem<A> system;
        private final DoubleMatrix cross;
        private final DoubleMatrix targets;
        private final DoubleMatrix truth;
        private Optional<DoubleMatrix> alpha = Optional.empty();

        Fold(int fold) {
            int[] train = rows(fold, false);
            int[] held = rows(fold, true);
            Points<A> centers = pack(train);
            this.cross = KernelBlocks.dense(engine, pack(held), centers, function);
            this.targets = y.select(train);
            this.truth = y.select(held);
            this.system = new RidgeSystem<>(
                    engine,
                    train.length,
                    KernelStorage.KEPT,
                    execution.workers(),
                    Phases.unrecorded(),
                    share -> execution.requireNotCancelled());
            system.setKernel(centers, function);
        }

        private Points<A> pack(int[] rows) {
            return Points.pack(engine, x.select(rows), projection, execution.workers());
        }

        /** Sum of the log loss over the rows held out. */
        double loss(double ridge) {
            DoubleMatrix found = LogisticSolver.solve(system, targets, ridge, alpha, TOLERANCE)
                    .coefficients();
            alpha = Optional.of(found);
            return truth.rows() * Loss.LOGISTIC.mean(cross.times(found), truth);
        }
    }

    /** The best ridge; the largest candidate for fewer than four rows. */
    double best() {
        double best = MOST;
        if (x.rows() < FOLDS) {
            return best;
        }
        List<Fold> folds = IntStream.range(0, FOLDS).mapToObj(Fold::new).toList();
        double least = Double.POSITIVE_INFINITY;
        double ridge = MOST;
        int since = 0;
        for (int k = 0; k < CANDIDATES && since < PATIENCE; k++) {
            double loss = 0;
            for (Fold fold : folds) {
                loss += fold.loss(ridge);
            }
            since = loss < least ? 0 : since + 1;
            best = loss < least ? ridge : best;
            least = Math.min(loss, least);
            ridge /= STEP;
        }
        return best;
    }

    private int[] rows(int fold, boolean held) {
        return IntStream.range(0, x.rows())
                .filter(i -> (i % FOLDS == fold) == held)
                .toArray();
    }
}

package ml.refract.explain;

import java.util.stream.IntStream;
import ml.refract.engine.Engine;
import ml.refract.engine.Execution;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;
import ml.refract.kernel.KernelBlocks;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.machine.KernelMachine;
import ml.refract.solver.RidgeSystem;

/**
 * Jackknife+ intervals of one kernel machine (Barber et al., Annals of Statistics 49, 2021), without fitting n machines: with
 * G = (K + ridge I)^-1 and v(x) = G k(X, x), the machine without row i predicts f(x) - e_i v_i(x) at x and misses row i by e_i =
 * alpha_i / G_ii, exactly (specification of xRFM, section 18.1). Metric, bandwidth and ridge stay those learned with all rows:
 * where they depend little on any one row, the interval holds the target of a new row with probability at least 2 share - 1, and in
 * practice with about the share wanted.
 *
 * <p>Holds a factor of the kernel matrix: n^2 numbers of the engine's precision. Not thread-safe.
 */
public final class JackknifePlus {
    /** New rows solved for together: enough that the factorisation before them is the smaller part. */
    private static final int BATCH = 1_000;

    private final KernelMachine machine;
    private final Smoother<?> smoother;
    /** e_i of each output, n x c. */
    private final DoubleMatrix errors;

    private JackknifePlus(KernelMachine machine, Smoother<?> smoother, DoubleMatrix errors) {
        this.machine = machine;
        this.smoother = smoother;
        this.errors = errors;
    }

    /**
     * Factors the system of a machine. Cost 2 n^3 / 3 flops.
     *
     * @param machine solved on its centers, with squared loss: errors of logistic loss have no such closed form
     * @param ridge that it was solved with
     * @throws ArithmeticException when the system cannot be inverted in the engine's precision; a larger ridge helps
     */
    public static JackknifePlus of(KernelMachine machine, double ridge, Execution execution) {
        Smoother<?> smoother = Smoother.of(execution.engine(), machine, ridge, execution);
        double[] inverse = smoother.system.inverseDiagonal(ridge);
        DoubleMatrix errors = machine.coefficients().copy();
        for (int i = 0; i < errors.rows(); i++) {
            for (int l = 0; l < errors.cols(); l++) {
                errors.set(i, l, errors.get(i, l) / inverse[i]);
            }
        }
        return new JackknifePlus(machine, smoother, errors);
    }

    /** Leave-one-out errors e_i = y_i - f_without_i(x_i) in units of the machine's outputs, n x c. A copy. */
    public DoubleMatrix errors() {
        return errors.copy();
    }

    /**
     * What the machine without each of its rows predicts: entry (j, i) for new row j without training row i, m x n.
     *
     * <p>Cost n^3 / 3 + about 8 n^2 m flops.
     *
     * @param output number of the output
     */
    public DoubleMatrix predictionsWithoutRow(Design rows, int output, Execution execution) {
        return predictionsWithoutRow(machine.predict(rows, execution), smoother.weights(rows, execution), output);
    }

    private DoubleMatrix predictionsWithoutRow(DoubleMatrix predictions, DoubleMatrix weights, int output) {
        DoubleMatrix result = DoubleMatrix.zeros(predictions.rows(), errors.rows());
        for (int j = 0; j < result.rows(); j++) {
            for (int i = 0; i < result.cols(); i++) {
                result.set(j, i, predictions.get(j, output) - errors.get(i, output) * weights.get(i, j));
            }
        }
        return result;
    }

    /**
     * Intervals in units of the machine's outputs; [j][l] is that of row j and output l, infinite where there are too few training
     * rows.
     *
     * <p>Cost n^3 / 3 flops for every 1,000 rows and about 8 n^2 + c n log n for each row. Can be cancelled between those.
     */
    public Interval[][] intervals(Design rows, Coverage coverage, Execution execution) {
        Interval[][] intervals = new Interval[rows.rows()][errors.cols()];
        for (int from = 0; from < rows.rows(); from += BATCH) {
            execution.requireNotCancelled();
            int[] some =
                    IntStream.range(from, Math.min(rows.rows(), from + BATCH)).toArray();
            Design batch = rows.select(some);
            DoubleMatrix predictions = machine.predict(batch, execution);
            DoubleMatrix weights = smoother.weights(batch, execution);
            for (int l = 0; l < errors.cols(); l++) {
                DoubleMatrix without = predictionsWithoutRow(predictions, weights, l);
                double[] missed = errors.col(l);
                for (int j = 0; j < some.length; j++) {
                    intervals[from + j][l] = PlusIntervals.of(without.row(j), missed, coverage);
                }
            }
        }
        return intervals;
    }

    /** v(x) = G k(X, x): how much each training target weighs in the prediction at x. */
    private record Smoother<A>(
            Engine<A> engine, Points<A> centers, PairFunction function, RidgeSystem<A> system, double ridge) {

        static <A> Smoother<A> of(Engine<A> engine, KernelMachine machine, double ridge, Execution execution) {
            Design x = machine.centers();
            Points<A> points = Points.pack(
                    engine,
                    x,
                    machine.metric()
                            .projection(
                                    machine.kernel(),
                                    x,
                                    engine,
                                    execution.workers(),
                                    share -> execution.requireNotCancelled()),
                    execution.workers());
            PairFunction function = machine.kernel().pairFunction(x.width());
            RidgeSystem<A> system = new RidgeSystem<>(engine, x.rows(), execution.workers());
            system.setKernel(points, function);
            return new Smoother<>(engine, points, function, system, ridge);
        }

        /** One column for each new row, n x m. */
        DoubleMatrix weights(Design rows, Execution execution) {
            Points<A> points = Points.pack(engine, rows, centers.projection(), execution.workers());
            DoubleMatrix kernel = KernelBlocks.dense(engine, centers, points, function);
            return system.solve(kernel, ridge).coefficients();
        }
    }
}

package ml.refract.rfm.linear;

import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleKernels;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.SymmetricEigen;

/**
 * The iteration of the paper for matrix completion, as it stands: a dense metric P = M M' (d x d) learned from rows alone,
 * one sweep at a time, the caller driving the smoothing. For study and as the truth that {@link Completion} is held to; it
 * takes 8 (2 d^2 + n d) bytes and 2 d^3 + 2 n d^2 flops a sweep.
 *
 * <p>A sweep solves row i with its observed columns J, a = (P_JJ + smoothing I)^-1 y_J, takes w_i = a' P_J. and then
 * P = (W'W / n)^{2 power} (arXiv 2401.04553; specification of the family, section 7). With power 1/2 and observed entries
 * put in place of what was fitted, this is exactly iteratively reweighted least squares for the log-determinant
 * log det(W'W / n + smoothing I). Where 2 power is an integer there is no eigenvalue decomposition.
 *
 * <p>Not thread-safe. Deterministic for any number of threads.
 */
public final class ExactCompletion {
    private static final double MOST_POWER = 4;

    private final Entries entries;
    private final double power;
    private final boolean replace;
    private final Execution execution;
    private DoubleMatrix metric;
    private DoubleMatrix completed;

    /**
     * Starts at P = I.
     *
     * @param power alpha, above 0 and at most 4; the penalty is that of Schatten-p with p = 2 - 4 alpha
     * @param replace whether observed entries replace what was fitted for them before the metric is formed
     * @throws IllegalArgumentException when the power is out of range or the matrices do not fit into the memory budget
     */
    public ExactCompletion(Entries entries, double power, boolean replace, Execution execution) {
        if (!(power > 0 && power <= MOST_POWER)) {
            throw new IllegalArgumentException("The power must be above 0 and at most 4, got " + power);
        }
        long d = entries.cols();
        long bytes = 8 * (2 * d * d + entries.rows() * d);
        if (bytes > execution.memoryBudget()) {
            throw new IllegalArgumentException("Exact completion of a " + entries.rows() + " x " + d + " matrix takes "
                    + bytes + " bytes, " + execution.memoryBudget() + " are allowed. Use Completion, or allow more");
        }
        this.entries = entries;
        this.power = power;
        this.replace = replace;
        this.execution = execution;
        this.metric = DoubleMatrix.identity(entries.cols());
        this.completed = DoubleMatrix.zeros(entries.rows(), entries.cols());
    }

    /**
     * One sweep over all rows, then the next metric.
     *
     * @param smoothing added to the diagonal of each row's system, above 0
     * @throws IllegalArgumentException when the smoothing is not positive
     * @throws ArithmeticException when a system is singular to working precision: the smoothing is too small
     * @throws ml.refract.engine.CancelledException when told to stop
     */
    public void sweep(double smoothing) {
        if (!(smoothing > 0)) {
            throw new IllegalArgumentException("The smoothing must be above 0, got " + smoothing);
        }
        execution.requireNotCancelled();
        DoubleMatrix w = DoubleMatrix.zeros(entries.rows(), entries.cols());
        execution.workers().run(entries.rows(), i -> solveRow(i, smoothing, w));
        completed = w;
        metric = power(w);
    }

    /** W of the last sweep (n x d), zero before the first; not a copy. */
    public DoubleMatrix completed() {
        return completed;
    }

    /** P after the last sweep (d x d); not a copy. */
    public DoubleMatrix metric() {
        return metric;
    }

    private void solveRow(int i, double smoothing, DoubleMatrix w) {
        SparseSide rows = entries.side(0);
        int start = rows.starts()[i];
        int count = rows.starts()[i + 1] - start;
        double[] system = new double[count * count];
        double[] a = new double[count];
        for (int s = 0; s < count; s++) {
            a[s] = entries.value(start + s);
            for (int t = 0; t <= s; t++) {
                system[s * count + t] = metric.get(rows.others()[start + s], rows.others()[start + t]);
            }
            system[s * count + s] += smoothing;
        }
        if (!SmallCholesky.solve(system, count, a)) {
            throw new ArithmeticException(
                    "The system of row " + i + " is singular with smoothing " + smoothing + "; use more");
        }
        int d = entries.cols();
        double[] out = w.values();
        double[] p = metric.values();
        for (int s = 0; s < count; s++) {
            int from = rows.others()[start + s] * d;
            for (int j = 0; j < d; j++) {
                out[i * d + j] += a[s] * p[from + j];
            }
        }
        for (int s = 0; replace && s < count; s++) {
            w.set(i, rows.others()[start + s], entries.value(start + s));
        }
    }

    private DoubleMatrix power(DoubleMatrix w) {
        DoubleKernels kernels = execution.engine().doubleKernels();
        DoubleMatrix gram = w.transpose().times(w, kernels, execution.workers());
        for (int k = 0; k < gram.values().length; k++) {
            gram.values()[k] /= entries.rows();
        }
        double exponent = 2 * power;
        if (exponent != Math.rint(exponent)) {
            return SymmetricEigen.of(gram, kernels, execution.workers(), share -> execution.requireNotCancelled())
                    .map(value -> Math.pow(Math.max(0, value), exponent), kernels, execution.workers());
        }
        DoubleMatrix result = gram;
        for (int k = 1; k < exponent; k++) {
            result = result.times(gram, kernels, execution.workers());
        }
        return result;
    }
}

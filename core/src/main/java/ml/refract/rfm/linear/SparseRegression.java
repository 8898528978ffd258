package ml.refract.rfm.linear;

import java.util.Arrays;
import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;

/**
 * Sparse linear regression by lin-RFM with a diagonal metric: from fewer measurements than unknowns, the weights of which
 * most are zero (arXiv 2401.04553; specification of the family, section 7).
 *
 * <p>A sweep takes w = m^2 o A'a with a = (A diag(m^2) A' + ridge I)^-1 y and then m_j^2 = (w_j^2 + e^2)^{2 alpha}, where the
 * smoothing e falls from sweep to sweep. The gradient of the fitted function is w everywhere, so m^2 is a power of the diagonal
 * of its average outer product.
 */
public final class SparseRegression {
    /** Relative to the trace; what the diagonal gets at least, so that a system of few large weights can be solved. */
    private static final double JITTER = 1e-15;

    /** The smoothing at the start, against the largest weight of the first sweep, which is a small part of what it will be. */
    private static final double FIRST_SMOOTHING = 10;

    private SparseRegression() {}

    /**
     * Fitted weights.
     *
     * @param weights w, length d
     * @param sweeps how many there were
     * @param residual |A w - y| / |y|; 0 when y is zero
     */
    public record Fit(double[] weights, int sweeps, double residual) {}

    /**
     * Fits y = A w. Cost per sweep about n^2 d + n^3 / 3 flops; memory 8 (2 n d + 2 n^2) bytes. Deterministic for any number of
     * threads.
     *
     * @param a measurements (n x d)
     * @param y what was measured, length n
     * @throws IllegalArgumentException when shapes do not match, are empty, or a number is not finite
     * @throws ml.refract.engine.CancelledException when told to stop
     */
    public static Fit fit(DoubleMatrix a, double[] y, SparseOptions options, Execution execution) {
        require(a, y);
        double[] metric = new double[a.cols()];
        Arrays.fill(metric, 1);
        DoubleMatrix transposed = a.transpose();
        double[] w = sweep(a, transposed, y, metric, options.ridge(), execution);
        double first = Arrays.stream(w).map(Math::abs).max().orElse(0);
        int sweeps = 1;
        int most = (int) Math.ceil(Math.log(options.leastSmoothing() / FIRST_SMOOTHING) / Math.log(options.decay()));
        for (double share = FIRST_SMOOTHING; first > 0 && share >= options.leastSmoothing(); share *= options.decay()) {
            execution.requireNotCancelled();
            execution.progress().report("sweep " + sweeps, Math.min(1, (double) sweeps / (most + 1)));
            for (int j = 0; j < w.length; j++) {
                double weight = w[j] / first; // powers of the smallest weights must not underflow
                metric[j] = Math.pow(weight * weight + share * share, 2 * options.power());
            }
            w = sweep(a, transposed, y, metric, options.ridge(), execution);
            sweeps++;
        }
        return new Fit(w, sweeps, residual(a, w, y));
    }

    private static void require(DoubleMatrix a, double[] y) {
        if (a.rows() != y.length || a.rows() == 0 || a.cols() == 0) {
            throw new IllegalArgumentException(
                    "There is a " + a.rows() + " x " + a.cols() + " matrix of measurements and " + y.length
                            + " values; both need the same number of rows, and the matrix a column");
        }
        for (int i = 0; i < y.length; i++) {
            for (int j = 0; j < a.cols(); j++) {
                if (!Double.isFinite(a.get(i, j))) {
                    throw new IllegalArgumentException(
                            "Measurement (" + i + ", " + j + ") is " + a.get(i, j) + "; wanted a finite number");
                }
            }
            if (!Double.isFinite(y[i])) {
                throw new IllegalArgumentException("Value " + i + " is " + y[i] + "; wanted a finite number");
            }
        }
    }

    private static double[] sweep(
            DoubleMatrix a, DoubleMatrix transposed, double[] y, double[] metric, double ridge, Execution execution) {
        int n = a.rows();
        int d = a.cols();
        DoubleMatrix weighted = a.copy();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < d; j++) {
                weighted.values()[i * d + j] *= metric[j];
            }
        }
        DoubleMatrix system = weighted.times(transposed, execution.engine().doubleKernels(), execution.workers());
        double trace = 0;
        for (int i = 0; i < n; i++) {
            trace += system.get(i, i);
        }
        double[] dual = solve(system, y, ridge, trace);
        double[] w = new double[d];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < d; j++) {
                w[j] += dual[i] * weighted.values()[i * d + j];
            }
        }
        return w;
    }

    /** With as much added to the diagonal as it takes, which beside few large weights is next to nothing. */
    private static double[] solve(DoubleMatrix system, double[] y, double ridge, double trace) {
        int n = y.length;
        if (trace == 0) {
            return new double[n];
        }
        for (double jitter = JITTER * trace; ; jitter *= 10) {
            double[] lower = system.values().clone();
            double[] dual = y.clone();
            for (int i = 0; i < n; i++) {
                lower[i * n + i] += ridge + jitter;
            }
            if (SmallCholesky.solve(lower, n, dual)) {
                return dual;
            }
        }
    }

    private static double residual(DoubleMatrix a, double[] w, double[] y) {
        double left = 0;
        double size = 0;
        for (int i = 0; i < y.length; i++) {
            double rest = y[i];
            for (int j = 0; j < w.length; j++) {
                rest -= a.get(i, j) * w[j];
            }
            left += rest * rest;
            size += y[i] * y[i];
        }
        return size == 0 ? 0 : Math.sqrt(left / size);
    }
}

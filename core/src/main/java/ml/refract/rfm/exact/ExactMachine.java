package ml.refract.rfm.exact;

import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;

/**
 * A kernel machine f_l(z) = sum_i k_M(z, x_i) alpha_il with all of it in double: centers X (n x d), coefficients alpha (n x c), and
 * the metric M (d x d) those coefficients were solved under. Immutable, as long as nobody writes to its matrices.
 */
public final class ExactMachine {
    /** Rows that are predicted at once. */
    private static final int BLOCK = 1_024;

    private final ExactKernel kernel;
    private final DoubleMatrix metric;
    private final Inputs centers;
    private final DoubleMatrix coefficients;

    /**
     * @param metric symmetric, positive semidefinite up to rounding; shared, not copied, as are the others
     * @throws IllegalArgumentException when shapes do not match or a center is not finite
     */
    public ExactMachine(ExactKernel kernel, DoubleMatrix metric, DoubleMatrix centers, DoubleMatrix coefficients) {
        this(kernel, metric, Inputs.of(centers), coefficients);
    }

    ExactMachine(ExactKernel kernel, DoubleMatrix metric, Inputs centers, DoubleMatrix coefficients) {
        if (coefficients.rows() != centers.rows()
                || metric.rows() != centers.cols()
                || metric.cols() != centers.cols()) {
            throw new IllegalArgumentException("A machine on " + centers.rows() + " x " + centers.cols()
                    + " centers needs as many rows of coefficients and a square metric of that many columns, got "
                    + coefficients.rows() + " rows and a " + metric.rows() + " x " + metric.cols() + " metric");
        }
        this.kernel = kernel;
        this.metric = metric;
        this.centers = centers;
        this.coefficients = coefficients;
    }

    /** The kernel. */
    public ExactKernel kernel() {
        return kernel;
    }

    /** The metric M. */
    public DoubleMatrix metric() {
        return metric;
    }

    /** The centers X. */
    public DoubleMatrix centers() {
        return centers.all();
    }

    /** The coefficients alpha. */
    public DoubleMatrix coefficients() {
        return coefficients;
    }

    /**
     * Predictions f(Z) for rows Z (m x d): m x c. Cost 2 m n (d + c) flops, the d without the zeros of sparse centers.
     *
     * @throws IllegalArgumentException when the rows have another number of columns or are not finite
     */
    public DoubleMatrix predict(DoubleMatrix rows, Execution execution) {
        Inputs queries = inputs(rows);
        DoubleMatrix result = DoubleMatrix.zeros(rows.rows(), coefficients.cols());
        for (int from = 0; from < rows.rows(); from += BLOCK) {
            Inputs some = queries.slice(from, Math.min(rows.rows(), from + BLOCK));
            DoubleMatrix values =
                    KernelMatrix.of(metric, some, centers, execution).values(kernel);
            double[] part = Inputs.product(values, coefficients, execution).values();
            System.arraycopy(part, 0, result.values(), from * coefficients.cols(), part.length);
        }
        return result;
    }

    /**
     * The average gradient outer product (1/m) sum_j J(z_j)' J(z_j) over rows Z (m x d), d x d.
     *
     * @param centred whether the mean gradient of each output is subtracted first
     * @throws IllegalArgumentException when the rows have another number of columns or are not finite
     */
    public DoubleMatrix agop(DoubleMatrix rows, boolean centred, Execution execution) {
        return agop(inputs(rows), centred, execution);
    }

    /** The average gradient outer product over the centers. */
    public DoubleMatrix agop(boolean centred, Execution execution) {
        return agop(centers, centred, execution);
    }

    private DoubleMatrix agop(Inputs queries, boolean centred, Execution execution) {
        DoubleMatrix inner = sums(execution).moment(queries, centred);
        return Inputs.product(Inputs.product(metric, inner, execution), metric, execution);
    }

    /** FACT, sum_i J(x_i)' alpha_i x_i' over the centers, d x d; not symmetric in general. */
    public DoubleMatrix fact(Execution execution) {
        return Inputs.product(metric, factInner(execution), execution);
    }

    /** L of FACT = M L. */
    DoubleMatrix factInner(Execution execution) {
        return sums(execution).fact();
    }

    private GradientSums sums(Execution execution) {
        return kernel instanceof ExactKernel.Radial radial
                ? new RadialSums(radial, metric, centers, coefficients, execution)
                : new QuadraticSums(
                        kernel instanceof ExactKernel.GeneralQuadratic, metric, centers, coefficients, execution);
    }

    private Inputs inputs(DoubleMatrix rows) {
        if (rows == centers.all()) {
            return centers;
        }
        if (rows.cols() != centers.cols()) {
            throw new IllegalArgumentException(
                    "The machine was fitted on " + centers.cols() + " columns, these rows have " + rows.cols());
        }
        return Inputs.of(rows);
    }

    @Override
    public String toString() {
        return "ExactMachine[" + centers.rows() + " centers, " + coefficients.cols() + " outputs, " + kernel + "]";
    }
}

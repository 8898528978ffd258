package ml.refract.kernel;

import java.util.Arrays;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.linalg.Vectors;

/**
 * The kernel of a fully connected network of infinite width without biases, in double. With the correlation u = x'Mz / (|x|_M
 * |z|_M) and the dual activation psi, S_0 = Q_0 = u and, layer by layer, Q_l = psi(S_(l-1)) + Q_(l-1) psi'(S_(l-1)), S_l =
 * psi(S_(l-1)). The kernel is |x|_M |z|_M S_H (NNGP) or |x|_M |z|_M Q_H (NTK) where the activation is homogeneous; for other
 * activations rows are taken at length 1, so the kernel is S_H or Q_H (specification of the RFM family, section 2; Jacot,
 * Gabriel and Hongler, 2018). A row of zeros has kernel 0 with all rows, itself included.
 *
 * <p>Deterministic, immutable, safe to share.
 *
 * @param activation the dual activation of every layer
 * @param hiddenLayers H >= 1, layers with an activation; weight layers are one more
 * @param form which of the two kernels
 */
public record InfiniteNetwork(DualActivation activation, int hiddenLayers, Form form) {
    private static final int MOST_LAYERS = 10_000_000;

    /** The kernel of a network. */
    public enum Form {
        /** Covariance of the outputs of random networks: the limit where only the last layer is trained. */
        NNGP,
        /** Neural tangent kernel: the limit where all layers are trained. */
        NTK
    }

    /**
     * @throws IllegalArgumentException when there is no hidden layer, or more than ten million
     */
    public InfiniteNetwork {
        if (hiddenLayers < 1 || hiddenLayers > MOST_LAYERS) {
            throw new IllegalArgumentException(
                    "A network needs between 1 and " + MOST_LAYERS + " hidden layers, got " + hiddenLayers);
        }
    }

    /** The kernel of two rows of length 1 with correlation u in [-1, 1]. Cost H activations. */
    public double ofCorrelation(double u) {
        double s = u;
        double q = u;
        for (int l = 0; l < hiddenLayers; l++) {
            double next = activation.value(s);
            if (form == Form.NTK) {
                q = next + q * activation.slope(s);
            }
            s = Math.max(-1, Math.min(1, next));
        }
        return form == Form.NTK ? q : s;
    }

    /** Its derivative with respect to u. A kink's own term, at u = 1, counts as zero. */
    public double slopeOfCorrelation(double u) {
        double s = u;
        double q = u;
        double ds = 1;
        double dq = 1;
        for (int l = 0; l < hiddenLayers; l++) {
            double next = activation.value(s);
            double slope = activation.slope(s);
            if (form == Form.NTK) {
                dq = slope * ds + dq * slope + q * activation.curvature(s) * ds;
                q = next + q * slope;
            }
            ds *= slope;
            s = Math.max(-1, Math.min(1, next));
        }
        return form == Form.NTK ? dq : ds;
    }

    /** The kernel where a double may not hold it, as after hundreds of layers. */
    public SignedLog ofCorrelation(SignedLog u) {
        if (activation.homogeneous()) {
            return SignedLog.of(ofCorrelation(u.value())); // never out of range, and faster
        }
        SignedLog s = u;
        SignedLog q = u;
        for (int l = 0; l < hiddenLayers; l++) {
            SignedLog next = activation.value(s);
            if (form == Form.NTK) {
                q = next.plus(q.times(activation.slope(s)));
            }
            s = next;
        }
        return form == Form.NTK ? q : s;
    }

    /** The kernel of two rows under the identity metric. */
    public double value(double[] x, double[] z) {
        double a = length(x, x);
        double b = length(z, z);
        return a == 0 || b == 0 ? 0 : scale(a, b) * ofCorrelation(correlation(x, z, z, a, b));
    }

    /**
     * K(Z, X) under a metric, m x n. Cost (m + n) d^2 + m n (d + 50 H) flops.
     *
     * @param z m rows
     * @param x n rows
     * @param metric symmetric positive semidefinite d x d matrix M; not copied
     * @throws IllegalArgumentException when shapes differ
     */
    public DoubleMatrix gram(DoubleMatrix z, DoubleMatrix x, DoubleMatrix metric, ParallelFor parallel) {
        return gram(z, x, times(z, metric), times(x, metric), parallel);
    }

    /** K(Z, X) under the identity metric, m x n. */
    public DoubleMatrix gram(DoubleMatrix z, DoubleMatrix x, ParallelFor parallel) {
        return gram(z, x, z, x, parallel);
    }

    private DoubleMatrix gram(
            DoubleMatrix z, DoubleMatrix x, DoubleMatrix zMetric, DoubleMatrix xMetric, ParallelFor parallel) {
        if (z.cols() != x.cols()) {
            throw new IllegalArgumentException(
                    "The rows of a kernel need the same width, got " + z.cols() + " and " + x.cols());
        }
        double[][] columns = new double[x.rows()][];
        double[][] images = new double[x.rows()][];
        double[] lengths = new double[x.rows()];
        for (int i = 0; i < x.rows(); i++) {
            columns[i] = x.row(i);
            images[i] = xMetric.row(i);
            lengths[i] = length(columns[i], images[i]);
        }
        DoubleMatrix result = DoubleMatrix.zeros(z.rows(), x.rows());
        parallel.run(z.rows(), j -> {
            double[] row = z.row(j);
            double a = length(row, zMetric.row(j));
            for (int i = 0; i < x.rows(); i++) {
                double b = lengths[i];
                if (a > 0 && b > 0) {
                    double u = correlation(row, columns[i], images[i], a, b);
                    result.set(j, i, scale(a, b) * ofCorrelation(u));
                }
            }
        });
        return result;
    }

    /**
     * The gradient of k(x, z) with respect to x: (b/a) (Q - u Q') M x + Q' M z with a = |x|_M and b = |z|_M for homogeneous
     * activations, Q' (M z / b - u M x / a) / a for others. At x = z the kink's own term counts as zero; where a row is zero, so
     * is the gradient.
     *
     * @param metric symmetric d x d matrix M
     * @return d numbers
     */
    public double[] gradient(double[] x, double[] z, DoubleMatrix metric) {
        double[] mx = times(DoubleMatrix.of(1, x.length, x), metric).values();
        double[] mz = times(DoubleMatrix.of(1, z.length, z), metric).values();
        double a = length(x, mx);
        double b = length(z, mz);
        double[] result = new double[x.length];
        if (a == 0 || b == 0) {
            return result;
        }
        double u = correlation(x, z, mz, a, b);
        double slope = slopeOfCorrelation(u);
        double own = (activation.homogeneous() ? b / a * ofCorrelation(u) : 0) - scale(a, b) * u * slope / (a * a);
        double other = scale(a, b) * slope / (a * b);
        for (int s = 0; s < result.length; s++) {
            result[s] = own * mx[s] + other * mz[s];
        }
        return result;
    }

    private double scale(double a, double b) {
        return activation.homogeneous() ? a * b : 1;
    }

    private static DoubleMatrix times(DoubleMatrix rows, DoubleMatrix metric) {
        if (metric.rows() != rows.cols() || metric.cols() != rows.cols()) {
            throw new IllegalArgumentException("Rows of width " + rows.cols() + " need a metric of that size, got "
                    + metric.rows() + " x " + metric.cols());
        }
        return rows.times(metric);
    }

    private static double length(double[] x, double[] mx) {
        return Math.sqrt(Math.max(0, Vectors.dot(x, mx, 0)));
    }

    /** Exactly 1 for equal rows: acos loses half of the digits there. */
    private static double correlation(double[] x, double[] z, double[] mz, double a, double b) {
        return Arrays.equals(x, z) ? 1 : Math.max(-1, Math.min(1, Vectors.dot(x, mz, 0) / (a * b)));
    }
}

package ml.refract.rfm.image;

import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.GramSums;

/**
 * The kernel of infinitely wide networks of one convolution with ReLU and a linear read-out: a sum over pairs of patches of the
 * neural tangent kernel kappa(x, z) = |x| |z| Q(u), Q(u) = (2 u (pi - acos u) + sqrt(1 - u^2)) / pi, of the cosine u between them
 * under the metric (specification of the RFM family, sections 2 and 9). Its gradient in x is (|z| / |x|) (Q - u Q') M x + Q' M z.
 * At u = 1 the slope of the kink counts as zero; a patch that is zero adds nothing.
 *
 * <p>Position by position cosines are one matrix product, and so are sums of gradients.
 */
final class PatchKernel {
    private final int positions;
    private final int length;
    private final boolean pooled;
    private final DoubleMatrix metric;
    private final DoubleMatrix root;
    private final Mapped centers;

    /**
     * Patches of m images, position by position.
     *
     * @param raw m x p, as they are
     * @param unit m x p, times the root of the metric, of length 1 or zero
     * @param sizes their lengths under the metric
     */
    private record Mapped(int images, DoubleMatrix[] raw, DoubleMatrix[] unit, double[][] sizes) {}

    PatchKernel(Images images, PatchMetric metric, ConvRfmOptions.Readout readout, Execution execution) {
        this.positions = metric.patches().down(images) * metric.patches().across(images);
        this.length = metric.patches().length(images);
        this.pooled = readout == ConvRfmOptions.Readout.POOLED;
        this.metric = metric.matrix();
        this.root = metric.root();
        this.centers = map(images, metric.patches(), execution);
    }

    private Mapped map(Images images, Patches patches, Execution execution) {
        int n = images.count();
        DoubleMatrix all = patches.of(images);
        DoubleMatrix mapped = product(all, root, execution);
        DoubleMatrix[] raw = new DoubleMatrix[positions];
        DoubleMatrix[] unit = new DoubleMatrix[positions];
        double[][] sizes = new double[positions][n];
        for (int u = 0; u < positions; u++) {
            int[] rows = new int[n];
            for (int i = 0; i < n; i++) {
                rows[i] = i * positions + u;
            }
            raw[u] = all.select(rows);
            unit[u] = mapped.select(rows);
            for (int i = 0; i < n; i++) {
                sizes[u][i] = scaleToUnit(unit[u].values(), i * length);
            }
        }
        return new Mapped(n, raw, unit, sizes);
    }

    /** Divides a patch by its length, which is returned. */
    private double scaleToUnit(double[] values, int from) {
        double square = 0;
        for (int s = from; s < from + length; s++) {
            square += values[s] * values[s];
        }
        double size = Math.sqrt(square);
        for (int s = from; s < from + length && size > 0; s++) {
            values[s] /= size;
        }
        return size;
    }

    private static DoubleMatrix product(DoubleMatrix a, DoubleMatrix b, Execution execution) {
        return a.times(b, execution.engine().doubleKernels(), execution.workers());
    }

    private static DoubleMatrix cosines(DoubleMatrix unit, DoubleMatrix others, Execution execution) {
        DoubleMatrix result = product(unit, others.transpose(), execution);
        TangentProfile.snap(result.values());
        return result;
    }

    /** K(X, X), n x n. Cost 2 n^2 P p flops and n^2 P values for P patches of p numbers, P times as much when pooled. */
    DoubleMatrix centers(Execution execution) {
        return against(centers, execution);
    }

    /** K(Z, X), m x n. */
    DoubleMatrix against(Images images, PatchMetric with, Execution execution) {
        return against(map(images, with.patches(), execution), execution);
    }

    private DoubleMatrix against(Mapped queries, Execution execution) {
        int n = centers.images;
        DoubleMatrix result = DoubleMatrix.zeros(queries.images, n);
        for (int u = 0; u < positions; u++) {
            for (int v = first(u); v <= last(u); v++) {
                execution.requireNotCancelled();
                double[] own = queries.sizes[u];
                double[] other = centers.sizes[v];
                double[] cosines = cosines(queries.unit[u], centers.unit[v], execution).values();
                execution.workers().run(queries.images, i -> {
                    double[] values = new double[n];
                    TangentProfile.values(cosines, i * n, values);
                    for (int j = 0; j < n; j++) {
                        result.values()[i * n + j] += own[i] * other[j] * values[j];
                    }
                });
            }
        }
        return result;
    }

    /** The first position that patches at u are compared with. */
    private int first(int u) {
        return pooled ? 0 : u;
    }

    private int last(int u) {
        return pooled ? positions - 1 : u;
    }

    /**
     * The patch moment of f_l = sum_j k(., x_j) alpha_jl over m of the centers: (1/m) sum over images, patches u and outputs of the
     * outer product of the gradient with respect to patch u. Cost 2 m n P p (c + 1) flops, P times as much when pooled.
     */
    DoubleMatrix moment(DoubleMatrix alpha, int[] images, Execution execution) {
        GramSums sums = new GramSums(length);
        for (int u = 0; u < positions; u++) {
            execution.requireNotCancelled();
            sums.add(gradients(images, u, alpha, execution), images.length * alpha.cols());
        }
        return metric.times(sums.toMatrix(1.0 / images.length)).times(metric);
    }

    /** Gradients with respect to the patches at one position before the factor M, (m c) x p. */
    private double[] gradients(int[] images, int u, DoubleMatrix alpha, Execution execution) {
        int outputs = alpha.cols();
        DoubleMatrix unit = centers.unit[u].select(images);
        double[] result = new double[images.length * outputs * length];
        for (int v = first(u); v <= last(u); v++) {
            DoubleMatrix slopes = cosines(unit, centers.unit[v], execution);
            DoubleMatrix own = slopes.copy();
            weigh(slopes, own, images, u, v, execution);
            double[] along = product(own, alpha, execution).values();
            double[] towards = product(slopes, weighted(centers.raw[v], alpha), execution).values();
            for (int k = 0; k < towards.length; k++) {
                int row = k / length; // image and output
                result[k] += towards[k]
                        + along[row] * centers.raw[u].get(images[row / outputs], k % length);
            }
        }
        return result;
    }

    /** Turns cosines into the factors Q' of M z and (|z| / |x|) (Q - u Q') of M x. */
    private void weigh(DoubleMatrix slopes, DoubleMatrix own, int[] images, int u, int v, Execution execution) {
        int n = centers.images;
        execution.workers().run(images.length, i -> {
            double size = centers.sizes[u][images[i]];
            double[] values = new double[n];
            TangentProfile.values(own.values(), i * n, values);
            for (int j = 0; j < n; j++) {
                double cosine = own.values()[i * n + j];
                boolean there = size > 0 && centers.sizes[v][j] > 0;
                double slope = there ? TangentProfile.slope(cosine) : 0;
                slopes.values()[i * n + j] = slope;
                own.values()[i * n + j] = there ? centers.sizes[v][j] / size * (values[j] - cosine * slope) : 0;
            }
        });
    }

    /** Patches times the coefficients of every output, side by side: n x (c p). */
    private DoubleMatrix weighted(DoubleMatrix patches, DoubleMatrix alpha) {
        int outputs = alpha.cols();
        DoubleMatrix result = DoubleMatrix.zeros(patches.rows(), outputs * length);
        for (int j = 0; j < patches.rows(); j++) {
            for (int k = 0; k < outputs * length; k++) {
                result.values()[j * outputs * length + k] = alpha.get(j, k / length) * patches.get(j, k % length);
            }
        }
        return result;
    }
}

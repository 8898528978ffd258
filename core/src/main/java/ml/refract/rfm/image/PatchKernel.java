package ml.refract.rfm.image;

import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.GramSums;

/**
 * The kernel of infinitely wide networks of one convolution with ReLU and a linear read-out: a sum over pairs of patches of the
 * neural tangent kernel kappa(x, z) = |x| |z| Q(u), Q(u) = (2 u (pi - acos u) + sqrt(1 - u^2)) / pi, of the cosine u between them
 * under the metric (specification of the RFM family, sections 2 and 9). Its gradient in x is (|z| / |x|) (Q - u Q') M x + Q' M z.
 * At u = 1 the slope of the kink counts as zero; a patch that is zero adds nothing.
 */
final class PatchKernel {
    /** 1 - u^2 below this is rounding. */
    private static final double PARALLEL = 1e-13;

    /** Sums of gradients are formed in so many parts, whatever the number of threads. */
    private static final int PARTS = 16;

    private final int positions;
    private final int length;
    private final boolean pooled;
    private final DoubleMatrix metric;
    private final DoubleMatrix root;
    private final Mapped centers;

    /** Patches of some images, raw and times the root of the metric, with their sizes. */
    private record Mapped(double[] raw, double[] values, double[] sizes, int images) {}

    PatchKernel(Images images, PatchMetric metric, ConvRfmOptions.Readout readout, Execution execution) {
        this.positions = metric.patches().down(images) * metric.patches().across(images);
        this.length = metric.patches().length(images);
        this.pooled = readout == ConvRfmOptions.Readout.POOLED;
        this.metric = metric.matrix();
        this.root = metric.root();
        this.centers = map(images, metric.patches(), execution);
    }

    private Mapped map(Images images, Patches patches, Execution execution) {
        DoubleMatrix raw = patches.of(images);
        double[] values = raw.times(root, execution.engine().doubleKernels(), execution.workers()).values();
        double[] sizes = new double[raw.rows()];
        for (int u = 0; u < sizes.length; u++) {
            sizes[u] = Math.sqrt(dot(values, u * length, values, u * length));
        }
        return new Mapped(raw.values(), values, sizes, images.count());
    }

    private double dot(double[] a, int from, double[] b, int start) {
        double sum = 0;
        for (int s = 0; s < length; s++) {
            sum += a[from + s] * b[start + s];
        }
        return sum;
    }

    /** Cosine of the angle between two mapped patches, exactly 1 for equal ones. */
    private double cosine(Mapped a, int u, Mapped b, int v) {
        double sizes = a.sizes[u] * b.sizes[v];
        if (sizes == 0) {
            return 0;
        }
        double cosine = dot(a.values, u * length, b.values, v * length) / sizes;
        return 1 - cosine * cosine < PARALLEL ? Math.signum(cosine) : cosine;
    }

    private static double value(double u) {
        return (2 * u * (Math.PI - Math.acos(u)) + Math.sqrt(1 - u * u)) / Math.PI;
    }

    private static double slope(double u) {
        double square = 1 - u * u;
        return (2 * (Math.PI - Math.acos(u)) + (square > 0 ? u / Math.sqrt(square) : 0)) / Math.PI;
    }

    /** K(X, X), n x n. Cost n^2 P / 2 pairs of patches, n^2 P^2 / 2 when pooled. */
    DoubleMatrix centers(Execution execution) {
        int n = centers.images;
        DoubleMatrix result = DoubleMatrix.zeros(n, n);
        execution.workers().run(n, i -> {
            for (int j = 0; j <= i; j++) {
                double value = pair(centers, i, j);
                result.set(i, j, value);
                result.set(j, i, value);
            }
        });
        return result;
    }

    /** K(Z, X), m x n. */
    DoubleMatrix against(Images images, PatchMetric with, Execution execution) {
        Mapped queries = map(images, with.patches(), execution);
        DoubleMatrix result = DoubleMatrix.zeros(queries.images, centers.images);
        execution.workers().run(queries.images, i -> {
            for (int j = 0; j < centers.images; j++) {
                result.set(i, j, pair(queries, i, j));
            }
        });
        return result;
    }

    private double pair(Mapped queries, int i, int j) {
        double sum = 0;
        for (int u = 0; u < positions; u++) {
            int from = i * positions + u;
            for (int v = pooled ? 0 : u; v < (pooled ? positions : u + 1); v++) {
                int to = j * positions + v;
                sum += queries.sizes[from] * centers.sizes[to] * value(cosine(queries, from, centers, to));
            }
        }
        return sum;
    }

    /**
     * The patch moment of f_l = sum_j k(., x_j) alpha_jl over some of the centers: (1/m) sum over images, patches u and outputs of
     * the outer product of the gradient with respect to patch u. Cost m n c P p flops for patches of p numbers, times P when
     * pooled.
     */
    DoubleMatrix moment(DoubleMatrix alpha, int[] images, Execution execution) {
        GramSums[] sums = new GramSums[Math.min(PARTS, images.length)];
        execution.workers().run(sums.length, part -> {
            sums[part] = new GramSums(length);
            for (int i = part; i < images.length; i += sums.length) {
                execution.requireNotCancelled();
                for (int u = 0; u < positions; u++) {
                    sums[part].add(gradients(images[i], u, alpha), alpha.cols());
                }
            }
        });
        for (int part = 1; part < sums.length; part++) {
            sums[0].add(sums[part]);
        }
        DoubleMatrix inner = sums[0].toMatrix(1.0 / images.length);
        return metric.times(inner).times(metric);
    }

    /** Gradients with respect to one patch before the factor M, c x p. */
    private double[] gradients(int image, int u, DoubleMatrix alpha) {
        int outputs = alpha.cols();
        double[] result = new double[outputs * length];
        double[] along = new double[outputs];
        int at = image * positions + u;
        double size = centers.sizes[at];
        if (size == 0) {
            return result;
        }
        for (int j = 0; j < centers.images; j++) {
            for (int v = pooled ? 0 : u; v < (pooled ? positions : u + 1); v++) {
                int to = j * positions + v;
                double cosine = cosine(centers, at, centers, to);
                double slope = slope(cosine);
                double own = centers.sizes[to] / size * (value(cosine) - cosine * slope);
                for (int l = 0; l < outputs; l++) {
                    double weight = alpha.get(j, l);
                    along[l] += weight * own;
                    double factor = weight * slope;
                    for (int s = 0; s < length; s++) {
                        result[l * length + s] += factor * centers.raw[to * length + s];
                    }
                }
            }
        }
        for (int l = 0; l < outputs; l++) {
            for (int s = 0; s < length; s++) {
                result[l * length + s] += along[l] * centers.raw[at * length + s];
            }
        }
        return result;
    }
}

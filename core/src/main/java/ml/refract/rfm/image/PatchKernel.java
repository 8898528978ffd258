package ml.refract.rfm.image;

import java.util.Arrays;
import java.util.stream.IntStream;
import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.GramSums;
import ml.refract.linalg.ParallelFor;

/**
 * The kernel of infinitely wide networks of one convolution with ReLU and a linear read-out: a sum over pairs of patches of the
 * neural tangent kernel kappa(x, z) = |x| |z| Q(u), Q(u) = (2 u (pi - acos u) + sqrt(1 - u^2)) / pi, of the cosine u between them
 * under the metric (specification of the RFM family, sections 2 and 9). Its gradient in x is (|z| / |x|) (Q - u Q') M x + Q' M z.
 * At u = 1 the slope of the kink counts as zero; a patch that is zero adds nothing.
 *
 * <p>Position by position cosines are one matrix product, and so are sums of gradients. Blocks of images are shared out to threads.
 */
final class PatchKernel {
    private static final int BLOCK = 64;
    /** Sums of gradients are formed in so many parts at most, whatever the number of threads. */
    private static final int PARTS = 16;

    private final int positions;
    private final int length;
    private final boolean pooled;
    private final DoubleMatrix metric;
    private final DoubleMatrix root;
    private final Mapped centers;
    /** The centers' patches of length 1, position by position, p x n. */
    private final DoubleMatrix[] columns;

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
        this.columns = Arrays.stream(centers.unit).map(DoubleMatrix::transpose).toArray(DoubleMatrix[]::new);
    }

    private Mapped map(Images images, Patches patches, Execution execution) {
        int n = images.count();
        DoubleMatrix all = patches.of(images);
        DoubleMatrix mapped = all.times(root, execution.engine().doubleKernels(), execution.workers());
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

    /** A product on the calling thread. */
    private static DoubleMatrix product(DoubleMatrix a, DoubleMatrix b, Execution execution) {
        return a.times(b, execution.engine().doubleKernels(), ParallelFor.serial());
    }

    private DoubleMatrix cosines(DoubleMatrix unit, int position, Execution execution) {
        DoubleMatrix result = product(unit, columns[position], execution);
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
        DoubleMatrix result = DoubleMatrix.zeros(queries.images, centers.images);
        int blocks = (queries.images + BLOCK - 1) / BLOCK;
        execution.workers().run(blocks, block -> {
            int from = block * BLOCK;
            int[] rows = IntStream.range(from, Math.min(queries.images, from + BLOCK))
                    .toArray();
            for (int u = 0; u < positions; u++) {
                execution.requireNotCancelled();
                DoubleMatrix unit = queries.unit[u].select(rows);
                for (int v = first(u); v <= last(u); v++) {
                    add(cosines(unit, v, execution), rows, queries.sizes[u], centers.sizes[v], result);
                }
            }
        });
        return result;
    }

    /** Adds what one pair of positions contributes to some rows. */
    private void add(DoubleMatrix cosines, int[] rows, double[] own, double[] other, DoubleMatrix result) {
        int n = centers.images;
        double[] values = new double[n];
        for (int i = 0; i < rows.length; i++) {
            TangentProfile.values(cosines.values(), i * n, values);
            int at = rows[i] * n;
            for (int j = 0; j < n; j++) {
                result.values()[at + j] += own[rows[i]] * other[j] * values[j];
            }
        }
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
        DoubleMatrix[] weighted = Arrays.stream(centers.raw)
                .map(patches -> weighted(patches, alpha))
                .toArray(DoubleMatrix[]::new);
        GramSums[] sums = new GramSums[Math.min(PARTS, images.length)];
        execution.workers().run(sums.length, part -> {
            sums[part] = new GramSums(length, execution.engine().doubleKernels());
            int[] some = Arrays.copyOfRange(
                    images, part * images.length / sums.length, (part + 1) * images.length / sums.length);
            for (int u = 0; u < positions; u++) {
                execution.requireNotCancelled();
                sums[part].add(gradients(some, u, alpha, weighted, execution), some.length * alpha.cols());
            }
        });
        for (int part = 1; part < sums.length; part++) {
            sums[0].add(sums[part]);
        }
        return metric.times(sums[0].toMatrix(1.0 / images.length)).times(metric);
    }

    /** Gradients with respect to the patches at one position before the factor M, (m c) x p. */
    private double[] gradients(int[] images, int u, DoubleMatrix alpha, DoubleMatrix[] weighted, Execution execution) {
        int outputs = alpha.cols();
        DoubleMatrix unit = centers.unit[u].select(images);
        double[] result = new double[images.length * outputs * length];
        for (int v = first(u); v <= last(u); v++) {
            DoubleMatrix slopes = cosines(unit, v, execution);
            DoubleMatrix own = slopes.copy();
            weigh(slopes, own, images, u, v);
            double[] along = product(own, alpha, execution).values();
            double[] towards = product(slopes, weighted[v], execution).values();
            for (int k = 0; k < towards.length; k++) {
                int row = k / length; // image and output
                result[k] += towards[k] + along[row] * centers.raw[u].get(images[row / outputs], k % length);
            }
        }
        return result;
    }

    /** Turns cosines into the factors Q' of M z and (|z| / |x|) (Q - u Q') of M x. */
    private void weigh(DoubleMatrix slopes, DoubleMatrix own, int[] images, int u, int v) {
        int n = centers.images;
        double[] values = new double[n];
        for (int i = 0; i < images.length; i++) {
            double size = centers.sizes[u][images[i]];
            TangentProfile.values(own.values(), i * n, values);
            for (int j = 0; j < n; j++) {
                double cosine = own.values()[i * n + j];
                boolean there = size > 0 && centers.sizes[v][j] > 0;
                double slope = there ? TangentProfile.slope(cosine) : 0;
                slopes.values()[i * n + j] = slope;
                own.values()[i * n + j] = there ? centers.sizes[v][j] / size * (values[j] - cosine * slope) : 0;
            }
        }
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

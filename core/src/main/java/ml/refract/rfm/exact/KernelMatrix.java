package ml.refract.rfm.exact;

import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;

/** Inner products x_j'Mz_i of queries X (m x d) and centers Z (n x d) under a metric, and what kernels make of them. */
final class KernelMatrix {
    private final DoubleMatrix inner;
    private final double[] queryNorms;
    private final double[] centerNorms;
    private final Execution execution;

    private KernelMatrix(DoubleMatrix inner, double[] queryNorms, double[] centerNorms, Execution execution) {
        this.inner = inner;
        this.queryNorms = queryNorms;
        this.centerNorms = centerNorms;
        this.execution = execution;
    }

    /** What is made of ||x||_M^2, ||z||_M^2 and x'Mz. */
    private interface PairFunction {
        double of(double x, double z, double inner);
    }

    static KernelMatrix of(DoubleMatrix metric, Inputs queries, Inputs centers, Execution execution) {
        DoubleMatrix images = queries.times(metric, execution);
        double[] queryNorms = norms(queries.all(), images);
        double[] centerNorms = queries == centers ? queryNorms : norms(centers.all(), centers.times(metric, execution));
        return new KernelMatrix(centers.timesTransposed(images, execution), queryNorms, centerNorms, execution);
    }

    /** x'Mx for every row x. */
    static double[] norms(DoubleMatrix rows, DoubleMatrix images) {
        int d = rows.cols();
        double[] result = new double[rows.rows()];
        for (int i = 0; i < result.length; i++) {
            for (int s = i * d; s < (i + 1) * d; s++) {
                result[i] += rows.values()[s] * images.values()[s];
            }
        }
        return result;
    }

    /** k(x_j, z_i), m x n; may be called once, since it overwrites the inner products. */
    DoubleMatrix values(ExactKernel kernel) {
        if (kernel instanceof ExactKernel.Radial radial) {
            return map((x, z, t) -> radial.value(ExactKernel.Radial.squaredDistance(x, z, t)));
        }
        return kernel instanceof ExactKernel.Quadratic
                ? map((x, z, t) -> t * t)
                : map((x, z, t) -> (x - 1) * (z - 1) / 2 + t * t);
    }

    /** The weights w of grad_x k(x_j, z_i) = w M (x_j - z_i); may be called once. */
    DoubleMatrix weights(ExactKernel.Radial radial) {
        return map((x, z, t) -> radial.weight(ExactKernel.Radial.squaredDistance(x, z, t)));
    }

    private DoubleMatrix map(PairFunction function) {
        int n = centerNorms.length;
        double[] entries = inner.values();
        execution.workers().run(queryNorms.length, j -> {
            for (int i = 0; i < n; i++) {
                entries[j * n + i] = function.of(queryNorms[j], centerNorms[i], entries[j * n + i]);
            }
        });
        return inner;
    }
}

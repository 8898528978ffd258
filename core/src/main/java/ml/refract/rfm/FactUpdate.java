package ml.refract.rfm;

import java.util.function.DoubleUnaryOperator;
import ml.refract.linalg.DoubleKernels;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.linalg.SymmetricEigen;

/**
 * The next metric from FACT, the features at convergence theorem (arXiv 2507.05644; specification of the family, section 6): at a
 * critical point of a loss with weight decay, the first layer of a network has W'W = F with F = -(1/(n lambda)) sum_i (gradient of
 * loss i in h) h_i'. For a kernel machine with coefficients a_i and Jacobians J, F is proportional to sum_i J(x_i)' a_i x_i'. That is
 * M L with L symmetric: X'(D - S)X for a radial kernel, S_ij being the pair's gradient weight times a_i'a_j and D the row sums of S. F
 * itself is symmetric only where the theorem holds, so each update is a symmetric matrix that equals F there.
 */
public enum FactUpdate {
    /** (F F')^(1/2). A ridgeless fit sends a scale s of the metric to s^-2: scale it after each update, or it overflows. */
    PLAIN {
        @Override
        public DoubleMatrix next(DoubleMatrix metric, DoubleMatrix inner, DoubleKernels kernels, ParallelFor parallel) {
            DoubleMatrix fact = metric.times(inner, kernels, parallel);
            return map(fact.times(fact.transpose(), kernels, parallel), FactUpdate::root, kernels, parallel);
        }

        @Override
        public double next(double metric, double inner) {
            return Math.abs(metric * inner);
        }
    },

    /** (F M^2 F')^(1/4), which is |M L M|^(1/2). Scales settle by themselves. */
    GEOMETRIC {
        @Override
        public DoubleMatrix next(DoubleMatrix metric, DoubleMatrix inner, DoubleKernels kernels, ParallelFor parallel) {
            return map(
                    sandwich(metric, inner, kernels, parallel), value -> Math.sqrt(Math.abs(value)), kernels, parallel);
        }

        @Override
        public double next(double metric, double inner) {
            return metric * Math.sqrt(Math.abs(inner));
        }
    },

    /** (F M)^(1/2) without its negative eigenvalues, of which there are none where k grows ever faster with x'Mz. */
    PRODUCT {
        @Override
        public DoubleMatrix next(DoubleMatrix metric, DoubleMatrix inner, DoubleKernels kernels, ParallelFor parallel) {
            return map(sandwich(metric, inner, kernels, parallel), FactUpdate::root, kernels, parallel);
        }

        @Override
        public double next(double metric, double inner) {
            return metric * root(inner);
        }
    };

    /**
     * The next metric, not scaled. Cost at most 12 d^3 flops.
     *
     * @param metric M, symmetric positive semidefinite, d x d
     * @param inner L = M^-1 F, symmetric
     */
    public abstract DoubleMatrix next(
            DoubleMatrix metric, DoubleMatrix inner, DoubleKernels kernels, ParallelFor parallel);

    /** The same for one entry of a diagonal metric. */
    public abstract double next(double metric, double inner);

    private static DoubleMatrix sandwich(
            DoubleMatrix metric, DoubleMatrix inner, DoubleKernels kernels, ParallelFor parallel) {
        return metric.times(inner, kernels, parallel).times(metric, kernels, parallel);
    }

    private static DoubleMatrix map(
            DoubleMatrix symmetric, DoubleUnaryOperator function, DoubleKernels kernels, ParallelFor parallel) {
        return SymmetricEigen.of(symmetric, kernels, parallel, share -> {}).map(function, kernels, parallel);
    }

    private static double root(double value) {
        return Math.sqrt(Math.max(0, value));
    }
}

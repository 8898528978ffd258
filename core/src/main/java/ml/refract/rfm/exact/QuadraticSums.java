package ml.refract.rfm.exact;

import java.util.Arrays;
import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;

/**
 * Both quadratic kernels: grad f_l(x) = M Q_l x with Q_l = 2 S_l M + beta_l I and S_l = sum_i alpha_il x_i x_i'. For (x'Mz)^2 beta is
 * 0, for the general one sum_i alpha_il (||x_i||_M^2 - 1). Sums over pairs of rows become products of d x d matrices (specification
 * of the family, section 2.2).
 */
final class QuadraticSums implements GradientSums {
    private final int d;
    private final int outputs;
    private final Execution execution;
    /** The S_l, one below the other. */
    private final DoubleMatrix forms;
    /** The Q_l, one below the other. */
    private final DoubleMatrix maps;

    QuadraticSums(boolean general, DoubleMatrix metric, Inputs centers, DoubleMatrix alpha, Execution execution) {
        this.d = metric.rows();
        this.outputs = alpha.cols();
        this.execution = execution;
        this.forms = centers.weightedGrams(alpha, execution);
        this.maps = Inputs.product(forms, metric, execution);
        double[] values = maps.values();
        for (int k = 0; k < values.length; k++) {
            values[k] *= 2;
        }
        if (general) {
            addToDiagonals(values, shares(KernelMatrix.norms(centers.all(), centers.times(metric, execution)), alpha));
        }
    }

    private static double[] shares(double[] norms, DoubleMatrix alpha) {
        double[] beta = new double[alpha.cols()];
        for (int i = 0; i < norms.length; i++) {
            for (int l = 0; l < beta.length; l++) {
                beta[l] += alpha.get(i, l) * (norms[i] - 1);
            }
        }
        return beta;
    }

    private void addToDiagonals(double[] values, double[] beta) {
        for (int l = 0; l < outputs; l++) {
            for (int s = 0; s < d; s++) {
                values[(l * d + s) * d + s] += beta[l];
            }
        }
    }

    /** sum_l Q_l C Q_l' with C the second moment of the queries, or their covariance. Cost 4 c d^3 flops; memory 4 c d^2. */
    @Override
    public DoubleMatrix moment(Inputs queries, boolean centred) {
        DoubleMatrix ones = DoubleMatrix.zeros(queries.rows(), 1);
        Arrays.fill(ones.values(), 1.0 / queries.rows());
        DoubleMatrix second = queries.weightedGrams(ones, execution);
        if (centred) {
            DoubleMatrix mean = queries.transposeTimes(ones, execution);
            for (int k = 0; k < second.values().length; k++) {
                second.values()[k] -= mean.values()[k / d] * mean.values()[k % d];
            }
        }
        return Inputs.product(sideBySide(Inputs.product(maps, second, execution)), turned(maps), execution);
    }

    /** sum_l Q_l S_l. */
    @Override
    public DoubleMatrix fact() {
        return Inputs.product(sideBySide(maps), forms, execution);
    }

    /** [A_1 ... A_c] of matrices that stand one below the other. */
    private DoubleMatrix sideBySide(DoubleMatrix stack) {
        DoubleMatrix result = DoubleMatrix.zeros(d, outputs * d);
        for (int l = 0; l < outputs; l++) {
            for (int i = 0; i < d; i++) {
                System.arraycopy(stack.values(), (l * d + i) * d, result.values(), (i * outputs + l) * d, d);
            }
        }
        return result;
    }

    /** Each of the matrices that stand one below the other, transposed. */
    private DoubleMatrix turned(DoubleMatrix stack) {
        return sideBySide(stack).transpose();
    }
}

package ml.refract.explain;

import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Rows;
import ml.refract.linalg.SymmetricEigen;

/**
 * How well the weights W (k x d) of a layer of a trained network are what theory says of them: the neural feature ansatz has W'W
 * proportional to a power of the average gradient outer product of the network in the layer's inputs (Radhakrishnan, Beaglehole,
 * Pandit and Belkin, Science 2024), the features at convergence theorem has it equal FACT at a minimum of a loss with weight decay
 * (arXiv 2507.05644; specification of the family, sections 3 and 6). Gradients come from whoever trained the network.
 */
public final class FeatureAnsatz {
    private FeatureAnsatz() {}

    /**
     * How alike a matrix F is to W'W.
     *
     * @param cosine of the angle between both as vectors: 1 where they are proportional
     * @param correlation Pearson's, over entries: the cosine after the mean of each matrix was subtracted
     * @param size Frobenius norm of F over that of W'W: 1 where they are equal
     */
    public record Match(double cosine, double correlation, double size) {}

    /** W'W, d x d, of weights W with a column for each input of the layer. Cost 2 k d^2 flops. */
    public static DoubleMatrix weightMoment(Rows weights, Execution execution) {
        DoubleMatrix w = doubles(weights);
        return product(w.transpose(), w, execution);
    }

    /**
     * The average gradient outer product to a power, ((1/m) G'G)^s. Cost 2 m d^2 flops, and 9 d^3 unless the power is 1.
     *
     * @param gradients G (m x d): of each output of the network in the inputs of the layer, a row for each sample and output
     * @param power s > 0
     */
    public static DoubleMatrix agop(Rows gradients, double power, Execution execution) {
        DoubleMatrix g = doubles(gradients);
        DoubleMatrix moment = product(g.transpose(), g, execution);
        scale(moment, 1.0 / Math.max(1, g.rows()));
        return power == 1
                ? moment
                : SymmetricEigen.of(
                                moment,
                                execution.engine().doubleKernels(),
                                execution.workers(),
                                share -> execution.requireNotCancelled())
                        .map(
                                value -> Math.pow(Math.max(0, value), power),
                                execution.engine().doubleKernels(),
                                execution.workers());
    }

    /**
     * FACT, -(1/(n lambda)) sum_i (gradient of loss i in h_i) h_i', d x d; not symmetric away from a minimum. Cost 2 n d^2 flops.
     *
     * @param lossGradients of the loss of each sample alone, without the weight decay, in the inputs of the layer: n x d
     * @param inputs h of the layer for the same samples, in the same order: n x d
     * @param weightDecay lambda > 0 of the term lambda/2 ||W||^2 that is added to the mean loss
     * @throws IllegalArgumentException when shapes differ or the weight decay is not positive
     */
    public static DoubleMatrix fact(Rows lossGradients, Rows inputs, double weightDecay, Execution execution) {
        if (lossGradients.rows() != inputs.rows() || lossGradients.cols() != inputs.cols()) {
            throw new IllegalArgumentException("Gradients of the loss and inputs need the same shape, got "
                    + lossGradients.rows() + " x " + lossGradients.cols() + " and " + inputs.rows() + " x "
                    + inputs.cols());
        }
        if (!(weightDecay > 0)) {
            throw new IllegalArgumentException("The weight decay must be above 0, got " + weightDecay);
        }
        DoubleMatrix result = product(doubles(lossGradients).transpose(), doubles(inputs), execution);
        scale(result, -1 / (weightDecay * Math.max(1, inputs.rows())));
        return result;
    }

    /**
     * Compares a matrix with W'W of the same shape. NaN where one of them is zero, or constant for the correlation.
     *
     * @throws IllegalArgumentException when shapes differ
     */
    public static Match match(DoubleMatrix weightMoment, DoubleMatrix features) {
        if (weightMoment.rows() != features.rows() || weightMoment.cols() != features.cols()) {
            throw new IllegalArgumentException("W'W is " + weightMoment.rows() + " x " + weightMoment.cols()
                    + ", the other matrix " + features.rows() + " x " + features.cols());
        }
        double[] a = weightMoment.values();
        double[] b = features.values();
        double meanA = mean(a);
        double meanB = mean(b);
        return new Match(
                cosine(a, 0, b, 0), cosine(a, meanA, b, meanB), Math.sqrt(inner(b, 0, b, 0) / inner(a, 0, a, 0)));
    }

    private static double cosine(double[] a, double shiftA, double[] b, double shiftB) {
        return inner(a, shiftA, b, shiftB)
                / Math.sqrt(inner(a, shiftA, a, shiftA))
                / Math.sqrt(inner(b, shiftB, b, shiftB));
    }

    private static double inner(double[] a, double shiftA, double[] b, double shiftB) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += (a[k] - shiftA) * (b[k] - shiftB);
        }
        return sum;
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    private static void scale(DoubleMatrix matrix, double factor) {
        double[] values = matrix.values();
        for (int k = 0; k < values.length; k++) {
            values[k] *= factor;
        }
    }

    private static DoubleMatrix product(DoubleMatrix a, DoubleMatrix b, Execution execution) {
        return a.times(b, execution.engine().doubleKernels(), execution.workers());
    }

    private static DoubleMatrix doubles(Rows rows) {
        if (rows instanceof DoubleMatrix matrix) {
            return matrix;
        }
        DoubleMatrix result = DoubleMatrix.zeros(rows.rows(), rows.cols());
        for (int i = 0; i < rows.rows(); i++) {
            rows.copyRow(i, result.values(), i * rows.cols());
        }
        return result;
    }
}

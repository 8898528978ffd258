package ml.refract.task;

import java.util.Arrays;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Softmax;

/**
 * The mean log loss of a vector calibrator plus half of {@link #OFFSET_RIDGE} times the squared offsets and {@link #SLOPE_RIDGE}
 * times the squared slope. The offsets then sum to zero at the minimum, so that no class is special.
 *
 * @param flat whether the slope is held at 0
 */
record VectorFit(ScoredRows rows, boolean flat) implements Newton.Function {
    private static final double OFFSET_RIDGE = 1e-3;
    /** Keeps the slope finite where scores part the classes. */
    private static final double SLOPE_RIDGE = 1e-6;

    static Calibrator.Vector of(ScoredRows rows) {
        double[] start = new double[rows.classes() + 1];
        double[] best = Newton.minimise(new VectorFit(rows, false), start);
        if (best[0] < 0) {
            best = Newton.minimise(new VectorFit(rows, true), start);
        }
        return new Calibrator.Vector(best[0], Arrays.copyOfRange(best, 1, best.length));
    }

    /** At the slope, then the offsets. */
    @Override
    public Newton.Point at(double[] parameters) {
        int classes = rows.classes();
        int size = classes + 1;
        double total = rows.totalWeight();
        double value = 0;
        double[] gradient = new double[size];
        double[] hessian = new double[size * size];
        double[] p = new double[classes];
        for (int i = 0; i < rows.count(); i++) {
            int label = rows.labels()[i];
            for (int k = 0; k < classes; k++) {
                p[k] = parameters[0] * rows.scores().get(i, k) + parameters[k + 1];
            }
            double own = p[label];
            double weight = rows.weights()[i] / total;
            value += weight * (Softmax.inPlace(p, 0, classes) - own);
            double mean = 0;
            for (int k = 0; k < classes; k++) {
                mean += p[k] * rows.scores().get(i, k);
            }
            gradient[0] += weight * (mean - rows.scores().get(i, label));
            for (int k = 0; k < classes; k++) {
                double s = rows.scores().get(i, k);
                gradient[k + 1] += weight * (p[k] - (k == label ? 1 : 0));
                hessian[0] += weight * p[k] * (s - mean) * (s - mean);
                hessian[k + 1] += weight * p[k] * (s - mean);
                int row = (k + 1) * size + 1;
                double factor = weight * p[k];
                hessian[row + k] += factor;
                for (int j = k; j < classes; j++) {
                    hessian[row + j] -= factor * p[j];
                }
            }
        }
        for (int k = 0; k < size; k++) {
            double ridge = k == 0 ? SLOPE_RIDGE : OFFSET_RIDGE;
            value += ridge / 2 * parameters[k] * parameters[k];
            gradient[k] += ridge * parameters[k];
            hessian[k * size + k] += ridge;
            for (int j = 0; j < k; j++) {
                hessian[k * size + j] = hessian[j * size + k];
            }
        }
        if (flat) {
            gradient[0] = 0;
            for (int k = 1; k < size; k++) {
                hessian[k] = 0;
                hessian[k * size] = 0;
            }
        }
        return new Newton.Point(value, gradient, DoubleMatrix.of(size, size, hessian));
    }
}

package ml.refract.tune;

import java.util.List;
import java.util.Locale;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.task.Regressor;
import ml.refract.task.TargetScale;

/**
 * Squared errors in units of each target's deviation, summed over targets. Outputs are read as the mean, by the errors of these
 * very outputs: of hundreds of rows, a row's own error hardly changes them.
 *
 * @param y n x c
 * @param learned n x c, what outputs should be
 * @param scales of the targets
 */
record SquaredErrors(DoubleMatrix y, DoubleMatrix learned, List<TargetScale> scales) implements Objective {
    private static final double LEAST_DEVIATION = 1e-30;

    @Override
    public double[] losses(int[] rows, DoubleMatrix outputs) {
        List<TargetScale> withErrors = Regressor.withErrors(scales, learned.select(rows), outputs);
        double[] losses = new double[rows.length];
        for (int l = 0; l < outputs.cols(); l++) {
            TargetScale scale = withErrors.get(l);
            for (int i = 0; i < rows.length; i++) {
                double error = scale.read(outputs.get(i, l)) - y.get(rows[i], l);
                losses[i] += square(error / (scale.deviation() + LEAST_DEVIATION));
            }
        }
        return losses;
    }

    @Override
    public String text(double loss) {
        return String.format(Locale.ROOT, "R2 %.4f", 1 - loss / y.cols());
    }

    private static double square(double value) {
        return value * value;
    }
}

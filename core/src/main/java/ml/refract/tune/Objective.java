package ml.refract.tune;

import java.util.Locale;
import java.util.function.DoubleFunction;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.task.ClassCoding;

/** What a search makes small: a loss of raw outputs for rows whose targets are known. */
interface Objective {
    /**
     * The loss of each output row.
     *
     * @param rows the row whose target belongs to each output row
     * @param outputs raw outputs, one row per entry of {@code rows}
     */
    double[] losses(int[] rows, DoubleMatrix outputs);

    /** A mean loss in the words of a user. */
    String text(double loss);

    /** The mean loss. */
    default double mean(int[] rows, DoubleMatrix outputs) {
        double sum = 0;
        for (double loss : losses(rows, outputs)) {
            sum += loss;
        }
        return sum / rows.length;
    }

    /**
     * Squared error of targets that have variance 1 in each column.
     *
     * @param y n x c
     */
    static Objective squaredError(DoubleMatrix y) {
        return of(
                (rows, outputs) -> {
                    double[] losses = new double[rows.length];
                    for (int i = 0; i < rows.length; i++) {
                        for (int l = 0; l < outputs.cols(); l++) {
                            double error = outputs.get(i, l) - y.get(rows[i], l);
                            losses[i] += error * error;
                        }
                    }
                    return losses;
                },
                loss -> String.format(Locale.ROOT, "R2 %.4f", 1 - loss / y.cols()));
    }

    /** Brier score of class probabilities. */
    static Objective brier(int[] labels, ClassCoding coding) {
        return of(
                (rows, outputs) -> {
                    DoubleMatrix probabilities = ClassCoding.clamp(coding.decode(outputs), ClassCoding.CLAMP);
                    double[] losses = new double[rows.length];
                    for (int i = 0; i < rows.length; i++) {
                        for (int k = 0; k < probabilities.cols(); k++) {
                            double error = probabilities.get(i, k) - (labels[rows[i]] == k ? 1 : 0);
                            losses[i] += error * error;
                        }
                    }
                    return losses;
                },
                loss -> String.format(Locale.ROOT, "Brier score %.4f", loss));
    }

    /** Losses of rows. */
    interface Losses {
        double[] of(int[] rows, DoubleMatrix outputs);
    }

    private static Objective of(Losses losses, DoubleFunction<String> text) {
        return new Objective() {
            @Override
            public double[] losses(int[] rows, DoubleMatrix outputs) {
                return losses.of(rows, outputs);
            }

            @Override
            public String text(double loss) {
                return text.apply(loss);
            }
        };
    }
}

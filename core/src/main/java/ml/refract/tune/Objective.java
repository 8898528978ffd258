package ml.refract.tune;

import java.util.Locale;
import java.util.stream.IntStream;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.task.ClassCoding;
import ml.refract.task.Decision;

/** What a search makes small: a loss of raw outputs for rows whose targets are known. */
interface Objective {
    /**
     * The loss of each output row.
     *
     * @param rows the row whose target belongs to each output row
     * @param outputs raw outputs, one row per entry of {@code rows}
     */
    double[] losses(int[] rows, DoubleMatrix outputs);

    /** Whether no row has the wrong class; false for numbers, which are never quite right. */
    default boolean isFlawless(int[] rows, DoubleMatrix outputs) {
        return false;
    }

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

    /** Brier score of class probabilities. */
    static Objective brier(int[] labels, ClassCoding coding) {
        return new Objective() {
            @Override
            public double[] losses(int[] rows, DoubleMatrix outputs) {
                DoubleMatrix probabilities = coding.uncalibrated(outputs);
                double[] losses = new double[rows.length];
                for (int i = 0; i < rows.length; i++) {
                    for (int k = 0; k < probabilities.cols(); k++) {
                        double error = probabilities.get(i, k) - (labels[rows[i]] == k ? 1 : 0);
                        losses[i] += error * error;
                    }
                }
                return losses;
            }

            @Override
            public boolean isFlawless(int[] rows, DoubleMatrix outputs) {
                int[] found = new Decision.MostProbable().labels(coding.uncalibrated(outputs));
                return IntStream.range(0, rows.length).allMatch(i -> found[i] == labels[rows[i]]);
            }

            @Override
            public String text(double loss) {
                return String.format(Locale.ROOT, "Brier score %.4f", loss);
            }
        };
    }
}

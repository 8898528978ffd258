package ml.refract.rfm;

import java.util.Arrays;
import java.util.Iterator;
import java.util.function.ToDoubleFunction;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.testing.MeanSquares;

/** Validation scores for tests. */
final class Scores {
    private Scores() {}

    /** Mean squared error over all entries. */
    static Score meanSquaredError(DoubleMatrix targets) {
        return new MeanSquares(targets);
    }

    /** Mean squared error of clamped and normalised probabilities, over rows and classes. */
    static Score brier(DoubleMatrix oneHot) {
        return smaller(outputs -> meanSquaredError(oneHot).of(probabilities(outputs)));
    }

    /** Outputs clamped to [0.001, 0.999], divided by their row sums. */
    static DoubleMatrix probabilities(DoubleMatrix outputs) {
        DoubleMatrix result = outputs.copy();
        for (int i = 0; i < outputs.rows(); i++) {
            double sum = 0;
            for (int l = 0; l < outputs.cols(); l++) {
                result.set(i, l, Math.min(0.999, Math.max(0.001, outputs.get(i, l))));
                sum += result.get(i, l);
            }
            for (int l = 0; l < outputs.cols(); l++) {
                result.set(i, l, result.get(i, l) / sum);
            }
        }
        return result;
    }

    /** The given scores one after another, whatever the outputs. */
    static Score scripted(boolean higherIsBetter, double... scores) {
        Iterator<Double> next = Arrays.stream(scores).iterator();
        return score(higherIsBetter, outputs -> next.next());
    }

    static Score smaller(ToDoubleFunction<DoubleMatrix> score) {
        return score(false, score);
    }

    private static Score score(boolean higherIsBetter, ToDoubleFunction<DoubleMatrix> score) {
        return new Score() {
            @Override
            public Readout readout() {
                return Readout.identity();
            }

            @Override
            public double of(DoubleMatrix outputs) {
                return score.applyAsDouble(outputs);
            }

            @Override
            public boolean higherIsBetter() {
                return higherIsBetter;
            }

            @Override
            public Score select(int[] rows) {
                throw new UnsupportedOperationException("scores of a single machine are not divided");
            }
        };
    }
}

package ml.refract.examples;

import java.util.SplittableRandom;
import ml.refract.engine.Execution;
import ml.refract.engine.Seeds;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.exact.ExactFit;
import ml.refract.rfm.exact.ExactKernel;
import ml.refract.rfm.exact.ExactOptions;
import ml.refract.rfm.exact.ExactRfm;
import ml.refract.rfm.exact.FeatureRule;

/** Addition modulo 31 from seventy percent of its table: accuracy on the rest, round by round. */
public final class Grokking {
    private static final int P = 31;

    private Grokking() {}

    /** Prints the accuracy of each round, and a row of the learned block between both numbers. */
    public static void main(String[] args) {
        int[] order = Seeds.permutation(P * P, new SplittableRandom(0));
        int count = (int) (0.7 * order.length);
        DoubleMatrix inputs = pairs(order, 0, count);
        DoubleMatrix targets = sums(order, 0, count);
        DoubleMatrix others = pairs(order, count, order.length);
        DoubleMatrix truth = sums(order, count, order.length);
        // [grokking]
        try (Execution execution = Execution.defaults()) {
            ExactOptions options = ExactOptions.of(ExactKernel.quadratic(), FeatureRule.agop(0.5))
                    .withRounds(14);
            ExactFit fit = ExactRfm.fit(
                    inputs,
                    targets,
                    options,
                    round -> {
                        DoubleMatrix outputs = round.machine().predict(others, execution);
                        System.out.printf("%d %.2f%n", round.index(), accuracy(outputs, truth));
                    },
                    execution);
            DoubleMatrix metric = fit.machine().metric();
            System.out.println(metric.get(P, 0) + " is nearly " + metric.get(P + 1, 1));
        }
        // [end]
    }

    /** Unit vectors of both numbers of a pair, one after the other. */
    private static DoubleMatrix pairs(int[] order, int from, int to) {
        DoubleMatrix result = DoubleMatrix.zeros(to - from, 2 * P);
        for (int i = from; i < to; i++) {
            result.set(i - from, order[i] / P, 1);
            result.set(i - from, P + order[i] % P, 1);
        }
        return result;
    }

    /** The unit vector of their sum modulo P. */
    private static DoubleMatrix sums(int[] order, int from, int to) {
        DoubleMatrix result = DoubleMatrix.zeros(to - from, P);
        for (int i = from; i < to; i++) {
            result.set(i - from, (order[i] / P + order[i] % P) % P, 1);
        }
        return result;
    }

    private static double accuracy(DoubleMatrix outputs, DoubleMatrix truth) {
        int right = 0;
        for (int i = 0; i < outputs.rows(); i++) {
            right += largest(outputs.row(i)) == largest(truth.row(i)) ? 1 : 0;
        }
        return (double) right / outputs.rows();
    }

    private static int largest(double[] values) {
        int best = 0;
        for (int l = 1; l < values.length; l++) {
            best = values[l] > values[best] ? l : best;
        }
        return best;
    }
}

package ml.refract.task;

import java.util.Comparator;
import java.util.stream.IntStream;
import ml.refract.linalg.DoubleMatrix;

/** Thresholds on the probability of class 1 that do best on given rows. Thread-safe. */
public final class Thresholds {
    private Thresholds() {}

    /**
     * The threshold of the largest F1 score of class 1, halfway between two neighbouring probabilities; of equally good ones the
     * largest. Choose it on rows the model has not learned from, such as those of a search: read {@code tuned.outputs()} with the
     * predictor, beside the labels of the rows {@code tuned.heldOut()}. Cost O(n ln n).
     *
     * @param labels class of each row, 0 or 1
     * @param probabilities n x 2
     * @throws IllegalArgumentException when no row is of class 1, or there are not two classes
     */
    public static Decision.Threshold maximisingF1(int[] labels, DoubleMatrix probabilities) {
        if (probabilities.cols() != 2) {
            throw new IllegalArgumentException(
                    "A threshold decides between two classes, got probabilities of " + probabilities.cols());
        }
        double[] p = probabilities.col(1);
        int[] order = IntStream.range(0, labels.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> p[i]).reversed())
                .mapToInt(i -> i)
                .toArray();
        long wanted = IntStream.of(labels).filter(label -> label == 1).count();
        if (wanted == 0) {
            throw new IllegalArgumentException(
                    "A threshold of the largest F1 score needs rows of class 1, there is none");
        }
        long hits = 0;
        double best = 0;
        double threshold = 1;
        for (int found = 1; found <= order.length; found++) {
            int row = order[found - 1];
            hits += labels[row];
            double next = found < order.length ? p[order[found]] : 0;
            double f1 = 2.0 * hits / (wanted + found);
            boolean between = found == order.length || next < p[row];
            if (between && f1 > best) {
                best = f1;
                threshold = (p[row] + next) / 2;
            }
        }
        return new Decision.Threshold(threshold);
    }
}

package ml.refract.task;

import java.util.Arrays;
import java.util.stream.IntStream;
import ml.refract.linalg.Ascending;
import ml.refract.linalg.DoubleMatrix;

/**
 * Scores of predictions (specification of xRFM, section 11). Inputs are read only; rows and outputs are pooled unless said
 * otherwise.
 */
public final class Scores {
    /** Probabilities are not taken below this before a logarithm. */
    private static final double LEAST_PROBABILITY = 0x1p-52;

    private Scores() {}

    /** Mean squared error over rows and outputs. */
    public static double mse(DoubleMatrix truth, DoubleMatrix predicted) {
        requireSameShape(truth, predicted);
        double sum = 0;
        for (int k = 0; k < truth.values().length; k++) {
            double error = predicted.values()[k] - truth.values()[k];
            sum += error * error;
        }
        return sum / truth.values().length;
    }

    /** Root of the mean squared error over rows and outputs. */
    public static double rmse(DoubleMatrix truth, DoubleMatrix predicted) {
        return Math.sqrt(mse(truth, predicted));
    }

    /** Mean absolute error over rows and outputs. */
    public static double mae(DoubleMatrix truth, DoubleMatrix predicted) {
        requireSameShape(truth, predicted);
        double sum = 0;
        for (int k = 0; k < truth.values().length; k++) {
            sum += Math.abs(predicted.values()[k] - truth.values()[k]);
        }
        return sum / truth.values().length;
    }

    /**
     * Share of variance explained, 1 - sum of squared errors / sum of squared deviations from each output's mean over these
     * rows, averaged over outputs. NaN when an output is constant.
     */
    public static double r2(DoubleMatrix truth, DoubleMatrix predicted) {
        requireSameShape(truth, predicted);
        double sum = 0;
        for (int l = 0; l < truth.cols(); l++) {
            double mean = Arrays.stream(truth.col(l)).average().orElse(Double.NaN);
            double errors = 0;
            double deviations = 0;
            for (int i = 0; i < truth.rows(); i++) {
                errors += Math.pow(truth.get(i, l) - predicted.get(i, l), 2);
                deviations += Math.pow(truth.get(i, l) - mean, 2);
            }
            sum += deviations == 0 ? Double.NaN : 1 - errors / deviations;
        }
        return sum / truth.cols();
    }

    /** Share of rows whose predicted class is right. */
    public static double accuracy(int[] labels, int[] predicted) {
        int right = 0;
        for (int i = 0; i < labels.length; i++) {
            right += labels[i] == predicted[i] ? 1 : 0;
        }
        return (double) right / labels.length;
    }

    /** Index of the largest entry of each of the first {@code classes} columns, the first of equals. */
    public static int[] argmax(DoubleMatrix probabilities, int classes) {
        int[] result = new int[probabilities.rows()];
        for (int i = 0; i < result.length; i++) {
            for (int k = 1; k < classes; k++) {
                if (probabilities.get(i, k) > probabilities.get(i, result[i])) {
                    result[i] = k;
                }
            }
        }
        return result;
    }

    /** Mean over rows and classes of (indicator - probability)^2. */
    public static double brier(int[] labels, DoubleMatrix probabilities) {
        double sum = 0;
        for (int i = 0; i < labels.length; i++) {
            for (int k = 0; k < probabilities.cols(); k++) {
                double error = (labels[i] == k ? 1 : 0) - probabilities.get(i, k);
                sum += error * error;
            }
        }
        return sum / ((double) labels.length * probabilities.cols());
    }

    /** Mean of -ln p of the true class, with p clipped to [2^-52, 1 - 2^-52]. */
    public static double logLoss(int[] labels, DoubleMatrix probabilities) {
        double sum = 0;
        for (int i = 0; i < labels.length; i++) {
            double p = probabilities.get(i, labels[i]);
            sum -= Math.log(Math.min(1 - LEAST_PROBABILITY, Math.max(LEAST_PROBABILITY, p)));
        }
        return sum / labels.length;
    }

    /**
     * F1 score: of class 1 with two classes, otherwise the unweighted mean over all classes, where a class without hits
     * counts 0.
     */
    public static double f1(int[] labels, int[] predicted, int classes) {
        if (classes == 2) {
            return Counts.of(labels, predicted, 2).f1(1);
        }
        return macroF1(labels, predicted, classes);
    }

    /** F1 score of each class, averaged over all classes; one without hits counts 0. */
    public static double macroF1(int[] labels, int[] predicted, int classes) {
        Counts counts = Counts.of(labels, predicted, classes);
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            sum += counts.f1(k);
        }
        return sum / classes;
    }

    /** F1 score of each class, averaged with the number of rows that are truly of it; one without hits counts 0. */
    public static double weightedF1(int[] labels, int[] predicted, int classes) {
        Counts counts = Counts.of(labels, predicted, classes);
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            sum += counts.rows()[k] * counts.f1(k);
        }
        return sum / labels.length;
    }

    /** Share of the rows of each class that was found, averaged over the classes that have rows. */
    public static double balancedAccuracy(int[] labels, int[] predicted, int classes) {
        Counts counts = Counts.of(labels, predicted, classes);
        double sum = 0;
        int present = 0;
        for (int k = 0; k < classes; k++) {
            int rows = counts.rows()[k];
            sum += rows == 0 ? 0 : (double) counts.hits()[k] / rows;
            present += rows == 0 ? 0 : 1;
        }
        return sum / present;
    }

    /**
     * What is needed of the table of true and predicted classes.
     *
     * @param rows truly of each class
     * @param found predicted to be of it
     * @param hits both
     */
    private record Counts(int[] rows, int[] found, int[] hits) {
        static Counts of(int[] labels, int[] predicted, int classes) {
            Counts counts = new Counts(new int[classes], new int[classes], new int[classes]);
            for (int i = 0; i < labels.length; i++) {
                counts.rows[labels[i]]++;
                counts.found[predicted[i]]++;
                counts.hits[labels[i]] += labels[i] == predicted[i] ? 1 : 0;
            }
            return counts;
        }

        double f1(int k) {
            return hits[k] == 0 ? 0 : 2.0 * hits[k] / (rows[k] + found[k]);
        }
    }

    /** Pearson correlation of numbers with numeric targets, as many; NaN when either is constant. */
    public static double correlation(double[] values, double[] targets) {
        double meanX = Arrays.stream(values).average().orElse(Double.NaN);
        double meanY = Arrays.stream(targets).average().orElse(Double.NaN);
        double xy = 0;
        double xx = 0;
        double yy = 0;
        for (int i = 0; i < targets.length; i++) {
            double x = values[i] - meanX;
            double y = targets[i] - meanY;
            xy += x * y;
            xx += x * x;
            yy += y * y;
        }
        return xy / (Math.sqrt(xx) * Math.sqrt(yy));
    }

    /**
     * Area under the ROC curve of any score for one class against the rest, ties counting one half. NaN when only one side
     * is present.
     */
    public static double auc(int[] labels, double[] scores, int positive) {
        return aucOfClass(labels, scores, positive);
    }

    /**
     * Area under the ROC curve, ties counting one half: of the class-1 probability with two classes, otherwise one against
     * the rest, averaged over the classes present (a class with no rows, or with all of them, has no curve). NaN when no
     * class has one.
     */
    public static double auc(int[] labels, DoubleMatrix probabilities) {
        if (probabilities.cols() == 2) {
            return aucOfClass(labels, probabilities.col(1), 1);
        }
        double sum = 0;
        int present = 0;
        for (int k = 0; k < probabilities.cols(); k++) {
            double auc = aucOfClass(labels, probabilities.col(k), k);
            if (!Double.isNaN(auc)) {
                sum += auc;
                present++;
            }
        }
        return present == 0 ? Double.NaN : sum / present;
    }

    /**
     * The form of Mann and Whitney: the share of pairs, one row of the class and one of the others, that the scores put in order. Cost
     * n log p for p rows of the class, which is little where there are many classes.
     */
    private static double aucOfClass(int[] labels, double[] scores, int k) {
        double[] positives = IntStream.range(0, labels.length)
                .filter(i -> labels[i] == k)
                .mapToDouble(i -> scores[i])
                .sorted()
                .toArray();
        long negatives = labels.length - positives.length;
        if (positives.length == 0 || negatives == 0) {
            return Double.NaN;
        }
        long halves = 0; // pairs in order count 2, ties 1
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] != k) {
                halves += 2L * positives.length
                        - Ascending.below(positives, scores[i])
                        - Ascending.atMost(positives, scores[i]);
            }
        }
        return halves / 2.0 / ((double) positives.length * negatives);
    }

    private static void requireSameShape(DoubleMatrix truth, DoubleMatrix predicted) {
        if (truth.rows() != predicted.rows() || truth.cols() != predicted.cols()) {
            throw new IllegalArgumentException("Cannot score " + predicted.rows() + " x " + predicted.cols()
                    + " predictions against " + truth.rows() + " x " + truth.cols() + " true values");
        }
    }
}

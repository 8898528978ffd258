package ml.refract.task;

import java.util.List;
import java.util.stream.IntStream;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Softmax;

/**
 * A map from class scores to probabilities (specification of xRFM, section 22). Scores are what {@link ClassCoding#decode} makes
 * of raw outputs averaged over leaves and trees, m x K, before any clamping; for two classes the score s of class 1 decides and
 * that of class 0 is 1 - s. Of logits, which sum to zero, {@link Vector} with a slope of 1 and no offsets makes the probabilities
 * without calibration. Immutable and thread-safe.
 */
public sealed interface Calibrator {
    /** Calibrated probabilities are kept at least this far from 0 and 1 before they are divided by their sum. */
    double CLAMP = 1e-6;

    /** Name in model files and reports. */
    String id();

    /** Probabilities, m x K, each row summing to 1, of scores, m x K. Cost O(m K), isotonic curves O(m K ln n). */
    DoubleMatrix apply(DoubleMatrix scores);

    /**
     * No calibration: scores clamped by {@link ClassCoding#CLAMP}. A {@link Classifier} clamps leaf by leaf and averages
     * afterwards, which makes its predictions a little less sure.
     */
    record None() implements Calibrator {
        @Override
        public String id() {
            return "none";
        }

        @Override
        public DoubleMatrix apply(DoubleMatrix scores) {
            return ClassCoding.clamp(scores, ClassCoding.clamp(scores.cols()));
        }
    }

    /**
     * Another form whose probabilities are kept further from 0 and 1 than by {@link #CLAMP}, and divided by their sum again: as far
     * as the rows behind it ask for.
     *
     * @param form neither one with a floor nor {@link None}, which has its own
     * @param floor above {@link #CLAMP} and below 1/2
     */
    record Floor(Calibrator form, double floor) implements Calibrator {
        public Floor {
            if (form instanceof Floor || form instanceof None) {
                throw new IllegalArgumentException("A floor is for a form of calibration without one, got "
                        + form.getClass().getSimpleName());
            }
            if (!(floor > CLAMP && floor < 0.5)) {
                throw new IllegalArgumentException(
                        "A floor of probabilities must be above " + CLAMP + " and below 0.5, got " + floor);
            }
        }

        @Override
        public String id() {
            return form.id();
        }

        @Override
        public DoubleMatrix apply(DoubleMatrix scores) {
            return ClassCoding.clamp(form.apply(scores), floor);
        }
    }

    /** The scores themselves, clamped and divided by their sum. */
    record Identity() implements Calibrator {
        @Override
        public String id() {
            return "identity";
        }

        @Override
        public DoubleMatrix apply(DoubleMatrix scores) {
            return ClassCoding.clamp(scores, CLAMP);
        }
    }

    /**
     * Probabilities proportional to p^(1 / temperature), where p are the probabilities without calibration. Keeps the order of
     * classes; above 1 it makes predictions less sure.
     *
     * @param temperature above 0
     */
    record Temperature(double temperature) implements Calibrator {
        public Temperature {
            if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("A temperature must be a number above 0, got " + temperature);
            }
        }

        @Override
        public String id() {
            return "temperature";
        }

        @Override
        public DoubleMatrix apply(DoubleMatrix scores) {
            DoubleMatrix result = logits(scores);
            for (int k = 0; k < result.values().length; k++) {
                result.values()[k] /= temperature;
            }
            return softmax(result);
        }

        /** Logarithms of the probabilities without calibration. */
        static DoubleMatrix logits(DoubleMatrix scores) {
            DoubleMatrix result = new None().apply(scores);
            for (int k = 0; k < result.values().length; k++) {
                result.values()[k] = Math.log(result.values()[k]);
            }
            return result;
        }
    }

    /**
     * For two classes: the probability of class 1 is 1 / (1 + exp(-(slope s + offset))) (Platt, Probabilistic outputs for support
     * vector machines, 1999).
     *
     * @param slope at least 0
     */
    record Platt(double slope, double offset) implements Calibrator {
        public Platt {
            requireSlope(slope, offset);
        }

        @Override
        public String id() {
            return "platt";
        }

        @Override
        public DoubleMatrix apply(DoubleMatrix scores) {
            requireClasses(scores, 2);
            DoubleMatrix result = DoubleMatrix.zeros(scores.rows(), 2);
            for (int i = 0; i < scores.rows(); i++) {
                double logit = slope * scores.get(i, 1) + offset;
                result.set(i, 0, sigmoid(-logit));
                result.set(i, 1, sigmoid(logit));
            }
            return ClassCoding.clamp(result, CLAMP);
        }

        /**
         * The one of least log loss on scores of class 1, see {@link PlattFit}.
         *
         * @param labels 0 or 1 for each score; both occur
         */
        public static Platt fit(double[] scores, int[] labels) {
            DoubleMatrix both = DoubleMatrix.zeros(scores.length, 2);
            for (int i = 0; i < scores.length; i++) {
                both.set(i, 0, 1 - scores[i]);
                both.set(i, 1, scores[i]);
            }
            int[] rows = IntStream.range(0, scores.length).toArray();
            return PlattFit.of(ScoredRows.of(both, labels, rows));
        }

        /** The probability of class 1, not clamped. */
        public double of(double score) {
            return sigmoid(slope * score + offset);
        }

        static double sigmoid(double logit) {
            return 1 / (1 + Math.exp(-logit));
        }
    }

    /**
     * Softmax of slope s_k + offset_k, with one slope for all classes.
     *
     * @param slope at least 0
     * @param offsets one per class; not copied
     */
    record Vector(double slope, double[] offsets) implements Calibrator {
        public Vector {
            requireSlope(slope, offsets);
        }

        @Override
        public String id() {
            return "vector";
        }

        @Override
        public DoubleMatrix apply(DoubleMatrix scores) {
            requireClasses(scores, offsets.length);
            DoubleMatrix logits = DoubleMatrix.zeros(scores.rows(), scores.cols());
            for (int i = 0; i < scores.rows(); i++) {
                for (int k = 0; k < offsets.length; k++) {
                    logits.set(i, k, slope * scores.get(i, k) + offsets[k]);
                }
            }
            return softmax(logits);
        }
    }

    /**
     * A nondecreasing, piecewise linear curve of the score for each class, whose values are divided by their sum; for two classes
     * one curve, for the score of class 1.
     *
     * @param curves one per class, or a single one for two classes
     */
    record Isotonic(List<Curve> curves) implements Calibrator {
        public Isotonic {
            curves = List.copyOf(curves);
            if (curves.isEmpty() || curves.size() == 2) {
                throw new IllegalArgumentException(
                        "Wanted one curve for two classes or one for each of more, got " + curves.size());
            }
        }

        @Override
        public String id() {
            return "isotonic";
        }

        @Override
        public DoubleMatrix apply(DoubleMatrix scores) {
            int classes = curves.size() == 1 ? 2 : curves.size();
            requireClasses(scores, classes);
            DoubleMatrix result = DoubleMatrix.zeros(scores.rows(), classes);
            for (int i = 0; i < scores.rows(); i++) {
                for (int k = 0; k < classes; k++) {
                    double p = classes == 2
                            ? curves.get(0).at(scores.get(i, 1))
                            : curves.get(k).at(scores.get(i, k));
                    result.set(i, k, classes == 2 && k == 0 ? 1 - p : p);
                }
            }
            return ClassCoding.clamp(result, CLAMP);
        }
    }

    /**
     * A piecewise linear curve, constant outside its knots.
     *
     * @param scores where the knots are, ascending; not copied
     * @param probabilities the curve there, between 0 and 1, never descending; not copied
     */
    record Curve(double[] scores, double[] probabilities) {
        public Curve {
            if (scores.length == 0 || scores.length != probabilities.length) {
                throw new IllegalArgumentException(
                        "A curve needs as many probabilities as scores and at least one, got " + probabilities.length
                                + " and " + scores.length);
            }
            for (int k = 1; k < scores.length; k++) {
                if (!(scores[k] > scores[k - 1] && probabilities[k] >= probabilities[k - 1])) {
                    throw new IllegalArgumentException("The curve descends at its knot " + k);
                }
            }
            if (!(probabilities[0] >= 0 && probabilities[scores.length - 1] <= 1)) {
                throw new IllegalArgumentException("The curve leaves the probabilities from 0 to 1");
            }
        }

        /** The curve at a score. */
        double at(double score) {
            int found = java.util.Arrays.binarySearch(scores, score);
            if (found >= 0) {
                return probabilities[found];
            }
            int above = -found - 1;
            if (above == 0 || above == scores.length) {
                return probabilities[Math.min(above, scores.length - 1)];
            }
            double share = (score - scores[above - 1]) / (scores[above] - scores[above - 1]);
            return probabilities[above - 1] + share * (probabilities[above] - probabilities[above - 1]);
        }
    }

    /** Each row exponentiated and divided by its sum, clamped; in place. */
    private static DoubleMatrix softmax(DoubleMatrix logits) {
        for (int i = 0; i < logits.rows(); i++) {
            Softmax.inPlace(logits.values(), i * logits.cols(), logits.cols());
        }
        return ClassCoding.clamp(logits, CLAMP);
    }

    private static void requireClasses(DoubleMatrix scores, int classes) {
        if (scores.cols() != classes) {
            throw new IllegalArgumentException(
                    "The calibration is for " + classes + " classes, got scores of " + scores.cols());
        }
    }

    private static void requireSlope(double slope, double... offsets) {
        boolean finite = java.util.Arrays.stream(offsets).allMatch(Double::isFinite);
        if (!(slope >= 0 && slope < Double.POSITIVE_INFINITY && finite)) {
            throw new IllegalArgumentException("A calibration was given the slope " + slope + " and the offsets "
                    + java.util.Arrays.toString(offsets) + "; wanted numbers, and a slope of at least 0");
        }
    }
}

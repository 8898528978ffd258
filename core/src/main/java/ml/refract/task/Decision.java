package ml.refract.task;

import ml.refract.linalg.DoubleMatrix;

/** How probabilities become a class. Immutable and thread-safe. */
public sealed interface Decision {
    /** Name in model files and reports. */
    String id();

    /**
     * The class of each row.
     *
     * @param probabilities m x K
     */
    int[] labels(DoubleMatrix probabilities);

    /** The most probable class, the first of equals; a {@link Classifier} lets its scores decide between equals. */
    record MostProbable() implements Decision {
        @Override
        public String id() {
            return "most-probable";
        }

        @Override
        public int[] labels(DoubleMatrix probabilities) {
            return Scores.argmax(probabilities, probabilities.cols());
        }
    }

    /**
     * For two classes: class 1 where its probability is at least the threshold.
     *
     * @param threshold from 0 to 1; see {@link Thresholds}
     */
    record Threshold(double threshold) implements Decision {
        public Threshold {
            if (!(threshold >= 0 && threshold <= 1)) {
                throw new IllegalArgumentException("A threshold must be between 0 and 1, got " + threshold);
            }
        }

        @Override
        public String id() {
            return "threshold";
        }

        @Override
        public int[] labels(DoubleMatrix probabilities) {
            requireClasses(probabilities, 2);
            int[] labels = new int[probabilities.rows()];
            for (int i = 0; i < labels.length; i++) {
                labels[i] = probabilities.get(i, 1) >= threshold ? 1 : 0;
            }
            return labels;
        }
    }

    /**
     * The class of the least expected cost, the first of equals: the j of the least sum over k of p_k times costs (k, j). Cost
     * O(m K^2).
     *
     * @param costs K x K, what it costs to say class j where k is true, row k and column j; not copied
     */
    record LeastCost(DoubleMatrix costs) implements Decision {
        public LeastCost {
            if (costs.rows() != costs.cols() || costs.rows() < 2) {
                throw new IllegalArgumentException(
                        "Costs need a row and a column for each class, got " + costs.rows() + " x " + costs.cols());
            }
            for (int at = 0; at < costs.values().length; at++) {
                if (!Double.isFinite(costs.values()[at])) {
                    throw new IllegalArgumentException("The cost of saying class " + at % costs.cols() + " for class "
                            + at / costs.cols() + " is " + costs.values()[at] + ", wanted a number");
                }
            }
        }

        @Override
        public String id() {
            return "least-cost";
        }

        @Override
        public int[] labels(DoubleMatrix probabilities) {
            requireClasses(probabilities, costs.rows());
            DoubleMatrix expected = probabilities.times(costs);
            int[] labels = new int[probabilities.rows()];
            for (int i = 0; i < labels.length; i++) {
                for (int j = 1; j < costs.cols(); j++) {
                    labels[i] = expected.get(i, j) < expected.get(i, labels[i]) ? j : labels[i];
                }
            }
            return labels;
        }
    }

    /** Number of classes that it can decide between, or 0 for any. */
    default int classes() {
        return this instanceof LeastCost least ? least.costs().rows() : this instanceof Threshold ? 2 : 0;
    }

    private static void requireClasses(DoubleMatrix probabilities, int classes) {
        if (probabilities.cols() != classes) {
            throw new IllegalArgumentException(
                    "The decision is between " + classes + " classes, got probabilities of " + probabilities.cols());
        }
    }
}

package ml.refract.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import ml.refract.engine.Seeds;
import ml.refract.linalg.DoubleMatrix;

/**
 * Sets of classes that hold the true one with a wanted share, from how unlikely the true class seemed on rows that the model had
 * not learned from: a class is in the set when it does not seem more unlikely than that (specification of xRFM, section 19). Classes
 * with many such rows have a bound of their own, so that they are covered like the others. A set is never empty: the most
 * probable class is always in it, which makes sets hold the truth more often than wanted where a model is nearly always right.
 *
 * @param rows number of different rows, n
 * @param source what these rows were to the model
 * @param leastAmbiguous scores of the rows of each class, see {@link Kind#LEAST_AMBIGUOUS}
 * @param adaptive likewise, see {@link Kind#ADAPTIVE}
 */
public record ClassSets(int rows, ErrorSource source, List<SortedErrors> leastAmbiguous, List<SortedErrors> adaptive)
        implements Conformal {
    /** Most scores kept in all, as long as every class keeps some. */
    private static final int MOST = ResidualIntervals.MOST;

    private static final int LEAST_OF_A_CLASS = 200;
    /** A class has a bound of its own from so many rows on for each row that may be missed. */
    private static final int ROWS_PER_MISS = 10;

    /** How unlikely a class seems. */
    public enum Kind {
        /** 1 - p of the class: the smallest sets on average (Sadinle, Lei and Wasserman, JASA 114, 2019). */
        LEAST_AMBIGUOUS,
        /**
         * The probability of all classes before it plus a random share, fixed for each row, of its own: sets that grow where the
         * model is unsure (Romano, Sesia and Candès, NeurIPS 2020).
         */
        ADAPTIVE
    }

    /**
     * @throws IllegalArgumentException when the numbers of scores do not match
     */
    public ClassSets {
        leastAmbiguous = List.copyOf(leastAmbiguous);
        adaptive = List.copyOf(adaptive);
        if (total(leastAmbiguous) != rows || total(adaptive) != rows || leastAmbiguous.size() != adaptive.size()) {
            throw new IllegalArgumentException("There are " + total(leastAmbiguous) + " and " + total(adaptive)
                    + " scores of classes and " + rows + " rows");
        }
    }

    private static long total(List<SortedErrors> scores) {
        return scores.stream().mapToLong(SortedErrors::count).sum();
    }

    /**
     * Keeps the scores of true classes. Cost n (K + log n).
     *
     * @param labels class of all rows; only the rows named are read
     * @param rows number of the row behind each prediction; one that occurs several times counts once, with its mean probabilities
     * @param probabilities rows.length x K, by models that had not learned from these rows
     * @throws IllegalArgumentException when shapes do not match or a probability is not finite
     */
    public static ClassSets of(int[] labels, int[] rows, DoubleMatrix probabilities, ErrorSource source) {
        RowMeans held = RowMeans.of(rows, probabilities);
        int[] truth = Arrays.stream(held.rows()).map(row -> labels[row]).toArray();
        return new ClassSets(
                truth.length,
                source,
                sorted(Kind.LEAST_AMBIGUOUS, truth, held.means()),
                sorted(Kind.ADAPTIVE, truth, held.means()));
    }

    private static List<SortedErrors> sorted(Kind kind, int[] truth, DoubleMatrix probabilities) {
        double[] scores = new double[truth.length];
        Arrays.setAll(scores, i -> scores(kind, probabilities.row(i))[truth[i]]);
        int classes = probabilities.cols();
        List<SortedErrors> result = new ArrayList<>();
        for (int k = 0; k < classes; k++) {
            int label = k;
            double[] some = IntStream.range(0, truth.length)
                    .filter(i -> truth[i] == label)
                    .mapToDouble(i -> scores[i])
                    .toArray();
            result.add(SortedErrors.of(some, Math.max(LEAST_OF_A_CLASS, MOST / classes)));
        }
        return result;
    }

    /** Number of classes, K. */
    public int classes() {
        return adaptive.size();
    }

    /**
     * The classes in the set of each row, m x K. Depends on the probabilities of the row alone. Sets of a larger coverage hold those of
     * a smaller one, as long as the same classes have bounds of their own. Cost m K log K.
     *
     * @param probabilities m x K
     * @throws IllegalArgumentException when there are other classes
     */
    public boolean[][] of(DoubleMatrix probabilities, Coverage coverage, Kind kind) {
        if (probabilities.cols() != classes()) {
            throw new IllegalArgumentException(
                    "There are probabilities of " + probabilities.cols() + " classes, wanted " + classes());
        }
        double[] bounds = bounds(coverage, kind);
        boolean[][] sets = new boolean[probabilities.rows()][classes()];
        for (int i = 0; i < sets.length; i++) {
            double[] p = probabilities.row(i);
            double[] scores = scores(kind, p);
            int most = 0;
            for (int k = 0; k < p.length; k++) {
                sets[i][k] = scores[k] <= bounds[k];
                most = p[k] > p[most] ? k : most;
            }
            sets[i][most] = true;
        }
        return sets;
    }

    /**
     * For each class the greatest score that is in a set: the ceil(share (n + 1))-th smallest of the scores, those of the class
     * where there are at least 10 / (1 - share) of them, otherwise those of all classes. Infinite where there are too few.
     */
    public double[] bounds(Coverage coverage, Kind kind) {
        List<SortedErrors> scores = kind == Kind.ADAPTIVE ? adaptive : leastAmbiguous;
        double all = smallest(scores, coverage.rank(rows));
        double enough = ROWS_PER_MISS / (1 - coverage.share());
        return scores.stream()
                .mapToDouble(own -> own.count() >= enough - 1e-6 ? own.smallest(coverage.rank(own.count())) : all)
                .toArray();
    }

    /** The k-th smallest of all scores, or the next one kept above it. */
    private double smallest(List<SortedErrors> scores, int k) {
        if (k > rows) {
            return Double.POSITIVE_INFINITY;
        }
        double[] values = scores.stream()
                .flatMapToDouble(some -> Arrays.stream(some.values()))
                .sorted()
                .toArray();
        int low = 0;
        int high = values.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            double t = values[middle];
            if (scores.stream().mapToLong(some -> some.atMost(t)).sum() >= k) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return values[low];
    }

    /** How unlikely each class seems, by the probabilities of a row. */
    private static double[] scores(Kind kind, double[] p) {
        double[] scores = new double[p.length];
        if (kind == Kind.LEAST_AMBIGUOUS) {
            Arrays.setAll(scores, k -> 1 - p[k]);
            return scores;
        }
        Integer[] order = IntStream.range(0, p.length)
                .boxed()
                .sorted(Comparator.comparingDouble(k -> -p[k]))
                .toArray(Integer[]::new);
        double share = shareOf(p);
        double before = 0;
        for (int k : order) {
            scores[k] = before + share * p[k];
            before += p[k];
        }
        return scores;
    }

    /** A random number that depends on the probabilities only, so that a row has the same set alone and among others. */
    private static double shareOf(double[] p) {
        return Seeds.stream(0, "edge of a class set", Arrays.hashCode(p)).nextDouble();
    }
}

package ml.refract.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Mean ranks of methods over data sets and whether they differ (J. Demsar, Statistical comparisons of classifiers over multiple
 * data sets, JMLR 7, 2006, section 3.2).
 *
 * @param methods the best first
 * @param ranks mean rank of each, 1 for the least error on every set
 * @param sets number of sets
 */
record Ranking(List<String> methods, double[] ranks, int sets) {
    /** Quantiles of the Studentized range at 0.05 and infinite degrees of freedom over root 2, for 2 methods and more. */
    private static final double[] NEMENYI = {
        1.960, 2.344, 2.569, 2.728, 2.850, 2.948, 3.031, 3.102, 3.164, 3.219, 3.268, 3.313, 3.354, 3.391, 3.426, 3.458,
        3.489, 3.517, 3.544
    };

    /**
     * Ranks methods.
     *
     * @param methods at least two, at most 20
     * @param setRanks of each set, the rank of each method, averaged over splits
     */
    static Ranking of(List<String> methods, List<double[]> setRanks) {
        if (methods.size() < 2 || methods.size() > NEMENYI.length + 1 || setRanks.isEmpty()) {
            throw new IllegalArgumentException(
                    "wanted 2 to " + (NEMENYI.length + 1) + " methods and a set that all have results on, found "
                            + methods + " and " + setRanks.size() + " sets");
        }
        double[] means = IntStream.range(0, methods.size())
                .mapToDouble(k -> Averages.mean(
                        setRanks.stream().mapToDouble(set -> set[k]).toArray()))
                .toArray();
        List<Integer> order = IntStream.range(0, means.length)
                .boxed()
                .sorted(Comparator.comparingDouble(k -> means[k]))
                .toList();
        return new Ranking(
                order.stream().map(methods::get).toList(),
                order.stream().mapToDouble(k -> means[k]).toArray(),
                setRanks.size());
    }

    /** Ranks from the least error up; equal errors share the mean of theirs. */
    static double[] ranks(double... errors) {
        return Arrays.stream(errors)
                .map(error -> {
                    long less =
                            Arrays.stream(errors).filter(other -> other < error).count();
                    long equal = Arrays.stream(errors)
                            .filter(other -> other == error)
                            .count();
                    return less + (equal + 1) / 2.0;
                })
                .toArray();
    }

    /** Friedman's statistic, chi-squared with one degree of freedom less than methods when all are equally good. */
    double friedman() {
        double k = ranks.length;
        double squares = Arrays.stream(ranks).map(rank -> rank * rank).sum();
        return 12 * sets / (k * (k + 1)) * (squares - k * (k + 1) * (k + 1) / 4);
    }

    /** Probability of so large a statistic of Friedman's when all are equally good, to 2e-7. */
    double friedmanProbability() {
        return chiSquaredAbove(friedman(), ranks.length - 1);
    }

    /**
     * Q(f / 2, x / 2) by Q(a + 1, z) = Q(a, z) + z^a e^-z / Gamma(a + 1), from Q(1, z) = e^-z or Q(1/2, z) = erfc(root z)
     * (M. Abramowitz, I. Stegun, Handbook of Mathematical Functions, 26.4.4, 26.4.5 and 7.1.26).
     */
    static double chiSquaredAbove(double x, int freedom) {
        double z = Math.max(0, x) / 2;
        boolean even = freedom % 2 == 0;
        double sum = even ? Math.exp(-z) : complementaryError(Math.sqrt(z));
        double a = even ? 1 : 0.5;
        double term = even ? z * Math.exp(-z) : 2 * Math.sqrt(z / Math.PI) * Math.exp(-z);
        for (; a < freedom / 2.0; a++) {
            sum += term;
            term *= z / (a + 1);
        }
        return sum;
    }

    private static double complementaryError(double x) {
        double t = 1 / (1 + 0.3275911 * x);
        double polynomial =
                t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
        return polynomial * Math.exp(-x * x);
    }

    /** By how much mean ranks have to differ before two methods do, at 0.05 for all pairs together (Nemenyi's test). */
    double criticalDifference() {
        double k = ranks.length;
        return NEMENYI[ranks.length - 2] * Math.sqrt(k * (k + 1) / (6 * sets));
    }

    /** First and last of the best first; no two of them differ. */
    record Clique(int first, int last) {}

    /** All groups of several methods that do not differ and that no other such group contains. */
    List<Clique> cliques() {
        List<Clique> cliques = new ArrayList<>();
        int reached = 0;
        for (int first = 0; first < ranks.length; first++) {
            int last = first;
            while (last + 1 < ranks.length && ranks[last + 1] - ranks[first] < criticalDifference()) {
                last++;
            }
            if (last > first && last > reached) {
                cliques.add(new Clique(first, last));
                reached = last;
            }
        }
        return cliques;
    }
}

package ml.refract.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What of the results is compared: RMSE, and of classes the share of wrong ones or the log loss.
 *
 * @param logLoss whether classes are judged by the log loss
 */
record Errors(List<DataSet> sets, Results results, boolean logLoss) {
    /** Errors that differ by a smaller share are called equal. */
    static final double TIE = 0.005;

    /**
     * Mean errors of two methods on one set, over the splits both have results on.
     *
     * @param splits number of those
     */
    record Pair(DataSet set, int splits, double ours, double theirs) {
        double ratio() {
            return ours == theirs ? 1 : ours / theirs;
        }

        boolean win() {
            return ratio() < 1 - TIE;
        }

        boolean loss() {
            return ratio() > 1 + TIE;
        }

        /** Whether the logarithm of the ratio is a number. */
        boolean positive() {
            return ours > 0 && theirs > 0;
        }
    }

    String title() {
        return logLoss ? "RMSE or log loss" : "RMSE or share of wrong classes";
    }

    /** Splits on which all of some methods have results. */
    List<Integer> seeds(DataSet set, String... methods) {
        return results.seeds(set.name(), column(set), methods);
    }

    private String column(DataSet set) {
        return set.isRegression() ? "rmse" : logLoss ? "logloss" : "accuracy";
    }

    /** Mean over some splits; 1 less the accuracy where that is compared. */
    double mean(DataSet set, String method, List<Integer> seeds) {
        String column = column(set);
        double mean = Averages.mean(seeds.stream()
                .mapToDouble(seed -> results.number(new Results.Key(set.name(), seed, method), column))
                .toArray());
        return column.equals("accuracy") ? 1 - mean : mean;
    }

    /** The sets on which two methods can be compared. */
    List<Pair> pairs(String ours, String theirs, Predicate<DataSet> which) {
        List<Pair> pairs = new ArrayList<>();
        for (DataSet set : sets) {
            List<Integer> seeds = seeds(set, ours, theirs);
            if (which.test(set) && !seeds.isEmpty()) {
                pairs.add(new Pair(set, seeds.size(), mean(set, ours, seeds), mean(set, theirs, seeds)));
            }
        }
        return pairs;
    }

    /** The sets on which all of some methods have results. */
    List<DataSet> common(List<String> methods) {
        return sets.stream()
                .filter(set -> !seeds(set, methods.toArray(String[]::new)).isEmpty())
                .toList();
    }

    /** Ranks over the sets on which all of some methods have results, averaged over splits first. */
    Ranking ranking(List<String> methods) {
        return Ranking.of(
                methods,
                common(methods).stream().map(set -> ranks(set, methods)).toList());
    }

    private double[] ranks(DataSet set, List<String> methods) {
        List<Integer> seeds = seeds(set, methods.toArray(String[]::new));
        double[] means = new double[methods.size()];
        for (int seed : seeds) {
            double[] ranks = Ranking.ranks(methods.stream()
                    .mapToDouble(method -> mean(set, method, List.of(seed)))
                    .toArray());
            for (int k = 0; k < means.length; k++) {
                means[k] += ranks[k] / seeds.size();
            }
        }
        return means;
    }
}

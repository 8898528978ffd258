package ml.refract.rfm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import ml.refract.engine.Execution;
import ml.refract.engine.Seeds;
import ml.refract.kernel.Metric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;

/**
 * Learns a metric on two nested random samples, the second larger, at a fraction of the cost of a round on all rows
 * (specification of xRFM, section 23). A metric is taken only when it lowers the squared loss, over rows of neither sample, of
 * the machine of the same sample under the metric before; the first that does not ends the learning.
 */
final class GrowingSamples {
    /** Updates of the metric below which nothing is gained. */
    static final int LEAST_UPDATES = 3;
    /** Updates that remain to be made on all rows. */
    static final int UPDATES_ON_ALL = 1;

    private static final int PROBE_ROWS = 1_000;
    private static final int LEAST_SMALL = 1_500;
    private static final int SMALL_PER_COORDINATE = 50;
    private static final int LEAST_LARGE = 4_000;
    private static final int LARGE_PER_COORDINATE = 100;
    /** Of all rows, the most that the larger sample may take. */
    private static final double MOST_LARGE = 0.7;

    private final Design x;
    private final DoubleMatrix y;
    private final RfmOptions options;
    private final Execution execution;

    GrowingSamples(Design x, DoubleMatrix y, RfmOptions options, Execution execution) {
        this.x = x;
        this.y = y;
        this.options = options;
        this.execution = execution;
    }

    /**
     * A metric that was learned.
     *
     * @param notes what was learned on how many rows
     */
    record Learned(Metric metric, List<String> notes) {}

    /** Whether samples are so much smaller than all rows that learning on them saves time. */
    boolean isWorthwhile() {
        return options.learningRows() == LearningRows.GROWING
                && options.iterations() >= LEAST_UPDATES
                && large() <= MOST_LARGE * x.rows();
    }

    /** Flops of learning, roughly, next to n^3 / 3 for a solve on all n rows. */
    double cost() {
        return cost(small()) + cost(large());
    }

    private static double cost(double rows) {
        return 2 * rows * rows * rows / 3;
    }

    /**
     * Learns.
     *
     * @param share of the whole fit that this is, for progress
     */
    Learned learn(double share) {
        int[] order = Seeds.permutation(x.rows(), Seeds.stream(options.seed(), "growing samples", 0));
        int probeEnd = Math.min(x.rows(), large() + PROBE_ROWS);
        int[] probe = sorted(order, large(), probeEnd);
        Validation probes = new Validation(x.select(probe), new SquaredLoss(y.select(probe)));
        Metric metric = Metric.identity();
        List<String> notes = new ArrayList<>();
        double done = 0;
        for (int size : new int[] {small(), large()}) {
            double end = done + share * cost(size) / cost();
            Execution part = execution.withProgress(execution.progress().part(done, end));
            done = end;
            int[] rows = sorted(order, 0, size);
            RfmFit fit = Rfm.fitFrom(
                    metric,
                    x.select(rows),
                    y.select(rows),
                    Optional.of(probes),
                    options.toBuilder().iterations(1).build(),
                    part);
            notes.add(note(size, fit));
            if (fit.bestRound() == 0) {
                break;
            }
            metric = fit.machine().metric();
        }
        return new Learned(metric, List.copyOf(notes));
    }

    private int small() {
        return Math.max(LEAST_SMALL, SMALL_PER_COORDINATE * x.width());
    }

    private int large() {
        return Math.max(LEAST_LARGE, LARGE_PER_COORDINATE * x.width());
    }

    private static int[] sorted(int[] order, int from, int to) {
        int[] rows = Arrays.copyOfRange(order, from, to);
        Arrays.sort(rows);
        return rows;
    }

    private static String note(int size, RfmFit fit) {
        List<RfmRound> rounds = fit.rounds();
        String before = String.format(Locale.ROOT, "%.4g", rounds.get(0).score());
        if (rounds.size() == 1) {
            return "no features were learned on " + size + " rows";
        }
        String after = String.format(Locale.ROOT, "%.4g", rounds.get(1).score());
        return fit.bestRound() == 0
                ? "features learned on " + size + " rows were left: the squared loss over others was " + before
                        + " without and " + after + " with them"
                : "features learned on " + size + " rows lower the squared loss over others from " + before + " to "
                        + after;
    }

    /** Mean over rows of the squared distance from the targets. */
    private record SquaredLoss(DoubleMatrix truth) implements Score {
        @Override
        public Readout readout() {
            return Readout.identity();
        }

        @Override
        public double of(DoubleMatrix read) {
            double sum = 0;
            for (int i = 0; i < truth.rows(); i++) {
                for (int j = 0; j < truth.cols(); j++) {
                    double error = read.get(i, j) - truth.get(i, j);
                    sum += error * error;
                }
            }
            return sum / truth.rows();
        }

        @Override
        public boolean higherIsBetter() {
            return false;
        }

        @Override
        public Score select(int[] rows) {
            return new SquaredLoss(truth.select(rows));
        }
    }
}

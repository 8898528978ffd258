package ml.refract.rfm;

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
 * Learns a metric on a random sample of the rows, at a fraction of the cost of a round on all of them. The metric is taken only
 * when it lowers the loss, over rows beside the sample, of the machine of the sample (specification of xRFM, section 23).
 *
 * <p>One sample instead of the two growing ones of the specification: a metric learned on few rows leads the next astray, and
 * one update on the larger sample alone ended at lower errors on six of seven sets.
 */
final class SampleFirst {
    /** Updates of the metric below which nothing is gained. */
    static final int LEAST_UPDATES = 4;
    /** Updates that remain to be made on all rows. */
    static final int UPDATES_ON_ALL = 2;

    private static final int PROBE_ROWS = 1_000;
    private static final int LEAST_ROWS = 4_000;
    private static final int ROWS_PER_COORDINATE = 100;
    /** Of all rows, the most that a sample may take. */
    private static final double MOST_ROWS = 0.7;

    private final Design x;
    private final DoubleMatrix y;
    private final RfmOptions options;

    SampleFirst(Design x, DoubleMatrix y, RfmOptions options) {
        this.x = x;
        this.y = y;
        this.options = options;
    }

    /**
     * A metric that was learned.
     *
     * @param note what was learned on how many rows
     */
    record Learned(Metric metric, String note) {}

    /** Whether the sample is so much smaller than all rows that learning on it saves time. */
    boolean isWorthwhile() {
        return options.learningRows() == LearningRows.SAMPLE
                && options.iterations() >= LEAST_UPDATES
                && size() <= MOST_ROWS * x.rows();
    }

    /** Flops of learning, roughly, next to n^3 / 3 for a solve on all n rows. */
    double cost() {
        double rows = size();
        return 2 * rows * rows * rows / 3;
    }

    Learned learn(Execution part) {
        int[] order = Seeds.permutation(x.rows(), Seeds.stream(options.seed(), "sample first", 0));
        int[] rows = sorted(order, 0, size());
        int[] probe = sorted(order, size(), Math.min(x.rows(), size() + PROBE_ROWS));
        RfmFit fit = Rfm.fitFrom(
                options.firstMetric(x),
                x.select(rows),
                y.select(rows),
                Optional.of(new Validation(x.select(probe), new MeanLoss(options.loss(), y.select(probe)))),
                options.toBuilder().iterations(1).build(),
                part);
        return new Learned(fit.machine().metric(), note(fit));
    }

    private int size() {
        return Math.max(LEAST_ROWS, ROWS_PER_COORDINATE * x.width());
    }

    private static int[] sorted(int[] order, int from, int to) {
        int[] rows = Arrays.copyOfRange(order, from, to);
        Arrays.sort(rows);
        return rows;
    }

    private String note(RfmFit fit) {
        List<RfmRound> rounds = fit.rounds();
        String before = String.format(Locale.ROOT, "%.4g", rounds.get(0).score());
        if (rounds.size() == 1) {
            return "no features were learned on " + size() + " rows";
        }
        String after = String.format(Locale.ROOT, "%.4g", rounds.get(1).score());
        return fit.bestRound() == 0
                ? "features learned on " + size() + " rows were left: the "
                        + options.loss().id() + " loss over others was " + before + " without and " + after
                        + " with them"
                : "features learned on " + size() + " rows lower the "
                        + options.loss().id() + " loss over others from " + before + " to " + after;
    }

    /** The loss that coefficients make small. */
    private record MeanLoss(Loss loss, DoubleMatrix truth) implements Score {
        @Override
        public Readout readout() {
            return Readout.identity();
        }

        @Override
        public double of(DoubleMatrix read) {
            return loss.mean(read, truth);
        }

        @Override
        public boolean higherIsBetter() {
            return false;
        }

        @Override
        public Score select(int[] rows) {
            return new MeanLoss(loss, truth.select(rows));
        }
    }
}

package ml.refract.rfm.linear;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import ml.refract.engine.CancelledException;
import ml.refract.engine.Execution;
import ml.refract.engine.Seeds;
import ml.refract.linalg.DoubleMatrix;
import org.jspecify.annotations.Nullable;

/**
 * Completes a low-rank matrix from some of its entries by lin-RFM: solve every row by ridge regression under a metric, let
 * the fitted matrix make the metric of the columns, and go on by turns while the smoothing falls ({@link MetricSweeps}; arXiv
 * 2401.04553; specification of the family, section 7).
 *
 * <p>How far the smoothing falls decides success: too far and noise is fitted, not far enough and the matrix is shrunk. It is
 * chosen by entries held out of those observed, never by others. A few last sweeps then learn from all entries.
 */
public final class Completion {
    /** Sweeps on all entries, from where the best sweep began. */
    private static final int LAST_SWEEPS = 10;
    /** Below this smoothing, against values of mean square 1, nothing changes any more. */
    private static final double LEAST_SMOOTHING = 1e-12;

    /** Held-out error of a matrix that is found, as a share of that of predicting the centre. */
    private static final double FOUND = 0.05;
    /** Power of the fall of the smoothing that the error has to keep up with. */
    private static final double KEEPS_UP = 0.8;

    private static final double FASTEST_DECAY = 0.5;

    private final Entries entries;
    private final CompletionOptions options;
    private final Execution execution;
    private final double centre;
    private final double scale;

    private Completion(Entries entries, CompletionOptions options, Execution execution) {
        this.entries = entries;
        this.options = options;
        this.execution = execution;
        double[] values = entries.standardised(0, 1);
        this.centre = options.centred() ? Arrays.stream(values).average().orElse(0) : 0;
        this.scale = Math.sqrt(Arrays.stream(values)
                .map(value -> (value - centre) * (value - centre))
                .average()
                .orElse(0));
    }

    /**
     * Completes a matrix. Cost per sweep about m k^2 flops for m entries and k directions; memory {@link #bytes}. Deterministic:
     * the same entries and options give the same bits for any number of threads, unless the time limit or a cancellation ends
     * the search.
     *
     * @throws IllegalArgumentException when the entries to hold out leave none to learn from
     * @throws CancelledException when cancelled before the first sweep was done
     */
    public static CompletionFit fit(Entries entries, CompletionOptions options, Execution execution) {
        return new Completion(entries, options, execution).fit();
    }

    /** Bytes that a fit takes besides the entries themselves, whose {@code 40 m} are included. */
    public static long bytes(long rows, long cols, long entries, CompletionOptions options) {
        long k = Math.min(options.rank(), Math.min(rows, cols));
        return 120 * entries + 8 * 8 * k * (rows + cols);
    }

    private CompletionFit fit() {
        int held = heldOut();
        int[] order = Seeds.permutation(entries.size(), Seeds.stream(options.seed(), "completion-held-out", 0));
        Entries learned = held == 0 ? entries : entries.select(sorted(order, held, order.length));
        Search search = new Search(learned, held == 0 ? null : entries.select(sorted(order, 0, held)));
        if (scale > 0) {
            search.run();
        }
        return search.result();
    }

    private static int[] sorted(int[] order, int from, int to) {
        int[] picked = Arrays.copyOfRange(order, from, to);
        Arrays.sort(picked);
        return picked;
    }

    private int heldOut() {
        int held = options.heldOut() == 0 ? 0 : (int) Math.max(1, Math.round(options.heldOut() * entries.size()));
        if (held >= entries.size()) {
            throw new IllegalArgumentException("There "
                    + (entries.size() == 1 ? "is 1 entry" : "are " + entries.size() + " entries") + ", of which " + held
                    + " would be held out and none learned from. Give more, or hold out none");
        }
        return held;
    }

    /** The sweeps and the best of them. */
    private final class Search {
        private final Entries learned;
        private final @Nullable Entries heldOut;
        private final List<CompletionSweep> sweeps = new ArrayList<>();
        private MetricSweeps.@Nullable Solved best;
        private int bestSweep;
        private double bestError = Double.POSITIVE_INFINITY;
        private CompletionFit.Stop stop = CompletionFit.Stop.CONVERGED;

        Search(Entries learned, @Nullable Entries heldOut) {
            this.learned = learned;
            this.heldOut = heldOut;
        }

        void run() {
            MetricSweeps work = sweeps(learned);
            SplittableRandom random = Seeds.stream(options.seed(), "completion-start", 0);
            MetricSweeps.Metric metric = work.first(rank(), random);
            double smoothing = options.smoothing() > 0
                    ? options.smoothing()
                    : 2 * Math.pow(metric.spectrum()[0], 2 * options.power());
            try {
                search(work, metric, smoothing);
            } catch (CancelledException e) {
                if (best == null) {
                    throw e;
                }
                stop = CompletionFit.Stop.CANCELLED;
            }
            if (stop != CompletionFit.Stop.CANCELLED && heldOut != null) {
                learnAll();
            }
        }

        private void search(MetricSweeps work, MetricSweeps.Metric first, double firstSmoothing) {
            MetricSweeps.Metric metric = first;
            double smoothing = firstSmoothing;
            double factor = options.decay();
            double start = execution.elapsedSeconds();
            while (true) {
                MetricSweeps.Solved solved = work.solve(metric, smoothing);
                keep(solved, smoothing);
                if (ends(smoothing, (execution.elapsedSeconds() - start) / sweeps.size())) {
                    return;
                }
                execution.progress().report("sweep " + sweeps.size(), (double) sweeps.size() / options.sweeps());
                metric = work.next(solved);
                factor = isFound() ? Math.max(FASTEST_DECAY, factor * options.decay()) : options.decay();
                smoothing *= factor;
            }
        }

        /**
         * Whether the matrix is found and only its shrinkage is left, which falls with the smoothing: the error is small and fell as
         * fast as the smoothing in the last sweep. Then the smoothing may fall faster.
         */
        private boolean isFound() {
            int last = sweeps.size() - 1;
            if (last < 1 || !(bestSweep == last && bestError < FOUND * baselineError() / scale)) {
                return false;
            }
            CompletionSweep now = sweeps.get(last);
            CompletionSweep before = sweeps.get(last - 1);
            return now.heldOutError() / before.heldOutError()
                    <= Math.pow(now.smoothing() / before.smoothing(), KEEPS_UP);
        }

        private int rank() {
            return Math.min(options.rank(), Math.min(entries.rows(), entries.cols()));
        }

        private MetricSweeps sweeps(Entries some) {
            return new MetricSweeps(some, some.standardised(centre, scale), options.power(), execution);
        }

        private void keep(MetricSweeps.Solved solved, double smoothing) {
            double error = heldOut == null ? Double.NaN : error(heldOut, solved);
            int index = sweeps.size();
            sweeps.add(new CompletionSweep(
                    index, smoothing, solved.rank(), scale * Math.sqrt(solved.meanSquare()), scale * error));
            if (heldOut == null || error < bestError || best == null) {
                best = solved;
                bestSweep = index;
                bestError = error;
            }
        }

        /** Root mean square, against values of mean square 1. */
        private double error(Entries some, MetricSweeps.Solved solved) {
            double sum = 0;
            for (int e = 0; e < some.size(); e++) {
                double wanted = (some.value(e) - centre) / scale;
                double error = solved.predict(some.row(e), some.col(e)) - wanted;
                sum += error * error;
            }
            return Math.sqrt(sum / some.size());
        }

        private boolean ends(double smoothing, double secondsEach) {
            CompletionSweep last = sweeps.get(sweeps.size() - 1);
            double error = heldOut == null ? last.trainError() / scale : bestError;
            if (error <= options.tolerance() || smoothing < LEAST_SMOOTHING) {
                stop = CompletionFit.Stop.CONVERGED;
            } else if (heldOut != null && last.index() - bestSweep >= options.patience()) {
                stop = CompletionFit.Stop.NO_IMPROVEMENT;
            } else if (sweeps.size() >= options.sweeps()) {
                stop = CompletionFit.Stop.COMPLETED;
            } else if (execution.remainingSeconds() < (LAST_SWEEPS + 1) * secondsEach) {
                stop = CompletionFit.Stop.TIME_LIMIT;
            } else {
                return false;
            }
            return true;
        }

        /** From where the best sweep began, with its smoothing, a few sweeps on all entries. */
        private void learnAll() {
            Execution whole = execution.toTheEnd();
            MetricSweeps.Solved found = best;
            if (found == null) {
                return;
            }
            double smoothing = sweeps.get(bestSweep).smoothing();
            MetricSweeps work = new MetricSweeps(entries, entries.standardised(centre, scale), options.power(), whole);
            MetricSweeps.Metric metric = found.metric();
            for (int k = 0; k < LAST_SWEEPS; k++) {
                MetricSweeps.Solved solved = work.solve(metric, smoothing);
                best = solved;
                metric = work.next(solved);
            }
        }

        CompletionFit result() {
            MetricSweeps.Solved found = best;
            CompletionModel model = found == null ? constant() : found.model(scale, centre);
            int count = heldOut == null ? 0 : heldOut.size();
            return new CompletionFit(model, count, heldOutError(), baselineError(), bestSweep, sweeps, stop);
        }

        private CompletionModel constant() {
            return new CompletionModel(
                    DoubleMatrix.zeros(entries.rows(), 0), DoubleMatrix.zeros(entries.cols(), 0), centre);
        }

        private double heldOutError() {
            return heldOut == null ? Double.NaN : sweeps.isEmpty() ? 0 : scale * bestError;
        }

        private double baselineError() {
            Entries some = heldOut;
            return some == null
                    ? Double.NaN
                    : Math.sqrt(IntStream.range(0, some.size())
                            .mapToDouble(e -> Math.pow(some.value(e) - centre, 2))
                            .average()
                            .orElse(Double.NaN));
        }
    }
}

package ml.refract.concept;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import ml.refract.engine.CancelledException;
import ml.refract.engine.Execution;
import ml.refract.engine.MemoryBudgetException;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Rows;
import ml.refract.task.HoldOut;
import ml.refract.task.Scores;
import ml.refract.xrfm.MemoryPlan;
import org.jspecify.annotations.Nullable;

/**
 * Extracts the directions of a concept from one matrix of activations, X (n x d): hundreds of rows, one for each text or
 * image, and thousands of columns. Extractors propose candidates; the one that scores best on rows they did not learn from is
 * kept (Beaglehole, Radhakrishnan, Boix-Adsera and Belkin, Toward universal steering and monitoring of AI models, 2025;
 * specification of the concept probe).
 */
public final class ConceptProbe {
    private static final double HELD_OUT = 0.2;
    private static final int MOST_HELD_OUT = 1024;
    /** n x n matrices alive at once in the dual form, for one output: S, P, C, their successors, products, eigenvectors. */
    private static final long DUAL_MATRICES = 12;
    /** d x d matrices alive at once in the primal form. */
    private static final long PRIMAL_MATRICES = 5;

    private ConceptProbe() {}

    /**
     * Divides rows for an extraction: a fifth of them, at most 1024, choose among candidates; of both kinds alike when the
     * targets are binary; the number of rows left to learn from is even.
     */
    public static HoldOut.Parts split(ConceptTargets targets, long seed) {
        double share = Math.min(HELD_OUT, (double) MOST_HELD_OUT / targets.rows());
        HoldOut.Parts parts = targets.isBinary()
                ? HoldOut.stratified(targets.labels(), 2, share, seed)
                : HoldOut.random(targets.rows(), share, seed);
        int[] train = parts.train();
        if (train.length % 2 == 0 || parts.heldOut().length == 0) {
            return parts;
        }
        int[] held = Arrays.copyOf(parts.heldOut(), parts.heldOut().length + 1);
        held[held.length - 1] = train[train.length - 1];
        Arrays.sort(held);
        return new HoldOut.Parts(Arrays.copyOf(train, train.length - 1), held);
    }

    /** As {@link #extract(Rows, ConceptTargets, HoldOut.Parts, ProbeOptions, Execution)}, on rows divided by {@link #split}. */
    public static Concept extract(Rows rows, ConceptTargets targets, ProbeOptions options, Execution execution) {
        return extract(rows, targets, split(targets, options.seed()), options, execution);
    }

    /**
     * Extracts directions from the training rows and chooses among candidates on those held out.
     *
     * <p>Cost of the RFM in its dual form, for n training rows and each bandwidth, choice and iteration: about 2 n^2 d + 20
     * n^3 flops; of the other methods 2 n^2 d and some n^3. Memory about 12 n^2 doubles, never one of d^2; the primal form,
     * taken when there are more rows than columns, needs some of both. Deterministic: the same bits for any number of threads.
     *
     * @param rows activations, n x d, only read; must be finite
     * @param parts numbers of the rows of either part; without held-out rows candidates may differ by their iteration alone,
     *     and the last one is kept
     * @throws ConstantTargetsException when the targets of a part do not vary
     * @throws NoDirectionException when the rows tell nothing of the targets
     * @throws IllegalArgumentException when shapes or targets do not suit the method
     * @throws MemoryBudgetException when it would take more memory than allowed
     * @throws CancelledException when cancelled
     */
    public static Concept extract(
            Rows rows, ConceptTargets targets, HoldOut.Parts parts, ProbeOptions options, Execution execution) {
        requireSuitable(rows, targets, parts, options);
        requireMemory(rows, targets, parts, options, execution);
        double[] mean = CentredRows.mean(rows, parts.train());
        Selection selection = new Selection(options, execution);
        Extractor extractor = Extractor.of(options);
        for (boolean unit : options.unitRows()) {
            Sample sample = new Sample(rows, targets, parts, mean, unit, execution);
            selection.begin(sample);
            extractor.propose(sample, unit, selection);
        }
        execution.progress().report("extracted", 1);
        return selection.best(mean);
    }

    private static void requireSuitable(Rows rows, ConceptTargets targets, HoldOut.Parts parts, ProbeOptions options) {
        if (rows.rows() != targets.rows()) {
            throw new IllegalArgumentException(
                    "There are " + rows.rows() + " rows of activations and " + targets.rows() + " targets");
        }
        if (rows.cols() == 0 || parts.train().length == 0) {
            throw new IllegalArgumentException("There is nothing to learn from in " + parts.train().length + " rows of "
                    + rows.cols() + " columns");
        }
        if (options.method().needsBinaryTargets() && !targets.isBinary()) {
            throw new IllegalArgumentException(
                    "The method " + options.method().id()
                            + " needs targets of two values, absent and present; these have others. rfm and ridge take numbers");
        }
        if (options.criterion() == ProbeOptions.Criterion.AUC && !targets.isBinary()) {
            throw new IllegalArgumentException(
                    "An area under the ROC curve needs targets of two values; choose by correlation instead");
        }
        targets.select(parts.train()).requireVaried("rows to learn from");
        if (parts.heldOut().length == 0) {
            requireNoChoice(options);
        } else {
            targets.select(parts.heldOut()).requireVaried("rows held out to choose a candidate");
        }
    }

    /** Without rows that choose there must be nothing to choose but the iteration, of which the last is kept. */
    private static void requireNoChoice(ProbeOptions options) {
        int choices = options.unitRows().size()
                * switch (options.method()) {
                    case RFM ->
                        options.centredGradients().size() * options.bandwidths().size();
                    case MEAN_DIFFERENCE, PCA -> 1;
                    default -> 2; // several penalties
                };
        if (choices > 1) {
            throw new IllegalArgumentException("No rows are held out to choose among the candidates of the method "
                    + options.method().id() + "; hold out some, or leave a single choice");
        }
    }

    private static void requireMemory(
            Rows rows, ConceptTargets targets, HoldOut.Parts parts, ProbeOptions options, Execution execution) {
        long n = parts.train().length;
        long k = targets.matrix().cols();
        long d = rows.cols();
        boolean primal =
                options.method() == Method.RFM && Extractor.isPrimal(options.form(), (int) n, (int) k, (int) d);
        long doubles = primal
                ? PRIMAL_MATRICES * d * d + (4 + 2 * k) * n * d + 4 * n * n
                : DUAL_MATRICES * n * n * k * k + n * parts.heldOut().length;
        long bytes = Double.BYTES * doubles;
        if (bytes > execution.memoryBudget()) {
            throw new MemoryBudgetException(
                    "Extracting directions from " + n + " rows of " + d + " columns needs about "
                            + MemoryPlan.text(bytes) + " of memory; " + MemoryPlan.text(execution.memoryBudget())
                            + " may be used. Allow more, or use fewer rows");
        }
    }

    /** Scores candidates and keeps the best. */
    private static final class Selection implements Extractor.Proposals {
        private final ProbeOptions options;
        private final Execution execution;
        private final List<ProbeTrial> trials = new ArrayList<>();
        private int begun;
        private @Nullable Sample sample;
        private @Nullable Sample bestSample;
        private @Nullable Directions best;
        private @Nullable ProbeTrial chosen;

        Selection(ProbeOptions options, Execution execution) {
            this.options = options;
            this.execution = execution;
        }

        void begin(Sample next) {
            sample = next;
            begun++;
            progress(0);
        }

        @Override
        public void progress(double share) {
            execution.requireNotCancelled();
            execution
                    .progress()
                    .report(
                            "extracting by " + options.method().id(),
                            (begun - 1 + share) / options.unitRows().size());
        }

        @Override
        public void accept(ProbeTrial proposed, Directions directions) {
            if (directions.count() == 0) {
                return;
            }
            Sample rows = Objects.requireNonNull(sample);
            ProbeTrial trial = proposed.withScore(score(directions, rows));
            trials.add(trial);
            ProbeTrial previous = chosen;
            if (previous == null || isBetter(trial.score(), previous.score())) {
                best = directions;
                bestSample = rows;
                chosen = trial;
            }
        }

        /** Strictly better wins, so ties keep the earlier candidate; without a usable score the latest is kept. */
        private static boolean isBetter(double score, double than) {
            return score > than || Double.isNaN(than);
        }

        private double score(Directions directions, Sample rows) {
            if (rows.validation().rows() == 0) {
                return Double.NaN;
            }
            DoubleMatrix projections = directions.onValidation(rows);
            if (options.criterion() == ProbeOptions.Criterion.CORRELATION) {
                return Math.abs(Correlation.strongest(
                        projections, 0, rows.validationTargets().matrix()));
            }
            LinearReadout readout = LinearReadout.leastSquares(
                    directions.onTrain(rows), rows.targets().matrix().values());
            return Scores.auc(rows.validationTargets().labels(), readout.of(projections), 1);
        }

        Concept best(double[] mean) {
            Directions kept = best;
            Sample rows = bestSample;
            ProbeTrial trial = chosen;
            if (kept == null || rows == null || trial == null) {
                throw new NoDirectionException("The method " + options.method().id()
                        + " finds no direction in these rows: they are all the same, or their targets do not depend on "
                        + "them");
            }
            DoubleMatrix vectors = kept.vectors(rows);
            orient(vectors, kept.onTrain(rows), rows.targets().matrix());
            return new Concept(options.method(), mean, vectors, kept.eigenvalues(), trial, List.copyOf(trials));
        }

        /** Makes every vector point to where targets grow. */
        private static void orient(DoubleMatrix vectors, DoubleMatrix projections, DoubleMatrix targets) {
            int d = vectors.cols();
            for (int k = 0; k < vectors.rows(); k++) {
                if (Correlation.strongest(projections, k, targets) < 0) {
                    for (int j = k * d; j < (k + 1) * d; j++) {
                        vectors.values()[j] = -vectors.values()[j];
                    }
                }
            }
        }
    }
}

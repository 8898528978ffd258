package ml.refract.rfm;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import ml.refract.engine.CancelledException;
import ml.refract.engine.Engine;
import ml.refract.engine.Execution;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Phase;
import ml.refract.engine.Points;
import ml.refract.engine.Progress;
import ml.refract.engine.Projection;
import ml.refract.engine.Seeds;
import ml.refract.engine.SignedGroups;
import ml.refract.engine.Span;
import ml.refract.kernel.Kernel;
import ml.refract.kernel.MedianDistance;
import ml.refract.kernel.Metric;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.machine.KernelMachine;
import ml.refract.machine.MomentOptions;
import ml.refract.solver.RidgeSolution;
import ml.refract.solver.RidgeSystem;
import org.jspecify.annotations.Nullable;

/**
 * The recursive feature machine (Radhakrishnan, Beaglehole, Pandit and Belkin, Science 2024; specification of xRFM,
 * section 6): solve a kernel ridge system, or minimise another {@link Loss}, form the average gradient outer product of the solution
 * (or FACT), take it as the metric of the next kernel, and keep the iterate that scores best.
 *
 * <p>The pair (alpha_t, M_t) is never separated: a machine holds the metric its coefficients were solved with. T
 * iterations give up to T + 1 machines, the first being plain kernel ridge regression.
 */
public final class Rfm {
    /** Rows the median distance is taken over, when there are more. */
    private static final int MEDIAN_ROWS = 1_000;
    /** A floor for distances needs no more than a rough median: of so many rows, fewer where there are many coordinates. */
    private static final int FLOOR_ROWS = 100;

    private static final int LEAST_FLOOR_ROWS = 20;
    private static final double FLOOR_COORDINATES = 250_000;

    private Rfm() {}

    /**
     * Fits on rows X (n x d) with targets Y (n x c).
     *
     * <p>Cost per round about n^3/3 + n^2 (r + 10) / 2 + 2 m n c (r + 1) + 12 d^3 flops; memory one or two triangles of
     * n^2 / 2 numbers ({@link RfmOptions#storage}) and the packed points; a ridge that is chosen costs 5 m^3 flops and 6 m^2 doubles
     * more for its m rows. Deterministic: same input, options and engine give the same bits for any number of threads, unless the
     * time limit or a cancellation ends the loop.
     *
     * @param validation decides which iterate is kept; without it the last one is
     * @throws IllegalArgumentException when shapes do not match or there are no rows
     * @throws CancelledException when cancelled before the first round was done
     */
    public static RfmFit fit(
            Design x, DoubleMatrix y, Optional<Validation> validation, RfmOptions options, Execution execution) {
        if (x.rows() == 0 || y.rows() != x.rows() || y.cols() == 0) {
            throw new IllegalArgumentException("There are " + x.rows() + " rows of inputs and a " + y.rows() + " x "
                    + y.cols() + " matrix of targets; both need the same number of rows, at least one");
        }
        SampleFirst sample = new SampleFirst(x, y, options);
        return sample.isWorthwhile()
                ? fitAfter(sample, x, y, validation, options, execution)
                : fitFrom(options.firstMetric(x), x, y, validation, options, execution);
    }

    /**
     * As {@link #fit(Design, DoubleMatrix, Optional, RfmOptions, Execution)}, from the identity on all rows, with the ridge of
     * each round given: for rows much like others on which they were chosen.
     *
     * @param ridges of round 0, 1, ..., at least one; the last one counts for all later rounds
     */
    public static RfmFit fit(
            Design x,
            DoubleMatrix y,
            Optional<Validation> validation,
            RfmOptions options,
            double[] ridges,
            Execution execution) {
        return new Loop<>(execution.engine(), options.firstMetric(x), x, y, validation, options, ridges, execution)
                .run();
    }

    /** Learns on a sample first, then on all rows what remains. */
    private static RfmFit fitAfter(
            SampleFirst sample,
            Design x,
            DoubleMatrix y,
            Optional<Validation> validation,
            RfmOptions options,
            Execution execution) {
        double n = x.rows();
        double share = sample.cost() / (sample.cost() + (1 + SampleFirst.UPDATES_ON_ALL) * n * n * n / 3);
        Progress progress = execution.progress();
        SampleFirst.Learned learned = sample.learn(execution.withProgress(progress.part(0, share)));
        RfmOptions remaining =
                options.toBuilder().iterations(SampleFirst.UPDATES_ON_ALL).build();
        return fitFrom(learned.metric(), x, y, validation, remaining, execution.withProgress(progress.part(share, 1)))
                .withNote(learned.note());
    }

    /** The loop, starting from a metric. */
    static RfmFit fitFrom(
            Metric metric,
            Design x,
            DoubleMatrix y,
            Optional<Validation> validation,
            RfmOptions options,
            Execution execution) {
        return new Loop<>(execution.engine(), metric, x, y, validation, options, new double[0], execution).run();
    }

    /**
     * Solves once under a given metric and kernel: the machine of one round without the loop.
     *
     * @param options how the ridge is found and the kernel stored, and the seed; the kernel is not theirs
     * @throws CancelledException when cancelled
     */
    public static RidgeFit solve(
            Design x, DoubleMatrix y, Kernel kernel, Metric metric, RfmOptions options, Execution execution) {
        return solve(execution.engine(), x, y, kernel, metric, options, execution);
    }

    private static <A> RidgeFit solve(
            Engine<A> engine,
            Design x,
            DoubleMatrix y,
            Kernel kernel,
            Metric metric,
            RfmOptions options,
            Execution execution) {
        Projection projection = projection(metric, kernel, x, execution);
        Points<A> points = pack(engine, x, projection, execution);
        PairFunction function = kernel.pairFunction(x.width());
        ChosenRidge ridge = ridge(engine, x, y, projection, function, options, execution);
        RidgeSystem<A> system =
                new RidgeSystem<>(engine, x.rows(), options.storage(), execution.workers(), execution, share -> {
                    execution.requireNotCancelled();
                    execution.progress().report("solving on all rows", share);
                });
        system.setKernel(points, function);
        RidgeSolution solution =
                Solved.of(system, y, ridge, Optional.empty(), options).solution();
        return new RidgeFit(KernelMachine.solved(engine, kernel, metric, x, points, solution.coefficients()), solution);
    }

    private static Projection projection(Metric metric, Kernel kernel, Design x, Execution execution) {
        try (Span span = execution.begin(Phase.METRIC)) {
            span.covers(x.width(), x.width(), 0);
            return metric.projection(
                    kernel, x, execution.engine(), execution.workers(), share -> execution.requireNotCancelled());
        }
    }

    /** The ridge that is given, or chosen for the metric behind a projection. */
    private static <A> ChosenRidge ridge(
            Engine<A> engine,
            Design x,
            DoubleMatrix y,
            Projection projection,
            PairFunction function,
            RfmOptions options,
            Execution execution) {
        if (options.ridgeRule() == RidgeRule.GIVEN) {
            return ChosenRidge.of(options.ridge());
        }
        int[] rows = Seeds.sample(x.rows(), options.ridgeRows(), Seeds.stream(options.seed(), "ridge rows", 0));
        try (Span span = execution.begin(Phase.RIDGE)) {
            span.covers(rows.length, y.cols(), 0);
            Design some = x.select(rows);
            return options.loss() == Loss.LOGISTIC
                    ? ChosenRidge.of(
                            new LogisticRidge<>(engine, some, y.select(rows), projection, function, execution).best())
                    : RidgeRule.leaveOneOut(
                            engine, pack(engine, some, projection, execution), y.select(rows), function, execution);
        }
    }

    private static <A> Points<A> pack(Engine<A> engine, Design x, Projection projection, Execution execution) {
        try (Span span = execution.begin(Phase.PACKING)) {
            span.covers(x.rows(), x.width(), 0);
            return Points.pack(engine, x, projection, execution.workers());
        }
    }

    /** A machine and the report of the solve behind it. */
    public record RidgeFit(KernelMachine machine, RidgeSolution solution) {}

    /** State of one fit. */
    private static final class Loop<A> {
        private final Engine<A> engine;
        private final Design x;
        private final DoubleMatrix y;
        private final Optional<Validation> validation;
        private final RfmOptions options;
        /** The ridge of each round, the last one for all later rounds; none where the options say how it is found. */
        private final double[] ridges;

        private final Execution execution;
        private final RidgeSystem<A> system;
        private final Design momentRows;
        private final int[] medianRows;
        private final boolean diagonal;
        private final List<RfmRound> rounds = new ArrayList<>();
        private final double total;
        private double done;
        private double reported;

        private Metric metric;
        private @Nullable KernelMachine machine;
        private @Nullable KernelMachine best;
        private double bestScore = Double.NaN;
        private int bestRound;
        private double medianDistance;

        Loop(
                Engine<A> engine,
                Metric metric,
                Design x,
                DoubleMatrix y,
                Optional<Validation> validation,
                RfmOptions options,
                double[] ridges,
                Execution execution) {
            this.engine = engine;
            this.metric = metric;
            this.x = x;
            this.y = y;
            this.validation = validation.filter(v -> v.rows().rows() > 0);
            this.options = options;
            this.ridges = ridges;
            this.execution = execution;
            this.system = new RidgeSystem<>(
                    engine, x.rows(), options.storage(), execution.workers(), execution, this::reportSolving);
            this.momentRows =
                    x.rows() <= options.momentRows() ? x : x.select(sample(options.momentRows(), "moment rows"));
            this.medianRows = sample(options.adaptiveBandwidth() ? MEDIAN_ROWS : floorRows(x), "median rows");
            this.diagonal = options.metric().isDiagonalFor(x);
            this.total = (options.iterations() + 1) * solveCost() + options.iterations() * momentCost();
        }

        private static int floorRows(Design x) {
            double affordable = Math.sqrt(2 * FLOOR_COORDINATES / Math.max(1, x.width()));
            return (int) Math.max(LEAST_FLOOR_ROWS, Math.min(FLOOR_ROWS, affordable));
        }

        private int[] sample(int count, String purpose) {
            return Seeds.sample(x.rows(), count, Seeds.stream(options.seed(), purpose, 0));
        }

        RfmFit run() {
            execution.requireNotCancelled();
            RfmFit.Stop stop = RfmFit.Stop.COMPLETED;
            for (int t = 0; t <= options.iterations(); t++) {
                if (t > 0 && execution.cancelled()) {
                    stop = RfmFit.Stop.CANCELLED;
                    break;
                }
                if (t > 0 && execution.remainingSeconds() < rounds.get(t - 1).solveSeconds()) {
                    stop = RfmFit.Stop.TIME_LIMIT;
                    break;
                }
                try {
                    rounds.add(solve(t));
                } catch (CancelledException e) {
                    if (t == 0) {
                        throw e;
                    }
                    stop = RfmFit.Stop.CANCELLED;
                    break;
                }
                if (fallsBehind(rounds.get(t).score())) {
                    stop = RfmFit.Stop.EARLY_STOP;
                    break;
                }
                if (t < options.iterations() && execution.remainingSeconds() < nextRoundSeconds(t)) {
                    stop = RfmFit.Stop.TIME_LIMIT;
                    break;
                }
                if (t < options.iterations()) {
                    Optional<RfmFit.Stop> ended = learnMetric(t);
                    if (ended.isPresent()) {
                        stop = ended.get();
                        break;
                    }
                }
            }
            execution.progress().report("fitted", 1);
            return new RfmFit(Objects.requireNonNull(best), bestRound, List.copyOf(rounds), stop);
        }

        /** What the next moment and solve should take, judged by the last ones. */
        private double nextRoundSeconds(int t) {
            return rounds.get(t).solveSeconds() + (t > 0 ? rounds.get(t - 1).momentSeconds() : 0);
        }

        /** Kernel, solve and score under the current metric. */
        private RfmRound solve(int t) {
            double start = execution.elapsedSeconds();
            reportSolving(0);
            List<String> events = new ArrayList<>();
            if (t == 0 && diagonal && options.metric() == MetricForm.AUTO && options.iterations() > 0) {
                events.add("only the diagonal of the metric is learned, because there are more than "
                        + MetricForm.MOST_FULL + " dense coordinates");
            }
            Kernel kernel = options.kernel();
            Projection projection = projection(kernel);
            if (options.adaptiveBandwidth() || needsFloor()) {
                medianDistance = medianDistance(projection);
            }
            if (options.adaptiveBandwidth()) {
                kernel = kernel.withBandwidth(kernel.bandwidth() * medianDistance);
                if (kernel.family() == Kernel.Family.SUM_POWER && !x.groups().isEmpty()) {
                    projection = projection(kernel); // its tables of levels hold terms of the bandwidth
                }
            }
            Points<A> points = pack(engine, x, projection, execution);
            PairFunction function = kernel.pairFunction(x.width());
            system.setKernel(points, function);
            ChosenRidge ridge = ridges.length > 0
                    ? ChosenRidge.of(ridges[Math.min(t, ridges.length - 1)])
                    : ridge(engine, x, y, projection, function, options, execution);
            Solved found =
                    Solved.of(system, y, ridge, Optional.ofNullable(machine).map(KernelMachine::coefficients), options);
            RidgeSolution solution = found.solution();
            solution.event().ifPresent(events::add);
            KernelMachine solved = KernelMachine.solved(engine, kernel, metric, x, points, solution.coefficients());
            machine = solved;
            double score = score(solved, events);
            keepIfBest(t, solved, score);
            done += solveCost();
            return new RfmRound(
                    t,
                    score,
                    kernel.bandwidth(),
                    found.ridge().ridge(),
                    found.ridge().leaveOneOut(),
                    solution.residual(),
                    execution.elapsedSeconds() - start,
                    0,
                    List.copyOf(events));
        }

        /** Told by the solver how far it is; ends it when the work was cancelled. */
        private void reportSolving(double share) {
            execution.requireNotCancelled();
            report("solving round " + rounds.size(), done + share * solveCost());
        }

        /** Never falls, though a factorisation that fails starts again. */
        private void report(String activity, double cost) {
            reported = Math.max(reported, cost / total);
            execution.progress().report(activity, reported);
        }

        private Projection projection(Kernel kernel) {
            return Rfm.projection(metric, kernel, x, execution);
        }

        private boolean needsFloor() {
            return options.weightFloor() > 0 && options.kernel().exponent() < 1;
        }

        private double medianDistance(Projection projection) {
            try (Span span = execution.begin(Phase.MEDIAN_DISTANCE)) {
                double m = medianRows.length;
                span.covers(medianRows.length, medianRows.length, m * (m - 1) / 2);
                Points<A> sample = pack(engine, x.select(medianRows), projection, execution);
                return MedianDistance.of(engine, sample, options.kernel().pairFunction(x.width()));
            }
        }

        private double score(KernelMachine solved, List<String> events) {
            if (validation.isEmpty()) {
                return Double.NaN;
            }
            Score metric = validation.get().score();
            double score = metric.of(
                    metric.readout().apply(solved.predict(validation.get().rows(), execution)));
            if (Double.isNaN(score)) {
                events.add("the validation score is undefined for these rows");
            }
            return score;
        }

        /** Strictly better wins, so ties keep the earlier iterate; without a usable score the latest is kept. */
        private void keepIfBest(int t, KernelMachine solved, double score) {
            if (Double.isNaN(bestScore) || validation.orElseThrow().score().isBetter(score, bestScore)) {
                best = solved;
                bestScore = score;
                bestRound = t;
            }
        }

        private boolean fallsBehind(double score) {
            double multiplier = options.earlyStopMultiplier();
            if (Double.isInfinite(multiplier) || Double.isNaN(score)) {
                return false;
            }
            return validation.orElseThrow().score().higherIsBetter()
                    ? score < bestScore / multiplier
                    : score > bestScore * multiplier;
        }

        /** Replaces the metric by the normalised gradient moment of the current machine, or says why it cannot. */
        private Optional<RfmFit.Stop> learnMetric(int t) {
            double start = execution.elapsedSeconds();
            report("learning features, round " + (t + 1), done);
            double floor = needsFloor() ? options.weightFloor() * medianDistance : 0;
            MomentOptions form = new MomentOptions(diagonal, options.centredGradients(), floor);
            BlockSymmetric moment = options.moment()
                    .fact()
                    .map(update -> fact(update, form))
                    .orElseGet(() -> Objects.requireNonNull(machine).moment(momentRows, form, execution));
            done += momentCost();
            double largest = moment.largestEntry();
            double seconds = execution.elapsedSeconds() - start;
            if (!(largest > 0)) {
                amendLast(
                        seconds,
                        Optional.of("the gradient is zero or not finite, so no metric can be learned from it"));
                return Optional.of(RfmFit.Stop.NO_GRADIENT);
            }
            BlockSymmetric next = moment.times(1 / largest);
            boolean converged = metric.matrix().isPresent()
                    && next.distanceTo(metric.matrix().get()) < options.metricTolerance() * next.frobenius();
            metric = Metric.of(next);
            amendLast(seconds, Optional.empty());
            return converged ? Optional.of(RfmFit.Stop.CONVERGED) : Optional.empty();
        }

        /** Each block by its own: of FACT, what a metric of such blocks can hold. */
        private BlockSymmetric fact(FactUpdate update, MomentOptions form) {
            BlockSymmetric inner = Objects.requireNonNull(machine).factInner(form, execution);
            if (!Double.isFinite(inner.largestEntry())) {
                return inner;
            }
            List<BlockSymmetric.Block> blocks = new ArrayList<>();
            for (int b = 0; b < inner.blocks().size(); b++) {
                int block = b;
                blocks.add(next(
                        update,
                        metric.matrix().map(matrix -> matrix.blocks().get(block)),
                        inner.blocks().get(b)));
            }
            return BlockSymmetric.of(blocks);
        }

        /** The next of one block, which is diagonal where the other is; no block stands for the identity. */
        private BlockSymmetric.Block next(
                FactUpdate update, Optional<BlockSymmetric.Block> current, BlockSymmetric.Block inner) {
            if (inner instanceof BlockSymmetric.Full full) {
                DoubleMatrix from = current.map(
                                block -> BlockSymmetric.of(List.of(block)).toDense())
                        .orElseGet(() -> DoubleMatrix.identity(inner.size()));
                return new BlockSymmetric.Full(
                        update.next(from, full.matrix(), engine.doubleKernels(), execution.workers()));
            }
            double[] values = new double[inner.size()];
            for (int s = 0; s < values.length; s++) {
                double from = current.isPresent() ? current.get().get(s, s) : 1;
                values[s] = update.next(from, inner.get(s, s));
            }
            return new BlockSymmetric.Diagonal(values);
        }

        private void amendLast(double momentSeconds, Optional<String> event) {
            int last = rounds.size() - 1;
            rounds.set(last, rounds.get(last).withMoment(momentSeconds, event));
        }

        private double solveCost() {
            double n = x.rows();
            return n * n * n / 3 + n * n * (x.width() + 50 + 8.0 * y.cols());
        }

        private double momentCost() {
            if (options.moment() != MomentKind.AGOP) {
                return (double) x.rows() * x.rows() * (2.0 * y.cols() + 2.0 * x.width() + 50);
            }
            return 2.0 * momentRows.rows() * x.rows() * (SignedGroups.count(y.cols()) * (x.width() + 1.0) + 50);
        }
    }
}

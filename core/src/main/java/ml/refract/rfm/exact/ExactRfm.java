package ml.refract.rfm.exact;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import ml.refract.engine.CancelledException;
import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleCholesky;
import ml.refract.linalg.DoubleKernels;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.SymmetricEigen;

/**
 * The recursive feature machine in double precision: solve a kernel system, take the gradient moment of the solution to a power, or
 * FACT, as the next metric, and solve again (specification of the family, sections 2 to 6; arXiv 2212.13881, 2407.20199, 2507.05644).
 *
 * <p>The machine of a round holds the metric it was solved under; the released programs of these papers end with another update.
 */
public final class ExactRfm {
    /** Half a unit in the last place of 1. */
    private static final double ROUNDOFF = 0x1p-53;
    /** The least ridge of a singular system, as a share of its largest diagonal entry: contradicting targets keep six digits. */
    private static final double LEAST_RIDGE = 1e-10;

    private final Inputs x;
    private final DoubleMatrix y;
    private final ExactOptions options;
    private final Execution execution;
    private final List<String> events = new ArrayList<>();

    private ExactRfm(Inputs x, DoubleMatrix y, ExactOptions options, Execution execution) {
        this.x = x;
        this.y = y;
        this.options = options;
        this.execution = execution;
    }

    /**
     * Fits on rows X (n x d) with targets Y (n x c), from the identity as metric.
     *
     * <p>Cost per round n^3/3 + 2 n^2 (d + c) flops, d without the zeros of sparse rows; for the moment 2 n^2 c d more with a radial
     * kernel, 8 c d^3 with a quadratic one; for FACT 2 n^2 d or 4 c d^3; and 9 d^3. Memory 4 n^2 + 5 c d^2 doubles. Deterministic:
     * the same bits for any number of threads.
     *
     * @param observer told every round when it is solved, on the calling thread
     * @throws IllegalArgumentException when shapes do not match, there are no rows, or a number is not finite
     * @throws ArithmeticException when a metric is so large that the kernel matrix overflows
     * @throws CancelledException when told to stop
     */
    public static ExactFit fit(
            DoubleMatrix x, DoubleMatrix y, ExactOptions options, Consumer<ExactRound> observer, Execution execution) {
        return fitFrom(DoubleMatrix.identity(x.cols()), x, y, options, observer, execution);
    }

    /**
     * As {@link #fit}, from a metric.
     *
     * @param metric M of round 0 (d x d), symmetric, positive semidefinite up to rounding; shared, not copied
     */
    public static ExactFit fitFrom(
            DoubleMatrix metric,
            DoubleMatrix x,
            DoubleMatrix y,
            ExactOptions options,
            Consumer<ExactRound> observer,
            Execution execution) {
        if (x.rows() == 0 || y.rows() != x.rows() || y.cols() == 0) {
            throw new IllegalArgumentException("There are " + x.rows() + " rows of inputs and a " + y.rows() + " x "
                    + y.cols() + " matrix of targets; both need the same number of rows, at least one");
        }
        return new ExactRfm(Inputs.of(x), y, options, execution).run(metric, observer);
    }

    private ExactFit run(DoubleMatrix start, Consumer<ExactRound> observer) {
        DoubleMatrix metric = start;
        for (int t = 0; ; t++) {
            execution.requireNotCancelled();
            execution.progress().report("round " + t, (double) t / (options.rounds() + 1));
            ExactRound round = solve(t, metric);
            round.event().ifPresent(events::add);
            observer.accept(round);
            if (t == options.rounds()) {
                return new ExactFit(round.machine(), t, List.copyOf(events));
            }
            Optional<DoubleMatrix> next = scaled(next(round.machine()));
            if (next.isEmpty()) {
                events.add("round " + t + ": the moment is zero or not finite, so no metric can be learned from it");
                return new ExactFit(round.machine(), t, List.copyOf(events));
            }
            metric = next.get();
        }
    }

    /**
     * Raises the ridge until the system is not singular to working precision: otherwise coefficients would be rounding errors, and
     * the same data would give other features for every order of its rows.
     */
    private ExactRound solve(int t, DoubleMatrix metric) {
        DoubleMatrix kernel = KernelMatrix.of(metric, x, x, execution).values(options.kernel());
        double floor = x.rows() * ROUNDOFF;
        double size = largestDiagonal(kernel, t);
        double ridge = options.ridge();
        while (true) {
            Optional<DoubleCholesky> factor = DoubleCholesky.of(kernel, ridge, kernels(), execution.workers())
                    .filter(found -> found.leastPivot() > floor);
            if (factor.isPresent()) {
                DoubleMatrix alpha = factor.get().solve(y, kernels(), execution.workers());
                ExactMachine machine = new ExactMachine(options.kernel(), metric, x, alpha);
                return new ExactRound(t, machine, ridge, factor.get().leastPivot(), event(t, ridge));
            }
            ridge = Math.max(10 * ridge, LEAST_RIDGE * size);
        }
    }

    private static double largestDiagonal(DoubleMatrix kernel, int t) {
        double largest = 0;
        for (int i = 0; i < kernel.rows(); i++) {
            double value = kernel.get(i, i);
            if (!Double.isFinite(value)) {
                throw new ArithmeticException("In round " + t + " entry (" + i + ", " + i + ") of the kernel matrix is "
                        + value + "; scale the metric after each update");
            }
            largest = Math.max(largest, value);
        }
        return largest > 0 ? largest : 1;
    }

    private Optional<String> event(int t, double ridge) {
        return ridge == options.ridge()
                ? Optional.empty()
                : Optional.of("round " + t + ": the kernel matrix is singular to working precision with ridge "
                        + options.ridge() + "; it was solved with " + ridge);
    }

    private DoubleMatrix next(ExactMachine machine) {
        if (options.rule() instanceof FeatureRule.Fact fact) {
            return fact.update().next(machine.metric(), machine.factInner(execution), kernels(), execution.workers());
        }
        FeatureRule.Agop agop = (FeatureRule.Agop) options.rule();
        DoubleMatrix moment = machine.agop(agop.centred(), execution);
        return isUsable(moment) && agop.power() != 1 ? power(moment, agop.power()) : moment;
    }

    private DoubleMatrix power(DoubleMatrix moment, double power) {
        return SymmetricEigen.of(moment, kernels(), execution.workers(), share -> execution.requireNotCancelled())
                .map(value -> Math.pow(Math.max(0, value), power), kernels(), execution.workers());
    }

    private Optional<DoubleMatrix> scaled(DoubleMatrix metric) {
        if (!isUsable(metric)) {
            return Optional.empty();
        }
        double size = options.scale().size(metric);
        int d = metric.rows();
        DoubleMatrix result = DoubleMatrix.zeros(d, d);
        for (int s = 0; s < d; s++) {
            for (int t = 0; t < d; t++) { // products leave rounding that differs on both sides of the diagonal
                result.set(s, t, (metric.get(s, t) + metric.get(t, s)) / (2 * size));
            }
        }
        return Optional.of(result);
    }

    private static boolean isUsable(DoubleMatrix metric) {
        double trace = 0;
        for (double value : metric.values()) {
            if (!Double.isFinite(value)) {
                return false;
            }
        }
        for (int s = 0; s < metric.rows(); s++) {
            trace += metric.get(s, s);
        }
        return trace > 0;
    }

    private DoubleKernels kernels() {
        return execution.engine().doubleKernels();
    }
}

package ml.refract.solver;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import ml.refract.engine.Span;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Vectors;

/**
 * Kernel logistic regression: the coefficients alpha that minimise the sum over rows of -ln p(class) plus ridge times the sum over
 * columns of alpha' K alpha, with outputs f = K alpha (specification of xRFM, section 10; for several classes the softmax). At the
 * minimum p - y + 2 ridge alpha = 0.
 *
 * <p>The curvature of the loss of a row is at most w, 1/4 for two classes and 1/2 for the softmax (Boehning 1992), so the step
 * -(w K + 2 ridge I)^-1 (p - y + 2 ridge alpha) never raises the objective, for all columns with one factor. Here it is the start of
 * a quasi-Newton method of limited memory (Liu and Nocedal 1989) in the inner product a' K b, where the gradient is that bracket:
 * the actual curvature is learned on the way, and steps that do not lower the objective enough are halved (Armijo). Newton's
 * method would factor anew in every one of its ten or so steps; a step here takes n^2 where a factor takes n^3/3.
 *
 * @param <A> the engine's array type
 */
public final class LogisticSolver<A> {
    /** Of the norm of the gradient, over that at the class shares: what solutions are wanted to. */
    public static final double TOLERANCE = 1e-6;

    private static final int MOST_STEPS = 400;
    private static final int MOST_HALVINGS = 40;
    private static final double LEAST_DECREASE = 1e-4;
    /** Pairs of steps and changes of the gradient that are kept. */
    private static final int MEMORY = 12;
    /** Vectors of n doubles for each column besides the pairs. */
    private static final int VECTORS = 10;
    /** Users are told of larger gradients only: smaller ones do not show in probabilities. */
    private static final double TOLD = 1e-3;

    /** Near the minimum, differences of the objective are nothing but its rounding; the gradient still tells. */
    private static final double ROUNDING = 1e-14;

    private final RidgeSystem<A> system;
    private final LogisticTargets targets;
    private final int columns;
    private final double ridge;
    private final double tolerance;
    private final List<Pair> pairs = new ArrayList<>();

    /** A step s, its image K s, the change y of the gradient over it, and 1 / (s' K y). */
    private record Pair(double[] step, double[] image, double[] change, double inverse) {}

    /** Where the minimisation stands: coefficients and outputs, side by side column after column, gradient and objective. */
    private record State(double[] alpha, double[] outputs, double[] gradient, double value) {}

    private LogisticSolver(RidgeSystem<A> system, DoubleMatrix targets, double ridge, double tolerance) {
        this.system = system;
        this.targets = LogisticTargets.of(targets);
        this.columns = targets.cols();
        this.ridge = ridge;
        this.tolerance = tolerance;
    }

    /** Bytes for n rows and c columns besides those of the system. */
    public static long bytes(long n, long columns) {
        return Double.BYTES * (3 * MEMORY + VECTORS) * n * columns;
    }

    /**
     * Solves for the kernel matrix that a system holds. Deterministic for any number of threads. Cost n^3/3 flops and 4 n^2 c a
     * step, of which there are ten to a hundred.
     *
     * @param targets as {@link LogisticTargets} reads them, n x c
     * @param ridge above 0
     * @param start where to begin if that is better than 0, n x c
     * @param tolerance of the norm of the gradient, over that at 0: where to end
     * @return the residual is the norm of p - y + 2 ridge alpha over that of p - y at alpha = 0
     * @throws IllegalArgumentException when the targets are not classes or the ridge is 0
     */
    public static <A> RidgeSolution solve(
            RidgeSystem<A> system, DoubleMatrix targets, double ridge, Optional<DoubleMatrix> start, double tolerance) {
        if (!(ridge > 0)) {
            throw new IllegalArgumentException("The logistic loss needs a ridge above 0, got " + ridge
                    + "; without one it has no minimum where classes can be parted");
        }
        return new LogisticSolver<>(system, targets, ridge, tolerance).run(targets.rows(), start);
    }

    private RidgeSolution run(int n, Optional<DoubleMatrix> start) {
        double shift = system.factorFor(2 * ridge / targets.curvature());
        State zero = state(new double[n * columns], new double[n * columns]);
        State state =
                start.map(this::at).filter(from -> from.value() < zero.value()).orElse(zero);
        double scale = Math.max(norm(zero.gradient()), Double.MIN_NORMAL);
        int steps = 0;
        while (steps < MOST_STEPS && norm(state.gradient()) > tolerance * scale) {
            Optional<State> next = step(state);
            if (next.isEmpty()) {
                break;
            }
            state = next.get();
            steps++;
        }
        double residual = norm(state.gradient()) / scale;
        Optional<String> event = Optional.empty();
        if (residual > TOLD) {
            event = Optional.of(String.format(
                    Locale.ROOT,
                    "the logistic loss is not quite at its minimum: relative gradient %.1e after %d steps; a larger "
                            + "ridge would help",
                    residual,
                    steps));
        }
        DoubleMatrix coefficients = DoubleMatrix.of(columns, n, state.alpha()).transpose();
        return new RidgeSolution(coefficients, residual, steps, shift, event);
    }

    private State at(DoubleMatrix coefficients) {
        double[] alpha = coefficients.transpose().values();
        return state(alpha, image(alpha));
    }

    private double[] image(double[] alpha) {
        double[] image = new double[alpha.length];
        system.multiply(alpha, image, columns);
        return image;
    }

    private State state(double[] alpha, double[] outputs) {
        double[] gradient = targets.gradient(outputs);
        add(gradient, 2 * ridge, alpha);
        return new State(alpha, outputs, gradient, targets.loss(outputs) + ridge * Vectors.dot(alpha, outputs, 0));
    }

    /** One step; nothing when rounding leaves none that helps. */
    private Optional<State> step(State state) {
        try (Span span = system.beginStep(columns)) {
            double[] direction = direction(state.gradient());
            double[] image = image(direction);
            double slope = Vectors.dot(image, state.gradient(), 0);
            if (!(slope < 0)) {
                return Optional.empty();
            }
            double length = 1;
            State next = moved(state, direction, image, length);
            double noise = ROUNDING * Math.abs(state.value());
            for (int h = 0;
                    h < MOST_HALVINGS && !(next.value() <= state.value() + LEAST_DECREASE * length * slope + noise);
                    h++) {
                length /= 2;
                next = moved(state, direction, image, length);
            }
            boolean helps = next.value() < state.value() || norm(next.gradient()) < norm(state.gradient());
            if (helps) {
                remember(state, next);
            }
            return helps ? Optional.of(next) : Optional.empty();
        }
    }

    private State moved(State from, double[] direction, double[] image, double length) {
        double[] alpha = from.alpha().clone();
        double[] outputs = from.outputs().clone();
        add(alpha, length, direction);
        add(outputs, length, image);
        return state(alpha, outputs);
    }

    /**
     * The recursion of two loops. K r of the start r = (w K + 2 ridge I)^-1 q comes without the matrix, as (q - 2 ridge r) / w; where
     * the factor is rounded or shifted that is a little off, which only bends the direction.
     */
    private double[] direction(double[] gradient) {
        double[] q = gradient.clone();
        double[] shares = new double[pairs.size()];
        for (int j = pairs.size() - 1; j >= 0; j--) {
            Pair pair = pairs.get(j);
            shares[j] = pair.inverse() * Vectors.dot(pair.image(), q, 0);
            add(q, -shares[j], pair.change());
        }
        double curvature = targets.curvature();
        double[] r = q.clone();
        system.precondition(r, columns);
        double[] image = new double[r.length];
        for (int i = 0; i < r.length; i++) {
            r[i] /= curvature;
            image[i] = (q[i] - 2 * ridge * r[i]) / curvature;
        }
        for (int j = 0; j < pairs.size(); j++) {
            Pair pair = pairs.get(j);
            double correction = shares[j] - pair.inverse() * Vectors.dot(pair.change(), image, 0);
            add(r, correction, pair.step());
            add(image, correction, pair.image());
        }
        for (int i = 0; i < r.length; i++) {
            r[i] = -r[i];
        }
        return r;
    }

    private void remember(State before, State after) {
        double[] step = difference(after.alpha(), before.alpha());
        double[] image = difference(after.outputs(), before.outputs());
        double[] change = difference(after.gradient(), before.gradient());
        double curvature = Vectors.dot(image, change, 0);
        if (curvature > 0) {
            pairs.add(new Pair(step, image, change, 1 / curvature));
        }
        if (pairs.size() > MEMORY) {
            pairs.remove(0);
        }
    }

    private static double[] difference(double[] a, double[] b) {
        double[] result = a.clone();
        add(result, -1, b);
        return result;
    }

    private static void add(double[] to, double factor, double[] what) {
        for (int i = 0; i < to.length; i++) {
            to[i] += factor * what[i];
        }
    }

    private static double norm(double[] a) {
        return Math.sqrt(Vectors.dot(a, a, 0));
    }
}

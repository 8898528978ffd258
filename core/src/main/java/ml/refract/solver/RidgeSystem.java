package ml.refract.solver;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import ml.refract.engine.Engine;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Phase;
import ml.refract.engine.Phases;
import ml.refract.engine.Points;
import ml.refract.engine.Precision;
import ml.refract.engine.Span;
import ml.refract.kernel.KernelBlocks;
import ml.refract.kernel.KernelSource;
import ml.refract.linalg.Cholesky;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.linalg.SymmetricProduct;
import ml.refract.linalg.SymmetricSource;
import ml.refract.linalg.SymmetricTiles;
import org.jspecify.annotations.Nullable;

/**
 * The direct solver: K(X, X) in tiles, its Cholesky factor in storage precision, and conjugate gradients in double that
 * use the factor as preconditioner until the residual of the system as stored is at rounding level (specification of
 * xRFM, section 24). One instance serves many systems of the same order without new memory.
 *
 * <p>Memory: one or two triangles of n^2 / 2 numbers, see {@link KernelStorage}. Not thread-safe.
 *
 * @param <A> the engine's array type
 */
public final class RidgeSystem<A> {
    private static final int MOST_STEPS = 20;
    private static final int MOST_SHIFTS = 12;
    /**
     * A factorisation takes as long as about n / (150 + 32 c) steps for c columns: a step reads three triangles and then
     * does arithmetic for each column.
     */
    private static final int ROWS_PER_STEP = 150;

    private static final int ROWS_PER_STEP_AND_COLUMN = 32;

    private static final int LEAST_BUDGET = 8;
    /**
     * A guess that leaves more of the targets is not one from which an old factor leads to the solution in time: of 34 such rounds
     * on ten sets 6 would have, of 17 others 11.
     */
    private static final double NEAR = 0.5;
    /** Vectors of n doubles that a solution takes for each column, those of the caller included. */
    private static final long SOLVE_VECTORS = 10;
    /** Steps after which the number still needed is reckoned again. */
    private static final int LOOK_BACK = 4;

    private final Engine<A> engine;
    private final ParallelFor parallel;
    private final int size;
    /** Where the kernel is kept; none when it is evaluated again for every use. */
    private final @Nullable SymmetricTiles<A> tiles;

    private final Cholesky<A> factor;
    private final SymmetricProduct<A> product;
    private final Phases phases;
    private final DoubleConsumer progress;
    private @Nullable SymmetricSource<A> kernel;
    /** What was added to the diagonal of the factored matrix; none when there is no factor. */
    private double factoredShift = Double.NaN;
    /** Whether the factor is that of the kernel now held. */
    private boolean factorIsCurrent;

    /** Takes the memory for systems of order n, the kernel matrix included. */
    public RidgeSystem(Engine<A> engine, int n, ParallelFor parallel) {
        this(engine, n, KernelStorage.KEPT, parallel, Phases.unrecorded(), share -> {});
    }

    /**
     * Takes the memory for systems of order n.
     *
     * @param phases told of memory, kernel matrices, factorisations and refinement steps
     * @param progress told the share of a factorisation that is done, now and then, on the thread that called for a
     *     solution, and 1 after each step; what it throws ends the solve
     */
    public RidgeSystem(
            Engine<A> engine,
            int n,
            KernelStorage storage,
            ParallelFor parallel,
            Phases phases,
            DoubleConsumer progress) {
        this.engine = engine;
        this.parallel = parallel;
        this.phases = phases;
        this.progress = progress;
        this.size = n;
        try (Span span = phases.begin(Phase.MEMORY)) {
            span.covers(
                    n,
                    n,
                    (double) triangles(storage)
                            * SymmetricTiles.entries(n)
                            * engine.precision().bytes());
            this.tiles = storage == KernelStorage.KEPT ? new SymmetricTiles<>(engine, n) : null;
            this.factor = new Cholesky<>(engine, n, parallel);
            this.product = new SymmetricProduct<>(engine, n, parallel);
        }
    }

    /** Bytes that an instance of order n takes while it solves for c columns. */
    public static long bytes(long n, long columns, KernelStorage storage, Precision precision) {
        return precision.bytes() * (triangles(storage) * SymmetricTiles.entries(n) + Cholesky.solveEntries(n, columns))
                + Double.BYTES * (SOLVE_VECTORS * n * columns + SymmetricProduct.entries(n, columns));
    }

    private static long triangles(KernelStorage storage) {
        return storage == KernelStorage.KEPT ? 2 : 1;
    }

    /**
     * Replaces the kernel matrix by K(X, X).
     *
     * @param x points, as many as the order of the system; not to be changed while the system is used
     * @throws IllegalArgumentException when the number of points is another
     */
    public void setKernel(Points<A> x, PairFunction function) {
        if (x.count() != size) {
            throw new IllegalArgumentException("A system of order " + size + " got " + x.count() + " points");
        }
        if (tiles != null) {
            evaluate(x, function, tiles);
            kernel = tiles;
        } else {
            kernel = new KernelSource<>(engine, x, function);
        }
        factorIsCurrent = false;
    }

    private void evaluate(Points<A> x, PairFunction function, SymmetricTiles<A> into) {
        try (Span span = phases.begin(Phase.KERNEL)) {
            double n = size;
            span.covers(size, size, n * (n + 1) / 2);
            KernelBlocks.symmetric(engine, x, function, into, parallel);
        }
    }

    /** The kernel matrix, as last set. */
    public SymmetricSource<A> kernel() {
        return Objects.requireNonNull(kernel, "setKernel comes first");
    }

    /**
     * Solves (K + ridge I) alpha = Y for all columns. When the factorisation meets a pivot that is not positive, a larger
     * shift is factored as preconditioner only; the system solved stays the one asked for.
     *
     * <p>Cost n^3/3 + (4 to 8) n^2 c flops, and as many evaluations of the kernel as there are readings of it when it is not
     * kept.
     *
     * @param ridge added to the diagonal, not multiplied by n; at least 0
     * @param y n x c targets
     * @throws IllegalArgumentException when a target is not finite
     */
    public RidgeSolution solve(DoubleMatrix y, double ridge) {
        return solveFactored(new Refinement(y, ridge), ridge);
    }

    /**
     * Solves like {@link #solve}, to the same residual, starting from a guess and with the factor of an earlier, similar
     * kernel as preconditioner, as long as that promises to be cheaper than a new factorisation. Metrics of successive rounds
     * soon resemble each other: from the third round on ten to twenty conjugate gradient steps at 6 n^2 flops each often do.
     *
     * @param guess coefficients of the earlier kernel, n x c
     */
    public RidgeSolution solveNear(DoubleMatrix y, double ridge, DoubleMatrix guess) {
        Refinement refinement = new Refinement(y, ridge);
        int budget = size / (ROWS_PER_STEP + ROWS_PER_STEP_AND_COLUMN * y.cols());
        if (tiles == null || Double.isNaN(factoredShift) || budget < LEAST_BUDGET) {
            return solveFactored(refinement, ridge);
        }
        refinement.startFrom(guess);
        double tolerance = tolerance();
        int steps = 0;
        double before = refinement.residual();
        if (!(before <= NEAR)) {
            return solveFactored(refinement, ridge);
        }
        while (refinement.residual() > tolerance) {
            if (steps % LOOK_BACK == 0 && steps > 0) {
                double rate = Math.log(before / refinement.residual()) / LOOK_BACK;
                double left = Math.log(refinement.residual() / tolerance) / rate;
                if (!(rate > 0) || steps + left > budget) {
                    return solveFactored(refinement, ridge);
                }
                before = refinement.residual();
            }
            step(refinement);
            steps++;
        }
        return new RidgeSolution(refinement.solution(), refinement.residual(), steps, ridge, Optional.empty());
    }

    /**
     * Diagonal g of (K + ridge I)^-1, from which leave-one-out residuals follow as alpha_i / g_i (specification of xRFM,
     * section 18). Uses the factor of the last solution where it is that of this system, and makes one otherwise. Accurate to
     * about n u sqrt(condition number), relatively, u being the rounding unit of the engine's precision.
     *
     * <p>Cost n^3/3 flops besides the factorisation; 256 n numbers for each thread.
     *
     * @throws ArithmeticException when the system is not positive definite in storage precision; a larger ridge helps
     */
    public double[] inverseDiagonal(double ridge) {
        double shift = factorFor(ridge);
        if (shift > ridge) {
            throw new ArithmeticException(String.format(
                    Locale.ROOT,
                    "The kernel matrix of order %d plus a ridge of %.1e has no inverse in %s arithmetic; a ridge of %.1e does",
                    size,
                    ridge,
                    engine.precision() == Precision.FLOAT32 ? "single" : "double",
                    shift));
        }
        return factor.inverseDiagonal();
    }

    /**
     * Factors K + shift I, unless that is what the factor is of.
     *
     * @return the shift, or a larger one where that was needed
     */
    double factorFor(double shift) {
        return factorIsCurrent && factoredShift == shift ? shift : factorWithShift(shift);
    }

    /** b := (K + shift I)^-1 b by the factor, side l at {@code b[l * n ..]}. */
    void precondition(double[] b, int sides) {
        factor.solve(b, sides);
    }

    /** y := K x, side l at {@code [l * n ..]}. */
    void multiply(double[] x, double[] y, int sides) {
        product.multiply(kernel(), 0, x, y, sides);
    }

    /** Tells listeners that a step over the whole matrix begins. */
    Span beginStep(int sides) {
        progress.accept(1);
        Span span = phases.begin(Phase.REFINEMENT);
        span.covers(size, sides, 0);
        return span;
    }

    /** Eight units of rounding: coefficients, which are stored with one of them each, move the product with K by more. */
    private double tolerance() {
        return engine.precision() == Precision.FLOAT32 ? 0x1p-21 : 1e-14;
    }

    private RidgeSolution solveFactored(Refinement refinement, double ridge) {
        double shift = factorFor(ridge);
        refinement.restart();
        int steps = 0;
        int most = shift > ridge ? MOST_STEPS : 4;
        while (steps < most && refinement.residual() > tolerance()) {
            step(refinement);
            steps++;
        }
        RidgeSolution solution =
                new RidgeSolution(refinement.solution(), refinement.residual(), steps, shift, Optional.empty());
        if (!solution.isSolved()) {
            return solution.withEvent(String.format(
                    Locale.ROOT,
                    "the system is close to singular: relative residual %.1e after %d steps; a larger "
                            + "ridge would help",
                    refinement.residual(),
                    steps));
        }
        return shift == ridge
                ? solution
                : solution.withEvent(String.format(
                        Locale.ROOT,
                        "the factorisation needed a shift of %.1e above the ridge %.1e; refined to a relative "
                                + "residual of %.1e",
                        shift,
                        ridge,
                        refinement.residual()));
    }

    private void step(Refinement refinement) {
        try (Span span = phases.begin(Phase.REFINEMENT)) {
            span.covers(size, refinement.sides, 0);
            refinement.step();
        }
    }

    private double factorWithShift(double ridge) {
        factoredShift = Double.NaN;
        double shift = ridge;
        for (int attempt = 0; attempt < MOST_SHIFTS; attempt++) {
            if (factor(shift)) {
                factoredShift = shift;
                factorIsCurrent = true;
                return shift;
            }
            shift = attempt == 0 ? Math.max(10 * ridge, size * 6e-8) : shift * 10;
        }
        throw new ArithmeticException("The kernel matrix of order " + size
                + " could not be factored even with " + shift + " added to its diagonal; it holds numbers that are "
                + "not finite");
    }

    private boolean factor(double shift) {
        try (Span span = phases.begin(Phase.FACTORISATION)) {
            double n = size;
            boolean done = factor.factor(kernel(), shift, progress) < 0;
            span.covers(size, size, done ? n * n * n / 3 : 0);
            return done;
        }
    }

    /** Conjugate gradients on all columns side by side, each with its own step lengths. */
    private final class Refinement {
        private final int n = size;
        private final int sides;
        private final double ridge;
        private final double[] x;
        private final double[] residual;
        private final double[] preconditioned;
        private final double[] direction;
        private final double[] image;
        private final double[] targetNorms;
        private final double[] slopes;

        Refinement(DoubleMatrix y, double ridge) {
            this.sides = y.cols();
            this.ridge = ridge;
            int length = Math.multiplyExact(n, sides);
            this.x = new double[length];
            this.residual = y.transpose().values();
            this.preconditioned = new double[length];
            this.direction = new double[length];
            this.image = new double[length];
            this.targetNorms = new double[sides];
            this.slopes = new double[sides];
            for (int l = 0; l < sides; l++) {
                targetNorms[l] = Math.sqrt(dot(residual, residual, l));
                if (!Double.isFinite(targetNorms[l])) {
                    throw new IllegalArgumentException("Target column " + l
                            + " holds a number that is not finite, or numbers too large to square");
                }
            }
        }

        /** Replaces the zero start by a guess. */
        void startFrom(DoubleMatrix guess) {
            System.arraycopy(guess.transpose().values(), 0, x, 0, x.length);
            product.multiply(kernel(), ridge, x, image, sides);
            for (int i = 0; i < x.length; i++) {
                residual[i] -= image[i];
            }
        }

        /** Forgets the search direction, as when the preconditioner has changed. */
        void restart() {
            Arrays.fill(direction, 0);
            Arrays.fill(slopes, 0);
        }

        double residual() {
            double worst = 0;
            for (int l = 0; l < sides; l++) {
                if (targetNorms[l] > 0) {
                    worst = Math.max(worst, Math.sqrt(dot(residual, residual, l)) / targetNorms[l]);
                }
            }
            return worst;
        }

        void step() {
            progress.accept(1);
            System.arraycopy(residual, 0, preconditioned, 0, residual.length);
            factor.solve(preconditioned, sides);
            for (int l = 0; l < sides; l++) {
                double slope = dot(residual, preconditioned, l);
                double momentum = slopes[l] > 0 ? slope / slopes[l] : 0;
                slopes[l] = slope;
                for (int i = l * n; i < (l + 1) * n; i++) {
                    direction[i] = preconditioned[i] + momentum * direction[i];
                }
            }
            product.multiply(kernel(), ridge, direction, image, sides);
            for (int l = 0; l < sides; l++) {
                double curvature = dot(direction, image, l);
                double length = curvature > 0 ? slopes[l] / curvature : 0;
                for (int i = l * n; i < (l + 1) * n; i++) {
                    x[i] += length * direction[i];
                    residual[i] -= length * image[i];
                }
            }
        }

        private double dot(double[] a, double[] b, int side) {
            double sum = 0;
            for (int i = side * n; i < (side + 1) * n; i++) {
                sum += a[i] * b[i];
            }
            return sum;
        }

        DoubleMatrix solution() {
            return DoubleMatrix.of(sides, n, x).transpose();
        }
    }
}

package ml.refract.machine;

import ml.refract.engine.Engine;
import ml.refract.engine.Execution;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Phase;
import ml.refract.engine.Points;
import ml.refract.engine.SignedGroups;
import ml.refract.engine.Span;
import ml.refract.kernel.Kernel;
import ml.refract.kernel.KernelBlocks;
import ml.refract.kernel.Metric;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import org.jspecify.annotations.Nullable;

/**
 * A fitted kernel machine f_l(z) = sum_i k_M(z, x_i) alpha_il: centers X (n x d), coefficients alpha (n x c), and the
 * metric M that those coefficients were solved with. Immutable; predictions may run from several threads at once and take
 * no lock.
 */
public final class KernelMachine {
    private final Kernel kernel;
    private final Metric metric;
    private final Design centers;
    private final DoubleMatrix coefficients;
    private volatile @Nullable Expansion<?> expansion;

    /**
     * @param kernel with the bandwidth the coefficients were solved with
     * @param centers shared, not copied
     * @param coefficients one row per center; shared, not copied
     * @throws IllegalArgumentException when centers and coefficients differ in number
     */
    public KernelMachine(Kernel kernel, Metric metric, Design centers, DoubleMatrix coefficients) {
        if (centers.rows() != coefficients.rows()) {
            throw new IllegalArgumentException(
                    "There are " + centers.rows() + " centers and " + coefficients.rows() + " rows of coefficients");
        }
        this.kernel = kernel;
        this.metric = metric;
        this.centers = centers;
        this.coefficients = coefficients;
    }

    /**
     * A machine on centers that are packed already. Coefficients are rounded to the engine's precision, so that the
     * machine predicts the same after it was written to a file and read back.
     *
     * @param points the centers, packed under the metric by this engine
     */
    public static <A> KernelMachine solved(
            Engine<A> engine,
            Kernel kernel,
            Metric metric,
            Design centers,
            Points<A> points,
            DoubleMatrix coefficients) {
        DoubleMatrix rounded = coefficients.copy();
        A cell = engine.allocate(1);
        for (int k = 0; k < rounded.values().length; k++) {
            engine.set(cell, 0, rounded.values()[k]);
            rounded.values()[k] = engine.get(cell, 0);
        }
        KernelMachine machine = new KernelMachine(kernel, metric, centers, rounded);
        machine.expansion = Expansion.of(engine, points, kernel.pairFunction(centers.width()), rounded);
        return machine;
    }

    /** The kernel. */
    public Kernel kernel() {
        return kernel;
    }

    /** The metric M. */
    public Metric metric() {
        return metric;
    }

    /** The centers X. */
    public Design centers() {
        return centers;
    }

    /** The coefficients alpha. */
    public DoubleMatrix coefficients() {
        return coefficients;
    }

    /** Number of outputs, c. */
    public int outputs() {
        return coefficients.cols();
    }

    /**
     * Predictions for m rows, m x c. A row gives the same bits alone and in any batch.
     *
     * <p>Cost m n (r + 2c + 10) flops; the kernel block is never stored. The first call on an engine packs the centers.
     *
     * @throws IllegalArgumentException when the rows have other columns than the centers
     */
    public DoubleMatrix predict(Design rows, Execution execution) {
        requireSameCoordinates(rows);
        try (Span span = execution.begin(Phase.PREDICTION)) {
            span.covers(rows.rows(), centers.rows(), (double) rows.rows() * centers.rows());
            return expansion(execution).predict(rows, execution.workers());
        }
    }

    /**
     * Gradients of every output with respect to every coordinate, (m c) x d: row j c + l holds the gradient of output l at
     * row j. For q <= 1 the machine has a kink at each center; there the kink's own term counts as zero.
     *
     * <p>Cost m n (r + 2 c r) flops, memory m c d numbers.
     */
    public DoubleMatrix gradients(Design rows, Execution execution) {
        requireSameCoordinates(rows);
        return Gradients.of(expansion(execution), rows, execution.workers());
    }

    /**
     * The average gradient outer product (AGOP) over the given rows, (1/m) sum_j J(z_j)' J(z_j) with J the c x d
     * Jacobian. Coded groups keep their own blocks; entries between groups are zero. Of more than {@value SignedGroups#MOST} outputs
     * it is an estimate, see {@link SignedGroups}, unless gradients are centred.
     *
     * <p>Cost 2 m n c r + m c r^2 flops, of many outputs as of {@value SignedGroups#MOST}. Sums run in double in a fixed order:
     * same bits for any number of threads.
     */
    public BlockSymmetric moment(Design rows, MomentOptions options, Execution execution) {
        requireSameCoordinates(rows);
        try (Span span = execution.begin(Phase.MOMENT)) {
            span.covers(rows.rows(), centers.rows(), (double) rows.rows() * centers.rows());
            return moment(expansion(execution), rows, options, execution);
        }
    }

    /**
     * L of FACT, sum_i J(x_i)' alpha_i x_i' = M L over the centers: X'(D - S)X with S_ij the pair's gradient weight times
     * alpha_i'alpha_j and D the row sums of S, a graph Laplacian between coordinates (arXiv 2507.05644; specification of the family,
     * section 6). Coded groups keep their own blocks; entries between groups are left out.
     *
     * <p>Cost 2 n^2 (c + d) flops, without a factor c d. Sums over tiles run in double in a fixed order: same bits for any number of
     * threads.
     *
     * @param options not centred
     * @throws IllegalArgumentException when the kernel's distances are not Euclidean
     */
    public BlockSymmetric factInner(MomentOptions options, Execution execution) {
        if (!kernel.euclidean()) {
            throw new IllegalArgumentException("FACT is for kernels of Euclidean distance (l2), not for "
                    + kernel.family().id() + " with norm " + kernel.norm());
        }
        try (Span span = execution.begin(Phase.MOMENT)) {
            span.covers(centers.rows(), centers.rows(), (double) centers.rows() * centers.rows());
            return factInner(expansion(execution), options, execution);
        }
    }

    private <A> BlockSymmetric factInner(Expansion<A> packed, MomentOptions options, Execution execution) {
        PairFunction weights = packed.function().withWeightFloor(options.weightFloor());
        return new FactSums<>(packed, centers, weights, options.diagonal()).inner(execution);
    }

    private <A> BlockSymmetric moment(Expansion<A> packed, Design rows, MomentOptions options, Execution execution) {
        PairFunction weights = packed.function().withWeightFloor(options.weightFloor());
        Moment<A> moment = new Moment<>(
                options.centred() ? packed : inGroups(packed), weights, options.centred(), options.diagonal());
        return rows == centers
                ? moment.over(packed.centers(), execution.workers())
                : moment.over(rows, execution.workers());
    }

    private <A> Expansion<A> inGroups(Expansion<A> packed) {
        DoubleMatrix sums = SignedGroups.of(coefficients);
        return sums == coefficients ? packed : Expansion.of(packed.engine(), packed.centers(), packed.function(), sums);
    }

    /** k(z_j, x_i) alpha_il for one row: what each center adds to each output, n x c. */
    public DoubleMatrix contributions(Design row, Execution execution) {
        requireSameCoordinates(row);
        if (row.rows() != 1) {
            throw new IllegalArgumentException("Contributions are for one row at a time, got " + row.rows());
        }
        DoubleMatrix values = kernelRow(expansion(execution), row, execution);
        DoubleMatrix result = DoubleMatrix.zeros(centers.rows(), outputs());
        for (int i = 0; i < centers.rows(); i++) {
            for (int l = 0; l < outputs(); l++) {
                result.set(i, l, values.get(0, i) * coefficients.get(i, l));
            }
        }
        return result;
    }

    private static <A> DoubleMatrix kernelRow(Expansion<A> packed, Design row, Execution execution) {
        return KernelBlocks.dense(
                packed.engine(),
                Points.pack(packed.engine(), row, packed.projection(), execution.workers()),
                packed.centers(),
                packed.function());
    }

    private Expansion<?> expansion(Execution execution) {
        Expansion<?> current = expansion;
        if (current == null
                || !current.engine().name().equals(execution.engine().name())) {
            current = pack(execution.engine(), execution);
            expansion = current;
        }
        return current;
    }

    private <A> Expansion<A> pack(Engine<A> engine, Execution execution) {
        try (Span span = execution.begin(Phase.PACKING)) {
            span.covers(centers.rows(), centers.width(), 0);
            return Expansion.of(engine, kernel, metric, centers, coefficients, execution.workers());
        }
    }

    private void requireSameCoordinates(Design rows) {
        if (!rows.sameCoordinates(centers)) {
            throw new IllegalArgumentException(
                    "The machine was fitted on rows like " + centers + ", these are like " + rows);
        }
    }

    @Override
    public String toString() {
        return "KernelMachine[" + centers.rows() + " centers, " + outputs() + " outputs, "
                + kernel.family().id() + ", " + metric + "]";
    }
}

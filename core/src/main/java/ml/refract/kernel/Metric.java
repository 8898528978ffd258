package ml.refract.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;
import ml.refract.engine.Engine;
import ml.refract.engine.GroupTable;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Projection;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleKernels;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.linalg.SymmetricEigen;

/**
 * The symmetric positive semidefinite matrix M (d x d) under which a kernel measures its inputs: ||v||_M^2 = v' M v.
 * Identity, diagonal, or full; with coded groups it has a block for each. Immutable.
 */
public final class Metric {
    private static final Metric IDENTITY = new Metric(Optional.empty());

    private final Optional<BlockSymmetric> matrix;

    private Metric(Optional<BlockSymmetric> matrix) {
        this.matrix = matrix;
    }

    /** The plain Euclidean (or l_p) metric. */
    public static Metric identity() {
        return IDENTITY;
    }

    /** A metric with the given matrix, which must be positive semidefinite up to rounding. */
    public static Metric of(BlockSymmetric matrix) {
        return new Metric(Optional.of(matrix));
    }

    /**
     * The metric that is 1 on the diagonal except for some dense columns and coded groups, where it is 0: a kernel does not see these,
     * and no metric learned from it gives them weight.
     *
     * @param ignored dense columns, none twice; group b is counted as column b behind the last of them
     */
    public static Metric without(Collection<Integer> ignored, Design rows) {
        if (ignored.isEmpty()) {
            return IDENTITY;
        }
        List<BlockSymmetric.Block> blocks = new ArrayList<>();
        int columns = rows.dense().cols();
        double[] dense = ones(columns);
        ignored.stream().filter(column -> column < columns).forEach(column -> dense[column] = 0);
        blocks.add(new BlockSymmetric.Diagonal(dense));
        for (int b = 0; b < rows.groups().size(); b++) {
            int levels = rows.groups().get(b).levels();
            blocks.add(new BlockSymmetric.Diagonal(ignored.contains(columns + b) ? new double[levels] : ones(levels)));
        }
        return of(BlockSymmetric.of(blocks));
    }

    private static double[] ones(int count) {
        double[] ones = new double[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** M, or nothing for the identity. */
    public Optional<BlockSymmetric> matrix() {
        return matrix;
    }

    /** identity, diagonal or full. */
    public String kind() {
        return matrix.map(m -> m.isDiagonal() ? "diagonal" : "full").orElse("identity");
    }

    /**
     * The map to coordinates in which plain differences measure what M prescribes: for a full block M = V diag(l) V', a
     * kernel of Euclidean distances or inner products gets the thin factor diag(sqrt l) V' without the directions that rounding would drown,
     * any other kernel the symmetric root V diag(sqrt l) V', because l_p norms are not invariant under rotation. Negative
     * eigenvalues count as zero. Cost at most 5 d^3 flops, and 2 d^3 for a symmetric root.
     *
     * @param centers rows whose mean image is subtracted, for accuracy in float32, where a kernel is one of differences
     * @param engine computes eigenvectors; those of eigenvalues below its roundoff, relative to the largest, are dropped
     * @param progress told, on the calling thread, how far the eigenvectors of a block are; what it throws ends the work
     */
    public Projection projection(
            Kernel kernel, Design centers, Engine<?> engine, ParallelFor parallel, DoubleConsumer progress) {
        Roots roots = new Roots(engine, parallel, progress);
        PairFunction function = kernel.pairFunction(centers.width());
        GroupTable[] tables = new GroupTable[centers.groups().size()];
        for (int b = 0; b < tables.length; b++) {
            tables[b] = groupTable(b + 1, centers.groups().get(b).levels(), function, roots);
        }
        Projection projection = denseProjection(kernel, centers.dense().cols(), roots, tables);
        return function.inner() ? projection : projection.centredOn(centers.dense());
    }

    private Projection denseProjection(Kernel kernel, int cols, Roots roots, GroupTable[] tables) {
        if (matrix.isEmpty()) {
            return Projection.identity(cols, tables);
        }
        BlockSymmetric.Block block = matrix.get().blocks().get(0);
        if (block.size() != cols) {
            throw new IllegalArgumentException(
                    "The metric is for " + block.size() + " dense columns, the rows have " + cols);
        }
        boolean averaged =
                kernel.family() == Kernel.Family.SUM_POWER; // coordinates without weight are averaged over, too
        if (block instanceof BlockSymmetric.Diagonal diagonal) {
            double[] scales = roots(diagonal.values());
            return averaged ? Projection.scaling(scales, tables) : Projection.scalingNonZero(scales, tables);
        }
        DoubleMatrix full = ((BlockSymmetric.Full) block).matrix();
        return Projection.linear(
                averaged ? roots.symmetric(full) : roots.ofWeighty(full, kernel.rotationInvariant()), tables);
    }

    private GroupTable groupTable(int block, int levels, PairFunction function, Roots roots) {
        if (matrix.isEmpty()) {
            return diagonalTable(ones(levels), function);
        }
        List<BlockSymmetric.Block> blocks = matrix.get().blocks();
        if (block >= blocks.size() || blocks.get(block).size() != levels) {
            throw new IllegalArgumentException("The metric has no block for a coded group of " + levels + " levels");
        }
        if (blocks.get(block) instanceof BlockSymmetric.Diagonal diagonal) {
            return diagonalTable(roots(diagonal.values()), function);
        }
        DoubleMatrix full = ((BlockSymmetric.Full) blocks.get(block)).matrix();
        if (function.inner()) {
            return GroupTable.products(full);
        }
        return function.euclidean()
                ? GroupTable.squaredDistances(full)
                : GroupTable.full(roots.symmetric(full), function::term);
    }

    private static GroupTable diagonalTable(double[] roots, PairFunction function) {
        return function.inner() ? GroupTable.products(roots) : GroupTable.diagonal(roots, function::term);
    }

    private static double[] roots(double[] values) {
        return Arrays.stream(values).map(value -> Math.sqrt(Math.max(0, value))).toArray();
    }

    /** Roots of full blocks by their eigenvectors. */
    private record Roots(Engine<?> engine, ParallelFor parallel, DoubleConsumer progress) {
        /** Up to this order plain loops are done before a new JVM has loaded vectors of doubles. */
        private static final int PLAIN_ORDER = 64;

        private DoubleKernels kernels(DoubleMatrix block) {
            return block.rows() <= PLAIN_ORDER ? DoubleKernels.plain() : engine.doubleKernels();
        }

        private SymmetricEigen eigen(DoubleMatrix block) {
            return SymmetricEigen.of(block, kernels(block), parallel, progress);
        }

        /** The root of the part that columns of weight above zero make up: a row for every column, zero for the others. */
        DoubleMatrix ofWeighty(DoubleMatrix block, boolean rotationInvariant) {
            int[] weighty = IntStream.range(0, block.rows())
                    .filter(s -> block.get(s, s) > 0)
                    .toArray();
            if (weighty.length == 0 || weighty.length == block.rows()) {
                return rotationInvariant ? thin(block) : symmetric(block);
            }
            DoubleMatrix part = DoubleMatrix.zeros(weighty.length, weighty.length);
            for (int i = 0; i < weighty.length; i++) {
                for (int j = 0; j < weighty.length; j++) {
                    part.set(i, j, block.get(weighty[i], weighty[j]));
                }
            }
            DoubleMatrix root = rotationInvariant ? thin(part) : symmetric(part);
            DoubleMatrix all = DoubleMatrix.zeros(block.rows(), root.cols());
            for (int i = 0; i < weighty.length; i++) {
                System.arraycopy(root.values(), i * root.cols(), all.values(), weighty[i] * root.cols(), root.cols());
            }
            return all;
        }

        /** V diag(sqrt l) V'; what the gradient of a kernel without inner products needs. */
        DoubleMatrix symmetric(DoubleMatrix block) {
            return eigen(block).map(value -> Math.sqrt(Math.max(0, value)), kernels(block), parallel);
        }

        /** V diag(sqrt l), d x r, with the r eigenvalues that matter. */
        DoubleMatrix thin(DoubleMatrix block) {
            SymmetricEigen eigen = eigen(block);
            double roundoff = engine.precision().roundoff();
            int rank = 0;
            while (rank < eigen.size() && eigen.value(rank) > roundoff * eigen.value(0)) {
                rank++;
            }
            DoubleMatrix factor = DoubleMatrix.zeros(eigen.size(), rank);
            for (int k = 0; k < rank; k++) {
                double root = Math.sqrt(eigen.value(k));
                for (int s = 0; s < eigen.size(); s++) {
                    factor.set(s, k, root * eigen.vectors().get(k, s));
                }
            }
            return factor;
        }
    }

    @Override
    public String toString() {
        return "Metric[" + kind() + "]";
    }
}

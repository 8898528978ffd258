package ml.refract.machine;

import java.util.ArrayList;
import java.util.List;
import ml.refract.engine.GroupTable;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.GramSums;
import ml.refract.linalg.Panels;
import ml.refract.linalg.ParallelFor;

/**
 * The average gradient outer product of an expansion. Blocks of queries are dealt to a fixed number of partial sums,
 * each summed by one task in order and then added in order, so that threads do not change the bits.
 */
final class Moment<A> {
    private static final int PARTIAL_SUMS = 16;
    private static final long MOST_PARTIAL_ENTRIES = 1L << 25;
    /** Row blocks shrink to one panel when groups make a gradient row longer than this. */
    private static final int LONG_ROW = 2_048;

    private final Expansion<A> expansion;
    private final PairFunction weightFunction;
    private final boolean centred;
    private final boolean diagonal;

    /**
     * @param centred whether the mean gradient over all queries and outputs is subtracted first
     * @param diagonal whether only the diagonal is wanted
     */
    Moment(Expansion<A> expansion, PairFunction weightFunction, boolean centred, boolean diagonal) {
        this.expansion = expansion;
        this.weightFunction = weightFunction;
        this.centred = centred;
        this.diagonal = diagonal;
    }

    BlockSymmetric over(Design rows, ParallelFor parallel) {
        return over(Points.pack(expansion.engine(), rows, expansion.projection(), parallel), parallel);
    }

    BlockSymmetric over(Points<A> queries, ParallelFor parallel) {
        GradientBlock<A> gradients = new GradientBlock<>(expansion);
        int rowBlock = longestGroup() * gradients.outputsAtOnce() > LONG_ROW ? Panels.ROWS : Panels.TILE;
        int blocks = (queries.count() + rowBlock - 1) / rowBlock;
        List<Sums> partial = new ArrayList<>();
        for (int p = 0; p < Math.max(1, Math.min(blocks, partialSums())); p++) {
            partial.add(new Sums());
        }
        for (int first = 0; first < expansion.outputs(); first += gradients.outputsAtOnce()) {
            GradientBlock.Payload<A> payload = gradients.payload(first);
            parallel.run(partial.size(), p -> {
                for (int b = p; b < blocks; b += partial.size()) {
                    int from = b * rowBlock;
                    int count = Math.min(rowBlock, queries.count() - from);
                    partial.get(p).add(gradients.at(queries, from, count, payload, weightFunction));
                }
            });
        }
        for (int p = 1; p < partial.size(); p++) {
            partial.get(0).add(partial.get(p));
        }
        return partial.get(0).toMoment(queries.count());
    }

    private int longestGroup() {
        int longest = 0;
        for (GroupTable table : expansion.projection().tables()) {
            longest = Math.max(longest, table.levels());
        }
        return longest;
    }

    private boolean hasFullBlock(GroupTable table) {
        return !table.isWeightless() && MomentOptions.hasFullBlock(table.levels(), weightFunction.rotationInvariant());
    }

    /** Enough partial sums to share out, fewer when each is large. */
    private int partialSums() {
        long entries = diagonal
                ? expansion.centers().width()
                : (long) Math.pow(expansion.centers().width(), 2);
        for (GroupTable table : expansion.projection().tables()) {
            entries += diagonal || !table.isFull() && !hasFullBlock(table)
                    ? table.levels()
                    : (long) table.levels() * table.levels();
        }
        return (int) Math.max(1, Math.min(PARTIAL_SUMS, MOST_PARTIAL_ENTRIES / Math.max(1, entries)));
    }

    /** Second and first moments of gradient rows, for the dense coordinates and each coded group. */
    private final class Sums {
        private final List<Block> blocks = new ArrayList<>();

        Sums() {
            int width = expansion.centers().width();
            blocks.add(new Block(width, diagonal && !expansion.projection().isLinear()));
            for (GroupTable table : expansion.projection().tables()) {
                boolean onlyDiagonal = !table.isFull() && (diagonal || !hasFullBlock(table));
                blocks.add(new Block(table.levels(), onlyDiagonal));
            }
        }

        void add(GradientBlock.Result gradients) {
            int rows = gradients.rows() * gradients.outputs();
            blocks.get(0).add(gradients.dense(), rows);
            for (int b = 0; b < gradients.groups().length; b++) {
                blocks.get(b + 1).add(gradients.groups()[b], rows);
            }
        }

        void add(Sums other) {
            for (int b = 0; b < blocks.size(); b++) {
                blocks.get(b).add(other.blocks.get(b));
            }
        }

        BlockSymmetric toMoment(int queries) {
            List<BlockSymmetric.Block> result = new ArrayList<>();
            for (int b = 0; b < blocks.size(); b++) {
                result.add(b == 0 ? denseMoment(queries) : groupMoment(b, queries));
            }
            return BlockSymmetric.of(result);
        }

        private BlockSymmetric.Block denseMoment(int queries) {
            BlockSymmetric.Block mean = blocks.get(0).mean(queries);
            DoubleMatrix full = mean instanceof BlockSymmetric.Full f ? f.matrix() : diagonalMatrix(mean);
            DoubleMatrix pulled = expansion.projection().pullBack(full);
            return diagonal
                    ? new BlockSymmetric.Diagonal(BlockSymmetric.full(pulled).diagonal())
                    : new BlockSymmetric.Full(pulled);
        }

        private BlockSymmetric.Block groupMoment(int b, int queries) {
            GroupTable table = expansion.projection().tables()[b - 1];
            BlockSymmetric.Block mean = blocks.get(b).mean(queries);
            if (!table.isFull()) {
                return scaled(mean, table.diagonalRoots());
            }
            DoubleMatrix inner = mean instanceof BlockSymmetric.Full full ? full.matrix() : diagonalMatrix(mean);
            DoubleMatrix pulled = table.pullBack().times(inner).times(table.pullBack());
            return diagonal
                    ? new BlockSymmetric.Diagonal(BlockSymmetric.full(pulled).diagonal())
                    : new BlockSymmetric.Full(pulled);
        }
    }

    private static DoubleMatrix diagonalMatrix(BlockSymmetric.Block block) {
        return BlockSymmetric.of(List.of(block)).toDense();
    }

    private static BlockSymmetric.Block scaled(BlockSymmetric.Block block, double[] roots) {
        if (block instanceof BlockSymmetric.Full full) {
            DoubleMatrix result = full.matrix().copy();
            for (int i = 0; i < roots.length; i++) {
                for (int j = 0; j < roots.length; j++) {
                    result.set(i, j, roots[i] * result.get(i, j) * roots[j]);
                }
            }
            return new BlockSymmetric.Full(result);
        }
        double[] values = ((BlockSymmetric.Diagonal) block).values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] *= roots[i] * roots[i];
        }
        return new BlockSymmetric.Diagonal(values);
    }

    /** Sums over the gradient rows of one block of coordinates. */
    private final class Block {
        private final int width;
        private final GramSums products;
        private final double[] squares;
        private final double[] firsts;
        private long rows;

        Block(int width, boolean onlyDiagonal) {
            this.width = width;
            this.products =
                    new GramSums(onlyDiagonal ? 0 : width, expansion.engine().doubleKernels());
            this.squares = new double[onlyDiagonal ? width : 0];
            this.firsts = new double[centred ? width : 0];
        }

        private boolean onlyDiagonal() {
            return squares.length > 0 || width == 0;
        }

        void add(double[] gradients, int count) {
            rows += count;
            if (onlyDiagonal()) {
                for (int i = 0; i < count; i++) {
                    for (int s = 0; s < width; s++) {
                        squares[s] += gradients[i * width + s] * gradients[i * width + s];
                    }
                }
            } else {
                products.add(gradients, count);
            }
            for (int i = 0; centred && i < count; i++) {
                for (int s = 0; s < width; s++) {
                    firsts[s] += gradients[i * width + s];
                }
            }
        }

        void add(Block other) {
            rows += other.rows;
            products.add(other.products);
            addTo(squares, other.squares);
            addTo(firsts, other.firsts);
        }

        private void addTo(double[] target, double[] source) {
            for (int s = 0; s < target.length; s++) {
                target[s] += source[s];
            }
        }

        /** (sum of g g' - rows mean mean') / queries. */
        BlockSymmetric.Block mean(int queries) {
            double factor = 1.0 / Math.max(1, queries);
            if (onlyDiagonal()) {
                double[] values = new double[width];
                for (int s = 0; s < width; s++) {
                    values[s] = factor * (squares[s] - centring(s, s));
                }
                return new BlockSymmetric.Diagonal(values);
            }
            DoubleMatrix result = products.toMatrix(factor);
            for (int s = 0; centred && s < width; s++) {
                for (int t = 0; t < width; t++) {
                    result.set(s, t, result.get(s, t) - factor * centring(s, t));
                }
            }
            return new BlockSymmetric.Full(result);
        }

        private double centring(int s, int t) {
            return centred && rows > 0 ? firsts[s] * firsts[t] / rows : 0;
        }
    }
}

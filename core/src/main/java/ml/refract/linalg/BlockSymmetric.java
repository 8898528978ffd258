package ml.refract.linalg;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * A symmetric d x d matrix that is zero outside its diagonal blocks: one block for the dense coordinates of a
 * {@link Design}, one for each coded group. Metrics and gradient moments have this shape. Immutable.
 */
public final class BlockSymmetric {
    private final List<Block> blocks;

    /** A diagonal block: a full symmetric matrix, or only its diagonal. */
    public sealed interface Block permits Full, Diagonal {
        /** Order of the block. */
        int size();

        /** Entry (i, j) within the block. */
        double get(int i, int j);

        /** The block times a number. */
        Block times(double factor);
    }

    /** A block with all its entries. */
    public record Full(DoubleMatrix matrix) implements Block {
        public Full {
            if (matrix.rows() != matrix.cols()) {
                throw new IllegalArgumentException(
                        "A diagonal block must be square, got " + matrix.rows() + " x " + matrix.cols());
            }
        }

        @Override
        public int size() {
            return matrix.rows();
        }

        @Override
        public double get(int i, int j) {
            return matrix.get(i, j);
        }

        @Override
        public Block times(double factor) {
            return new Full(DoubleMatrix.of(size(), size(), scaled(matrix.values(), factor)));
        }
    }

    /** A block that is zero off its diagonal. */
    public record Diagonal(double[] values) implements Block {
        @Override
        public int size() {
            return values.length;
        }

        @Override
        public double get(int i, int j) {
            return i == j ? values[i] : 0;
        }

        @Override
        public Block times(double factor) {
            return new Diagonal(scaled(values, factor));
        }
    }

    private BlockSymmetric(List<Block> blocks) {
        this.blocks = List.copyOf(blocks);
    }

    /** A matrix of the given blocks, the dense one first. */
    public static BlockSymmetric of(List<? extends Block> blocks) {
        if (blocks.isEmpty()) {
            throw new IllegalArgumentException("A block matrix needs at least the block of the dense columns");
        }
        return new BlockSymmetric(List.copyOf(blocks));
    }

    /** A matrix of one full block. */
    public static BlockSymmetric full(DoubleMatrix matrix) {
        return of(List.of(new Full(matrix)));
    }

    /** A matrix of one diagonal block. */
    public static BlockSymmetric diagonal(double... values) {
        return of(List.of(new Diagonal(values)));
    }

    /** The blocks, the dense one first. */
    public List<Block> blocks() {
        return blocks;
    }

    /** Order of the whole matrix, d. */
    public int size() {
        return blocks.stream().mapToInt(Block::size).sum();
    }

    /** Whether every block is diagonal. */
    public boolean isDiagonal() {
        return blocks.stream().allMatch(Diagonal.class::isInstance);
    }

    /** The diagonal, length d. */
    public double[] diagonal() {
        double[] result = new double[size()];
        int at = 0;
        for (Block block : blocks) {
            for (int i = 0; i < block.size(); i++) {
                result[at++] = block.get(i, i);
            }
        }
        return result;
    }

    /** Sum of the diagonal. */
    public double trace() {
        double sum = 0;
        for (double value : diagonal()) {
            sum += value;
        }
        return sum;
    }

    /** Largest entry; of a positive semidefinite matrix it stands on the diagonal. NaN when any entry is not finite. */
    public double largestEntry() {
        double[] largest = {Double.NEGATIVE_INFINITY};
        forEachEntry(value -> largest[0] =
                Double.isFinite(value) && !Double.isNaN(largest[0]) ? Math.max(largest[0], value) : Double.NaN);
        return largest[0];
    }

    /** Square root of the sum of squares of the difference to a matrix of blocks of the same sizes. */
    public double distanceTo(BlockSymmetric other) {
        double sum = 0;
        for (int b = 0; b < blocks.size(); b++) {
            sum += squaredDistance(blocks.get(b), other.blocks.get(b));
        }
        return Math.sqrt(sum);
    }

    private static double squaredDistance(Block mine, Block theirs) {
        double sum = 0;
        boolean diagonal = mine instanceof Diagonal && theirs instanceof Diagonal;
        for (int i = 0; i < mine.size(); i++) {
            for (int j = diagonal ? i : 0; j < (diagonal ? i + 1 : mine.size()); j++) {
                double difference = mine.get(i, j) - theirs.get(i, j);
                sum += difference * difference;
            }
        }
        return sum;
    }

    /** Frobenius norm. */
    public double frobenius() {
        double[] sum = {0};
        forEachEntry(value -> sum[0] += value * value);
        return Math.sqrt(sum[0]);
    }

    /** This matrix times a number. */
    public BlockSymmetric times(double factor) {
        List<Block> result = new ArrayList<>();
        for (Block block : blocks) {
            result.add(block.times(factor));
        }
        return new BlockSymmetric(result);
    }

    /** The whole matrix with its zeros; only for small d. */
    public DoubleMatrix toDense() {
        int d = size();
        DoubleMatrix result = DoubleMatrix.zeros(d, d);
        int at = 0;
        for (Block block : blocks) {
            for (int i = 0; i < block.size(); i++) {
                for (int j = 0; j < block.size(); j++) {
                    result.set(at + i, at + j, block.get(i, j));
                }
            }
            at += block.size();
        }
        return result;
    }

    private void forEachEntry(java.util.function.DoubleConsumer action) {
        for (Block block : blocks) {
            for (double value : values(block)) {
                action.accept(value);
            }
        }
    }

    private static double[] values(Block block) {
        return block instanceof Full full ? full.matrix().values() : ((Diagonal) block).values();
    }

    private static double[] scaled(double[] values, double factor) {
        DoubleUnaryOperator scale = value -> value * factor;
        return java.util.Arrays.stream(values).map(scale).toArray();
    }
}

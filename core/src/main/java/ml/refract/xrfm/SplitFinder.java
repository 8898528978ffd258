package ml.refract.xrfm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import ml.refract.engine.Execution;
import ml.refract.engine.Phase;
import ml.refract.engine.Seeds;
import ml.refract.engine.Span;
import ml.refract.kernel.Kernel;
import ml.refract.kernel.Metric;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.SymmetricEigen;
import ml.refract.machine.MomentOptions;
import ml.refract.rfm.Loss;
import ml.refract.rfm.Rfm;
import ml.refract.rfm.RfmOptions;
import ml.refract.rfm.RidgeRule;

/**
 * Finds the question at a node: plain Laplace kernel ridge regression on a sample of its rows, the moment of its
 * gradients, and the direction in which the function changes most. A direction whose threshold would leave one side with
 * less than 40 % of the rows gives way to the next eigenvector, then to single coordinates.
 */
final class SplitFinder {
    private static final Kernel KERNEL = Kernel.laplace(10, 1);
    private static final double RIDGE = 1e-3;
    private static final double LEAST_SHARE = 0.4;
    private static final int DIRECTIONS_TRIED = 5;

    private final XrfmOptions options;
    private final Execution execution;

    SplitFinder(XrfmOptions options, Execution execution) {
        this.options = options;
        this.execution = execution;
    }

    /** The gradient moment of the split model fitted on the given rows. */
    BlockSymmetric moment(Design rows, DoubleMatrix targets) {
        RfmOptions given = options.leaf().toBuilder()
                .loss(Loss.SQUARED)
                .ridge(RIDGE)
                .ridgeRule(RidgeRule.GIVEN)
                .build();
        return Rfm.solve(rows, targets, KERNEL, Metric.identity(), given, execution)
                .machine()
                .moment(rows, MomentOptions.FULL, execution);
    }

    /**
     * @param node number of the node, for its random stream
     * @param tree number of the tree; trees after the first draw their direction from N(0, moment)
     * @return nothing when no direction divides the rows
     */
    Optional<Split> find(Design rows, DoubleMatrix targets, int tree, long node) {
        try (Span span = execution.begin(Phase.SPLITTING)) {
            span.covers(rows.rows(), rows.width(), 0);
            return best(rows, targets, tree, node);
        }
    }

    private Optional<Split> best(Design rows, DoubleMatrix targets, int tree, long node) {
        int[] sample = Seeds.sample(
                rows.rows(), options.splitRows(), Seeds.stream(options.seed(), "split rows " + tree, node));
        BlockSymmetric moment = moment(rows.select(sample), targets.select(sample));
        for (double[] direction : candidates(moment, tree, node)) {
            Optional<Split> split = divide(rows, direction);
            if (split.isPresent()) {
                return split;
            }
        }
        return Optional.empty();
    }

    private List<double[]> candidates(BlockSymmetric moment, int tree, long node) {
        List<double[]> result = new ArrayList<>();
        if (!(moment.largestEntry() > 0)) {
            return result;
        }
        List<BlockEigen> blocks = BlockEigen.of(moment, execution);
        if (tree > 0) {
            SplittableRandom random = Seeds.stream(options.seed(), "split direction " + tree, node);
            for (int k = 0; k < DIRECTIONS_TRIED; k++) {
                result.add(BlockEigen.draw(blocks, moment.size(), random));
            }
        }
        result.addAll(BlockEigen.leading(blocks, moment.size(), DIRECTIONS_TRIED));
        result.addAll(leadingCoordinates(moment));
        return result;
    }

    private static List<double[]> leadingCoordinates(BlockSymmetric moment) {
        double[] diagonal = moment.diagonal();
        Integer[] order = new Integer[diagonal.length];
        java.util.Arrays.setAll(order, i -> i);
        java.util.Arrays.sort(order, (a, b) -> Double.compare(diagonal[b], diagonal[a]));
        List<double[]> result = new ArrayList<>();
        for (int k = 0; k < Math.min(2 * DIRECTIONS_TRIED, order.length); k++) {
            double[] direction = new double[diagonal.length];
            direction[order[k]] = 1;
            result.add(direction);
        }
        return result;
    }

    private static Optional<Split> divide(Design rows, double[] direction) {
        double[] projections = Split.project(rows, direction);
        double threshold = Partition.threshold(projections);
        int left = 0;
        for (double projection : projections) {
            left += projection <= threshold ? 1 : 0;
        }
        int smaller = Math.min(left, projections.length - left);
        return smaller < LEAST_SHARE * projections.length
                ? Optional.empty()
                : Optional.of(new Split(direction, threshold, Partition.scale(projections)));
    }

    /** Eigenpairs of one diagonal block of a moment, at an offset among the coordinates. */
    private record BlockEigen(int offset, int size, double[] values, List<double[]> vectors) {

        static List<BlockEigen> of(BlockSymmetric moment, Execution execution) {
            List<BlockEigen> result = new ArrayList<>();
            int offset = 0;
            for (BlockSymmetric.Block block : moment.blocks()) {
                result.add(of(block, offset, execution));
                offset += block.size();
            }
            return result;
        }

        private static BlockEigen of(BlockSymmetric.Block block, int offset, Execution execution) {
            List<double[]> vectors = new ArrayList<>();
            if (block instanceof BlockSymmetric.Full full) {
                SymmetricEigen eigen = SymmetricEigen.of(
                        full.matrix(),
                        execution.engine().doubleKernels(),
                        execution.workers(),
                        share -> execution.requireNotCancelled());
                for (int k = 0; k < eigen.size(); k++) {
                    vectors.add(eigen.vector(k));
                }
                return new BlockEigen(offset, block.size(), eigen.values(), vectors);
            }
            // The eigenvectors of a long diagonal block are single levels; they are not worth a split of their own.
            return new BlockEigen(offset, block.size(), new double[0], vectors);
        }

        /** The eigenvectors of the largest eigenvalues over all blocks, embedded. */
        static List<double[]> leading(List<BlockEigen> blocks, int width, int count) {
            record Pair(double value, BlockEigen block, int index) {}
            List<Pair> pairs = new ArrayList<>();
            for (BlockEigen block : blocks) {
                for (int k = 0; k < block.values.length; k++) {
                    pairs.add(new Pair(block.values[k], block, k));
                }
            }
            pairs.sort((a, b) -> Double.compare(b.value, a.value));
            List<double[]> result = new ArrayList<>();
            for (Pair pair : pairs.subList(0, Math.min(count, pairs.size()))) {
                double[] direction = new double[width];
                System.arraycopy(pair.block.vectors.get(pair.index), 0, direction, pair.block.offset, pair.block.size);
                result.add(direction);
            }
            return result;
        }

        /** A draw from N(0, moment), scaled to unit length, with the usual sign. */
        static double[] draw(List<BlockEigen> blocks, int width, SplittableRandom random) {
            double[] direction = new double[width];
            for (BlockEigen block : blocks) {
                for (int k = 0; k < block.values.length; k++) {
                    double factor = Math.sqrt(Math.max(0, block.values[k])) * random.nextGaussian();
                    for (int s = 0; s < block.size; s++) {
                        direction[block.offset + s] += factor * block.vectors.get(k)[s];
                    }
                }
            }
            double norm = 0;
            for (double entry : direction) {
                norm += entry * entry;
            }
            for (int s = 0; s < width && norm > 0; s++) {
                direction[s] /= Math.sqrt(norm);
            }
            return SymmetricEigen.withFixedSign(direction);
        }
    }
}

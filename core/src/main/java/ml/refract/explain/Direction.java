package ml.refract.explain;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.SymmetricEigen;

/**
 * A learned direction: an eigenvector of the feature moment.
 *
 * @param share its eigenvalue over the trace: the part of all squared gradient along it
 * @param loadings unit vector over all coordinates, its largest entry positive
 */
public record Direction(double share, double[] loadings) {
    /**
     * The directions of the largest shares, largest first. Coded groups have directions of their own; of a group whose
     * moment is only a diagonal each level is one.
     */
    public static List<Direction> of(BlockSymmetric moment, int count) {
        double trace = moment.trace();
        List<Direction> result = new ArrayList<>();
        int offset = 0;
        for (BlockSymmetric.Block block : moment.blocks()) {
            addBlock(block, offset, moment.size(), trace, count, result);
            offset += block.size();
        }
        result.sort(Comparator.comparingDouble((Direction direction) -> direction.share())
                .reversed());
        return List.copyOf(result.subList(0, Math.min(count, result.size())));
    }

    private static void addBlock(
            BlockSymmetric.Block block, int offset, int width, double trace, int count, List<Direction> result) {
        if (block instanceof BlockSymmetric.Full full) {
            SymmetricEigen eigen = SymmetricEigen.of(full.matrix());
            for (int k = 0; k < Math.min(count, eigen.size()); k++) {
                double[] loadings = new double[width];
                System.arraycopy(eigen.vector(k), 0, loadings, offset, block.size());
                result.add(new Direction(shareOf(eigen.value(k), trace), loadings));
            }
        } else {
            List<Integer> order = new ArrayList<>();
            for (int s = 0; s < block.size(); s++) {
                order.add(s);
            }
            order.sort(
                    Comparator.comparingDouble((Integer s) -> block.get(s, s)).reversed());
            for (int s : order.subList(0, Math.min(count, order.size()))) {
                double[] loadings = new double[width];
                loadings[offset + s] = 1;
                result.add(new Direction(shareOf(block.get(s, s), trace), loadings));
            }
        }
    }

    private static double shareOf(double value, double trace) {
        return trace > 0 ? Math.max(0, value) / trace : 0;
    }

    /** Effective number of directions of a moment, (sum of eigenvalues)^2 / sum of squared eigenvalues; 0 for a zero one. */
    public static double effectiveDimension(BlockSymmetric moment) {
        double frobenius = moment.frobenius();
        return frobenius == 0 ? 0 : Math.pow(moment.trace() / frobenius, 2);
    }
}

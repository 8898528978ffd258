package ml.refract.explain;

import java.util.ArrayList;
import java.util.List;
import ml.refract.engine.Execution;
import ml.refract.engine.Phase;
import ml.refract.engine.Seeds;
import ml.refract.engine.Span;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.machine.KernelMachine;
import ml.refract.machine.MomentOptions;
import ml.refract.xrfm.XrfmModel;

/**
 * The average gradient outer product of a final model over its own training rows: how strongly, and along which
 * directions, its function changes. Its diagonal gives importances, its eigenvectors the learned directions.
 */
public final class FeatureMoment {
    /** Gradients at more rows would change a share by a few hundredths of itself, and take most of the time of a fit's end. */
    private static final int MOST_ROWS = 2_000;

    private FeatureMoment() {}

    /**
     * The mean over leaves, weighted by their rows and the weight of their tree, of each leaf's moment over at most 2,000 of its
     * centers, drawn at random, the same ones every time; in the units of the design. Not normalised, and not the moment that
     * produced the metric: that belongs to the round before.
     *
     * <p>Cost 2 m n c (r + 1) + m c r^2 flops per leaf.
     */
    public static BlockSymmetric of(XrfmModel model, Execution execution) {
        try (Span span = execution.begin(Phase.IMPORTANCES)) {
            BlockSymmetric moment = meanOverLeaves(model, execution);
            span.covers(model.leaves(), moment.size(), 0);
            return moment;
        }
    }

    private static BlockSymmetric meanOverLeaves(XrfmModel model, Execution execution) {
        BlockSymmetric sum = null;
        double rows = 0;
        for (XrfmModel.Member tree : model.trees()) {
            for (KernelMachine machine : tree.machines()) {
                execution.requireNotCancelled();
                Design centers = machine.centers();
                int n = centers.rows();
                Design queries = n <= MOST_ROWS
                        ? centers
                        : centers.select(Seeds.sample(n, MOST_ROWS, Seeds.stream(0, "importance rows", 0)));
                BlockSymmetric moment = machine.moment(queries, MomentOptions.FULL, execution);
                double weight = tree.weight() * n;
                sum = sum == null ? moment.times(weight) : add(sum, moment.times(weight));
                rows += weight;
            }
        }
        if (sum == null) {
            throw new IllegalStateException("A model without leaves has no gradients");
        }
        return sum.times(1 / rows);
    }

    private static BlockSymmetric add(BlockSymmetric a, BlockSymmetric b) {
        List<BlockSymmetric.Block> blocks = new ArrayList<>();
        for (int k = 0; k < a.blocks().size(); k++) {
            blocks.add(add(a.blocks().get(k), b.blocks().get(k)));
        }
        return BlockSymmetric.of(blocks);
    }

    private static BlockSymmetric.Block add(BlockSymmetric.Block a, BlockSymmetric.Block b) {
        if (a instanceof BlockSymmetric.Full left && b instanceof BlockSymmetric.Full right) {
            double[] values = sum(left.matrix().values(), right.matrix().values());
            return new BlockSymmetric.Full(DoubleMatrix.of(a.size(), a.size(), values));
        }
        return new BlockSymmetric.Diagonal(sum(
                BlockSymmetric.of(List.of(a)).diagonal(),
                BlockSymmetric.of(List.of(b)).diagonal()));
    }

    private static double[] sum(double[] a, double[] b) {
        double[] result = a.clone();
        for (int k = 0; k < result.length; k++) {
            result[k] += b[k];
        }
        return result;
    }
}

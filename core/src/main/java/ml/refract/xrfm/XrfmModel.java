package ml.refract.xrfm;

import java.util.List;
import ml.refract.engine.Execution;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.machine.KernelMachine;
import ml.refract.rfm.Readout;

/**
 * A fitted xRFM: trees whose leaves are kernel machines, and how rows are routed through them. Immutable; predictions may
 * run from several threads at once.
 *
 * @param trees trees, averaged with equal weights
 * @param temperature routing temperature, 0 for a single path
 * @param keepFraction leaves of a tree are evaluated until their weights reach this sum
 * @param maxLeavesPerRow most leaves of a tree evaluated for one row
 */
public record XrfmModel(List<Member> trees, double temperature, double keepFraction, int maxLeavesPerRow) {
    /** Rows predicted together, so that routing weights stay small. */
    private static final int BATCH = 8_192;

    /**
     * One tree.
     *
     * @param shape its splits
     * @param machines one per leaf, from left to right
     */
    public record Member(Tree shape, List<KernelMachine> machines) {
        public Member {
            machines = List.copyOf(machines);
            if (machines.size() != shape.leaves()) {
                throw new IllegalArgumentException(
                        "A tree of " + shape.leaves() + " leaves was given " + machines.size() + " machines");
            }
        }
    }

    public XrfmModel {
        trees = List.copyOf(trees);
        if (trees.isEmpty()) {
            throw new IllegalArgumentException("A model needs at least one tree");
        }
    }

    /** Number of raw outputs, c. */
    public int outputs() {
        return trees.get(0).machines().get(0).outputs();
    }

    /** Number of leaves over all trees. */
    public int leaves() {
        return trees.stream().mapToInt(tree -> tree.shape().leaves()).sum();
    }

    /**
     * What is read from the leaves, averaged with the routing weights and over trees, m x k. A row gives the same bits
     * alone and in any batch.
     *
     * <p>Cost per row: the depth times d for routing, and n_leaf (r + 2c + 10) for each leaf evaluated.
     *
     * @param readout applied to each leaf's raw outputs before averaging
     */
    public DoubleMatrix predict(Design rows, Readout readout, Execution execution) {
        DoubleMatrix result = null;
        for (int from = 0; from < rows.rows() || result == null; from += BATCH) {
            int count = Math.min(BATCH, rows.rows() - from);
            Design batch = count == rows.rows() ? rows : rows.select(range(from, count));
            DoubleMatrix part = predictBatch(batch, readout, execution);
            if (count == rows.rows()) {
                return part;
            }
            if (result == null) {
                result = DoubleMatrix.zeros(rows.rows(), part.cols());
            }
            System.arraycopy(part.values(), 0, result.values(), from * part.cols(), part.values().length);
        }
        return result;
    }

    private static int[] range(int from, int count) {
        int[] result = new int[count];
        java.util.Arrays.setAll(result, i -> from + i);
        return result;
    }

    private DoubleMatrix predictBatch(Design rows, Readout readout, Execution execution) {
        if (trees.size() == 1 && leaves() == 1) {
            return readout.apply(trees.get(0).machines().get(0).predict(rows, execution));
        }
        DoubleMatrix sum = null;
        for (Member tree : trees) {
            double[][] weights = tree.shape().weights(rows, temperature, keepFraction, maxLeavesPerRow);
            for (int l = 0; l < tree.machines().size(); l++) {
                int[] members = membersOf(weights, l);
                if (members.length > 0 || sum == null) {
                    DoubleMatrix read = readout.apply(tree.machines().get(l).predict(rows.select(members), execution));
                    sum = sum == null ? DoubleMatrix.zeros(rows.rows(), read.cols()) : sum;
                    addWeighted(read, members, weights, l, 1.0 / trees.size(), sum);
                }
            }
        }
        return sum;
    }

    static int[] membersOf(double[][] weights, int leaf) {
        int[] members = new int[weights.length];
        int count = 0;
        for (int i = 0; i < weights.length; i++) {
            if (weights[i][leaf] > 0) {
                members[count++] = i;
            }
        }
        return java.util.Arrays.copyOf(members, count);
    }

    static void addWeighted(
            DoubleMatrix read, int[] members, double[][] weights, int leaf, double factor, DoubleMatrix sum) {
        int cols = read.cols();
        for (int i = 0; i < members.length; i++) {
            double weight = factor * weights[members[i]][leaf];
            for (int k = 0; k < cols; k++) {
                sum.values()[members[i] * cols + k] += weight * read.values()[i * cols + k];
            }
        }
    }
}

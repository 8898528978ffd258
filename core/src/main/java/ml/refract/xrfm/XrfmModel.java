package ml.refract.xrfm;

import java.util.ArrayList;
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
     * @param rows for each leaf, the training row behind each of its centers
     */
    public record Member(Tree shape, List<KernelMachine> machines, List<int[]> rows) {
        public Member {
            machines = List.copyOf(machines);
            rows = List.copyOf(rows);
            if (machines.size() != shape.leaves() || rows.size() != shape.leaves()) {
                throw new IllegalArgumentException("A tree of " + shape.leaves() + " leaves was given "
                        + machines.size() + " machines and " + rows.size() + " lists of rows");
            }
            for (int l = 0; l < rows.size(); l++) {
                if (rows.get(l).length != machines.get(l).centers().rows()) {
                    throw new IllegalArgumentException("Leaf " + l + " has "
                            + machines.get(l).centers().rows() + " centers and " + rows.get(l).length
                            + " row numbers");
                }
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

    /** The same model with every training row renamed, such as from its place among the rows used to its place in a file. */
    public XrfmModel withRowNumbers(int[] names) {
        List<Member> renamed = new ArrayList<>();
        for (Member member : trees) {
            List<int[]> rows = new ArrayList<>();
            for (int[] leaf : member.rows()) {
                rows.add(java.util.Arrays.stream(leaf).map(row -> names[row]).toArray());
            }
            renamed.add(new Member(member.shape(), member.machines(), rows));
        }
        return new XrfmModel(renamed, temperature, keepFraction, maxLeavesPerRow);
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

    /**
     * Gradients of the blended raw outputs at one row, c x d. Under soft routing the weights move with the row too: with
     * weights w_l and outputs f_l of the leaves kept, the gradient is sum w_l grad f_l + sum w_l f_l (h_l - mean h), where
     * h_l is the gradient of the logarithm of a leaf's weight before pruning (specification of xRFM, section 13). Under hard
     * routing jumps at thresholds are not part of it.
     */
    public DoubleMatrix gradient(Design row, Execution execution) {
        DoubleMatrix result = DoubleMatrix.zeros(outputs(), row.width());
        for (Member tree : trees) {
            double[] weights = tree.shape().weights(row, temperature, keepFraction, maxLeavesPerRow)[0];
            double[][] slopes = temperature == 0 ? new double[weights.length][] : logWeightGradients(tree, row, weights);
            for (int l = 0; l < weights.length; l++) {
                if (weights[l] > 0) {
                    addLeafGradient(tree.machines().get(l), row, weights[l] / trees.size(), slopes[l], result, execution);
                }
            }
        }
        return result;
    }

    private static void addLeafGradient(
            KernelMachine machine, Design row, double weight, double[] slope, DoubleMatrix result, Execution execution) {
        DoubleMatrix gradient = machine.gradients(row, execution);
        DoubleMatrix outputs = machine.predict(row, execution);
        for (int l = 0; l < gradient.rows(); l++) {
            for (int s = 0; s < gradient.cols(); s++) {
                double moved = slope == null ? 0 : outputs.get(0, l) * slope[s];
                result.set(l, s, result.get(l, s) + weight * (gradient.get(l, s) + moved));
            }
        }
    }

    /** h_l - sum of w_k h_k for every leaf kept. */
    private double[][] logWeightGradients(Member tree, Design row, double[] weights) {
        double[][] slopes = new double[weights.length][];
        double[] mean = new double[row.width()];
        for (int l = 0; l < weights.length; l++) {
            if (weights[l] > 0) {
                slopes[l] = tree.shape().logWeightGradient(l, row, temperature);
                for (int s = 0; s < mean.length; s++) {
                    mean[s] += weights[l] * slopes[l][s];
                }
            }
        }
        for (double[] slope : slopes) {
            for (int s = 0; slope != null && s < mean.length; s++) {
                slope[s] -= mean[s];
            }
        }
        return slopes;
    }
}

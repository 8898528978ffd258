package ml.refract.xrfm;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import ml.refract.engine.Execution;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.machine.KernelMachine;
import ml.refract.rfm.Readout;

/**
 * A fitted xRFM: trees whose leaves are kernel machines, and how rows are routed through them. Immutable; predictions may
 * run from several threads at once.
 *
 * @param trees trees, averaged with their weights
 * @param keepFraction leaves of a tree are evaluated until their weights reach this sum
 * @param maxLeavesPerRow most leaves of a tree evaluated for one row
 */
public record XrfmModel(List<Member> trees, double keepFraction, int maxLeavesPerRow) {
    /** Rows predicted together, so that routing weights stay small. */
    private static final int BATCH = 8_192;

    private static final double WEIGHT_TOLERANCE = 1e-9;

    /**
     * One tree.
     *
     * @param shape its splits
     * @param machines one per leaf, from left to right
     * @param rows for each leaf, the training row behind each of its centers
     * @param temperature routing temperature, 0 for a single path
     * @param weight of its outputs in the average; weights of all trees sum to 1
     */
    public record Member(
            Tree shape, List<KernelMachine> machines, List<int[]> rows, double temperature, double weight) {
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
            if (!(temperature >= 0 && weight > 0 && weight <= 1)) {
                throw new IllegalArgumentException("A tree was given the temperature " + temperature
                        + " and the weight " + weight + "; wanted at least 0, and above 0 up to 1");
            }
        }

        /** The same tree with other leaves. */
        Member withLeaves(List<KernelMachine> others, List<int[]> theirRows) {
            return new Member(shape, others, theirRows, temperature, weight);
        }

        private Member withRouting(double otherTemperature) {
            return new Member(shape, machines, rows, otherTemperature, weight);
        }

        private Member weighing(double factor) {
            return new Member(shape, machines, rows, temperature, weight * factor);
        }
    }

    public XrfmModel {
        trees = List.copyOf(trees);
        if (trees.isEmpty()) {
            throw new IllegalArgumentException("A model needs at least one tree");
        }
        double sum = trees.stream().mapToDouble(Member::weight).sum();
        if (!(Math.abs(sum - 1) < WEIGHT_TOLERANCE)) {
            throw new IllegalArgumentException("The weights of the trees sum to " + sum + ", wanted 1");
        }
    }

    /**
     * The weighted average of several models of the same rows' coordinates and outputs.
     *
     * @param weights one per model, above 0, summing to 1
     */
    public static XrfmModel average(List<XrfmModel> models, double[] weights) {
        List<Member> all = new ArrayList<>();
        for (int k = 0; k < models.size(); k++) {
            for (Member member : models.get(k).trees()) {
                all.add(member.weighing(weights[k]));
            }
        }
        return new XrfmModel(all, models.get(0).keepFraction(), models.get(0).maxLeavesPerRow());
    }

    /** The same model with one routing temperature for all trees. */
    public XrfmModel withTemperature(double temperature) {
        return new XrfmModel(
                trees.stream().map(tree -> tree.withRouting(temperature)).toList(), keepFraction, maxLeavesPerRow);
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
            renamed.add(member.withLeaves(member.machines(), rows));
        }
        return new XrfmModel(renamed, keepFraction, maxLeavesPerRow);
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
            double[][] weights = weights(tree, rows);
            for (int l = 0; l < tree.machines().size(); l++) {
                int[] members = membersOf(weights, l);
                if (members.length > 0 || sum == null) {
                    DoubleMatrix read = readout.apply(tree.machines().get(l).predict(rows.select(members), execution));
                    sum = sum == null ? DoubleMatrix.zeros(rows.rows(), read.cols()) : sum;
                    addWeighted(read, members, weights, l, tree.weight(), sum);
                }
            }
        }
        return Objects.requireNonNull(sum);
    }

    /** For each row, the weights of the leaves of one of the trees; those not worth evaluating are 0. */
    public double[][] weights(Member tree, Design rows) {
        return tree.shape().weights(rows, tree.temperature(), keepFraction, maxLeavesPerRow);
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
     * Gradients of the blended raw outputs, (m c) x d: row j c + l holds the gradient of output l at row j. Under soft routing
     * the weights move with the row too: with weights w_l and outputs f_l of the leaves kept, the gradient is sum w_l grad
     * f_l + sum w_l f_l (h_l - mean h), where h_l is the gradient of the logarithm of a leaf's weight before pruning
     * (specification of xRFM, section 13). Under hard routing jumps at thresholds are not part of it.
     */
    public DoubleMatrix gradients(Design rows, Execution execution) {
        DoubleMatrix result = DoubleMatrix.zeros(rows.rows() * outputs(), rows.width());
        for (Member tree : trees) {
            double[][] weights = weights(tree, rows);
            for (int l = 0; l < tree.machines().size(); l++) {
                int[] members = membersOf(weights, l);
                if (members.length > 0) {
                    addLeafGradients(tree, l, rows.select(members), members, weights, result, execution);
                }
            }
        }
        return result;
    }

    private void addLeafGradients(
            Member tree,
            int leaf,
            Design rows,
            int[] members,
            double[][] weights,
            DoubleMatrix result,
            Execution execution) {
        KernelMachine machine = tree.machines().get(leaf);
        DoubleMatrix gradients = machine.gradients(rows, execution);
        double temperature = tree.temperature();
        DoubleMatrix outputs = temperature == 0 ? gradients : machine.predict(rows, execution);
        int d = gradients.cols();
        for (int i = 0; i < members.length; i++) {
            double weight = weights[members[i]][leaf] * tree.weight();
            double[] slope = temperature == 0
                    ? new double[d]
                    : tree.shape().weightSlope(leaf, rows.select(new int[] {i}), temperature, weights[members[i]]);
            for (int l = 0; l < outputs(); l++) {
                double output = temperature == 0 ? 0 : outputs.get(i, l);
                int target = (members[i] * outputs() + l) * d;
                for (int s = 0; s < d; s++) {
                    result.values()[target + s] += weight * (gradients.get(i * outputs() + l, s) + output * slope[s]);
                }
            }
        }
    }
}

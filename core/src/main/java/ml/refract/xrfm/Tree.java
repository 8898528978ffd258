package ml.refract.xrfm;

import java.util.ArrayList;
import java.util.List;
import ml.refract.linalg.Design;

/**
 * The shape of one tree: its splits, and for each leaf the path that leads to it. Leaves are numbered from left to right.
 * Immutable.
 */
public final class Tree {
    /** Logarithms of routing weights are not taken below this. */
    private static final double LEAST_LOG_WEIGHT = -50;

    private final Node root;
    private final List<List<Step>> paths = new ArrayList<>();

    /** An inner node or a leaf. */
    public sealed interface Node permits Inner, Leaf {}

    /** A question and its two answers. */
    public record Inner(Split split, Node left, Node right) implements Node {}

    /** A leaf, by its number. */
    public record Leaf(int index) implements Node {}

    private record Step(Split split, boolean left) {}

    /** A tree with leaves numbered 0, 1, ... from left to right. */
    public Tree(Node root) {
        this.root = root;
        collect(root, List.of());
    }

    private void collect(Node node, List<Step> path) {
        if (node instanceof Inner inner) {
            collect(inner.left(), append(path, new Step(inner.split(), true)));
            collect(inner.right(), append(path, new Step(inner.split(), false)));
        } else {
            if (((Leaf) node).index() != paths.size()) {
                throw new IllegalArgumentException(
                        "Leaf " + paths.size() + " from the left has the number " + ((Leaf) node).index());
            }
            paths.add(path);
        }
    }

    private static List<Step> append(List<Step> path, Step step) {
        List<Step> longer = new ArrayList<>(path);
        longer.add(step);
        return List.copyOf(longer);
    }

    /** The root. */
    public Node root() {
        return root;
    }

    /** Number of leaves. */
    public int leaves() {
        return paths.size();
    }

    /** The leaf each row ends in when it follows one path. */
    public int[] route(Design rows) {
        int[] all = new int[rows.rows()];
        for (int i = 0; i < all.length; i++) {
            all[i] = i;
        }
        int[] result = new int[rows.rows()];
        route(root, rows, all, result);
        return result;
    }

    private static void route(Node node, Design rows, int[] members, int[] result) {
        if (node instanceof Leaf leaf) {
            for (int i : members) {
                result[i] = leaf.index();
            }
            return;
        }
        Inner inner = (Inner) node;
        double[] projections = inner.split().project(rows.select(members));
        route(inner.left(), rows, pick(members, projections, inner.split().threshold(), true), result);
        route(inner.right(), rows, pick(members, projections, inner.split().threshold(), false), result);
    }

    private static int[] pick(int[] members, double[] projections, double threshold, boolean left) {
        int[] picked = new int[members.length];
        int count = 0;
        for (int i = 0; i < members.length; i++) {
            if ((projections[i] <= threshold) == left) {
                picked[count++] = members[i];
            }
        }
        return java.util.Arrays.copyOf(picked, count);
    }

    /**
     * Routing weights, one row of leaf weights per row, each summing to 1 (specification of xRFM, section 13): at a node,
     * the chance to go right is the logistic function of (v'x - b) / (temperature * scale); a leaf's weight is the
     * product along its path, cut off at exp(-50), normalised, then reduced to the largest weights that together reach
     * {@code keepFraction} (at most {@code most} of them) and normalised again. Temperature 0 follows one path.
     */
    public double[][] weights(Design rows, double temperature, double keepFraction, int most) {
        double[][] weights = new double[rows.rows()][leaves()];
        if (temperature == 0) {
            int[] leaf = route(rows);
            for (int i = 0; i < leaf.length; i++) {
                weights[i][leaf[i]] = 1;
            }
            return weights;
        }
        for (int l = 0; l < leaves(); l++) {
            for (Step step : paths.get(l)) {
                double[] projections = step.split().project(rows);
                for (int i = 0; i < weights.length; i++) {
                    double z = (projections[i] - step.split().threshold())
                            / (temperature * step.split().scale());
                    weights[i][l] += logSigmoid(step.left() ? -z : z);
                }
            }
        }
        for (double[] row : weights) {
            normalise(row);
            prune(row, keepFraction, most);
        }
        return weights;
    }

    /**
     * h_l - sum of w_k h_k at one row, with h the gradients of the logarithms of the leaves' weights before normalisation and w
     * the weights kept: the gradient of ln w_l.
     */
    double[] weightSlope(int leaf, Design row, double temperature, double[] weights) {
        double[] slope = logWeightGradient(leaf, row, temperature);
        for (int k = 0; k < weights.length; k++) {
            if (weights[k] > 0) {
                double[] other = logWeightGradient(k, row, temperature);
                for (int s = 0; s < slope.length; s++) {
                    slope[s] -= weights[k] * other[s];
                }
            }
        }
        return slope;
    }

    private double[] logWeightGradient(int leaf, Design row, double temperature) {
        double[] gradient = new double[row.width()];
        for (Step step : paths.get(leaf)) {
            double unit = temperature * step.split().scale();
            double z = (step.split().project(row)[0] - step.split().threshold()) / unit;
            double factor = (step.left() ? -Math.exp(logSigmoid(z)) : Math.exp(logSigmoid(-z))) / unit;
            for (int s = 0; s < gradient.length; s++) {
                gradient[s] += factor * step.split().direction()[s];
            }
        }
        return gradient;
    }

    private static double logSigmoid(double a) {
        return a >= 0 ? -Math.log1p(Math.exp(-a)) : a - Math.log1p(Math.exp(a));
    }

    private static void normalise(double[] logWeights) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int l = 0; l < logWeights.length; l++) {
            logWeights[l] = Math.max(logWeights[l], LEAST_LOG_WEIGHT);
            largest = Math.max(largest, logWeights[l]);
        }
        double sum = 0;
        for (int l = 0; l < logWeights.length; l++) {
            logWeights[l] = Math.exp(logWeights[l] - largest);
            sum += logWeights[l];
        }
        for (int l = 0; l < logWeights.length; l++) {
            logWeights[l] /= sum;
        }
    }

    private static void prune(double[] weights, double keepFraction, int most) {
        Integer[] order = new Integer[weights.length];
        for (int l = 0; l < order.length; l++) {
            order[l] = l;
        }
        java.util.Arrays.sort(order, (a, b) -> Double.compare(weights[b], weights[a])); // stable: ties by leaf number
        double kept = 0;
        int count = 0;
        while (count < order.length && count < most && (count == 0 || kept < keepFraction)) {
            kept += weights[order[count++]];
        }
        for (int k = 0; k < order.length; k++) {
            weights[order[k]] = k < count ? weights[order[k]] / kept : 0;
        }
    }
}

package ml.refract.engine;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import ml.refract.linalg.DoubleMatrix;
import org.jspecify.annotations.Nullable;

/**
 * Pair sums between the levels of a coded group: entry (a, b) is the sum, over the group's transformed coordinates, of
 * the pair function's term for levels a and b. Distances split over groups, so one look-up replaces as many
 * multiplications as the group has levels (specification of xRFM, section 8).
 *
 * <p>Level index {@link #levels()} stands for the unknown level, a vector of zeros. Where the group's metric is
 * diagonal the sum is {@code base + (parts[a] + parts[b])} for different levels, so no table is stored and the group may
 * have any number of levels. A table of inner products holds, instead of terms of differences, the products of the images of
 * two levels. Immutable.
 */
public final class GroupTable {
    private final int levels;
    private final double base;
    private final double[] parts;
    private final double @Nullable [] sums;
    private final double[] diagonalRoots;
    private final @Nullable DoubleMatrix root;
    private final @Nullable DoubleMatrix metric;
    private final boolean inner;
    private final boolean weightless;

    private GroupTable(
            int levels,
            double base,
            double[] parts,
            double @Nullable [] sums,
            double[] diagonalRoots,
            @Nullable DoubleMatrix root,
            @Nullable DoubleMatrix metric,
            boolean inner) {
        this.levels = levels;
        this.base = base;
        this.parts = parts;
        this.sums = sums;
        this.diagonalRoots = diagonalRoots;
        this.root = root;
        this.metric = metric;
        this.inner = inner;
        this.weightless = sums == null && Arrays.stream(diagonalRoots).allMatch(length -> length == 0);
    }

    /**
     * A table for a diagonal transform.
     *
     * @param roots transformed length of each level's coordinate, one per level
     * @param term contribution of one coordinate difference
     */
    public static GroupTable diagonal(double[] roots, DoubleUnaryOperator term) {
        int levels = roots.length;
        double atZero = term.applyAsDouble(0);
        double[] parts = new double[levels + 1];
        for (int a = 0; a < levels; a++) {
            parts[a] = term.applyAsDouble(roots[a]) - atZero;
        }
        return new GroupTable(levels, levels * atZero, parts, null, roots, null, null, false);
    }

    /**
     * A table for a full transform. Cost K^3 terms, memory (K + 1)^2 numbers.
     *
     * @param root symmetric K x K matrix whose column a is the image of level a
     */
    public static GroupTable full(DoubleMatrix root, DoubleUnaryOperator term) {
        int levels = root.cols();
        double[] sums = new double[Math.multiplyExact(levels + 1, levels + 1)];
        for (int a = 0; a <= levels; a++) {
            for (int b = 0; b <= a; b++) {
                double sum = 0;
                for (int s = 0; s < root.rows(); s++) {
                    double left = a == levels ? 0 : root.get(s, a);
                    double right = b == levels ? 0 : root.get(s, b);
                    sum += term.applyAsDouble(left - right);
                }
                sums[a * (levels + 1) + b] = sum;
                sums[b * (levels + 1) + a] = sum;
            }
        }
        return new GroupTable(levels, 0, new double[0], sums, new double[0], root, null, false);
    }

    /**
     * A table of squared distances under a full metric, M_aa + M_bb - 2 M_ab, which needs no root of it. Cost and memory
     * (K + 1)^2.
     *
     * @param metric symmetric positive semidefinite K x K block M
     */
    public static GroupTable squaredDistances(DoubleMatrix metric) {
        int levels = metric.cols();
        double[] sums = new double[Math.multiplyExact(levels + 1, levels + 1)];
        for (int a = 0; a <= levels; a++) {
            double own = a == levels ? 0 : metric.get(a, a);
            for (int b = 0; b < a; b++) {
                double both = a == levels ? 0 : metric.get(a, b);
                double sum = Math.max(0, own + metric.get(b, b) - 2 * both);
                sums[a * (levels + 1) + b] = sum;
                sums[b * (levels + 1) + a] = sum;
            }
        }
        return new GroupTable(levels, 0, new double[0], sums, new double[0], null, metric, false);
    }

    /**
     * A table of inner products for a diagonal transform.
     *
     * @param roots transformed length of each level's coordinate, one per level
     */
    public static GroupTable products(double[] roots) {
        double[] parts = new double[roots.length + 1];
        for (int a = 0; a < roots.length; a++) {
            parts[a] = roots[a] * roots[a];
        }
        return new GroupTable(roots.length, 0, parts, null, roots, null, null, true);
    }

    /**
     * A table of inner products under a full metric, M_ab, which needs no root of it. Cost and memory (K + 1)^2.
     *
     * @param metric symmetric positive semidefinite K x K block M
     */
    public static GroupTable products(DoubleMatrix metric) {
        int levels = metric.cols();
        double[] sums = new double[Math.multiplyExact(levels + 1, levels + 1)];
        for (int a = 0; a < levels; a++) {
            for (int b = 0; b < a; b++) {
                sums[a * (levels + 1) + b] = metric.get(a, b);
                sums[b * (levels + 1) + a] = metric.get(a, b);
            }
            sums[a * (levels + 1) + a] = Math.max(0, metric.get(a, a));
        }
        return new GroupTable(levels, 0, new double[0], sums, new double[0], null, metric, true);
    }

    /** A table for the same transform with other contributions of coordinate differences; not of squared distances or inner products. */
    public GroupTable withTerm(DoubleUnaryOperator term) {
        return isFull() ? full(root(), term) : diagonal(diagonalRoots, term);
    }

    /** Number of known levels, K. */
    public int levels() {
        return levels;
    }

    /** Whether no level has weight: levels do not tell pairs apart, and no gradient moves them. */
    public boolean isWeightless() {
        return weightless;
    }

    /** Whether every pair has the sum zero. */
    boolean addsNothing() {
        return weightless && base == 0;
    }

    /** Sum for a pair of level indices, 0 .. levels. */
    public double sum(int a, int b) {
        if (sums != null) {
            return sums[a * (levels + 1) + b];
        }
        if (inner) {
            return a == b ? parts[a] : 0;
        }
        return a == b ? base : base + (parts[a] + parts[b]); // the same bits for (b, a)
    }

    /** Whether sums are inner products. */
    public boolean isInner() {
        return inner;
    }

    /** Whether every pair has its own entry; otherwise sums come from {@link #base} and {@link #parts}. */
    public boolean isFull() {
        return sums != null;
    }

    /** The (K + 1) x (K + 1) entries of a full table. */
    public double[] sums() {
        if (sums == null) {
            throw new IllegalStateException("A diagonal group has no table of pairs");
        }
        return sums;
    }

    /** Sum of a pair of equal levels in a diagonal table. */
    public double base() {
        return base;
    }

    /** What each level adds to a pair of different levels in a diagonal table; of inner products, to a pair with itself. */
    public double[] parts() {
        return parts;
    }

    /** The symmetric root of a full group's metric. */
    public DoubleMatrix root() {
        if (root == null) {
            throw new IllegalStateException(
                    "A diagonal group, or one of squared distances or inner products, has no root matrix");
        }
        return root;
    }

    /** What a full group's gradient sums are multiplied by from the left: M where turning the points changes nothing, its root otherwise. */
    public DoubleMatrix pullBack() {
        return metric == null ? root() : metric;
    }

    /** The root of a diagonal group's metric, one entry per level. */
    public double[] diagonalRoots() {
        return diagonalRoots;
    }
}

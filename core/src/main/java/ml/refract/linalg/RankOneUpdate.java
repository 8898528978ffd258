package ml.refract.linalg;

import static ml.refract.linalg.DoubleKernels.COLUMNS;
import static ml.refract.linalg.DoubleKernels.ROWS;

import java.util.Arrays;
import java.util.function.DoubleConsumer;
import ml.refract.linalg.PackedProduct.Operand;

/**
 * The step that joins two decomposed halves of a tridiagonal matrix: from the eigenvectors V of the halves those of
 * V (D + rho z z') V'. Coordinates where z is negligible, and all but one of those that share a d, keep their values and
 * vectors ("deflate"); the others come from the {@link SecularEquation}. Its vectors are those of the z for which the computed
 * roots are exact (Loewner's formula), which makes them orthogonal to working precision (Gu and Eisenstat 1995, "A
 * divide-and-conquer algorithm for the symmetric tridiagonal eigenproblem").
 *
 * <p>The vectors of the secular equation are never stored: products take each block of them as it is computed. New vectors
 * take the rows of old ones.
 */
final class RankOneUpdate {
    private static final double UNIT = Math.ulp(0.5);
    /** Perturbations up to this many units of the norm are not told from none. */
    private static final int FEW_UNITS = 8;
    /** Norms below this, beside a matrix of norm about 1, are not told apart; squares of differences do not underflow. */
    private static final double LEAST_NORM = 1e-60;

    /** Roots of one task. */
    private static final int ROOTS = 32;
    /** Columns of the vectors of one task, and new vectors and old ones of one product in it. */
    private static final int WIDTH = 256;

    private static final int NEW = 64;
    private static final int DEPTH = 256;
    /** Tasks between two reports of progress. */
    private static final int TASKS_AT_ONCE = 16;

    private static final byte FIRST = 1;
    private static final byte SECOND = 2;

    private final double[] values;
    private final double[] vectors;
    private final int n;
    private final int[] order;
    private final int lo;
    private final int mid;
    private final int hi;
    private final DoubleKernels kernels;
    private final ParallelFor parallel;

    /** The halves in which the vector of row lo + i is not zero. */
    private final byte[] support;
    /** Rows that deflate, and rows that do not by ascending value. */
    private final int[] deflated;

    private int deflatedCount;
    private final int[] kept;
    private int keptCount;

    /** Joins rows and columns {@code [lo, mid)} and {@code [mid, hi)} of the vectors, with the order of rows in either. */
    RankOneUpdate(
            double[] values,
            double[] vectors,
            int[] order,
            int lo,
            int mid,
            int hi,
            DoubleKernels kernels,
            ParallelFor parallel) {
        this.values = values;
        this.vectors = vectors;
        this.n = values.length;
        this.order = order;
        this.lo = lo;
        this.mid = mid;
        this.hi = hi;
        this.kernels = kernels;
        this.parallel = parallel;
        this.support = new byte[hi - lo];
        Arrays.fill(support, 0, mid - lo, FIRST);
        Arrays.fill(support, mid - lo, hi - lo, SECOND);
        this.deflated = new int[hi - lo];
        this.kept = new int[hi - lo];
    }

    /** Adds the coupling of rows mid - 1 and mid, whose absolute value the halves are without. */
    void apply(double coupling, DoubleConsumer progress) {
        double[] z = couplingVector(coupling);
        double rho = 2 * Math.abs(coupling); // z has norm 1
        mergeOrders();
        deflate(z, rho);
        if (keptCount > 0) {
            update(z, rho, progress);
        }
        sortOrder();
    }

    /** The last row of the first vectors and the first row of the second ones, entry i for row lo + i. */
    private double[] couplingVector(double coupling) {
        double[] z = new double[hi - lo];
        double root = Math.sqrt(0.5);
        for (int i = lo; i < mid; i++) {
            z[i - lo] = root * vectors[i * n + mid - 1];
        }
        double signed = Math.copySign(root, coupling);
        for (int i = mid; i < hi; i++) {
            z[i - lo] = signed * vectors[i * n + mid];
        }
        return z;
    }

    private void mergeOrders() {
        int[] merged = new int[hi - lo];
        int a = lo;
        int b = mid;
        for (int i = 0; i < merged.length; i++) {
            boolean first = b == hi || a < mid && values[order[a]] <= values[order[b]];
            merged[i] = first ? order[a++] : order[b++];
        }
        System.arraycopy(merged, 0, order, lo, merged.length);
    }

    private void deflate(double[] z, double rho) {
        double norm = Math.max(LEAST_NORM, rho);
        norm = Math.max(norm, Math.max(Math.abs(values[order[lo]]), Math.abs(values[order[hi - 1]])));
        double negligible = FEW_UNITS * UNIT * norm;
        int candidate = -1;
        for (int i = lo; i < hi; i++) {
            int row = order[i];
            if (rho * Math.abs(z[row - lo]) <= negligible) {
                deflated[deflatedCount++] = row;
                continue;
            }
            if (candidate >= 0 && rotatesAway(candidate, row, z, negligible)) {
                deflated[deflatedCount++] = candidate;
            } else if (candidate >= 0) {
                kept[keptCount++] = candidate;
            }
            candidate = row;
        }
        if (candidate >= 0) {
            kept[keptCount++] = candidate;
        }
    }

    /** Rotates all of z in two rows into the one with the larger value, where that couples them negligibly in D. */
    private boolean rotatesAway(int small, int large, double[] z, double negligible) {
        double length = Math.sqrt(z[small - lo] * z[small - lo] + z[large - lo] * z[large - lo]);
        double c = z[large - lo] / length;
        double s = z[small - lo] / length;
        double gap = values[large] - values[small];
        if (gap * Math.abs(c * s) > negligible) {
            return false;
        }
        z[small - lo] = 0;
        z[large - lo] = length;
        values[small] += s * s * gap;
        values[large] -= s * s * gap;
        support[small - lo] |= support[large - lo];
        support[large - lo] = support[small - lo];
        int p = small * n;
        int q = large * n;
        for (int col = lo; col < hi; col++) {
            double x = vectors[p + col];
            double y = vectors[q + col];
            vectors[p + col] = c * x - s * y;
            vectors[q + col] = s * x + c * y;
        }
        return true;
    }

    private void update(double[] z, double rho, DoubleConsumer progress) {
        double[] d = new double[keptCount];
        double[] weights = new double[keptCount];
        for (int i = 0; i < keptCount; i++) {
            d[i] = values[kept[i]];
            weights[i] = z[kept[i] - lo];
        }
        SecularEquation equation = new SecularEquation(d, weights, rho);
        double[] scale = new double[keptCount];
        int tasks = (keptCount + ROOTS - 1) / ROOTS;
        parallel.run(tasks, t -> equation.solve(t * ROOTS, Math.min(keptCount, (t + 1) * ROOTS)));
        parallel.run(tasks, t -> {
            for (int i = t * ROOTS; i < Math.min(keptCount, (t + 1) * ROOTS); i++) {
                weights[i] = Math.copySign(equation.exactWeight(i), weights[i]);
            }
        });
        parallel.run(tasks, t -> {
            for (int j = t * ROOTS; j < Math.min(keptCount, (t + 1) * ROOTS); j++) {
                scale[j] = 1 / equation.norm(weights, j);
                values[kept[j]] = equation.root(j);
            }
        });
        updateVectors(equation, weights, scale, progress);
    }

    private void updateVectors(SecularEquation equation, double[] weights, double[] scale, DoubleConsumer progress) {
        int[] first = supporting(FIRST);
        int[] second = supporting(SECOND);
        int firstTasks = (mid - lo + WIDTH - 1) / WIDTH;
        int tasks = firstTasks + (hi - mid + WIDTH - 1) / WIDTH;
        for (int done = 0; done < tasks; done += TASKS_AT_ONCE) {
            progress.accept((double) done / tasks);
            int begin = done;
            parallel.run(Math.min(TASKS_AT_ONCE, tasks - done), t -> {
                int task = begin + t;
                boolean inFirst = task < firstTasks;
                int from = inFirst ? lo + task * WIDTH : mid + (task - firstTasks) * WIDTH;
                int to = Math.min(inFirst ? mid : hi, from + WIDTH);
                updateColumns(equation, weights, scale, inFirst ? first : second, from, to);
            });
        }
    }

    /** Which of the kept rows are not zero in a half. */
    private int[] supporting(byte half) {
        int[] result = new int[keptCount];
        int count = 0;
        for (int i = 0; i < keptCount; i++) {
            if ((support[kept[i] - lo] & half) != 0) {
                result[count++] = i;
            }
        }
        return Arrays.copyOf(result, count);
    }

    /** Columns {@code [from, to)} of the new vectors, from those of the old ones in {@code old}. */
    private void updateColumns(
            SecularEquation equation, double[] weights, double[] scale, int[] old, int from, int to) {
        int width = to - from;
        int padded = PackedProduct.padded(width, COLUMNS);
        double[] right = packOld(old, from, width, padded);
        PackedProduct product = new PackedProduct(kernels);
        double[] left = new double[NEW * Math.min(DEPTH, old.length)];
        double[] sums = new double[NEW * padded];
        for (int j = 0; j < keptCount; j += NEW) {
            int count = Math.min(NEW, keptCount - j);
            Arrays.fill(sums, 0);
            for (int block = 0; block < old.length; block += DEPTH) {
                int depth = Math.min(DEPTH, old.length - block);
                secularVectors(equation, weights, j, count, old, block, depth, left);
                product.add(
                        new Operand(left, 0, ROWS * depth),
                        count,
                        new Operand(right, block * padded, COLUMNS * depth),
                        width,
                        depth,
                        sums,
                        0,
                        padded);
            }
            for (int r = 0; r < count; r++) {
                int at = kept[j + r] * n + from;
                for (int c = 0; c < width; c++) {
                    vectors[at + c] = scale[j + r] * sums[r * padded + c];
                }
            }
        }
    }

    /** Some columns of old vectors as right operands, one for each {@link #DEPTH} vectors, one after another. */
    private double[] packOld(int[] old, int from, int width, int padded) {
        double[] right = new double[old.length * padded];
        for (int i = 0; i < old.length; i++) {
            int block = i / DEPTH * DEPTH;
            int at = block * padded + (i - block) * COLUMNS;
            int stride = COLUMNS * Math.min(DEPTH, old.length - block);
            PackedProduct.packAcross(vectors, kept[old[i]] * n + from, n, 1, width, COLUMNS, 1, right, at, stride);
        }
        return right;
    }

    /** Packs some rows and columns of the vectors of the secular equation, not scaled to length 1. */
    private static void secularVectors(
            SecularEquation equation,
            double[] weights,
            int j,
            int count,
            int[] old,
            int from,
            int depth,
            double[] target) {
        for (int r = 0; r < count; r++) {
            int at = r / ROWS * ROWS * depth + r % ROWS;
            for (int i = 0; i < depth; i++) {
                target[at + i * ROWS] = weights[old[from + i]] / equation.difference(old[from + i], j + r);
            }
        }
        for (int r = count; r < PackedProduct.padded(count, ROWS); r++) {
            int at = r / ROWS * ROWS * depth + r % ROWS;
            for (int i = 0; i < depth; i++) {
                target[at + i * ROWS] = 0;
            }
        }
    }

    private void sortOrder() {
        Vectors.sortByValue(deflated, 0, deflatedCount, values);
        int a = 0;
        int b = 0;
        for (int i = lo; i < hi; i++) {
            boolean fromKept = b == deflatedCount || a < keptCount && values[kept[a]] <= values[deflated[b]];
            order[i] = fromKept ? kept[a++] : deflated[b++];
        }
    }
}

package ml.refract.linalg;

import static ml.refract.linalg.DoubleKernels.COLUMNS;
import static ml.refract.linalg.DoubleKernels.ROWS;

import java.util.Arrays;
import java.util.function.DoubleConsumer;
import ml.refract.linalg.PackedProduct.Operand;

/**
 * Q = H_0 H_1 ... H_{n-2} with H_j = I - tau_j v_j v_j', the first j + 1 entries of v_j zero and the next one 1. Reflections
 * are applied a block at a time as I - V T V' with an upper triangular T (Schreiber and Van Loan 1989, "A storage-efficient WY
 * representation for products of Householder transformations").
 */
final class Reflections {
    /** Reflections applied together. */
    private static final int BLOCK = 64;
    /** Rows of the vectors that stay in the cache while V' is multiplied with them. */
    private static final int DEPTH = 256;

    /** Row j holds v_j right of the diagonal. */
    private final double[] v;

    private final int n;
    private final double[] tau;
    private final DoubleKernels kernels;
    private final ParallelFor parallel;

    Reflections(double[] v, int n, double[] tau, DoubleKernels kernels, ParallelFor parallel) {
        this.v = v;
        this.n = n;
        this.tau = tau;
        this.kernels = kernels;
        this.parallel = parallel;
    }

    /**
     * Replaces every row x of a square matrix by Q x. Cost 2 n^3 flops. Rows are independent, so bits do not depend on who
     * works on them.
     *
     * @param x n x n, row-major
     */
    void apply(double[] x, DoubleConsumer progress) {
        int strips = (n + COLUMNS - 1) / COLUMNS;
        // Sixteen rows in the place they had, but column by column: strips as products want them. The last may be
        // padded.
        double[] last = new double[n * COLUMNS];
        parallel.run(strips, s -> interleave(x, s, last));
        for (int first = (tau.length - 1) / BLOCK * BLOCK; first >= 0; first -= BLOCK) {
            Block block = new Block(first, Math.min(BLOCK, tau.length - first));
            parallel.run(strips, s -> {
                boolean partial = (s + 1) * COLUMNS > n;
                block.apply(partial ? last : x, partial ? 0 : s * COLUMNS * n);
            });
            double left = (double) first / n;
            progress.accept(1 - left * (2 - left));
        }
        parallel.run(strips, s -> separate(x, s, last));
    }

    private void interleave(double[] x, int strip, double[] last) {
        int from = strip * COLUMNS * n;
        int rows = Math.min(COLUMNS, n - strip * COLUMNS);
        double[] target = rows < COLUMNS ? last : new double[COLUMNS * n];
        PackedProduct.packAlong(x, from, n, n, rows, COLUMNS, 1, target, 0, 0);
        if (rows == COLUMNS) {
            System.arraycopy(target, 0, x, from, target.length);
        }
    }

    private void separate(double[] x, int strip, double[] last) {
        int from = strip * COLUMNS * n;
        int rows = Math.min(COLUMNS, n - strip * COLUMNS);
        double[] source = rows < COLUMNS ? last : Arrays.copyOfRange(x, from, from + COLUMNS * n);
        for (int i = 0; i < rows; i++) {
            for (int k = 0; k < n; k++) {
                x[from + i * n + k] = source[k * COLUMNS + i];
            }
        }
    }

    /** Consecutive reflections as I - V T V'. */
    private final class Block {
        private final int count;
        /** First coordinate any of them touches, and how many follow. */
        private final int begin;

        private final int length;
        /** V', T and -V as left operands. */
        private final double[] across;

        private final double[] triangle;
        private final double[] along;

        Block(int first, int count) {
            this.count = count;
            this.begin = first + 1;
            this.length = n - begin;
            double[] rows = new double[count * length];
            for (int l = 0; l < count; l++) {
                System.arraycopy(v, (first + l) * n + begin + l, rows, l * length + l, length - l);
            }
            int padded = PackedProduct.padded(count, ROWS);
            across = new double[padded * length];
            PackedProduct.packAlong(rows, 0, length, length, count, ROWS, 1, across, 0, ROWS * length);
            along = new double[PackedProduct.padded(length, ROWS) * count];
            PackedProduct.packAcross(rows, 0, length, count, length, ROWS, -1, along, 0, ROWS * count);
            triangle = new double[padded * count];
            double[] transposed = triangle(rows, first);
            PackedProduct.packAcross(transposed, 0, count, count, count, ROWS, 1, triangle, 0, ROWS * count);
        }

        /** T' row by row: row l of it is -tau_l T V' v_l up to the diagonal and tau_l on it. */
        private double[] triangle(double[] rows, int first) {
            double[] inner = innerProducts(rows);
            double[] t = new double[count * count];
            for (int l = 0; l < count; l++) {
                double factor = tau[first + l];
                for (int k = 0; k < l; k++) {
                    double share = -factor * inner[k * count + l];
                    for (int i = 0; i <= k; i++) {
                        t[l * count + i] += share * t[k * count + i];
                    }
                }
                t[l * count + l] = factor;
            }
            return t;
        }

        /** V' V. */
        private double[] innerProducts(double[] rows) {
            double[] inner = new double[count * count];
            double[] right = new double[PackedProduct.padded(count, COLUMNS) * length];
            PackedProduct.packAlong(rows, 0, length, length, count, COLUMNS, 1, right, 0, COLUMNS * length);
            new PackedProduct(kernels)
                    .add(
                            new Operand(across, 0, ROWS * length),
                            count,
                            new Operand(right, 0, COLUMNS * length),
                            count,
                            length,
                            inner,
                            0,
                            count);
            return inner;
        }

        /** X := X - V (T (V' X)) for a strip of columns X. */
        void apply(double[] x, int from) {
            PackedProduct product = new PackedProduct(kernels);
            double[] inner = new double[count * COLUMNS];
            for (int k = 0; k < length; k += DEPTH) {
                product.add(
                        new Operand(across, k * ROWS, ROWS * length),
                        count,
                        Operand.strip(x, from + (begin + k) * COLUMNS),
                        COLUMNS,
                        Math.min(DEPTH, length - k),
                        inner,
                        0,
                        COLUMNS);
            }
            double[] turned = new double[count * COLUMNS];
            product.add(
                    new Operand(triangle, 0, ROWS * count),
                    count,
                    Operand.strip(inner, 0),
                    COLUMNS,
                    count,
                    turned,
                    0,
                    COLUMNS);
            product.add(
                    new Operand(along, 0, ROWS * count),
                    length,
                    Operand.strip(turned, 0),
                    COLUMNS,
                    count,
                    x,
                    from + begin * COLUMNS,
                    COLUMNS);
        }
    }
}

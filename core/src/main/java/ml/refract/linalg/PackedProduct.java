package ml.refract.linalg;

import static ml.refract.linalg.DoubleKernels.COLUMNS;
import static ml.refract.linalg.DoubleKernels.ROWS;

import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * C := C + A B with operands packed for {@link DoubleKernels}: A in strips of 8 rows, B in strips of 16 columns, each strip
 * running along the inner dimension and padded with zeros. One instance serves one thread.
 */
final class PackedProduct {
    /** Inner dimension and rows of A of a block: 16 and 8 KiB of packed operands meet in a level-1 cache. */
    private static final int DEPTH = 256;

    private static final int BAND = 64;

    private final DoubleKernels kernels;
    private final double[] edge = new double[ROWS * COLUMNS];
    private double[] left = new double[0];

    PackedProduct(DoubleKernels kernels) {
        this.kernels = kernels;
    }

    /** C := C + A B for row-major matrices, A m x k and B k x n. */
    static void multiply(
            double[] a, int m, int k, double[] b, int n, double[] c, DoubleKernels kernels, ParallelFor parallel) {
        multiply(Factor.along(a, 0, k), m, k, Factor.across(b, 0, n), n, 1, c, 0, n, kernels, parallel);
    }

    /**
     * C := C + factor A B for parts of arrays, A m x k and B k x n. A block along the inner dimension of B is packed once, then tasks
     * take rows of A and C.
     *
     * @param c entry (i, j) at {@code c[cFrom + i * cStride + j]}; no entry of A or B is one of C
     */
    static void multiply(
            Factor a,
            int m,
            int k,
            Factor b,
            int n,
            double factor,
            double[] c,
            int cFrom,
            int cStride,
            DoubleKernels kernels,
            ParallelFor parallel) {
        Queue<PackedProduct> idle = new ConcurrentLinkedQueue<>(); // new memory costs more than what is put into it
        double[] right = new double[padded(n, COLUMNS) * Math.min(DEPTH, k)];
        for (int first = 0; first < k; first += DEPTH) {
            int from = first;
            int depth = Math.min(DEPTH, k - from);
            b.pack(0, n, from, depth, COLUMNS, factor, right);
            Operand packed = new Operand(right, 0, COLUMNS * depth);
            parallel.run((m + BAND - 1) / BAND, band -> {
                PackedProduct known = idle.poll();
                PackedProduct product = known == null ? new PackedProduct(kernels) : known;
                int row = band * BAND;
                int rows = Math.min(BAND, m - row);
                Operand left = product.left(a, row, rows, from, depth);
                product.add(left, rows, packed, n, depth, c, cFrom + row * cStride, cStride);
                idle.add(product);
            });
        }
    }

    private Operand left(Factor a, int row, int rows, int from, int depth) {
        if (left.length == 0) {
            left = new double[BAND * DEPTH];
        }
        a.pack(row, rows, from, depth, ROWS, 1, left);
        return new Operand(left, 0, ROWS * depth);
    }

    /**
     * A factor of a product as it is stored. With i the row of A, or the column of B, and k the inner index:
     *
     * @param values entry (i, k) at {@code values[from + i * stride + k]} along, at {@code values[from + k * stride + i]} across
     * @param along whether the inner index runs along the rows that are stored
     */
    record Factor(double[] values, int from, int stride, boolean along) {
        static Factor along(double[] values, int from, int stride) {
            return new Factor(values, from, stride, true);
        }

        static Factor across(double[] values, int from, int stride) {
            return new Factor(values, from, stride, false);
        }

        private void pack(int first, int count, int inner, int depth, int width, double factor, double[] target) {
            if (along) {
                int start = from + first * stride + inner;
                packAlong(values, start, stride, depth, count, width, factor, target, 0, width * depth);
            } else {
                int start = from + inner * stride + first;
                packAcross(values, start, stride, depth, count, width, factor, target, 0, width * depth);
            }
        }
    }

    /** A packed operand: strip s, position k of the inner dimension at {@code values[from + s * stride + k * width ..]}. */
    record Operand(double[] values, int from, int stride) {
        /** A single strip. */
        static Operand strip(double[] values, int from) {
            return new Operand(values, from, 0);
        }
    }

    /** Adds the product of {@code rows} rows of A and {@code cols} columns of B; nothing beyond them is touched. */
    void add(Operand a, int rows, Operand b, int cols, int depth, double[] c, int cFrom, int cStride) {
        for (int j = 0; j < cols; j += COLUMNS) {
            int bFrom = b.from + j / COLUMNS * b.stride;
            for (int i = 0; i < rows; i += ROWS) {
                int aFrom = a.from + i / ROWS * a.stride;
                int at = cFrom + i * cStride + j;
                if (i + ROWS <= rows && j + COLUMNS <= cols) {
                    kernels.addProduct(a.values, aFrom, b.values, bFrom, depth, c, at, cStride);
                } else {
                    Arrays.fill(edge, 0);
                    kernels.addProduct(a.values, aFrom, b.values, bFrom, depth, edge, 0, COLUMNS);
                    addEdge(Math.min(ROWS, rows - i), Math.min(COLUMNS, cols - j), c, at, cStride);
                }
            }
        }
    }

    private void addEdge(int rows, int cols, double[] c, int cFrom, int cStride) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < cols; j++) {
                c[cFrom + i * cStride + j] += edge[i * COLUMNS + j];
            }
        }
    }

    /** {@code count} rounded up to whole strips. */
    static int padded(int count, int width) {
        return (count + width - 1) / width * width;
    }

    /**
     * Packs strips along the rows of a matrix: row k of the source, times the factor, is position k of the inner dimension.
     *
     * @param source row k at {@code source[from + k * stride ..]}, {@code count} entries of it
     * @param target strip s at {@code target[at + s * targetStride ..]}
     */
    static void packAcross(
            double[] source,
            int from,
            int stride,
            int depth,
            int count,
            int width,
            double factor,
            double[] target,
            int at,
            int targetStride) {
        for (int first = 0; first < count; first += width) {
            int filled = Math.min(width, count - first);
            int to = at + first / width * targetStride;
            for (int k = 0; k < depth; k++) {
                int in = from + k * stride + first;
                for (int i = 0; i < filled; i++) {
                    target[to + i] = factor * source[in + i];
                }
                for (int i = filled; i < width; i++) {
                    target[to + i] = 0;
                }
                to += width;
            }
        }
    }

    /**
     * Packs strips of rows of a matrix: entry k of a source row, times the factor, is position k of the inner dimension.
     *
     * @param source row i at {@code source[from + i * stride ..]}, {@code depth} entries of it
     * @param target strip s at {@code target[at + s * targetStride ..]}
     */
    static void packAlong(
            double[] source,
            int from,
            int stride,
            int depth,
            int count,
            int width,
            double factor,
            double[] target,
            int at,
            int targetStride) {
        for (int first = 0; first < count; first += width) {
            int to = at + first / width * targetStride;
            for (int i = 0; i < width; i += 8) {
                int in = from + (first + i) * stride;
                if (first + i + 8 <= count) {
                    packEightRows(source, in, stride, depth, width, factor, target, to + i);
                } else {
                    packFewRows(source, in, stride, depth, count - first - i, width, factor, target, to + i);
                }
            }
        }
    }

    /** Reads eight rows side by side, so that what is written stands together. */
    private static void packEightRows(
            double[] source, int in, int stride, int depth, int width, double factor, double[] target, int to) {
        int out = to;
        for (int k = in; k < in + depth; k++) {
            target[out] = factor * source[k];
            target[out + 1] = factor * source[k + stride];
            target[out + 2] = factor * source[k + 2 * stride];
            target[out + 3] = factor * source[k + 3 * stride];
            target[out + 4] = factor * source[k + 4 * stride];
            target[out + 5] = factor * source[k + 5 * stride];
            target[out + 6] = factor * source[k + 6 * stride];
            target[out + 7] = factor * source[k + 7 * stride];
            out += width;
        }
    }

    private static void packFewRows(
            double[] source,
            int in,
            int stride,
            int depth,
            int filled,
            int width,
            double factor,
            double[] target,
            int to) {
        for (int i = 0; i < 8; i++) {
            for (int k = 0; k < depth; k++) {
                target[to + k * width + i] = i < filled ? factor * source[in + i * stride + k] : 0;
            }
        }
    }
}

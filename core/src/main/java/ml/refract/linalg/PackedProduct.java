package ml.refract.linalg;

import static ml.refract.linalg.DoubleKernels.COLUMNS;
import static ml.refract.linalg.DoubleKernels.ROWS;

import java.util.Arrays;

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

    PackedProduct(DoubleKernels kernels) {
        this.kernels = kernels;
    }

    /**
     * C := C + A B for row-major matrices, A m x k and B k x n. A block of rows of B is packed once, then tasks take rows of A
     * and C.
     */
    static void multiply(
            double[] a, int m, int k, double[] b, int n, double[] c, DoubleKernels kernels, ParallelFor parallel) {
        for (int first = 0; first < k; first += DEPTH) {
            int from = first;
            int depth = Math.min(DEPTH, k - from);
            double[] right = new double[padded(n, COLUMNS) * depth];
            packAcross(b, from * n, n, depth, n, COLUMNS, 1, right, 0, COLUMNS * depth);
            parallel.run((m + BAND - 1) / BAND, band -> {
                int row = band * BAND;
                int rows = Math.min(BAND, m - row);
                double[] left = new double[padded(rows, ROWS) * depth];
                packAlong(a, row * k + from, k, depth, rows, ROWS, left, 0, ROWS * depth);
                new PackedProduct(kernels)
                        .add(
                                new Operand(left, 0, ROWS * depth),
                                rows,
                                new Operand(right, 0, COLUMNS * depth),
                                n,
                                depth,
                                c,
                                row * n,
                                n);
            });
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
     * Packs strips of rows of a matrix: entry k of a source row is position k of the inner dimension.
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
            double[] target,
            int at,
            int targetStride) {
        for (int first = 0; first < count; first += width) {
            int to = at + first / width * targetStride;
            for (int i = 0; i < width; i++) {
                int in = from + (first + i) * stride;
                boolean filled = first + i < count;
                for (int k = 0; k < depth; k++) {
                    target[to + k * width + i] = filled ? source[in + k] : 0;
                }
            }
        }
    }
}

package ml.refract.linalg;

import java.util.Arrays;

/**
 * Accumulates C = sum of b b' over rows b, in double, for gradient moments. Wide rows are packed for a matrix product; narrow
 * ones are taken eight at a time so that each entry of C is loaded and stored once for eight products. Only the lower triangle
 * is kept until the end. One instance serves one thread.
 */
public final class GramSums {
    private static final int UNROLL = 8;
    /** From this width on packing pays. */
    private static final int PACKED_WIDTH = 24;
    /** Rows packed at once. */
    private static final int DEPTH = 128;

    private final int width;
    private final double[] sums;
    private final PackedProduct product;
    private double[] left = new double[0];
    private double[] right = new double[0];

    /** A zero sum of order {@code width}. */
    public GramSums(int width, DoubleKernels kernels) {
        this.width = width;
        this.sums = new double[Shapes.length(width, width)];
        this.product = new PackedProduct(kernels);
    }

    /** Adds {@code count} rows of {@code width} numbers that stand one after another. Cost count * width^2 flops. */
    public void add(double[] rows, int count) {
        if (width < PACKED_WIDTH) {
            addNarrow(rows, count);
            return;
        }
        for (int i = 0; i < count; i += DEPTH) {
            addPacked(rows, i * width, Math.min(DEPTH, count - i));
        }
    }

    private void addPacked(double[] rows, int from, int depth) {
        int leftStrip = DEPTH * DoubleKernels.ROWS;
        int rightStrip = DEPTH * DoubleKernels.COLUMNS;
        if (left.length == 0) {
            left = new double[PackedProduct.padded(width, DoubleKernels.ROWS) * DEPTH];
            right = new double[PackedProduct.padded(width, DoubleKernels.COLUMNS) * DEPTH];
        }
        PackedProduct.packAcross(rows, from, width, depth, width, DoubleKernels.ROWS, 1, left, 0, leftStrip);
        PackedProduct.packAcross(rows, from, width, depth, width, DoubleKernels.COLUMNS, 1, right, 0, rightStrip);
        PackedProduct.Operand columns = new PackedProduct.Operand(right, 0, rightStrip);
        for (int s = 0; s < width; s += DoubleKernels.ROWS) {
            int end = Math.min(width, s + DoubleKernels.ROWS);
            product.add(
                    PackedProduct.Operand.strip(left, s / DoubleKernels.ROWS * leftStrip),
                    end - s,
                    columns,
                    Math.min(width, PackedProduct.padded(end, DoubleKernels.COLUMNS)),
                    depth,
                    sums,
                    s * width,
                    width);
        }
    }

    private void addNarrow(double[] rows, int count) {
        int i = 0;
        for (; i + UNROLL <= count; i += UNROLL) {
            for (int s = 0; s < width; s++) {
                addEight(rows, i * width, s);
            }
        }
        for (; i < count; i++) {
            for (int s = 0; s < width; s++) {
                double factor = rows[i * width + s];
                for (int t = 0; t <= s; t++) {
                    sums[s * width + t] += factor * rows[i * width + t];
                }
            }
        }
    }

    private void addEight(double[] b, int at, int s) {
        int w = width;
        double f0 = b[at + s];
        double f1 = b[at + w + s];
        double f2 = b[at + 2 * w + s];
        double f3 = b[at + 3 * w + s];
        double f4 = b[at + 4 * w + s];
        double f5 = b[at + 5 * w + s];
        double f6 = b[at + 6 * w + s];
        double f7 = b[at + 7 * w + s];
        int row = s * w;
        for (int t = 0; t <= s; t++) {
            int k = at + t;
            sums[row + t] += f0 * b[k]
                    + f1 * b[k + w]
                    + f2 * b[k + 2 * w]
                    + f3 * b[k + 3 * w]
                    + f4 * b[k + 4 * w]
                    + f5 * b[k + 5 * w]
                    + f6 * b[k + 6 * w]
                    + f7 * b[k + 7 * w];
        }
    }

    /** Starts again at zero. */
    public void clear() {
        Arrays.fill(sums, 0);
    }

    /** The lower triangle itself, row-major with anything above it; whoever overwrites it calls {@link #clear} before the next sum. */
    public double[] lower() {
        return sums;
    }

    /** Adds another sum of the same order. */
    public void add(GramSums other) {
        for (int k = 0; k < sums.length; k++) {
            sums[k] += other.sums[k];
        }
    }

    /** The sum so far times a factor, as a symmetric matrix. */
    public DoubleMatrix toMatrix(double factor) {
        DoubleMatrix result = DoubleMatrix.zeros(width, width);
        for (int s = 0; s < width; s++) {
            for (int t = 0; t <= s; t++) {
                double value = factor * sums[s * width + t];
                result.set(s, t, value);
                result.set(t, s, value);
            }
        }
        return result;
    }
}

package ml.refract.engine.vector;

import static ml.refract.linalg.Panels.ROWS;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import ml.refract.linalg.Panels;

/**
 * Products of float tiles with double right-hand sides, accumulated in double. One side alone is bound by reading the tile;
 * several are taken four at a time, so that an entry is widened once for four multiplications.
 */
final class DoubleTiles {
    private static final VectorSpecies<Double> D = Lanes.DOUBLE;
    private static final int W = D.length();
    /** Sides taken together. */
    private static final int SIDES = 4;
    /** Vectors of rows taken together with them: AVX-512 has registers for 16 sums. */
    private static final int BLOCK = W == 8 ? 4 : 2;

    private static final ThreadLocal<DoubleTiles> OF_THREAD = ThreadLocal.withInitial(DoubleTiles::new);

    // Kept for the next tile: to touch new memory takes longer than the arithmetic on a tile.
    private final double[] sums = new double[ROWS * SIDES];
    private double[] vectors = new double[Panels.TILE * SIDES];
    private double[] lanes = new double[Panels.TILE * W];

    private DoubleTiles() {}

    /** The instance of the calling thread. */
    static DoubleTiles ofThread() {
        return OF_THREAD.get();
    }

    private double[] vectors(int length) {
        if (vectors.length < length) {
            vectors = new double[length];
        }
        return vectors;
    }

    private double[] lanes(int length) {
        if (lanes.length < length) {
            lanes = new double[length];
        }
        return lanes;
    }

    /** x := L^-1 x. */
    void solveLower(float[] factor, int n, double[] x, int from) {
        double[] rest = padded(x, from, n);
        for (int c = 0; c < n; c++) {
            int at = Panels.index(c, c, n);
            double value = rest[c] / factor[at];
            rest[c] = value;
            int below = c / ROWS * ROWS + ROWS;
            for (int r = c + 1; r < below; r++) {
                rest[r] -= value * factor[at + r - c];
            }
            subtractColumn(value, factor, Panels.index(below, c, n), Panels.panelStart(ROWS, n), rest, below, n);
        }
        System.arraycopy(rest, 0, x, from, n);
    }

    private static void subtractColumn(
            double value, float[] factor, int at, int panelStride, double[] rest, int from, int to) {
        DoubleVector factors = DoubleVector.broadcast(D, -value);
        for (int panel = from; panel < to; panel += ROWS) {
            for (int r = 0; r < ROWS; r += W) {
                DoubleVector sum = DoubleVector.fromArray(D, rest, panel + r);
                factors.fma(widened(factor, at + r), sum).intoArray(rest, panel + r);
            }
            at += panelStride;
        }
    }

    /** x := L'^-1 x. */
    void solveLowerTransposed(float[] factor, int n, double[] x, int from) {
        double[] known = padded(x, from, n);
        for (int c = n - 1; c >= 0; c--) {
            int at = Panels.index(c, c, n);
            int below = c / ROWS * ROWS + ROWS;
            dot(factor, Panels.index(below, c, n), Panels.panelStart(ROWS, n), known, below, n, lanes);
            double sum = known[c] - sum(lanes, 0);
            for (int r = c + 1; r < Math.min(below, n); r++) {
                sum -= known[r] * factor[at + r - c];
            }
            known[c] = sum / factor[at];
        }
        System.arraycopy(known, 0, x, from, n);
    }

    /** Leaves the lanes of the dot product of a part of a tile column. */
    private static void dot(float[] factor, int at, int panelStride, double[] known, int from, int to, double[] lanes) {
        DoubleVector sum = DoubleVector.zero(D);
        for (int panel = from; panel < to; panel += ROWS) {
            for (int r = 0; r < ROWS; r += W) {
                sum = DoubleVector.fromArray(D, known, panel + r).fma(widened(factor, at + r), sum);
            }
            at += panelStride;
        }
        sum.intoArray(lanes, 0);
    }

    /** A copy, with zeros up to whole panels. */
    private double[] padded(double[] x, int from, int n) {
        int length = Panels.paddedRows(n);
        double[] copy = vectors(length);
        System.arraycopy(x, from, copy, 0, n);
        Arrays.fill(copy, n, length, 0);
        return copy;
    }

    void multiplyAdd(
            float[] tile,
            int rows,
            int cols,
            double scale,
            double[] x,
            int xFrom,
            double[] y,
            int yFrom,
            int stride,
            int sides) {
        if (sides == 1) {
            multiplyAddOne(tile, rows, cols, scale, x, xFrom, y, yFrom);
            return;
        }
        double[] packed = vectors(cols * SIDES);
        for (int l = 0; l < sides; l += SIDES) {
            int some = Math.min(SIDES, sides - l);
            interleave(x, xFrom + l * stride, stride, some, cols, packed);
            for (int panel = 0; panel < rows; panel += ROWS) {
                for (int r = 0; r < ROWS; r += BLOCK * W) {
                    if (BLOCK == 4) {
                        multiply4x4(tile, Panels.panelStart(panel, cols) + r, cols, packed, sums, r);
                    } else {
                        multiply2x4(tile, Panels.panelStart(panel, cols) + r, cols, packed, sums, r);
                    }
                }
                int count = Math.min(ROWS, rows - panel);
                for (int s = 0; s < some; s++) {
                    add(sums, s * ROWS, scale, y, yFrom + (l + s) * stride + panel, count);
                }
            }
        }
    }

    private void multiplyAddOne(
            float[] tile, int rows, int cols, double scale, double[] x, int xFrom, double[] y, int yFrom) {
        for (int panel = 0; panel < rows; panel += ROWS) {
            for (int r = 0; r < ROWS; r += 4 * W) {
                multiply4x1(tile, Panels.panelStart(panel, cols) + r, cols, x, xFrom, sums, r);
            }
            add(sums, 0, scale, y, yFrom + panel, Math.min(ROWS, rows - panel));
        }
    }

    /** packed[4 k + s] := entry k of side s, zero for sides beyond {@code some}. */
    private static void interleave(double[] x, int from, int stride, int some, int length, double[] packed) {
        for (int s = 0; s < SIDES; s++) {
            for (int k = 0; k < length; k++) {
                packed[k * SIDES + s] = s < some ? x[from + s * stride + k] : 0;
            }
        }
    }

    /** Four vectors of rows times four sides. */
    private static void multiply4x4(float[] tile, int at, int cols, double[] packed, double[] sums, int r) {
        DoubleVector a0 = DoubleVector.zero(D);
        DoubleVector a1 = a0, a2 = a0, a3 = a0;
        DoubleVector b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        DoubleVector c0 = a0, c1 = a0, c2 = a0, c3 = a0;
        DoubleVector d0 = a0, d1 = a0, d2 = a0, d3 = a0;
        for (int k = 0; k < cols * SIDES; k += SIDES) {
            DoubleVector t0 = widened(tile, at);
            DoubleVector t1 = widened(tile, at + W);
            DoubleVector t2 = widened(tile, at + 2 * W);
            DoubleVector t3 = widened(tile, at + 3 * W);
            DoubleVector x = DoubleVector.broadcast(D, packed[k]);
            a0 = x.fma(t0, a0);
            a1 = x.fma(t1, a1);
            a2 = x.fma(t2, a2);
            a3 = x.fma(t3, a3);
            x = DoubleVector.broadcast(D, packed[k + 1]);
            b0 = x.fma(t0, b0);
            b1 = x.fma(t1, b1);
            b2 = x.fma(t2, b2);
            b3 = x.fma(t3, b3);
            x = DoubleVector.broadcast(D, packed[k + 2]);
            c0 = x.fma(t0, c0);
            c1 = x.fma(t1, c1);
            c2 = x.fma(t2, c2);
            c3 = x.fma(t3, c3);
            x = DoubleVector.broadcast(D, packed[k + 3]);
            d0 = x.fma(t0, d0);
            d1 = x.fma(t1, d1);
            d2 = x.fma(t2, d2);
            d3 = x.fma(t3, d3);
            at += ROWS;
        }
        store(a0, a1, a2, a3, sums, r);
        store(b0, b1, b2, b3, sums, ROWS + r);
        store(c0, c1, c2, c3, sums, 2 * ROWS + r);
        store(d0, d1, d2, d3, sums, 3 * ROWS + r);
    }

    private static void store(
            DoubleVector v0, DoubleVector v1, DoubleVector v2, DoubleVector v3, double[] sums, int at) {
        v0.intoArray(sums, at);
        v1.intoArray(sums, at + W);
        v2.intoArray(sums, at + 2 * W);
        v3.intoArray(sums, at + 3 * W);
    }

    /** Two vectors of rows times four sides. */
    private static void multiply2x4(float[] tile, int at, int cols, double[] packed, double[] sums, int r) {
        DoubleVector a0 = DoubleVector.zero(D);
        DoubleVector a1 = a0;
        DoubleVector b0 = a0;
        DoubleVector b1 = a0;
        DoubleVector c0 = a0;
        DoubleVector c1 = a0;
        DoubleVector d0 = a0;
        DoubleVector d1 = a0;
        for (int k = 0; k < cols * SIDES; k += SIDES) {
            DoubleVector t0 = widened(tile, at);
            DoubleVector t1 = widened(tile, at + W);
            DoubleVector x = DoubleVector.broadcast(D, packed[k]);
            a0 = x.fma(t0, a0);
            a1 = x.fma(t1, a1);
            x = DoubleVector.broadcast(D, packed[k + 1]);
            b0 = x.fma(t0, b0);
            b1 = x.fma(t1, b1);
            x = DoubleVector.broadcast(D, packed[k + 2]);
            c0 = x.fma(t0, c0);
            c1 = x.fma(t1, c1);
            x = DoubleVector.broadcast(D, packed[k + 3]);
            d0 = x.fma(t0, d0);
            d1 = x.fma(t1, d1);
            at += ROWS;
        }
        a0.intoArray(sums, r);
        a1.intoArray(sums, r + W);
        b0.intoArray(sums, ROWS + r);
        b1.intoArray(sums, ROWS + r + W);
        c0.intoArray(sums, 2 * ROWS + r);
        c1.intoArray(sums, 2 * ROWS + r + W);
        d0.intoArray(sums, 3 * ROWS + r);
        d1.intoArray(sums, 3 * ROWS + r + W);
    }

    private static void multiply4x1(float[] tile, int at, int cols, double[] x, int xFrom, double[] sums, int r) {
        DoubleVector a0 = DoubleVector.zero(D);
        DoubleVector a1 = a0;
        DoubleVector a2 = a0;
        DoubleVector a3 = a0;
        for (int k = 0; k < cols; k++) {
            DoubleVector xk = DoubleVector.broadcast(D, x[xFrom + k]);
            a0 = xk.fma(widened(tile, at), a0);
            a1 = xk.fma(widened(tile, at + W), a1);
            a2 = xk.fma(widened(tile, at + 2 * W), a2);
            a3 = xk.fma(widened(tile, at + 3 * W), a3);
            at += ROWS;
        }
        a0.intoArray(sums, r);
        a1.intoArray(sums, r + W);
        a2.intoArray(sums, r + 2 * W);
        a3.intoArray(sums, r + 3 * W);
    }

    /** Adds {@code count} floats, whole vectors of them, to doubles. */
    static void add(float[] terms, int from, double[] sums, int at, int count) {
        for (int i = 0; i < count; i += W) {
            DoubleVector.fromArray(D, sums, at + i)
                    .add(widened(terms, from + i))
                    .intoArray(sums, at + i);
        }
    }

    /**
     * The floats of a half vector. They are seen as the lower half of a whole one before they are converted, which costs
     * nothing when compiled: see {@link Lanes#HALF_FLOAT}.
     */
    private static DoubleVector widened(float[] tile, int at) {
        return (DoubleVector) FloatVector.fromArray(Lanes.HALF_FLOAT, tile, at)
                .reinterpretShape(Lanes.FLOAT, 0)
                .convertShape(VectorOperators.F2D, D, 0);
    }

    private static void add(double[] sums, int from, double scale, double[] y, int yFrom, int count) {
        for (int r = 0; r < count; r++) {
            y[yFrom + r] = Math.fma(scale, sums[from + r], y[yFrom + r]);
        }
    }

    void transposeMultiplyAdd(
            float[] tile,
            int rows,
            int cols,
            double scale,
            double[] x,
            int xFrom,
            double[] y,
            int yFrom,
            int stride,
            int sides) {
        int padded = Panels.paddedRows(rows);
        int together = sides == 1 ? 1 : SIDES;
        double[] columns = vectors(padded * together); // zero beyond the rows, where x may go on with other numbers
        int panelStride = Panels.panelStart(ROWS, cols);
        for (int l = 0; l < sides; l += together) {
            int some = Math.min(together, sides - l);
            for (int s = 0; s < some; s++) {
                System.arraycopy(x, xFrom + (l + s) * stride, columns, s * padded, rows);
                Arrays.fill(columns, s * padded + rows, (s + 1) * padded, 0);
            }
            Arrays.fill(columns, some * padded, together * padded, 0);
            for (int k = 0; k < cols; k += BLOCK) {
                if (together == 1) {
                    dots1(tile, k * ROWS, panelStride, columns, padded, lanes);
                } else if (BLOCK == 4) {
                    dots4x4(tile, k * ROWS, panelStride, columns, padded, lanes);
                } else {
                    dots2x4(tile, k * ROWS, panelStride, columns, padded, lanes);
                }
                int known = Math.min(BLOCK, cols - k);
                for (int s = 0; s < some; s++) {
                    int target = yFrom + (l + s) * stride + k;
                    for (int c = 0; c < known; c++) {
                        y[target + c] = Math.fma(scale, sum(lanes, (s * BLOCK + c) * W), y[target + c]);
                    }
                }
            }
        }
    }

    private static double sum(double[] lanes, int from) {
        if (W == 8) {
            return ((lanes[from] + lanes[from + 1]) + (lanes[from + 2] + lanes[from + 3]))
                    + ((lanes[from + 4] + lanes[from + 5]) + (lanes[from + 6] + lanes[from + 7]));
        }
        double sum = 0;
        for (int i = from; i < from + W; i++) {
            sum += lanes[i];
        }
        return sum;
    }

    /** Leaves the lanes of the dot products of a block of tile columns with one vector. */
    private static void dots1(float[] tile, int at, int panelStride, double[] column, int padded, double[] lanes) {
        for (int c = 0; c < BLOCK; c += 2) {
            dots2x1(tile, at + c * ROWS, panelStride, column, padded, lanes, c * W);
        }
    }

    private static void dots2x1(
            float[] tile, int at, int panelStride, double[] column, int padded, double[] lanes, int to) {
        DoubleVector a0 = DoubleVector.zero(D);
        DoubleVector a1 = a0;
        DoubleVector b0 = a0;
        DoubleVector b1 = a0;
        for (int i = 0; i < padded; i += ROWS) {
            for (int r = 0; r < ROWS; r += 2 * W) {
                DoubleVector x = DoubleVector.fromArray(D, column, i + r);
                a0 = x.fma(widened(tile, at + r), a0);
                a1 = x.fma(widened(tile, at + r + ROWS), a1);
                x = DoubleVector.fromArray(D, column, i + r + W);
                b0 = x.fma(widened(tile, at + r + W), b0);
                b1 = x.fma(widened(tile, at + r + W + ROWS), b1);
            }
            at += panelStride;
        }
        a0.add(b0).intoArray(lanes, to);
        a1.add(b1).intoArray(lanes, to + W);
    }

    /** Leaves the lanes of the dot products of four tile columns with four vectors, side by side for each vector. */
    private static void dots4x4(float[] tile, int at, int panelStride, double[] columns, int padded, double[] lanes) {
        DoubleVector a0 = DoubleVector.zero(D);
        DoubleVector a1 = a0, a2 = a0, a3 = a0;
        DoubleVector b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        DoubleVector c0 = a0, c1 = a0, c2 = a0, c3 = a0;
        DoubleVector d0 = a0, d1 = a0, d2 = a0, d3 = a0;
        for (int i = 0; i < padded; i += ROWS) {
            for (int r = 0; r < ROWS; r += W) {
                DoubleVector t0 = widened(tile, at + r);
                DoubleVector t1 = widened(tile, at + r + ROWS);
                DoubleVector t2 = widened(tile, at + r + 2 * ROWS);
                DoubleVector t3 = widened(tile, at + r + 3 * ROWS);
                DoubleVector x = DoubleVector.fromArray(D, columns, i + r);
                a0 = x.fma(t0, a0);
                a1 = x.fma(t1, a1);
                a2 = x.fma(t2, a2);
                a3 = x.fma(t3, a3);
                x = DoubleVector.fromArray(D, columns, padded + i + r);
                b0 = x.fma(t0, b0);
                b1 = x.fma(t1, b1);
                b2 = x.fma(t2, b2);
                b3 = x.fma(t3, b3);
                x = DoubleVector.fromArray(D, columns, 2 * padded + i + r);
                c0 = x.fma(t0, c0);
                c1 = x.fma(t1, c1);
                c2 = x.fma(t2, c2);
                c3 = x.fma(t3, c3);
                x = DoubleVector.fromArray(D, columns, 3 * padded + i + r);
                d0 = x.fma(t0, d0);
                d1 = x.fma(t1, d1);
                d2 = x.fma(t2, d2);
                d3 = x.fma(t3, d3);
            }
            at += panelStride;
        }
        store(a0, a1, a2, a3, lanes, 0);
        store(b0, b1, b2, b3, lanes, 4 * W);
        store(c0, c1, c2, c3, lanes, 8 * W);
        store(d0, d1, d2, d3, lanes, 12 * W);
    }

    /** Leaves the lanes of the dot products of two tile columns with four vectors, side by side for each vector. */
    private static void dots2x4(float[] tile, int at, int panelStride, double[] columns, int padded, double[] lanes) {
        DoubleVector a0 = DoubleVector.zero(D);
        DoubleVector a1 = a0;
        DoubleVector b0 = a0;
        DoubleVector b1 = a0;
        DoubleVector c0 = a0;
        DoubleVector c1 = a0;
        DoubleVector d0 = a0;
        DoubleVector d1 = a0;
        for (int i = 0; i < padded; i += ROWS) {
            for (int r = 0; r < ROWS; r += W) {
                DoubleVector t0 = widened(tile, at + r);
                DoubleVector t1 = widened(tile, at + r + ROWS);
                DoubleVector x = DoubleVector.fromArray(D, columns, i + r);
                a0 = x.fma(t0, a0);
                a1 = x.fma(t1, a1);
                x = DoubleVector.fromArray(D, columns, padded + i + r);
                b0 = x.fma(t0, b0);
                b1 = x.fma(t1, b1);
                x = DoubleVector.fromArray(D, columns, 2 * padded + i + r);
                c0 = x.fma(t0, c0);
                c1 = x.fma(t1, c1);
                x = DoubleVector.fromArray(D, columns, 3 * padded + i + r);
                d0 = x.fma(t0, d0);
                d1 = x.fma(t1, d1);
            }
            at += panelStride;
        }
        a0.intoArray(lanes, 0);
        a1.intoArray(lanes, W);
        b0.intoArray(lanes, 2 * W);
        b1.intoArray(lanes, 3 * W);
        c0.intoArray(lanes, 4 * W);
        c1.intoArray(lanes, 5 * W);
        d0.intoArray(lanes, 6 * W);
        d1.intoArray(lanes, 7 * W);
    }

    void multiplyAddBoth(
            float[] tile,
            int rows,
            int cols,
            double[] x,
            int xFrom,
            int wFrom,
            double[] y,
            int yFrom,
            double[] z,
            int zFrom,
            int stride,
            int sides) {
        if (sides > 1) {
            multiplyAdd(tile, rows, cols, 1, x, xFrom, y, yFrom, stride, sides);
            transposeMultiplyAdd(tile, rows, cols, 1, x, wFrom, z, zFrom, stride, sides);
            return;
        }
        double[] w = padded(x, wFrom, rows);
        double[] lanes = lanes(cols * W);
        Arrays.fill(lanes, 0, cols * W, 0);
        for (int panel = 0; panel < rows; panel += ROWS) {
            for (int r = 0; r < ROWS; r += 4 * W) {
                both(tile, Panels.panelStart(panel, cols) + r, cols, x, xFrom, w, panel + r, sums, r, lanes);
            }
            add(sums, 0, 1, y, yFrom + panel, Math.min(ROWS, rows - panel));
        }
        for (int k = 0; k < cols; k++) {
            z[zFrom + k] += sum(lanes, k * W);
        }
    }

    /** Four vectors of rows: their products with x into sums, and what they add to the lanes of each column's product. */
    private static void both(
            float[] tile,
            int at,
            int cols,
            double[] x,
            int xFrom,
            double[] w,
            int wFrom,
            double[] sums,
            int r,
            double[] lanes) {
        DoubleVector w0 = DoubleVector.fromArray(D, w, wFrom);
        DoubleVector w1 = DoubleVector.fromArray(D, w, wFrom + W);
        DoubleVector w2 = DoubleVector.fromArray(D, w, wFrom + 2 * W);
        DoubleVector w3 = DoubleVector.fromArray(D, w, wFrom + 3 * W);
        DoubleVector y0 = DoubleVector.zero(D);
        DoubleVector y1 = y0;
        DoubleVector y2 = y0;
        DoubleVector y3 = y0;
        for (int k = 0; k < cols; k++) {
            DoubleVector t0 = widened(tile, at);
            DoubleVector t1 = widened(tile, at + W);
            DoubleVector t2 = widened(tile, at + 2 * W);
            DoubleVector t3 = widened(tile, at + 3 * W);
            DoubleVector xk = DoubleVector.broadcast(D, x[xFrom + k]);
            y0 = t0.fma(xk, y0);
            y1 = t1.fma(xk, y1);
            y2 = t2.fma(xk, y2);
            y3 = t3.fma(xk, y3);
            DoubleVector even = t0.fma(w0, t1.mul(w1));
            DoubleVector odd = t2.fma(w2, t3.mul(w3));
            DoubleVector.fromArray(D, lanes, k * W).add(even.add(odd)).intoArray(lanes, k * W);
            at += ROWS;
        }
        y0.intoArray(sums, r);
        y1.intoArray(sums, r + W);
        y2.intoArray(sums, r + 2 * W);
        y3.intoArray(sums, r + 3 * W);
    }
}

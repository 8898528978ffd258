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
    private static final VectorSpecies<Float> F = Lanes.HALF_FLOAT;
    private static final int W = D.length();
    /** Sides taken together. */
    private static final int SIDES = 4;

    private DoubleTiles() {}

    static void multiplyAdd(
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
        double[] packed = new double[cols * SIDES];
        double[] sums = new double[ROWS * SIDES];
        for (int l = 0; l < sides; l += SIDES) {
            int some = Math.min(SIDES, sides - l);
            interleave(x, xFrom + l * stride, stride, some, cols, packed);
            for (int panel = 0; panel < rows; panel += ROWS) {
                for (int r = 0; r < ROWS; r += 2 * W) {
                    multiply2x4(tile, Panels.panelStart(panel, cols) + r, cols, packed, sums, r);
                }
                int count = Math.min(ROWS, rows - panel);
                for (int s = 0; s < some; s++) {
                    add(sums, s * ROWS, scale, y, yFrom + (l + s) * stride + panel, count);
                }
            }
        }
    }

    private static void multiplyAddOne(
            float[] tile, int rows, int cols, double scale, double[] x, int xFrom, double[] y, int yFrom) {
        double[] sums = new double[ROWS];
        for (int panel = 0; panel < rows; panel += ROWS) {
            for (int r = 0; r < ROWS; r += 2 * W) {
                multiply2x1(tile, Panels.panelStart(panel, cols) + r, cols, x, xFrom, sums, r);
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
            DoubleVector t0 = (DoubleVector) FloatVector.fromArray(F, tile, at).convertShape(VectorOperators.F2D, D, 0);
            DoubleVector t1 =
                    (DoubleVector) FloatVector.fromArray(F, tile, at + W).convertShape(VectorOperators.F2D, D, 0);
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

    private static void multiply2x1(float[] tile, int at, int cols, double[] x, int xFrom, double[] sums, int r) {
        DoubleVector a0 = DoubleVector.zero(D);
        DoubleVector a1 = a0;
        for (int k = 0; k < cols; k++) {
            DoubleVector t0 = (DoubleVector) FloatVector.fromArray(F, tile, at).convertShape(VectorOperators.F2D, D, 0);
            DoubleVector t1 =
                    (DoubleVector) FloatVector.fromArray(F, tile, at + W).convertShape(VectorOperators.F2D, D, 0);
            DoubleVector xk = DoubleVector.broadcast(D, x[xFrom + k]);
            a0 = xk.fma(t0, a0);
            a1 = xk.fma(t1, a1);
            at += ROWS;
        }
        a0.intoArray(sums, r);
        a1.intoArray(sums, r + W);
    }

    private static void add(double[] sums, int from, double scale, double[] y, int yFrom, int count) {
        for (int r = 0; r < count; r++) {
            y[yFrom + r] = Math.fma(scale, sums[from + r], y[yFrom + r]);
        }
    }

    static void transposeMultiplyAdd(
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
        double[] columns = new double[padded * together]; // zero beyond the rows, where x may go on with other numbers
        double[] lanes = new double[2 * together * W];
        int panelStride = Panels.panelStart(ROWS, cols);
        for (int l = 0; l < sides; l += together) {
            int some = Math.min(together, sides - l);
            for (int s = 0; s < some; s++) {
                System.arraycopy(x, xFrom + (l + s) * stride, columns, s * padded, rows);
            }
            Arrays.fill(columns, some * padded, columns.length, 0);
            for (int k = 0; k < cols; k += 2) {
                if (together == 1) {
                    dots2x1(tile, k * ROWS, panelStride, columns, padded, lanes);
                } else {
                    dots2x4(tile, k * ROWS, panelStride, columns, padded, lanes);
                }
                for (int s = 0; s < some; s++) {
                    int target = yFrom + (l + s) * stride + k;
                    y[target] = Math.fma(scale, sum(lanes, 2 * s * W), y[target]);
                    if (k + 1 < cols) {
                        y[target + 1] = Math.fma(scale, sum(lanes, (2 * s + 1) * W), y[target + 1]);
                    }
                }
            }
        }
    }

    private static double sum(double[] lanes, int from) {
        double sum = 0;
        for (int i = from; i < from + W; i++) {
            sum += lanes[i];
        }
        return sum;
    }

    /** Leaves the lanes of the dot products of two tile columns with one vector. */
    private static void dots2x1(float[] tile, int at, int panelStride, double[] column, int padded, double[] lanes) {
        DoubleVector a0 = DoubleVector.zero(D);
        DoubleVector a1 = a0;
        for (int i = 0; i < padded; i += ROWS) {
            for (int r = 0; r < ROWS; r += W) {
                DoubleVector x = DoubleVector.fromArray(D, column, i + r);
                DoubleVector t0 =
                        (DoubleVector) FloatVector.fromArray(F, tile, at + r).convertShape(VectorOperators.F2D, D, 0);
                DoubleVector t1 = (DoubleVector)
                        FloatVector.fromArray(F, tile, at + r + ROWS).convertShape(VectorOperators.F2D, D, 0);
                a0 = x.fma(t0, a0);
                a1 = x.fma(t1, a1);
            }
            at += panelStride;
        }
        a0.intoArray(lanes, 0);
        a1.intoArray(lanes, W);
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
                DoubleVector t0 =
                        (DoubleVector) FloatVector.fromArray(F, tile, at + r).convertShape(VectorOperators.F2D, D, 0);
                DoubleVector t1 = (DoubleVector)
                        FloatVector.fromArray(F, tile, at + r + ROWS).convertShape(VectorOperators.F2D, D, 0);
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

    static void multiplyAddBoth(
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
        double[] w = new double[Panels.paddedRows(rows)];
        System.arraycopy(x, wFrom, w, 0, rows);
        double[] sums = new double[ROWS];
        double[] lanes = new double[cols * W];
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
            DoubleVector t0 = (DoubleVector) FloatVector.fromArray(F, tile, at).convertShape(VectorOperators.F2D, D, 0);
            DoubleVector t1 =
                    (DoubleVector) FloatVector.fromArray(F, tile, at + W).convertShape(VectorOperators.F2D, D, 0);
            DoubleVector t2 =
                    (DoubleVector) FloatVector.fromArray(F, tile, at + 2 * W).convertShape(VectorOperators.F2D, D, 0);
            DoubleVector t3 =
                    (DoubleVector) FloatVector.fromArray(F, tile, at + 3 * W).convertShape(VectorOperators.F2D, D, 0);
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

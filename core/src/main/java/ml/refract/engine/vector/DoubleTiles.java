package ml.refract.engine.vector;

import static ml.refract.linalg.Panels.ROWS;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import ml.refract.linalg.Panels;

/** Products of float tiles with double right-hand sides, accumulated in double. */
final class DoubleTiles {
    private static final VectorSpecies<Double> D = Lanes.DOUBLE;
    private static final VectorSpecies<Float> F = Lanes.HALF_FLOAT;
    private static final int W = D.length();

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
        double[] sums = new double[ROWS * 2];
        for (int panel = 0; panel < rows; panel += ROWS) {
            int at = Panels.panelStart(panel, cols);
            int count = Math.min(ROWS, rows - panel);
            int l = 0;
            for (; l + 1 < sides; l += 2) {
                for (int r = 0; r < ROWS; r += 2 * W) {
                    multiplyTwo(tile, at + r, cols, x, xFrom + l * stride, stride, sums, r);
                }
                add(sums, 0, scale, y, yFrom + l * stride + panel, count);
                add(sums, ROWS, scale, y, yFrom + (l + 1) * stride + panel, count);
            }
            if (l < sides) {
                for (int r = 0; r < ROWS; r += 2 * W) {
                    multiplyOne(tile, at + r, cols, x, xFrom + l * stride, sums, r);
                }
                add(sums, 0, scale, y, yFrom + l * stride + panel, count);
            }
        }
    }

    private static void multiplyTwo(
            float[] tile, int at, int cols, double[] x, int xFrom, int stride, double[] sums, int r) {
        DoubleVector a0 = DoubleVector.zero(D);
        DoubleVector a1 = a0;
        DoubleVector b0 = a0;
        DoubleVector b1 = a0;
        for (int k = 0; k < cols; k++) {
            DoubleVector t0 = widen(tile, at);
            DoubleVector t1 = widen(tile, at + W);
            DoubleVector xa = DoubleVector.broadcast(D, x[xFrom + k]);
            DoubleVector xb = DoubleVector.broadcast(D, x[xFrom + stride + k]);
            a0 = t0.fma(xa, a0);
            a1 = t1.fma(xa, a1);
            b0 = t0.fma(xb, b0);
            b1 = t1.fma(xb, b1);
            at += ROWS;
        }
        a0.intoArray(sums, r);
        a1.intoArray(sums, r + W);
        b0.intoArray(sums, ROWS + r);
        b1.intoArray(sums, ROWS + r + W);
    }

    private static void multiplyOne(float[] tile, int at, int cols, double[] x, int xFrom, double[] sums, int r) {
        DoubleVector a0 = DoubleVector.zero(D);
        DoubleVector a1 = a0;
        for (int k = 0; k < cols; k++) {
            DoubleVector xa = DoubleVector.broadcast(D, x[xFrom + k]);
            a0 = widen(tile, at).fma(xa, a0);
            a1 = widen(tile, at + W).fma(xa, a1);
            at += ROWS;
        }
        a0.intoArray(sums, r);
        a1.intoArray(sums, r + W);
    }

    private static DoubleVector widen(float[] tile, int at) {
        return (DoubleVector) FloatVector.fromArray(F, tile, at).convertShape(VectorOperators.F2D, D, 0);
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
        double[] column = new double[padded]; // zero beyond the rows, where x may go on with other numbers
        double[] lanes = new double[W];
        int panelStride = Panels.panelStart(ROWS, cols);
        for (int l = 0; l < sides; l++) {
            System.arraycopy(x, xFrom + l * stride, column, 0, rows);
            for (int k = 0; k < cols; k++) {
                dot(tile, k * ROWS, panelStride, column, padded, lanes);
                double sum = 0;
                for (double lane : lanes) {
                    sum += lane;
                }
                y[yFrom + l * stride + k] = Math.fma(scale, sum, y[yFrom + l * stride + k]);
            }
        }
    }

    /** Leaves the lanes of the dot product of one tile column with a vector. */
    private static void dot(float[] tile, int at, int panelStride, double[] column, int padded, double[] lanes) {
        DoubleVector s0 = DoubleVector.zero(D);
        DoubleVector s1 = s0;
        for (int i = 0; i < padded; i += ROWS) {
            for (int r = 0; r < ROWS; r += 2 * W) {
                s0 = widen(tile, at + r).fma(DoubleVector.fromArray(D, column, i + r), s0);
                s1 = widen(tile, at + r + W).fma(DoubleVector.fromArray(D, column, i + r + W), s1);
            }
            at += panelStride;
        }
        s0.add(s1).intoArray(lanes, 0);
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
        double[] w = new double[Panels.paddedRows(rows)];
        double[] sums = new double[ROWS];
        double[] lanes = new double[cols * W];
        for (int l = 0; l < sides; l++) {
            System.arraycopy(x, wFrom + l * stride, w, 0, rows);
            Arrays.fill(lanes, 0);
            for (int panel = 0; panel < rows; panel += ROWS) {
                for (int r = 0; r < ROWS; r += 4 * W) {
                    both(
                            tile,
                            Panels.panelStart(panel, cols) + r,
                            cols,
                            x,
                            xFrom + l * stride,
                            w,
                            panel + r,
                            sums,
                            r,
                            lanes);
                }
                add(sums, 0, 1, y, yFrom + l * stride + panel, Math.min(ROWS, rows - panel));
            }
            for (int k = 0; k < cols; k++) {
                double sum = 0;
                for (int i = k * W; i < (k + 1) * W; i++) {
                    sum += lanes[i];
                }
                z[zFrom + l * stride + k] += sum;
            }
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

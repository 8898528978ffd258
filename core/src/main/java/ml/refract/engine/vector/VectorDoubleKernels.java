package ml.refract.engine.vector;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;
import ml.refract.linalg.DoubleKernels;

/**
 * Double kernels with the Vector API; as in {@link Micro}, loops keep sums in local variables and end in plain stores.
 */
final class VectorDoubleKernels implements DoubleKernels {
    static final VectorDoubleKernels INSTANCE = new VectorDoubleKernels();

    private static final VectorSpecies<Double> S = Lanes.DOUBLE;
    private static final int W = S.length();

    private VectorDoubleKernels() {}

    @Override
    public void addProduct(
            double[] a, int aFrom, double[] b, int bFrom, int depth, double[] c, int cFrom, int cStride) {
        for (int j = 0; j < COLUMNS; j += 2 * W) {
            for (int i = 0; i < ROWS; i += 4) {
                addProduct4x2(a, aFrom + i, b, bFrom + j, depth, c, cFrom + i * cStride + j, cStride);
            }
        }
    }

    /** Four rows and two vectors of columns: eight sums, four broadcasts and two loads for eight multiplications. */
    private static void addProduct4x2(double[] a, int ao, double[] b, int bo, int depth, double[] c, int co, int cs) {
        DoubleVector z = DoubleVector.zero(S);
        DoubleVector c00 = z, c01 = z, c10 = z, c11 = z, c20 = z, c21 = z, c30 = z, c31 = z;
        for (int k = 0; k < depth; k++) {
            DoubleVector b0 = DoubleVector.fromArray(S, b, bo);
            DoubleVector b1 = DoubleVector.fromArray(S, b, bo + W);
            DoubleVector x = DoubleVector.broadcast(S, a[ao]);
            c00 = x.fma(b0, c00);
            c01 = x.fma(b1, c01);
            x = DoubleVector.broadcast(S, a[ao + 1]);
            c10 = x.fma(b0, c10);
            c11 = x.fma(b1, c11);
            x = DoubleVector.broadcast(S, a[ao + 2]);
            c20 = x.fma(b0, c20);
            c21 = x.fma(b1, c21);
            x = DoubleVector.broadcast(S, a[ao + 3]);
            c30 = x.fma(b0, c30);
            c31 = x.fma(b1, c31);
            ao += ROWS;
            bo += COLUMNS;
        }
        DoubleVector.fromArray(S, c, co).add(c00).intoArray(c, co);
        DoubleVector.fromArray(S, c, co + W).add(c01).intoArray(c, co + W);
        co += cs;
        DoubleVector.fromArray(S, c, co).add(c10).intoArray(c, co);
        DoubleVector.fromArray(S, c, co + W).add(c11).intoArray(c, co + W);
        co += cs;
        DoubleVector.fromArray(S, c, co).add(c20).intoArray(c, co);
        DoubleVector.fromArray(S, c, co + W).add(c21).intoArray(c, co + W);
        co += cs;
        DoubleVector.fromArray(S, c, co).add(c30).intoArray(c, co);
        DoubleVector.fromArray(S, c, co + W).add(c31).intoArray(c, co + W);
    }

    @Override
    public void multiplySymmetric(
            double[] rows,
            int from,
            int stride,
            int length,
            double[] x,
            int xFrom,
            double[] factors,
            int factorsFrom,
            double[] y,
            int yFrom,
            double[] products) {
        int whole = S.loopBound(length);
        multiplyRows(rows, from, stride, whole, x, xFrom, factors, factorsFrom, y, yFrom, products);
        for (int i = 0; i < STRIP; i++) {
            double sum = 0;
            for (int lane = i * W; lane < (i + 1) * W; lane++) {
                sum += products[lane];
            }
            double factor = factors[factorsFrom + i];
            for (int k = whole; k < length; k++) {
                double entry = rows[from + i * stride + k];
                sum += entry * x[xFrom + k];
                y[yFrom + k] += factor * entry;
            }
            products[i] = sum; // the sums that stood here have been read
        }
    }

    /** Leaves one partial sum of each inner product for each lane of a vector. */
    private static void multiplyRows(
            double[] rows,
            int r0,
            int stride,
            int length,
            double[] x,
            int xFrom,
            double[] factors,
            int f,
            double[] y,
            int yFrom,
            double[] sums) {
        DoubleVector f0 = DoubleVector.broadcast(S, factors[f]);
        DoubleVector f1 = DoubleVector.broadcast(S, factors[f + 1]);
        DoubleVector f2 = DoubleVector.broadcast(S, factors[f + 2]);
        DoubleVector f3 = DoubleVector.broadcast(S, factors[f + 3]);
        DoubleVector p0 = DoubleVector.zero(S);
        DoubleVector p1 = p0;
        DoubleVector p2 = p0;
        DoubleVector p3 = p0;
        int r1 = r0 + stride;
        int r2 = r1 + stride;
        int r3 = r2 + stride;
        for (int k = 0; k < length; k += W) {
            DoubleVector xk = DoubleVector.fromArray(S, x, xFrom + k);
            DoubleVector row = DoubleVector.fromArray(S, rows, r0 + k);
            DoubleVector yk = row.fma(f0, DoubleVector.fromArray(S, y, yFrom + k));
            p0 = row.fma(xk, p0);
            row = DoubleVector.fromArray(S, rows, r1 + k);
            yk = row.fma(f1, yk);
            p1 = row.fma(xk, p1);
            row = DoubleVector.fromArray(S, rows, r2 + k);
            yk = row.fma(f2, yk);
            p2 = row.fma(xk, p2);
            row = DoubleVector.fromArray(S, rows, r3 + k);
            yk = row.fma(f3, yk);
            p3 = row.fma(xk, p3);
            yk.intoArray(y, yFrom + k);
        }
        p0.intoArray(sums, 0);
        p1.intoArray(sums, W);
        p2.intoArray(sums, 2 * W);
        p3.intoArray(sums, 3 * W);
    }
}

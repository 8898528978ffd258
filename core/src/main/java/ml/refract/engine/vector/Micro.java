package ml.refract.engine.vector;

import static ml.refract.linalg.Panels.COLUMNS;
import static ml.refract.linalg.Panels.ROWS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Register-blocked inner loops. Each fills or updates one chunk: 32 rows by 8 columns, stored column by column. The left
 * operand supplies 32 consecutive floats per step of the inner dimension, the right one 8. Every entry is one chain of
 * fused multiply-adds in the order of the inner dimension, so its bits depend on its two operands alone.
 *
 * <p>The loops keep accumulators in local variables and end in plain stores: a helper call or a branch between loop and
 * store makes HotSpot box the vectors, at a fifth of the speed.
 */
final class Micro {
    /** Entries of a chunk. */
    static final int CHUNK = ROWS * COLUMNS;

    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int W = Lanes.WIDTH;
    /** Two vectors make 32 rows and there are registers for 16 accumulators. */
    private static final boolean WIDE = 2 * W == ROWS;

    /** Exponents below this would make the powers of the smallest floats too large to be taken for zero. */
    static final float LEAST_POWER = 0.5f;

    private Micro() {}

    /** C := A B' over {@code depth} steps. */
    static void product(
            float[] a, int aFrom, int aStride, float[] b, int bFrom, int bStride, int depth, float[] c, int cFrom) {
        if (WIDE) {
            product2x8(a, aFrom, aStride, b, bFrom, bStride, depth, c, cFrom);
        } else {
            for (int r = 0; r < ROWS; r += 2 * W) {
                product2x4(a, aFrom + r, aStride, b, bFrom, bStride, depth, c, cFrom + r);
                product2x4(a, aFrom + r, aStride, b, bFrom + 4, bStride, depth, c, cFrom + 4 * ROWS + r);
            }
        }
    }

    /** C := C - A B' over {@code depth} steps; {@code scratch} holds a chunk. */
    static void subtractProduct(
            float[] a,
            int aFrom,
            int aStride,
            float[] b,
            int bFrom,
            int bStride,
            int depth,
            float[] c,
            int cFrom,
            float[] scratch) {
        product(a, aFrom, aStride, b, bFrom, bStride, depth, scratch, 0);
        for (int k = 0; k < CHUNK; k += W) {
            FloatVector.fromArray(S, c, cFrom + k)
                    .sub(FloatVector.fromArray(S, scratch, k))
                    .intoArray(c, cFrom + k);
        }
    }

    private static void product2x8(float[] a, int ao, int as, float[] b, int bo, int bs, int depth, float[] c, int co) {
        FloatVector z = FloatVector.zero(S);
        FloatVector c00 = z, c01 = z, c10 = z, c11 = z, c20 = z, c21 = z, c30 = z, c31 = z;
        FloatVector c40 = z, c41 = z, c50 = z, c51 = z, c60 = z, c61 = z, c70 = z, c71 = z;
        for (int k = 0; k < depth; k++) {
            FloatVector a0 = FloatVector.fromArray(S, a, ao);
            FloatVector a1 = FloatVector.fromArray(S, a, ao + W);
            FloatVector x = FloatVector.broadcast(S, b[bo]);
            c00 = x.fma(a0, c00);
            c01 = x.fma(a1, c01);
            x = FloatVector.broadcast(S, b[bo + 1]);
            c10 = x.fma(a0, c10);
            c11 = x.fma(a1, c11);
            x = FloatVector.broadcast(S, b[bo + 2]);
            c20 = x.fma(a0, c20);
            c21 = x.fma(a1, c21);
            x = FloatVector.broadcast(S, b[bo + 3]);
            c30 = x.fma(a0, c30);
            c31 = x.fma(a1, c31);
            x = FloatVector.broadcast(S, b[bo + 4]);
            c40 = x.fma(a0, c40);
            c41 = x.fma(a1, c41);
            x = FloatVector.broadcast(S, b[bo + 5]);
            c50 = x.fma(a0, c50);
            c51 = x.fma(a1, c51);
            x = FloatVector.broadcast(S, b[bo + 6]);
            c60 = x.fma(a0, c60);
            c61 = x.fma(a1, c61);
            x = FloatVector.broadcast(S, b[bo + 7]);
            c70 = x.fma(a0, c70);
            c71 = x.fma(a1, c71);
            ao += as;
            bo += bs;
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + W);
        c10.intoArray(c, co + ROWS);
        c11.intoArray(c, co + ROWS + W);
        c20.intoArray(c, co + 2 * ROWS);
        c21.intoArray(c, co + 2 * ROWS + W);
        c30.intoArray(c, co + 3 * ROWS);
        c31.intoArray(c, co + 3 * ROWS + W);
        c40.intoArray(c, co + 4 * ROWS);
        c41.intoArray(c, co + 4 * ROWS + W);
        c50.intoArray(c, co + 5 * ROWS);
        c51.intoArray(c, co + 5 * ROWS + W);
        c60.intoArray(c, co + 6 * ROWS);
        c61.intoArray(c, co + 6 * ROWS + W);
        c70.intoArray(c, co + 7 * ROWS);
        c71.intoArray(c, co + 7 * ROWS + W);
    }

    private static void product2x4(float[] a, int ao, int as, float[] b, int bo, int bs, int depth, float[] c, int co) {
        FloatVector z = FloatVector.zero(S);
        FloatVector c00 = z, c01 = z, c10 = z, c11 = z, c20 = z, c21 = z, c30 = z, c31 = z;
        for (int k = 0; k < depth; k++) {
            FloatVector a0 = FloatVector.fromArray(S, a, ao);
            FloatVector a1 = FloatVector.fromArray(S, a, ao + W);
            FloatVector x = FloatVector.broadcast(S, b[bo]);
            c00 = x.fma(a0, c00);
            c01 = x.fma(a1, c01);
            x = FloatVector.broadcast(S, b[bo + 1]);
            c10 = x.fma(a0, c10);
            c11 = x.fma(a1, c11);
            x = FloatVector.broadcast(S, b[bo + 2]);
            c20 = x.fma(a0, c20);
            c21 = x.fma(a1, c21);
            x = FloatVector.broadcast(S, b[bo + 3]);
            c30 = x.fma(a0, c30);
            c31 = x.fma(a1, c31);
            ao += as;
            bo += bs;
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + W);
        c10.intoArray(c, co + ROWS);
        c11.intoArray(c, co + ROWS + W);
        c20.intoArray(c, co + 2 * ROWS);
        c21.intoArray(c, co + 2 * ROWS + W);
        c30.intoArray(c, co + 3 * ROWS);
        c31.intoArray(c, co + 3 * ROWS + W);
    }

    /** C := sum over coordinates of (a - b)^2. */
    static void squares(float[] a, int aFrom, float[] b, int bFrom, int depth, float[] c, int cFrom) {
        for (int q = 0; q < COLUMNS; q += 4) {
            for (int r = 0; r < ROWS; r += 2 * W) {
                squares2x4(a, aFrom + r, b, bFrom + q, depth, c, cFrom + q * ROWS + r);
            }
        }
    }

    private static void squares2x4(float[] a, int ao, float[] b, int bo, int depth, float[] c, int co) {
        FloatVector z = FloatVector.zero(S);
        FloatVector c00 = z, c01 = z, c10 = z, c11 = z, c20 = z, c21 = z, c30 = z, c31 = z;
        for (int k = 0; k < depth; k++) {
            FloatVector a0 = FloatVector.fromArray(S, a, ao);
            FloatVector a1 = FloatVector.fromArray(S, a, ao + W);
            FloatVector x = FloatVector.broadcast(S, b[bo]);
            FloatVector u = a0.sub(x);
            FloatVector v = a1.sub(x);
            c00 = u.fma(u, c00);
            c01 = v.fma(v, c01);
            x = FloatVector.broadcast(S, b[bo + 1]);
            u = a0.sub(x);
            v = a1.sub(x);
            c10 = u.fma(u, c10);
            c11 = v.fma(v, c11);
            x = FloatVector.broadcast(S, b[bo + 2]);
            u = a0.sub(x);
            v = a1.sub(x);
            c20 = u.fma(u, c20);
            c21 = v.fma(v, c21);
            x = FloatVector.broadcast(S, b[bo + 3]);
            u = a0.sub(x);
            v = a1.sub(x);
            c30 = u.fma(u, c30);
            c31 = v.fma(v, c31);
            ao += ROWS;
            bo += ROWS;
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + W);
        c10.intoArray(c, co + ROWS);
        c11.intoArray(c, co + ROWS + W);
        c20.intoArray(c, co + 2 * ROWS);
        c21.intoArray(c, co + 2 * ROWS + W);
        c30.intoArray(c, co + 3 * ROWS);
        c31.intoArray(c, co + 3 * ROWS + W);
    }

    /** C := sum over coordinates of |a - b|. */
    static void absolutes(float[] a, int aFrom, float[] b, int bFrom, int depth, float[] c, int cFrom) {
        for (int q = 0; q < COLUMNS; q += 4) {
            for (int r = 0; r < ROWS; r += 2 * W) {
                absolutes2x4(a, aFrom + r, b, bFrom + q, depth, c, cFrom + q * ROWS + r);
            }
        }
    }

    private static void absolutes2x4(float[] a, int ao, float[] b, int bo, int depth, float[] c, int co) {
        FloatVector z = FloatVector.zero(S);
        FloatVector c00 = z, c01 = z, c10 = z, c11 = z, c20 = z, c21 = z, c30 = z, c31 = z;
        for (int k = 0; k < depth; k++) {
            FloatVector a0 = FloatVector.fromArray(S, a, ao);
            FloatVector a1 = FloatVector.fromArray(S, a, ao + W);
            FloatVector x = FloatVector.broadcast(S, b[bo]);
            c00 = c00.add(a0.sub(x).abs());
            c01 = c01.add(a1.sub(x).abs());
            x = FloatVector.broadcast(S, b[bo + 1]);
            c10 = c10.add(a0.sub(x).abs());
            c11 = c11.add(a1.sub(x).abs());
            x = FloatVector.broadcast(S, b[bo + 2]);
            c20 = c20.add(a0.sub(x).abs());
            c21 = c21.add(a1.sub(x).abs());
            x = FloatVector.broadcast(S, b[bo + 3]);
            c30 = c30.add(a0.sub(x).abs());
            c31 = c31.add(a1.sub(x).abs());
            ao += ROWS;
            bo += ROWS;
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + W);
        c10.intoArray(c, co + ROWS);
        c11.intoArray(c, co + ROWS + W);
        c20.intoArray(c, co + 2 * ROWS);
        c21.intoArray(c, co + 2 * ROWS + W);
        c30.intoArray(c, co + 3 * ROWS);
        c31.intoArray(c, co + 3 * ROWS + W);
    }

    /**
     * C := sum over coordinates of |a - b|^p for p from {@link #LEAST_POWER} to 2, with the arithmetic of
     * {@link VectorMath#power} except at zero: where points do not differ, a coordinate adds less than 2^-61, and sums of no
     * more than that from all coordinates are zero. For the first columns only, because powers take long.
     */
    static void powers(
            float[] a,
            int aFrom,
            float[] b,
            int bFrom,
            int columns,
            int depth,
            VectorMath.Exponent p,
            float[] c,
            int cFrom) {
        int largestZero = Float.floatToRawIntBits(depth * p.largestZeroPower());
        for (int q = 0; q < columns; q++) {
            for (int r = 0; r < ROWS; r += 2 * W) {
                powers2x1(a, aFrom + r, b, bFrom + q, depth, p, largestZero, c, cFrom + q * ROWS + r);
            }
        }
    }

    private static void powers2x1(
            float[] a,
            int ao,
            float[] b,
            int bo,
            int depth,
            VectorMath.Exponent exponent,
            int largestZero,
            float[] c,
            int co) {
        FloatVector round = FloatVector.broadcast(S, VectorMath.ROUND);
        FloatVector pHigh = FloatVector.broadcast(S, exponent.high());
        FloatVector pLow = FloatVector.broadcast(S, exponent.low());
        FloatVector p = FloatVector.broadcast(S, exponent.p());
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector l6 = FloatVector.broadcast(S, VectorMath.L6);
        FloatVector l5 = FloatVector.broadcast(S, VectorMath.L5);
        FloatVector l4 = FloatVector.broadcast(S, VectorMath.L4);
        FloatVector l3 = FloatVector.broadcast(S, VectorMath.L3);
        FloatVector l2 = FloatVector.broadcast(S, VectorMath.L2);
        FloatVector l1 = FloatVector.broadcast(S, VectorMath.L1);
        FloatVector l0 = FloatVector.broadcast(S, VectorMath.L0);
        FloatVector x5 = FloatVector.broadcast(S, VectorMath.X5);
        FloatVector x4 = FloatVector.broadcast(S, VectorMath.X4);
        FloatVector x3 = FloatVector.broadcast(S, VectorMath.X3);
        FloatVector x2 = FloatVector.broadcast(S, VectorMath.X2);
        FloatVector x1 = FloatVector.broadcast(S, VectorMath.X1);
        IntVector least = IntVector.broadcast(Lanes.INT, exponent.leastBits());
        IntVector largest = IntVector.broadcast(Lanes.INT, exponent.largestBits());
        IntVector absolute = IntVector.broadcast(Lanes.INT, VectorMath.ABSOLUTE);
        IntVector start = IntVector.broadcast(Lanes.INT, VectorMath.MANTISSA_START);
        IntVector whole = IntVector.broadcast(Lanes.INT, VectorMath.EXPONENT_BITS);
        IntVector roundBits = IntVector.broadcast(Lanes.INT, VectorMath.ROUND_BITS);
        FloatVector c0 = FloatVector.zero(S);
        FloatVector c1 = c0;
        for (int k = 0; k < depth; k++) {
            FloatVector x = FloatVector.broadcast(S, b[bo]);
            IntVector u = FloatVector.fromArray(S, a, ao)
                    .sub(x)
                    .reinterpretAsInts()
                    .and(absolute)
                    .min(largest)
                    .max(least);
            IntVector v = FloatVector.fromArray(S, a, ao + W)
                    .sub(x)
                    .reinterpretAsInts()
                    .and(absolute)
                    .min(largest)
                    .max(least);
            IntVector s = u.sub(start);
            FloatVector d = s.lanewise(VectorOperators.ASHR, VectorMath.MANTISSA)
                    .add(roundBits)
                    .reinterpretAsFloats()
                    .sub(round);
            FloatVector f = u.sub(s.and(whole)).reinterpretAsFloats().sub(one);
            IntVector t = v.sub(start);
            FloatVector e = t.lanewise(VectorOperators.ASHR, VectorMath.MANTISSA)
                    .add(roundBits)
                    .reinterpretAsFloats()
                    .sub(round);
            FloatVector g = v.sub(t.and(whole)).reinterpretAsFloats().sub(one);
            f = f.fma(l6, l5)
                    .fma(f, l4)
                    .fma(f, l3)
                    .fma(f, l2)
                    .fma(f, l1)
                    .fma(f, l0)
                    .mul(f);
            g = g.fma(l6, l5)
                    .fma(g, l4)
                    .fma(g, l3)
                    .fma(g, l2)
                    .fma(g, l1)
                    .fma(g, l0)
                    .mul(g);
            FloatVector high = d.mul(pHigh);
            FloatVector higher = e.mul(pHigh);
            FloatVector uShifted = f.fma(p, high).add(round);
            FloatVector vShifted = g.fma(p, higher).add(round);
            f = d.fma(pLow, f.fma(p, high.sub(uShifted.sub(round))));
            g = e.fma(pLow, g.fma(p, higher.sub(vShifted.sub(round))));
            f = f.fma(x5, x4).fma(f, x3).fma(f, x2).fma(f, x1).fma(f, one);
            g = g.fma(x5, x4).fma(g, x3).fma(g, x2).fma(g, x1).fma(g, one);
            c0 = c0.add(f.reinterpretAsInts()
                    .add(uShifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, VectorMath.MANTISSA))
                    .reinterpretAsFloats());
            c1 = c1.add(g.reinterpretAsInts()
                    .add(vShifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, VectorMath.MANTISSA))
                    .reinterpretAsFloats());
            ao += ROWS;
            bo += ROWS;
        }
        IntVector zero = IntVector.broadcast(Lanes.INT, largestZero);
        IntVector u = c0.reinterpretAsInts();
        IntVector v = c1.reinterpretAsInts();
        u.and(zero.sub(u).lanewise(VectorOperators.ASHR, VectorMath.SIGN_SHIFT))
                .reinterpretAsFloats()
                .intoArray(c, co);
        v.and(zero.sub(v).lanewise(VectorOperators.ASHR, VectorMath.SIGN_SHIFT))
                .reinterpretAsFloats()
                .intoArray(c, co + W);
    }

    /**
     * One column of C := A B' for four panels at once: with a single column the 2 x 8 block would idle. Panel t starts
     * at {@code aFrom + t * panelStride} and writes {@code c[cFrom + 32 t ..]}.
     */
    static void column4(
            float[] a, int aFrom, int panelStride, float[] b, int bFrom, int bStride, int depth, float[] c, int cFrom) {
        for (int r = 0; r < ROWS; r += W) {
            FloatVector z = FloatVector.zero(S);
            FloatVector c0 = z, c1 = z, c2 = z, c3 = z;
            int ao = aFrom + r;
            int bo = bFrom;
            for (int k = 0; k < depth; k++) {
                FloatVector x = FloatVector.broadcast(S, b[bo]);
                c0 = x.fma(FloatVector.fromArray(S, a, ao), c0);
                c1 = x.fma(FloatVector.fromArray(S, a, ao + panelStride), c1);
                c2 = x.fma(FloatVector.fromArray(S, a, ao + 2 * panelStride), c2);
                c3 = x.fma(FloatVector.fromArray(S, a, ao + 3 * panelStride), c3);
                ao += ROWS;
                bo += bStride;
            }
            c0.intoArray(c, cFrom + r);
            c1.intoArray(c, cFrom + ROWS + r);
            c2.intoArray(c, cFrom + 2 * ROWS + r);
            c3.intoArray(c, cFrom + 3 * ROWS + r);
        }
    }
}

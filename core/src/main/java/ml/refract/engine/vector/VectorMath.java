package ml.refract.engine.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Elementary functions on runs of floats, built from fused multiply-adds and integer shifts only, so that interpreted and
 * compiled code, any JDK and any vector width give the same bits. (The Vector API's own EXP and POW do not: they change
 * with the compiler.)
 *
 * <p>Every loop spells its arithmetic out, without branches and masks, in a method too long (more than 325 bytecodes) for
 * HotSpot to inline. A helper that takes and returns vectors is boxed whenever HotSpot has compiled it before its caller,
 * and a long vector loop inlined into a caller with more of them loses its unboxing too: both cost a factor of ten, and
 * only in some runs.
 */
final class VectorMath {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int W = Lanes.WIDTH;

    /** Adding this to a small float leaves the nearest integer in the low bits of the sum. */
    static final float ROUND = 0x1.8p23f;

    static final int ROUND_BITS = Float.floatToRawIntBits(ROUND);
    static final int MANTISSA = 23;
    /** Results below 2 to this are taken as zero, so that adding to the exponent never leaves the normal floats. */
    static final int LEAST_EXPONENT = -125;

    static final int LEAST_SHIFTED = ROUND_BITS + LEAST_EXPONENT - 1;
    /** Bits of the largest float that counts as zero under a power. */
    static final int LARGEST_ZERO = Float.floatToRawIntBits(Float.MIN_NORMAL) - 1;

    static final int SIGN_SHIFT = 31;
    /** Bits of about 2/3: mantissas are taken from [2/3, 4/3) so that their logarithm is small. */
    static final int MANTISSA_START = 0x3f2aaaab;

    private static final double LOG2_E = 1.4426950408889634;
    /** Beyond this many binary digits there is nothing left; keeps integers in range. */
    private static final double MOST_DIGITS = 300;

    static final int ABSOLUTE = Integer.MAX_VALUE;
    /** Sign and exponent of a float. */
    static final int EXPONENT_BITS = 0xff800000;

    // 2^g, |g| <= 1/2: minimax of degree 6 with value 1 at 0, relative error 1.6e-8 with these coefficients.
    static final float E6 = 0.00015353361959569156f;
    static final float E5 = 0.0013398873852565885f;
    static final float E4 = 0.00961843691766262f;
    static final float E3 = 0.055503323674201965f;
    static final float E2 = 0.24022647738456726f;
    static final float E1 = 0.6931471824645996f;

    // log2(1 + f) / f, |f| <= 1/3: minimax of degree 6, absolute error of the logarithm 3.3e-7.
    static final float L6 = 0.25706666707992554f;
    static final float L5 = -0.2842305898666382f;
    static final float L4 = 0.28365853428840637f;
    static final float L3 = -0.35773220658302307f;
    static final float L2 = 0.48106637597084045f;
    static final float L1 = -0.7214025855064392f;
    static final float L0 = 1.4426935911178589f;

    // 2^g, |g| <= 1/2: minimax of degree 5 with value 1 at 0, relative error 1e-7.
    static final float X5 = 0.001326472731307149f;
    static final float X4 = 0.009671512991189957f;
    static final float X3 = 0.05550733581185341f;
    static final float X2 = 0.24022242426872253f;
    static final float X1 = 0.6931470036506653f;

    private VectorMath() {}

    /** scale log2(e) as a sum of two floats: binary digits that exp(-scale x) loses per unit of x. */
    record Digits(float high, float low) {
        static Digits of(double scale) {
            double digits = scale * LOG2_E;
            float high = (float) digits;
            return new Digits(high, Float.isFinite(high) ? (float) (digits - high) : 0);
        }

        /** Bits of the float beyond which the exponential is zero anyway. */
        int largestBits() {
            return Float.floatToRawIntBits((float) (MOST_DIGITS / high));
        }
    }

    /** What {@link #power} needs to know of an exponent p. */
    record Exponent(float p, float high, float low, int leastBits, int largestBits) {
        private static final int HIGH_BITS = 0xfffff000;
        private static final int LARGEST_EXPONENT = 127;

        /** Twice the power of the largest number that counts as zero. */
        float largestZeroPower() {
            return (float) (2 * Math.pow(Float.intBitsToFloat(leastBits), p));
        }

        static Exponent of(double p) {
            float high = Float.intBitsToFloat(Float.floatToRawIntBits((float) p) & HIGH_BITS);
            double least = p > 0 ? Math.pow(2, LEAST_EXPONENT / p) : 0;
            double largest = Math.pow(2, (p > 0 ? LARGEST_EXPONENT : -LEAST_EXPONENT) / Math.abs(p));
            return new Exponent(
                    (float) p,
                    high,
                    (float) (p - high),
                    Math.max(LARGEST_ZERO, Float.floatToRawIntBits((float) least)),
                    Float.floatToRawIntBits((float) Math.min(Float.MAX_VALUE, largest)));
        }
    }

    /**
     * target[i] := exp(-y) with y = scale source[i] and source[i] >= 0, infinite included; {@code length} is a multiple of
     * twice the vector width here and below. Relative error at most 1.5 ulp for y <= 86.6; beyond 87, where results leave
     * the normal floats, 0. exp(-0) is exactly 1. The digits before and after the binary point are separated by rounding
     * to an integer, 2^-t = 2^-n 2^g with |g| <= 1/2.
     */
    static void expOfNegative(double scale, float[] source, int from, float[] target, int targetFrom, int length) {
        Digits digits = Digits.of(scale);
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector high = FloatVector.broadcast(S, -digits.high());
        FloatVector low = FloatVector.broadcast(S, -digits.low());
        FloatVector e6 = FloatVector.broadcast(S, E6);
        FloatVector e5 = FloatVector.broadcast(S, E5);
        FloatVector e4 = FloatVector.broadcast(S, E4);
        FloatVector e3 = FloatVector.broadcast(S, E3);
        FloatVector e2 = FloatVector.broadcast(S, E2);
        FloatVector e1 = FloatVector.broadcast(S, E1);
        FloatVector one = FloatVector.broadcast(S, 1f);
        IntVector largest = IntVector.broadcast(Lanes.INT, digits.largestBits());
        IntVector least = IntVector.broadcast(Lanes.INT, LEAST_SHIFTED);
        for (int i = 0; i < length; i += 2 * W) {
            FloatVector y = FloatVector.fromArray(S, source, from + i);
            FloatVector z = FloatVector.fromArray(S, source, from + i + W);
            y = y.reinterpretAsInts().min(largest).reinterpretAsFloats();
            z = z.reinterpretAsInts().min(largest).reinterpretAsFloats();
            FloatVector yShifted = y.fma(high, round);
            FloatVector zShifted = z.fma(high, round);
            FloatVector g = y.fma(low, y.fma(high, round.sub(yShifted)));
            FloatVector h = z.fma(low, z.fma(high, round.sub(zShifted)));
            FloatVector p =
                    g.fma(e6, e5).fma(g, e4).fma(g, e3).fma(g, e2).fma(g, e1).fma(g, one);
            FloatVector q =
                    h.fma(e6, e5).fma(h, e4).fma(h, e3).fma(h, e2).fma(h, e1).fma(h, one);
            IntVector yBits = yShifted.reinterpretAsInts();
            IntVector zBits = zShifted.reinterpretAsInts();
            p.reinterpretAsInts()
                    .add(yBits.lanewise(VectorOperators.LSHL, MANTISSA))
                    .and(least.sub(yBits).lanewise(VectorOperators.ASHR, SIGN_SHIFT))
                    .reinterpretAsFloats()
                    .intoArray(target, targetFrom + i);
            q.reinterpretAsInts()
                    .add(zBits.lanewise(VectorOperators.LSHL, MANTISSA))
                    .and(least.sub(zBits).lanewise(VectorOperators.ASHR, SIGN_SHIFT))
                    .reinterpretAsFloats()
                    .intoArray(target, targetFrom + i + W);
        }
    }

    /**
     * target[i] := exp(-scale sqrt(source[i])), the Laplace kernel of squared distances: as {@link #expOfNegative} of the
     * correctly rounded root, in one pass, so that roots and exponentials share the time.
     */
    static void expOfNegativeRoot(double scale, float[] source, int from, float[] target, int targetFrom, int length) {
        Digits digits = Digits.of(scale);
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector high = FloatVector.broadcast(S, -digits.high());
        FloatVector low = FloatVector.broadcast(S, -digits.low());
        FloatVector e6 = FloatVector.broadcast(S, E6);
        FloatVector e5 = FloatVector.broadcast(S, E5);
        FloatVector e4 = FloatVector.broadcast(S, E4);
        FloatVector e3 = FloatVector.broadcast(S, E3);
        FloatVector e2 = FloatVector.broadcast(S, E2);
        FloatVector e1 = FloatVector.broadcast(S, E1);
        FloatVector one = FloatVector.broadcast(S, 1f);
        IntVector largest = IntVector.broadcast(Lanes.INT, digits.largestBits());
        IntVector least = IntVector.broadcast(Lanes.INT, LEAST_SHIFTED);
        for (int i = 0; i < length; i += 2 * W) {
            FloatVector y = FloatVector.fromArray(S, source, from + i).lanewise(VectorOperators.SQRT);
            FloatVector z = FloatVector.fromArray(S, source, from + i + W).lanewise(VectorOperators.SQRT);
            y = y.reinterpretAsInts().min(largest).reinterpretAsFloats();
            z = z.reinterpretAsInts().min(largest).reinterpretAsFloats();
            FloatVector yShifted = y.fma(high, round);
            FloatVector zShifted = z.fma(high, round);
            FloatVector g = y.fma(low, y.fma(high, round.sub(yShifted)));
            FloatVector h = z.fma(low, z.fma(high, round.sub(zShifted)));
            FloatVector p =
                    g.fma(e6, e5).fma(g, e4).fma(g, e3).fma(g, e2).fma(g, e1).fma(g, one);
            FloatVector q =
                    h.fma(e6, e5).fma(h, e4).fma(h, e3).fma(h, e2).fma(h, e1).fma(h, one);
            IntVector yBits = yShifted.reinterpretAsInts();
            IntVector zBits = zShifted.reinterpretAsInts();
            p.reinterpretAsInts()
                    .add(yBits.lanewise(VectorOperators.LSHL, MANTISSA))
                    .and(least.sub(yBits).lanewise(VectorOperators.ASHR, SIGN_SHIFT))
                    .reinterpretAsFloats()
                    .intoArray(target, targetFrom + i);
            q.reinterpretAsInts()
                    .add(zBits.lanewise(VectorOperators.LSHL, MANTISSA))
                    .and(least.sub(zBits).lanewise(VectorOperators.ASHR, SIGN_SHIFT))
                    .reinterpretAsFloats()
                    .intoArray(target, targetFrom + i + W);
        }
    }

    /** values[i] := sqrt(values[i]), correctly rounded. */
    static void roots(float[] values, int length) {
        for (int i = 0; i < length; i += 2 * W) {
            FloatVector y = FloatVector.fromArray(S, values, i);
            FloatVector z = FloatVector.fromArray(S, values, i + W);
            y.lanewise(VectorOperators.SQRT).intoArray(values, i);
            z.lanewise(VectorOperators.SQRT).intoArray(values, i + W);
        }
    }

    /**
     * target[i] := |source[i]|^p for finite source[i] and 0 < |p| <= 2, by 2^(p log2). Relative error at most 1e-6; 1^p is
     * exactly 1. Numbers below the smallest normal float count as 0, and 0^p is 0 for every p; for p > 0 a result below
     * 2^-125 is 0, and one from 2^127 up is about 2^127.
     */
    static void power(Exponent exponent, float[] source, int from, float[] target, int targetFrom, int length) {
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector p = FloatVector.broadcast(S, exponent.p());
        FloatVector pHigh = FloatVector.broadcast(S, exponent.high());
        FloatVector pLow = FloatVector.broadcast(S, exponent.low());
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector l6 = FloatVector.broadcast(S, L6);
        FloatVector l5 = FloatVector.broadcast(S, L5);
        FloatVector l4 = FloatVector.broadcast(S, L4);
        FloatVector l3 = FloatVector.broadcast(S, L3);
        FloatVector l2 = FloatVector.broadcast(S, L2);
        FloatVector l1 = FloatVector.broadcast(S, L1);
        FloatVector l0 = FloatVector.broadcast(S, L0);
        FloatVector x5 = FloatVector.broadcast(S, X5);
        FloatVector x4 = FloatVector.broadcast(S, X4);
        FloatVector x3 = FloatVector.broadcast(S, X3);
        FloatVector x2 = FloatVector.broadcast(S, X2);
        FloatVector x1 = FloatVector.broadcast(S, X1);
        IntVector least = IntVector.broadcast(Lanes.INT, exponent.leastBits());
        IntVector largest = IntVector.broadcast(Lanes.INT, exponent.largestBits());
        IntVector absolute = IntVector.broadcast(Lanes.INT, ABSOLUTE);
        IntVector start = IntVector.broadcast(Lanes.INT, MANTISSA_START);
        IntVector exponentBits = IntVector.broadcast(Lanes.INT, EXPONENT_BITS);
        IntVector roundBits = IntVector.broadcast(Lanes.INT, ROUND_BITS);
        for (int i = 0; i < length; i += W) {
            IntVector bits = FloatVector.fromArray(S, source, from + i)
                    .reinterpretAsInts()
                    .and(absolute)
                    .min(largest);
            IntVector keep = least.sub(bits).lanewise(VectorOperators.ASHR, SIGN_SHIFT);
            bits = bits.max(least);
            IntVector whole = bits.sub(start);
            FloatVector e = whole.lanewise(VectorOperators.ASHR, MANTISSA)
                    .add(roundBits)
                    .reinterpretAsFloats()
                    .sub(round);
            FloatVector f =
                    bits.sub(whole.and(exponentBits)).reinterpretAsFloats().sub(one);
            FloatVector log = f.fma(l6, l5)
                    .fma(f, l4)
                    .fma(f, l3)
                    .fma(f, l2)
                    .fma(f, l1)
                    .fma(f, l0)
                    .mul(f);
            // p (e + log) with the part of p that e can be multiplied by exactly apart: its rounding would cost 1e-5.
            FloatVector high = e.mul(pHigh);
            FloatVector shifted = log.fma(p, high).add(round);
            FloatVector g = e.fma(pLow, log.fma(p, high.sub(shifted.sub(round))));
            g.fma(x5, x4)
                    .fma(g, x3)
                    .fma(g, x2)
                    .fma(g, x1)
                    .fma(g, one)
                    .reinterpretAsInts()
                    .add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA))
                    .and(keep)
                    .reinterpretAsFloats()
                    .intoArray(target, targetFrom + i);
        }
    }
}

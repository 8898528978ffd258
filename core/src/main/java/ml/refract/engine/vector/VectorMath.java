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
    static final int BIAS = 127;
    static final int MANTISSA = 23;
    /** Biased exponent of infinity. */
    static final int INFINITE = 255;
    /** Bits of the largest float that counts as zero under a power. */
    static final int LARGEST_ZERO = Float.floatToRawIntBits(Float.MIN_NORMAL) - 1;

    static final int SIGN_SHIFT = 31;
    /** Bits of about 2/3: mantissas are taken from [2/3, 4/3) so that their logarithm is small. */
    static final int MANTISSA_START = 0x3f2aaaab;

    private static final float LOG2_E = 1.44269504f;
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;
    private static final int LARGEST_EXPONENT = Float.floatToRawIntBits(200f);

    // exp(-f), |f| <= ln(2)/2: minimax of degree 6 with value and slope 1 and -1 at 0, relative error 3e-9.
    private static final float E6 = 0.001381461275741458f;
    private static final float E5 = -0.008368710055947304f;
    private static final float E4 = 0.04166838899254799f;
    private static final float E3 = -0.1666652113199234f;
    private static final float E2 = 0.4999999403953552f;

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

    /** target[i] := sqrt(source[i]); {@code length} is a multiple of twice the vector width here and below. */
    static void sqrt(float[] source, int from, float[] target, int targetFrom, int length) {
        for (int i = 0; i < length; i += W) {
            FloatVector.fromArray(S, source, from + i)
                    .lanewise(VectorOperators.SQRT)
                    .intoArray(target, targetFrom + i);
        }
    }

    /**
     * target[i] := exp(-y) with y = scale source[i] >= 0, infinite included. Relative error at most 1.5 ulp for y <= 87.33,
     * where results are normal floats; beyond, up to 87.69, a denormal float, then 0. exp(-0) is exactly 1. Reduction by
     * ln 2 in two parts (Cody and Waite).
     */
    static void expOfNegative(float scale, float[] source, int from, float[] target, int targetFrom, int length) {
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector log2e = FloatVector.broadcast(S, -LOG2_E);
        FloatVector high = FloatVector.broadcast(S, LN2_HIGH);
        FloatVector low = FloatVector.broadcast(S, LN2_LOW);
        FloatVector e6 = FloatVector.broadcast(S, E6);
        FloatVector e5 = FloatVector.broadcast(S, E5);
        FloatVector e4 = FloatVector.broadcast(S, E4);
        FloatVector e3 = FloatVector.broadcast(S, E3);
        FloatVector e2 = FloatVector.broadcast(S, E2);
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector minusOne = FloatVector.broadcast(S, -1f);
        FloatVector factor = FloatVector.broadcast(S, scale);
        IntVector largest = IntVector.broadcast(Lanes.INT, LARGEST_EXPONENT);
        IntVector rebias = IntVector.broadcast(Lanes.INT, ROUND_BITS - BIAS);
        IntVector zero = IntVector.zero(Lanes.INT);
        for (int i = 0; i < length; i += 2 * W) {
            FloatVector y = FloatVector.fromArray(S, source, from + i).mul(factor);
            FloatVector z = FloatVector.fromArray(S, source, from + i + W).mul(factor);
            y = y.reinterpretAsInts().min(largest).reinterpretAsFloats();
            z = z.reinterpretAsInts().min(largest).reinterpretAsFloats();
            FloatVector yShifted = y.fma(log2e, round);
            FloatVector zShifted = z.fma(log2e, round);
            FloatVector n = yShifted.sub(round);
            FloatVector m = zShifted.sub(round);
            FloatVector f = n.fma(low, n.fma(high, y));
            FloatVector g = m.fma(low, m.fma(high, z));
            FloatVector p = f.fma(e6, e5)
                    .fma(f, e4)
                    .fma(f, e3)
                    .fma(f, e2)
                    .fma(f, minusOne)
                    .fma(f, one);
            FloatVector q = g.fma(e6, e5)
                    .fma(g, e4)
                    .fma(g, e3)
                    .fma(g, e2)
                    .fma(g, minusOne)
                    .fma(g, one);
            IntVector yPower = yShifted.reinterpretAsInts().sub(rebias).max(zero);
            IntVector zPower = zShifted.reinterpretAsInts().sub(rebias).max(zero);
            p.mul(yPower.lanewise(VectorOperators.LSHL, MANTISSA).reinterpretAsFloats())
                    .intoArray(target, targetFrom + i);
            q.mul(zPower.lanewise(VectorOperators.LSHL, MANTISSA).reinterpretAsFloats())
                    .intoArray(target, targetFrom + i + W);
        }
    }

    /**
     * target[i] := source[i]^p for finite source[i] >= 0 and 0 < p <= 2. Relative error at most 1e-6; 1^p is exactly 1.
     * Numbers below the smallest normal float count as 0, and 0^p is 0; a result below that float is 0, one from 2^127 up
     * may be infinite.
     */
    static void power(float p, float[] source, int from, float[] target, int targetFrom, int length) {
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector exponent = FloatVector.broadcast(S, p);
        FloatVector one = FloatVector.broadcast(S, 1f);
        for (int i = 0; i < length; i += W) {
            IntVector bits = FloatVector.fromArray(S, source, from + i).reinterpretAsInts();
            IntVector whole = bits.sub(MANTISSA_START).lanewise(VectorOperators.ASHR, MANTISSA);
            FloatVector f = bits.sub(whole.lanewise(VectorOperators.LSHL, MANTISSA))
                    .reinterpretAsFloats()
                    .sub(one);
            FloatVector e = whole.add(ROUND_BITS).reinterpretAsFloats().sub(round);
            FloatVector log = f.fma(FloatVector.broadcast(S, L6), FloatVector.broadcast(S, L5))
                    .fma(f, FloatVector.broadcast(S, L4))
                    .fma(f, FloatVector.broadcast(S, L3))
                    .fma(f, FloatVector.broadcast(S, L2))
                    .fma(f, FloatVector.broadcast(S, L1))
                    .fma(f, FloatVector.broadcast(S, L0))
                    .mul(f);
            // p (e + log) in two parts: the rounding error of p e alone would cost 1e-5.
            FloatVector high = e.mul(exponent);
            FloatVector low = e.fma(exponent, high.neg());
            FloatVector shifted = log.fma(exponent, high).add(round);
            FloatVector g = log.fma(exponent, high.sub(shifted.sub(round))).add(low);
            FloatVector x = g.fma(FloatVector.broadcast(S, X5), FloatVector.broadcast(S, X4))
                    .fma(g, FloatVector.broadcast(S, X3))
                    .fma(g, FloatVector.broadcast(S, X2))
                    .fma(g, FloatVector.broadcast(S, X1))
                    .fma(g, one);
            IntVector power = shifted.reinterpretAsInts()
                    .sub(ROUND_BITS - BIAS)
                    .max(0)
                    .min(INFINITE)
                    .lanewise(VectorOperators.LSHL, MANTISSA);
            IntVector keep =
                    IntVector.broadcast(Lanes.INT, LARGEST_ZERO).sub(bits).lanewise(VectorOperators.ASHR, SIGN_SHIFT);
            x.mul(power.reinterpretAsFloats())
                    .reinterpretAsInts()
                    .and(keep)
                    .reinterpretAsFloats()
                    .intoArray(target, targetFrom + i);
        }
    }
}

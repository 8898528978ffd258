package ml.refract.engine.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Elementary functions on float vectors, built from fused multiply-adds and integer shifts only, so that interpreted and
 * compiled code, any JDK and any vector width give the same bits. (The Vector API's own EXP and POW do not: they change
 * with the compiler.)
 */
final class VectorMath {
    /** Adding this to a small float leaves the nearest integer in the low bits of the sum. */
    private static final float ROUND = 0x1.8p23f;

    private static final int ROUND_BITS = Float.floatToRawIntBits(ROUND);
    private static final int BIAS = 127;
    private static final int MANTISSA = 23;
    /** Biased exponent of infinity. */
    private static final int INFINITE = 255;

    private static final float LOG2_E = 1.44269504f;
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;
    private static final int LARGEST_EXPONENT = Float.floatToRawIntBits(200f);
    /** Bits of about 2/3: mantissas are taken from [2/3, 4/3) so that their logarithm is small. */
    private static final int MANTISSA_START = 0x3f2aaaab;

    private VectorMath() {}

    /**
     * exp(-y) for y >= 0, infinite included. Relative error at most 1.5 ulp for y <= 87.33, where results are normal
     * floats; beyond, up to 87.69, a denormal float, then 0. exp(-0) is exactly 1. Minimax polynomial of degree 6 after reduction by ln 2 in two parts (Cody and
     * Waite).
     */
    static FloatVector expOfNegative(FloatVector y) {
        FloatVector bounded = y.reinterpretAsInts().min(LARGEST_EXPONENT).reinterpretAsFloats();
        FloatVector shifted = bounded.lanewise(VectorOperators.FMA, -LOG2_E, ROUND);
        FloatVector n = shifted.sub(ROUND);
        FloatVector f = n.lanewise(VectorOperators.FMA, FloatVector.broadcast(Lanes.FLOAT, LN2_HIGH), bounded);
        f = n.lanewise(VectorOperators.FMA, FloatVector.broadcast(Lanes.FLOAT, LN2_LOW), f);
        FloatVector p = f.lanewise(VectorOperators.FMA, 0.001381461275741458f, -0.008368710055947304f);
        p = p.fma(f, constant(0.04166838899254799f));
        p = p.fma(f, constant(-0.1666652113199234f));
        p = p.fma(f, constant(0.4999999403953552f));
        p = p.fma(f, constant(-1f));
        p = p.fma(f, constant(1f));
        return p.mul(powerOfTwo(shifted));
    }

    /**
     * u^p for finite u >= 0 and 0 < p <= 2. Relative error at most 1e-6; 1^p is exactly 1. Numbers below the smallest
     * normal float count as 0, and 0^p is 0; a result below that float is 0, one from 2^127 up may be infinite.
     */
    static FloatVector power(FloatVector u, float p) {
        IntVector bits = u.reinterpretAsInts();
        IntVector exponent = bits.sub(MANTISSA_START).lanewise(VectorOperators.ASHR, MANTISSA);
        FloatVector f = bits.sub(exponent.lanewise(VectorOperators.LSHL, MANTISSA))
                .reinterpretAsFloats()
                .sub(1f);
        FloatVector e = exponent.add(ROUND_BITS).reinterpretAsFloats().sub(ROUND);
        FloatVector log = log2(f);
        // p * (e + log) in two parts: the rounding error of p * e alone would cost 1e-5.
        FloatVector high = e.mul(p);
        FloatVector low = e.lanewise(VectorOperators.FMA, constant(p), high.neg());
        FloatVector shifted = log.lanewise(VectorOperators.FMA, constant(p), high).add(ROUND);
        FloatVector n = shifted.sub(ROUND);
        FloatVector g = log.lanewise(VectorOperators.FMA, constant(p), high.sub(n)).add(low);
        return exp2(g).mul(powerOfTwo(shifted)).blend(0f, u.lt(Float.MIN_NORMAL));
    }

    /** log2(1 + f) for f in [-1/3, 1/3], absolute error 3.3e-7. */
    private static FloatVector log2(FloatVector f) {
        FloatVector p = f.lanewise(VectorOperators.FMA, 0.25706666707992554f, -0.2842305898666382f);
        p = p.fma(f, constant(0.28365853428840637f));
        p = p.fma(f, constant(-0.35773220658302307f));
        p = p.fma(f, constant(0.48106637597084045f));
        p = p.fma(f, constant(-0.7214025855064392f));
        p = p.fma(f, constant(1.4426935911178589f));
        return p.mul(f);
    }

    /** 2^g for g in [-1/2, 1/2], relative error 1e-7. */
    private static FloatVector exp2(FloatVector g) {
        FloatVector p = g.lanewise(VectorOperators.FMA, 0.001326472731307149f, 0.009671512991189957f);
        p = p.fma(g, constant(0.05550733581185341f));
        p = p.fma(g, constant(0.24022242426872253f));
        p = p.fma(g, constant(0.6931470036506653f));
        return p.fma(g, constant(1f));
    }

    /** 2^n from the sum n + {@link #ROUND}; zero below the smallest normal float, infinite beyond the largest. */
    private static FloatVector powerOfTwo(FloatVector shifted) {
        return shifted.reinterpretAsInts()
                .sub(ROUND_BITS - BIAS)
                .max(0)
                .min(INFINITE)
                .lanewise(VectorOperators.LSHL, MANTISSA)
                .reinterpretAsFloats();
    }

    private static FloatVector constant(float value) {
        return FloatVector.broadcast(Lanes.FLOAT, value);
    }
}

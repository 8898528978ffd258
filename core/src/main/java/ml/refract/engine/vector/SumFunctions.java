package ml.refract.engine.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import ml.refract.engine.PairFunction;

/**
 * Turns the sums of a strip of pairs into values or weights. The last step writes to the tile, so that a tile in main
 * memory is written once. Sums are never negative, so they are compared by their bits as integers. One instance serves one
 * call on one thread.
 */
final class SumFunctions {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int W = Lanes.WIDTH;

    private final PairFunction f;
    private final boolean value;
    private final double ratio;
    private final VectorMath.Exponent exponent;
    private final float factor;
    private final float largestSlope;
    private final float[] exponentials;

    /**
     * @param length longest strip
     */
    SumFunctions(PairFunction f, PairFunction.Output output, int length) {
        this.f = f;
        this.value = output == PairFunction.Output.VALUE;
        this.ratio = f.exponent() / f.norm();
        this.exponent = VectorMath.Exponent.of(ratio);
        this.factor = (float) (-f.exponent() * f.scale());
        // S^(ratio - 1) falls with S: a floor under the distance is a ceiling on it.
        double slope = f.weightFloor() > 0 ? Math.pow(f.weightFloor(), f.exponent() - f.norm()) : Double.MAX_VALUE;
        this.largestSlope = (float) Math.min(slope, Float.MAX_VALUE);
        this.exponentials = new float[value ? 0 : length];
    }

    /**
     * Writes the functions of {@code length} sums.
     *
     * @param sums overwritten
     */
    void apply(float[] sums, int length, float[] tile, int at) {
        if (f.form() == PairFunction.Form.SUM_POWER) {
            sumPower(sums, length, tile, at);
        } else if (value) {
            values(sums, length, tile, at);
        } else {
            weights(sums, length, tile, at);
        }
    }

    /** exp(-scale S^ratio); ratio 1/2 is the Laplace kernel. */
    private void values(float[] sums, int length, float[] tile, int at) {
        if (ratio == 0.5) {
            VectorMath.expOfNegativeRoot(f.scale(), sums, 0, tile, at, length);
            return;
        }
        if (ratio != 1) {
            VectorMath.power(exponent, sums, 0, sums, 0, length);
        }
        VectorMath.expOfNegative(f.scale(), sums, 0, tile, at, length);
    }

    /** factor exp(-scale S^ratio) S^(ratio - 1), zero where S is zero. */
    private void weights(float[] sums, int length, float[] tile, int at) {
        if (ratio == 1) {
            VectorMath.expOfNegative(f.scale(), sums, 0, exponentials, 0, length);
            scaleWhereNotZero(sums, length, tile, at);
        } else if (ratio == 0.5) {
            VectorMath.roots(sums, length);
            VectorMath.expOfNegative(f.scale(), sums, 0, exponentials, 0, length);
            overRoots(sums, length, tile, at);
        } else {
            VectorMath.power(exponent, sums, 0, tile, at, length);
            VectorMath.expOfNegative(f.scale(), tile, at, exponentials, 0, length);
            slopeWhereNotZero(sums, length, tile, at);
        }
    }

    /** tile := factor exponential, zero where the sum is zero. */
    private void scaleWhereNotZero(float[] sums, int length, float[] tile, int at) {
        for (int i = 0; i < length; i += W) {
            IntVector keep = FloatVector.fromArray(S, sums, i)
                    .reinterpretAsInts()
                    .neg()
                    .lanewise(VectorOperators.ASHR, VectorMath.SIGN_SHIFT);
            FloatVector weight = FloatVector.fromArray(S, exponentials, i).mul(factor);
            weight.reinterpretAsInts().and(keep).reinterpretAsFloats().intoArray(tile, at + i);
        }
    }

    /** tile := factor exponential min(1 / root, ceiling), zero where the root is zero. */
    private void overRoots(float[] roots, int length, float[] tile, int at) {
        int ceiling = Float.floatToRawIntBits(largestSlope);
        FloatVector one = FloatVector.broadcast(S, 1f);
        for (int i = 0; i < length; i += W) {
            FloatVector root = FloatVector.fromArray(S, roots, i);
            IntVector keep = root.reinterpretAsInts().neg().lanewise(VectorOperators.ASHR, VectorMath.SIGN_SHIFT);
            FloatVector slope = one.div(root).reinterpretAsInts().min(ceiling).reinterpretAsFloats();
            FloatVector weight =
                    FloatVector.fromArray(S, exponentials, i).mul(factor).mul(slope);
            weight.reinterpretAsInts().and(keep).reinterpretAsFloats().intoArray(tile, at + i);
        }
    }

    /** tile := factor exponential min(tile / sum, ceiling), zero where the sum is zero. */
    private void slopeWhereNotZero(float[] sums, int length, float[] tile, int at) {
        int ceiling = Float.floatToRawIntBits(largestSlope);
        for (int i = 0; i < length; i += W) {
            FloatVector sum = FloatVector.fromArray(S, sums, i);
            IntVector keep = sum.reinterpretAsInts().neg().lanewise(VectorOperators.ASHR, VectorMath.SIGN_SHIFT);
            FloatVector slope = FloatVector.fromArray(S, tile, at + i)
                    .div(sum)
                    .reinterpretAsInts()
                    .and(VectorMath.ABSOLUTE) // infinite sums give a NaN whose sign bit is set
                    .min(ceiling)
                    .reinterpretAsFloats();
            FloatVector weight =
                    FloatVector.fromArray(S, exponentials, i).mul(factor).mul(slope);
            weight.reinterpretAsInts().and(keep).reinterpretAsFloats().intoArray(tile, at + i);
        }
    }

    /** b^P, or the outer part of its derivative, with b = mix + (1 - mix) S / width. */
    private void sumPower(float[] sums, int length, float[] tile, int at) {
        float width = f.width();
        float mix = (float) f.mix();
        float rest = 1 - mix; // rest + mix is exactly 1, so that equal points have the value 1
        float outer = value ? 1 : (float) (-f.power() * (1 - f.mix()) / f.width() * f.exponent() * f.scale());
        int power = value ? f.power() : f.power() - 1;
        for (int i = 0; i < length; i++) {
            float base = sums[i] / width * rest + mix;
            float result = outer;
            for (int k = 0; k < power; k++) {
                result *= base;
            }
            tile[at + i] = result;
        }
    }
}

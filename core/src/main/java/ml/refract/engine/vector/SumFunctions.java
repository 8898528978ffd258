package ml.refract.engine.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import ml.refract.engine.PairFunction;

/**
 * Turns the sums a tile has accumulated into values or weights, in place, a strip at a time. Sums are never negative, so
 * they are compared by their bits as integers. One instance serves one call on one thread.
 */
final class SumFunctions {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int W = Lanes.WIDTH;

    private final PairFunction f;
    private final boolean value;
    private final float ratio;
    private final float scale;
    private final float factor;
    private final float largestSlope;
    private final float[] first;
    private final float[] second;

    /**
     * @param length longest strip
     */
    SumFunctions(PairFunction f, PairFunction.Output output, int length) {
        this.f = f;
        this.value = output == PairFunction.Output.VALUE;
        this.ratio = (float) (f.exponent() / f.norm());
        this.scale = (float) f.scale();
        this.factor = (float) (-f.exponent() * f.scale());
        // S^(ratio - 1) falls with S: a floor under the distance is a ceiling on it.
        double slope = f.weightFloor() > 0 ? Math.pow(f.weightFloor(), f.exponent() - f.norm()) : Double.MAX_VALUE;
        this.largestSlope = (float) Math.min(slope, Float.MAX_VALUE);
        this.first = new float[value ? 0 : length];
        this.second = new float[value ? 0 : length];
    }

    void apply(float[] tile, int from, int length) {
        if (f.form() == PairFunction.Form.SUM_POWER) {
            sumPower(tile, from, length);
            return;
        }
        if (value) {
            values(tile, from, length);
        } else {
            weights(tile, from, length);
        }
    }

    /** exp(-scale S^ratio); ratio 1/2 is the Laplace kernel. */
    private void values(float[] tile, int from, int length) {
        if (ratio == 0.5f) {
            VectorMath.sqrt(tile, from, tile, from, length);
        } else if (ratio != 1) {
            VectorMath.power(ratio, tile, from, tile, from, length);
        }
        VectorMath.expOfNegative(scale, tile, from, tile, from, length);
    }

    /** factor exp(-scale S^ratio) S^(ratio - 1), zero where S is zero. */
    private void weights(float[] tile, int from, int length) {
        if (ratio == 0.5f) {
            VectorMath.sqrt(tile, from, first, 0, length);
        } else if (ratio != 1) {
            VectorMath.power(ratio, tile, from, first, 0, length);
        } else {
            System.arraycopy(tile, from, first, 0, length);
        }
        VectorMath.expOfNegative(scale, first, 0, second, 0, length);
        if (ratio == 1) {
            scaleWhereNotZero(tile, from, length);
        } else {
            slopeWhereNotZero(tile, from, length);
        }
    }

    /** tile := factor second, zero where the tile is zero. */
    private void scaleWhereNotZero(float[] tile, int from, int length) {
        for (int i = 0; i < length; i += W) {
            IntVector keep = FloatVector.fromArray(S, tile, from + i)
                    .reinterpretAsInts()
                    .neg()
                    .lanewise(VectorOperators.ASHR, VectorMath.SIGN_SHIFT);
            FloatVector weight = FloatVector.fromArray(S, second, i).mul(factor);
            weight.reinterpretAsInts().and(keep).reinterpretAsFloats().intoArray(tile, from + i);
        }
    }

    /** tile := factor second min(first / tile, ceiling), zero where the tile is zero. */
    private void slopeWhereNotZero(float[] tile, int from, int length) {
        int ceiling = Float.floatToRawIntBits(largestSlope);
        for (int i = 0; i < length; i += W) {
            FloatVector sum = FloatVector.fromArray(S, tile, from + i);
            IntVector keep = sum.reinterpretAsInts().neg().lanewise(VectorOperators.ASHR, VectorMath.SIGN_SHIFT);
            FloatVector slope = FloatVector.fromArray(S, first, i)
                    .div(sum)
                    .reinterpretAsInts()
                    .and(Integer.MAX_VALUE) // infinite sums give a NaN whose sign bit is set
                    .min(ceiling)
                    .reinterpretAsFloats();
            FloatVector weight = FloatVector.fromArray(S, second, i).mul(factor).mul(slope);
            weight.reinterpretAsInts().and(keep).reinterpretAsFloats().intoArray(tile, from + i);
        }
    }

    /** b^P, or the outer part of its derivative, with b = mix + (1 - mix) S / width. */
    private void sumPower(float[] tile, int from, int length) {
        float width = f.width();
        float mix = (float) f.mix();
        float rest = 1 - mix; // rest + mix is exactly 1, so that equal points have the value 1
        float outer = value ? 1 : (float) (-f.power() * (1 - f.mix()) / f.width() * f.exponent() * f.scale());
        int exponent = value ? f.power() : f.power() - 1;
        for (int i = from; i < from + length; i++) {
            float base = tile[i] / width * rest + mix;
            float result = outer;
            for (int k = 0; k < exponent; k++) {
                result *= base;
            }
            tile[i] = result;
        }
    }
}

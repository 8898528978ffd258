package ml.refract.engine.vector;

import static ml.refract.linalg.Panels.ROWS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import ml.refract.engine.PairFunction;

/**
 * Sums of terms exp(-scale |a - b|^q) over coordinates for a chunk of pairs, which the sum-power kernel accumulates, or of
 * |a - b|^p with a small exponent. The arithmetic is that of {@link VectorMath}.
 */
final class TermSums {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int W = Lanes.WIDTH;

    private final boolean exponential;
    private final boolean laplace;
    private final double scale;
    private final VectorMath.Digits digits;
    private final VectorMath.Exponent exponent;
    private final float[] terms;

    TermSums(PairFunction function) {
        this.exponential = function.form() == PairFunction.Form.SUM_POWER;
        this.laplace = exponential && function.exponent() == 1;
        this.scale = function.scale();
        this.digits = VectorMath.Digits.of(scale);
        this.exponent = VectorMath.Exponent.of(exponential ? function.exponent() : function.norm());
        this.terms = new float[laplace ? 0 : 2 * Micro.CHUNK];
    }

    /** Sums for the first columns of a chunk. */
    void fill(float[] a, int aFrom, float[] b, int bFrom, int columns, int width, float[] c, int cFrom) {
        if (laplace) {
            for (int j = 0; j < columns; j++) {
                for (int r = 0; r < ROWS; r += 2 * W) {
                    laplace2x1(a, aFrom + r, b, bFrom + j, width, c, cFrom + j * ROWS + r);
                }
            }
            return;
        }
        int length = columns * ROWS;
        Arrays.fill(c, cFrom, cFrom + length, 0f);
        for (int k = 0; k < width; k++) {
            Micro.absolutes(a, aFrom + k * ROWS, b, bFrom + k * ROWS, 1, terms, 0);
            VectorMath.power(exponent, terms, 0, terms, Micro.CHUNK, length);
            if (exponential) {
                VectorMath.expOfNegative(scale, terms, Micro.CHUNK, terms, Micro.CHUNK, length);
            }
            for (int i = 0; i < length; i += W) {
                FloatVector.fromArray(S, c, cFrom + i)
                        .add(FloatVector.fromArray(S, terms, Micro.CHUNK + i))
                        .intoArray(c, cFrom + i);
            }
        }
    }

    /** Two vectors of rows, one column, q = 1. */
    private void laplace2x1(float[] a, int ao, float[] b, int bo, int depth, float[] c, int co) {
        FloatVector round = FloatVector.broadcast(S, VectorMath.ROUND);
        FloatVector high = FloatVector.broadcast(S, -digits.high());
        FloatVector low = FloatVector.broadcast(S, -digits.low());
        FloatVector e6 = FloatVector.broadcast(S, VectorMath.E6);
        FloatVector e5 = FloatVector.broadcast(S, VectorMath.E5);
        FloatVector e4 = FloatVector.broadcast(S, VectorMath.E4);
        FloatVector e3 = FloatVector.broadcast(S, VectorMath.E3);
        FloatVector e2 = FloatVector.broadcast(S, VectorMath.E2);
        FloatVector e1 = FloatVector.broadcast(S, VectorMath.E1);
        FloatVector one = FloatVector.broadcast(S, 1f);
        IntVector largest = IntVector.broadcast(Lanes.INT, digits.largestBits());
        IntVector least = IntVector.broadcast(Lanes.INT, VectorMath.LEAST_SHIFTED);
        FloatVector c0 = FloatVector.zero(S);
        FloatVector c1 = c0;
        for (int k = 0; k < depth; k++) {
            FloatVector x = FloatVector.broadcast(S, b[bo]);
            FloatVector y = FloatVector.fromArray(S, a, ao).sub(x);
            FloatVector z = FloatVector.fromArray(S, a, ao + W).sub(x);
            y = y.reinterpretAsInts().and(VectorMath.ABSOLUTE).min(largest).reinterpretAsFloats();
            z = z.reinterpretAsInts().and(VectorMath.ABSOLUTE).min(largest).reinterpretAsFloats();
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
            c0 = c0.add(p.reinterpretAsInts()
                    .add(yBits.lanewise(VectorOperators.LSHL, VectorMath.MANTISSA))
                    .and(least.sub(yBits).lanewise(VectorOperators.ASHR, VectorMath.SIGN_SHIFT))
                    .reinterpretAsFloats());
            c1 = c1.add(q.reinterpretAsInts()
                    .add(zBits.lanewise(VectorOperators.LSHL, VectorMath.MANTISSA))
                    .and(least.sub(zBits).lanewise(VectorOperators.ASHR, VectorMath.SIGN_SHIFT))
                    .reinterpretAsFloats());
            ao += ROWS;
            bo += ROWS;
        }
        c0.intoArray(c, co);
        c1.intoArray(c, co + W);
    }
}

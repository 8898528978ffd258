package ml.refract.engine.vector;

import static ml.refract.linalg.Panels.ROWS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;
import org.jspecify.annotations.Nullable;

/**
 * Gradient sums of pair functions without a matrix product form: one coordinate of one vector of rows at a time, the
 * slope of a pair is computed once and serves all outputs.
 */
final class Slopes {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int W = Lanes.WIDTH;
    /** Outputs summed at once. */
    private static final int FOUR = 4;

    private final PairFunction function;
    /** Exponent of |u| in a slope, p - 1; none when that is 0. */
    private final VectorMath.@Nullable Exponent slope;
    /** Exponent inside the exponential of the sum-power kernel; none when it is 1. */
    private final VectorMath.@Nullable Exponent whole;

    private final int width;
    private final int outputs;
    /** Slope times weight of every column point for one vector of rows. */
    private final float[] products;

    private final float[] sums = new float[FOUR * W];
    private final float[] differences;
    private final float[] powers;

    Slopes(PairFunction function, int width, int outputs, int columns) {
        boolean sumPower = function.form() == PairFunction.Form.SUM_POWER;
        double p = sumPower ? function.exponent() : function.norm();
        this.function = function;
        this.slope = p == 1 ? null : VectorMath.Exponent.of(p - 1);
        this.whole = p == 1 ? null : VectorMath.Exponent.of(p);
        this.width = width;
        this.outputs = outputs;
        int length = (columns + columns % 2) * W; // functions work on two vectors at a time
        this.products = new float[length];
        this.differences = new float[length];
        this.powers = new float[length];
    }

    void panel(
            Points<float[]> rows,
            int row,
            int count,
            Points<float[]> cols,
            int col,
            int colCount,
            float[] weights,
            int weightsFrom,
            float[] payload,
            int payloadFrom,
            int stride,
            double[] target,
            int targetFrom) {
        for (int s = 0; s < width; s++) {
            for (int r = 0; r < ROWS && r < count; r += W) {
                differences(rows.coordinates(), rows.panelStart(row) + s * ROWS + r, cols, col, colCount, s);
                products(colCount, weights, weightsFrom + r);
                int lanes = Math.min(W, count - r);
                for (int l = 0; l < outputs; l += FOUR) {
                    int known = sums(colCount, payload, payloadFrom, stride, l);
                    for (int i = 0; i < lanes; i++) {
                        int to = targetFrom + ((r + i) * outputs + l) * width + s;
                        for (int k = 0; k < known; k++) {
                            target[to + k * width] += sums[k * W + i];
                        }
                    }
                }
            }
        }
    }

    /** Sums of up to four outputs from {@code l}; returns how many. */
    private int sums(int colCount, float[] payload, int payloadFrom, int stride, int l) {
        int known = Math.min(FOUR, outputs - l);
        if (known == FOUR) {
            sumFour(colCount, payload, payloadFrom + l, stride);
        } else {
            for (int k = 0; k < known; k++) {
                sumOne(colCount, payload, payloadFrom + l + k, stride, k * W);
            }
        }
        return known;
    }

    private void differences(float[] x, int at, Points<float[]> cols, int col, int colCount, int s) {
        float[] z = cols.coordinates();
        FloatVector row = FloatVector.fromArray(S, x, at);
        for (int i = 0; i < colCount; i++) {
            row.sub(z[cols.panelStart(col + i) + s * ROWS + (col + i) % ROWS]).intoArray(differences, i * W);
        }
    }

    /** products := weights * psi(difference); see {@link PairFunction#slope}. */
    private void products(int colCount, float[] weights, int weightsFrom) {
        int length = (colCount + colCount % 2) * W;
        if (slope == null) {
            Arrays.fill(powers, 0, length, 1f);
        } else {
            VectorMath.power(slope, differences, 0, powers, 0, length);
        }
        if (function.form() == PairFunction.Form.SUM_POWER) {
            exponentials(length);
        }
        combine(colCount, weights, weightsFrom);
    }

    /** powers := powers exp(-scale |difference|^q). */
    private void exponentials(int length) {
        if (whole == null) {
            absolutes(length);
        } else {
            VectorMath.power(whole, differences, 0, products, 0, length);
        }
        VectorMath.expOfNegative(function.scale(), products, 0, products, 0, length);
        for (int at = 0; at < length; at += W) {
            FloatVector.fromArray(S, powers, at)
                    .mul(FloatVector.fromArray(S, products, at))
                    .intoArray(powers, at);
        }
    }

    private void absolutes(int length) {
        for (int at = 0; at < length; at += W) {
            FloatVector.fromArray(S, differences, at).abs().intoArray(products, at);
        }
    }

    /** products := powers * weights with the sign of the difference, zero where that is zero. */
    private void combine(int colCount, float[] weights, int weightsFrom) {
        for (int i = 0; i < colCount; i++) {
            IntVector difference = FloatVector.fromArray(S, differences, i * W).reinterpretAsInts();
            IntVector size = difference.and(Integer.MAX_VALUE);
            IntVector keep = size.neg().lanewise(VectorOperators.ASHR, VectorMath.SIGN_SHIFT);
            FloatVector slope = FloatVector.fromArray(S, powers, i * W)
                    .reinterpretAsInts()
                    .or(difference.and(Integer.MIN_VALUE))
                    .and(keep)
                    .reinterpretAsFloats();
            slope.mul(FloatVector.fromArray(S, weights, weightsFrom + i * ROWS)).intoArray(products, i * W);
        }
    }

    private void sumOne(int colCount, float[] payload, int from, int stride, int to) {
        FloatVector sum = FloatVector.zero(S);
        for (int i = 0; i < colCount; i++) {
            sum = FloatVector.broadcast(S, payload[from + i * stride])
                    .fma(FloatVector.fromArray(S, products, i * W), sum);
        }
        sum.intoArray(sums, to);
    }

    private void sumFour(int colCount, float[] payload, int from, int stride) {
        FloatVector sum0 = FloatVector.zero(S);
        FloatVector sum1 = FloatVector.zero(S);
        FloatVector sum2 = FloatVector.zero(S);
        FloatVector sum3 = FloatVector.zero(S);
        for (int i = 0; i < colCount; i++) {
            int at = from + i * stride;
            FloatVector product = FloatVector.fromArray(S, products, i * W);
            sum0 = FloatVector.broadcast(S, payload[at]).fma(product, sum0);
            sum1 = FloatVector.broadcast(S, payload[at + 1]).fma(product, sum1);
            sum2 = FloatVector.broadcast(S, payload[at + 2]).fma(product, sum2);
            sum3 = FloatVector.broadcast(S, payload[at + 3]).fma(product, sum3);
        }
        sum0.intoArray(sums, 0);
        sum1.intoArray(sums, W);
        sum2.intoArray(sums, 2 * W);
        sum3.intoArray(sums, 3 * W);
    }
}

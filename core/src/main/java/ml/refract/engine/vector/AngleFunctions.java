package ml.refract.engine.vector;

import static ml.refract.linalg.Panels.ROWS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import ml.refract.engine.GroupTable;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;

/**
 * Turns the inner products of a strip of pairs into values or weights of the tangent kernel: first into complements 1 - c of
 * cosines, then layer by layer as in {@link ml.refract.engine.PairFunction}, with acos and sin x - x cos x as polynomials. The loops
 * follow the rules of {@link VectorMath}. One instance serves one call on one thread.
 */
final class AngleFunctions {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int W = Lanes.WIDTH;
    /** Complements below this have lost digits in float products and are recomputed from differences. */
    private static final float NEAR = 4e-3f;
    /** Squared sines below this are rounding: the kink's own term is dropped. */
    private static final float KINK = 1e-13f;

    private static final float OVER_PI = (float) (1 / Math.PI);
    private static final int PI_BITS = Float.floatToRawIntBits((float) Math.PI);
    private static final int LARGEST_BITS = Float.floatToRawIntBits(2f);

    // asin(sqrt m) / sqrt m, 0 <= m <= 1/2: degree 7, relative error 3e-8 with these coefficients.
    private static final float A7 = 0.11196089535951614f;
    private static final float A6 = -0.09404627233743668f;
    private static final float A5 = 0.0782289206981659f;
    private static final float A4 = 0.015827905386686325f;
    private static final float A3 = 0.04663621634244919f;
    private static final float A2 = 0.07486847043037415f;
    private static final float A1 = 0.16666993498802185f;
    private static final float A0 = 1.0f;

    // (sin x - x cos x) / x^3 in x^2, 0 <= x <= pi: degree 5, relative error 3e-8.
    private static final float G5 = -1.6338123076664601e-09f;
    private static final float G4 = 2.4735038550716126e-07f;
    private static final float G3 = -2.2029844330972992e-05f;
    private static final float G2 = 0.0011904394486919045f;
    private static final float G1 = -0.03333330154418945f;
    private static final float G0 = 0.3333333432674408f;

    private final Points<float[]> rows;
    private final Points<float[]> cols;
    private final PairFunction function;
    private final PairFunction.Output output;
    private final float scale;
    private final float[] rowLengths = new float[ROWS];
    private final float[] rowInverses = new float[ROWS];
    private final float[] ones = new float[ROWS];

    AngleFunctions(Points<float[]> rows, Points<float[]> cols, PairFunction function, PairFunction.Output output) {
        this.rows = rows;
        this.cols = cols;
        this.function = function;
        this.output = output;
        this.scale = (float) (1 / (function.bias() * (function.layers() + 1)));
        Arrays.fill(ones, 1f);
    }

    /**
     * One strip: a panel of rows against {@code count} columns.
     *
     * @param products overwritten
     */
    void apply(int row, int col, int count, float[] products, float[] tile, int at) {
        for (int r = 0; r < ROWS; r++) {
            double length = length(rows, row + r);
            rowLengths[r] = (float) length;
            rowInverses[r] = (float) (1 / length);
        }
        for (int j = 0; j < count; j++) {
            complements(row, col + j, products, j * ROWS);
        }
        int length = count * ROWS;
        if (output == PairFunction.Output.VALUE) {
            values(function.layers(), products, length);
        } else {
            slopes(function.layers(), output == PairFunction.Output.OWN_WEIGHT, products, length);
        }
        for (int j = 0; j < count; j++) {
            float b = (float) length(cols, col + j);
            switch (output) {
                case VALUE -> scale(rowLengths, b, products, j * ROWS, tile, at + j * ROWS);
                case WEIGHT -> scale(ones, 1, products, j * ROWS, tile, at + j * ROWS);
                case OWN_WEIGHT -> scale(rowInverses, b, products, j * ROWS, tile, at + j * ROWS);
            }
        }
    }

    private double length(Points<float[]> points, int i) {
        return Math.sqrt(function.bias() + points.squaredNorms()[i]);
    }

    /** tile := (factor other) values scale, the same bits when the two points are swapped. */
    private void scale(float[] factors, float other, float[] values, int from, float[] tile, int at) {
        for (int r = 0; r < ROWS; r += W) {
            FloatVector.fromArray(S, factors, r)
                    .mul(other)
                    .mul(FloatVector.fromArray(S, values, from + r))
                    .mul(scale)
                    .intoArray(tile, at + r);
        }
    }

    /** 1 - (L^2 + x.z) / (a b) for a panel of rows and one column. */
    private void complements(int row, int col, float[] products, int from) {
        float inverse = (float) (1 / length(cols, col));
        float bias = (float) function.bias();
        FloatVector one = FloatVector.broadcast(S, 1f);
        IntVector largest = IntVector.broadcast(Lanes.INT, LARGEST_BITS);
        int signs = 0;
        for (int r = 0; r < ROWS; r += W) {
            FloatVector product = FloatVector.fromArray(S, products, from + r).add(bias);
            FloatVector share = FloatVector.fromArray(S, rowInverses, r).mul(inverse);
            FloatVector complement = product.neg().fma(share, one);
            complement.reinterpretAsInts().min(largest).reinterpretAsFloats().intoArray(products, from + r);
            signs |= complement.sub(NEAR).reinterpretAsInts().reduceLanes(VectorOperators.OR);
        }
        if (signs < 0) {
            recomputeNear(row, col, products, from);
        }
    }

    private void recomputeNear(int row, int col, float[] complements, int from) {
        double b = 1 / length(cols, col);
        for (int r = 0; r < ROWS; r++) {
            if (complements[from + r] < NEAR) {
                complements[from + r] = (float) fromDifferences(row + r, 1 / length(rows, row + r), col, b);
            }
        }
    }

    /** |x/a - z/b|^2 / 2 for points with their bias: exactly 0 for equal ones. */
    private double fromDifferences(int row, double inverseA, int col, double inverseB) {
        int rowAt = rows.panelStart(row) + row % ROWS;
        int colAt = cols.panelStart(col) + col % ROWS;
        double difference = inverseA - inverseB;
        double sum = function.bias() * difference * difference;
        for (int s = 0; s < rows.width(); s++) {
            difference =
                    rows.coordinates()[rowAt + s * ROWS] * inverseA - cols.coordinates()[colAt + s * ROWS] * inverseB;
            sum += difference * difference;
        }
        for (int g = 0; g < rows.groups(); g++) {
            GroupTable table = cols.projection().tables()[g];
            int one = rows.levels(g)[row];
            int other = cols.levels(g)[col];
            sum += (table.sum(one, one) * (inverseA * inverseA) + table.sum(other, other) * (inverseB * inverseB))
                    - 2 * (table.sum(one, other) * (inverseA * inverseB));
        }
        return Math.max(0, sum / 2);
    }

    /**
     * Q of complements from 0 to 2, in place; {@code length} is a multiple of the vector width. Absolute error below (3 + H)
     * (H + 1) 1e-7 for a given complement.
     */
    static void values(int layers, float[] complements, int length) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector half = FloatVector.broadcast(S, 0.5f);
        FloatVector overPi = FloatVector.broadcast(S, OVER_PI);
        FloatVector minusOverPi = FloatVector.broadcast(S, -OVER_PI);
        IntVector sign = IntVector.broadcast(Lanes.INT, Integer.MIN_VALUE);
        IntVector pi = IntVector.broadcast(Lanes.INT, PI_BITS);
        IntVector zero = IntVector.zero(Lanes.INT);
        FloatVector a7 = FloatVector.broadcast(S, A7);
        FloatVector a6 = FloatVector.broadcast(S, A6);
        FloatVector a5 = FloatVector.broadcast(S, A5);
        FloatVector a4 = FloatVector.broadcast(S, A4);
        FloatVector a3 = FloatVector.broadcast(S, A3);
        FloatVector a2 = FloatVector.broadcast(S, A2);
        FloatVector a1 = FloatVector.broadcast(S, A1);
        FloatVector a0 = FloatVector.broadcast(S, A0);
        FloatVector g5 = FloatVector.broadcast(S, G5);
        FloatVector g4 = FloatVector.broadcast(S, G4);
        FloatVector g3 = FloatVector.broadcast(S, G3);
        FloatVector g2 = FloatVector.broadcast(S, G2);
        FloatVector g1 = FloatVector.broadcast(S, G1);
        FloatVector g0 = FloatVector.broadcast(S, G0);
        for (int i = 0; i < length; i += W) {
            FloatVector c = FloatVector.fromArray(S, complements, i);
            FloatVector q = one.sub(c);
            for (int l = 0; l < layers; l++) {
                FloatVector h = c.mul(half);
                IntVector flip = half.sub(h).reinterpretAsInts().lanewise(VectorOperators.ASHR, VectorMath.SIGN_SHIFT);
                FloatVector m = h.reinterpretAsInts()
                        .min(one.sub(h).reinterpretAsInts())
                        .reinterpretAsFloats();
                FloatVector p = m.fma(a7, a6)
                        .fma(m, a5)
                        .fma(m, a4)
                        .fma(m, a3)
                        .fma(m, a2)
                        .fma(m, a1)
                        .fma(m, a0)
                        .mul(m.sqrt());
                FloatVector angle = p.add(p)
                        .reinterpretAsInts()
                        .lanewise(VectorOperators.XOR, flip.and(sign))
                        .reinterpretAsFloats()
                        .add(flip.and(pi).reinterpretAsFloats());
                FloatVector w = angle.mul(angle);
                FloatVector g = w.fma(g5, g4)
                        .fma(w, g3)
                        .fma(w, g2)
                        .fma(w, g1)
                        .fma(w, g0)
                        .mul(w)
                        .mul(angle);
                FloatVector next =
                        g.fma(minusOverPi, c).reinterpretAsInts().max(zero).reinterpretAsFloats();
                FloatVector slope = angle.fma(minusOverPi, one);
                q = q.fma(slope, one.sub(next));
                c = next;
            }
            q.intoArray(complements, i);
        }
    }

    /** Q', or with {@code excess} Q - c Q', in place. Error below (3 + H) (H + 1 + |Q'|) 1e-7 for a given complement. */
    static void slopes(int layers, boolean excess, float[] complements, int length) {
        FloatVector two = FloatVector.broadcast(S, 2f);
        FloatVector kink = FloatVector.broadcast(S, KINK);
        FloatVector value = FloatVector.broadcast(S, excess ? 1f : 0f);
        FloatVector derivative = FloatVector.broadcast(S, excess ? 0f : 1f);
        FloatVector cosine = FloatVector.broadcast(S, excess ? -1f : 0f);
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector half = FloatVector.broadcast(S, 0.5f);
        FloatVector overPi = FloatVector.broadcast(S, OVER_PI);
        FloatVector minusOverPi = FloatVector.broadcast(S, -OVER_PI);
        IntVector sign = IntVector.broadcast(Lanes.INT, Integer.MIN_VALUE);
        IntVector pi = IntVector.broadcast(Lanes.INT, PI_BITS);
        IntVector zero = IntVector.zero(Lanes.INT);
        FloatVector a7 = FloatVector.broadcast(S, A7);
        FloatVector a6 = FloatVector.broadcast(S, A6);
        FloatVector a5 = FloatVector.broadcast(S, A5);
        FloatVector a4 = FloatVector.broadcast(S, A4);
        FloatVector a3 = FloatVector.broadcast(S, A3);
        FloatVector a2 = FloatVector.broadcast(S, A2);
        FloatVector a1 = FloatVector.broadcast(S, A1);
        FloatVector a0 = FloatVector.broadcast(S, A0);
        FloatVector g5 = FloatVector.broadcast(S, G5);
        FloatVector g4 = FloatVector.broadcast(S, G4);
        FloatVector g3 = FloatVector.broadcast(S, G3);
        FloatVector g2 = FloatVector.broadcast(S, G2);
        FloatVector g1 = FloatVector.broadcast(S, G1);
        FloatVector g0 = FloatVector.broadcast(S, G0);
        for (int i = 0; i < length; i += W) {
            FloatVector c = FloatVector.fromArray(S, complements, i);
            FloatVector start = one.sub(c);
            FloatVector q = start;
            FloatVector dq = one;
            FloatVector ds = one;
            for (int l = 0; l < layers; l++) {
                FloatVector square = two.sub(c).mul(c);
                IntVector keep =
                        kink.sub(square).reinterpretAsInts().lanewise(VectorOperators.ASHR, VectorMath.SIGN_SHIFT);
                FloatVector bend =
                        overPi.div(square.sqrt()).reinterpretAsInts().and(keep).reinterpretAsFloats();
                FloatVector h = c.mul(half);
                IntVector flip = half.sub(h).reinterpretAsInts().lanewise(VectorOperators.ASHR, VectorMath.SIGN_SHIFT);
                FloatVector m = h.reinterpretAsInts()
                        .min(one.sub(h).reinterpretAsInts())
                        .reinterpretAsFloats();
                FloatVector p = m.fma(a7, a6)
                        .fma(m, a5)
                        .fma(m, a4)
                        .fma(m, a3)
                        .fma(m, a2)
                        .fma(m, a1)
                        .fma(m, a0)
                        .mul(m.sqrt());
                FloatVector angle = p.add(p)
                        .reinterpretAsInts()
                        .lanewise(VectorOperators.XOR, flip.and(sign))
                        .reinterpretAsFloats()
                        .add(flip.and(pi).reinterpretAsFloats());
                FloatVector w = angle.mul(angle);
                FloatVector g = w.fma(g5, g4)
                        .fma(w, g3)
                        .fma(w, g2)
                        .fma(w, g1)
                        .fma(w, g0)
                        .mul(w)
                        .mul(angle);
                FloatVector next =
                        g.fma(minusOverPi, c).reinterpretAsInts().max(zero).reinterpretAsFloats();
                FloatVector slope = angle.fma(minusOverPi, one);
                dq = dq.fma(slope, q.fma(bend, slope).mul(ds));
                q = q.fma(slope, one.sub(next));
                ds = ds.mul(slope);
                c = next;
            }
            q.mul(value).add(dq.mul(start.fma(cosine, derivative))).intoArray(complements, i);
        }
    }
}

package ml.refract.engine.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Layers of {@link ml.refract.engine.LayerFunction.Rectifier}, with acos and sin x - x cos x as polynomials. The loops follow the
 * rules of {@link VectorMath}.
 *
 * @param share s of the layers
 * @param layers hidden layers
 * @param tangent 1 for the tangent kernel, 0 for that of the last layer
 */
record RectifierLayers(float share, int layers, float tangent) implements NetworkLayers {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int W = Lanes.WIDTH;
    /** Squared sines below this are rounding: the kink's own term is dropped. */
    private static final float KINK = 1e-13f;

    private static final float OVER_PI = (float) (1 / Math.PI);
    private static final int PI_BITS = Float.floatToRawIntBits((float) Math.PI);

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

    /**
     * Absolute error below (3 + H) (H + 1) 1e-7 for a given complement.
     */
    @Override
    public void values(float[] complements, int length) {
        FloatVector tangent = FloatVector.broadcast(S, this.tangent);
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector half = FloatVector.broadcast(S, 0.5f);
        FloatVector minusOverPi = FloatVector.broadcast(S, -share * OVER_PI);
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
                q = q.mul(tangent).fma(slope, one.sub(next));
                c = next;
            }
            q.intoArray(complements, i);
        }
    }

    /** Error below (3 + H) (H + 1 + |Q'|) 1e-7 for a given complement. */
    @Override
    public void slopes(Slope wanted, float[] complements, int length) {
        FloatVector tangent = FloatVector.broadcast(S, this.tangent);
        FloatVector two = FloatVector.broadcast(S, 2f);
        FloatVector kink = FloatVector.broadcast(S, KINK);
        FloatVector value = FloatVector.broadcast(S, wanted.value());
        FloatVector derivative = FloatVector.broadcast(S, wanted.slope());
        FloatVector cosine = FloatVector.broadcast(S, wanted.turn());
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector half = FloatVector.broadcast(S, 0.5f);
        FloatVector overPi = FloatVector.broadcast(S, share * OVER_PI);
        FloatVector minusOverPi = FloatVector.broadcast(S, -share * OVER_PI);
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
                q = q.mul(tangent);
                dq = dq.mul(tangent).fma(slope, q.fma(bend, slope).mul(ds));
                q = q.fma(slope, one.sub(next));
                ds = ds.mul(slope);
                c = next;
            }
            q.mul(value).add(dq.mul(start.fma(cosine, derivative))).intoArray(complements, i);
        }
    }
}

package ml.refract.engine.vector;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;
import ml.refract.engine.LayerFunction;

/**
 * Layers of {@link LayerFunction.Series}, each function of a layer by Horner's rule in the correlation. The loops follow the rules of
 * {@link VectorMath}.
 *
 * @param remainders r_j of (1 - psi(u)) / (1 - u)
 * @param slopes coefficients of psi'
 * @param curvatures coefficients of psi''
 * @param layers hidden layers
 * @param tangent 1 for the tangent kernel, 0 for that of the last layer
 */
record SeriesLayers(float[] remainders, float[] slopes, float[] curvatures, int layers, float tangent)
        implements NetworkLayers {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int W = Lanes.WIDTH;
    /** Less than this share of the value at 1 changes nothing in float. */
    private static final double NOTHING = 1e-8;

    /** Polynomials of a series. */
    private record Shortened(LayerFunction.Series series, float[] remainders, float[] slopes, float[] curvatures) {}

    /** The last that were made. A call fills one tile, and the tiles of a kernel follow each other. */
    private static volatile Shortened last = shortened(new LayerFunction.Series(new double[] {1}));

    static SeriesLayers of(LayerFunction.Series series, int layers, float tangent) {
        Shortened polynomials = last;
        if (!polynomials.series.equals(series)) {
            polynomials = shortened(series);
            last = polynomials;
        }
        return new SeriesLayers(polynomials.remainders, polynomials.slopes, polynomials.curvatures, layers, tangent);
    }

    private static Shortened shortened(LayerFunction.Series series) {
        double[] c = series.coefficients();
        double[] r = series.remainders();
        return new Shortened(
                series,
                floats(r.length, j -> r[j]),
                floats(c.length - 1, j -> (j + 1) * c[j + 1]),
                floats(c.length - 2, j -> (j + 1) * (j + 2.0) * c[j + 2]));
    }

    /**
     * A shorter polynomial that is the same in float for u from -1 to 1: as long as little is lost, c u^n gives way to c (u^n - T_n(u) /
     * 2^(n-1)) with the Chebyshev polynomial T_n, whose largest value is 1 (Lanczos, Applied Analysis, 1956, chapter 7).
     *
     * @param coefficient none negative
     */
    private static float[] floats(int count, IntToDoubleFunction coefficient) {
        double[] c = new double[Math.max(1, count)];
        Arrays.setAll(c, j -> j < count ? coefficient.applyAsDouble(j) : 0);
        double left = NOTHING * Arrays.stream(c).sum();
        int degree = c.length - 1;
        while (degree > 0 && Math.abs(c[degree]) * Math.pow(2, 1 - degree) <= left) {
            left -= Math.abs(c[degree]) * Math.pow(2, 1 - degree);
            double term = c[degree];
            for (int k = 0; 2 * (k + 1) <= degree; k++) {
                term *= -(degree - 2.0 * k) * (degree - 2 * k - 1) / (4.0 * (k + 1) * (degree - k - 1));
                c[degree - 2 * (k + 1)] -= term;
            }
            degree--;
        }
        float[] result = new float[degree + 1];
        for (int j = 0; j <= degree; j++) {
            result[j] = (float) c[j];
        }
        return result;
    }

    @Override
    public void values(float[] complements, int length) {
        FloatVector tangent = FloatVector.broadcast(S, this.tangent);
        FloatVector one = FloatVector.broadcast(S, 1f);
        IntVector zero = IntVector.zero(Lanes.INT);
        for (int i = 0; i < length; i += W) {
            FloatVector c = FloatVector.fromArray(S, complements, i);
            FloatVector q = one.sub(c);
            for (int l = 0; l < layers; l++) {
                FloatVector u = one.sub(c);
                FloatVector r = FloatVector.broadcast(S, remainders[remainders.length - 1]);
                for (int j = remainders.length - 2; j >= 0; j--) {
                    r = r.fma(u, FloatVector.broadcast(S, remainders[j]));
                }
                FloatVector slope = FloatVector.broadcast(S, slopes[slopes.length - 1]);
                for (int j = slopes.length - 2; j >= 0; j--) {
                    slope = slope.fma(u, FloatVector.broadcast(S, slopes[j]));
                }
                FloatVector next = c.mul(r).reinterpretAsInts().max(zero).reinterpretAsFloats();
                q = q.mul(tangent).fma(slope, one.sub(next));
                c = next;
            }
            q.intoArray(complements, i);
        }
    }

    @Override
    public void slopes(Slope wanted, float[] complements, int length) {
        FloatVector tangent = FloatVector.broadcast(S, this.tangent);
        FloatVector value = FloatVector.broadcast(S, wanted.value());
        FloatVector derivative = FloatVector.broadcast(S, wanted.slope());
        FloatVector cosine = FloatVector.broadcast(S, wanted.turn());
        FloatVector one = FloatVector.broadcast(S, 1f);
        IntVector zero = IntVector.zero(Lanes.INT);
        for (int i = 0; i < length; i += W) {
            FloatVector c = FloatVector.fromArray(S, complements, i);
            FloatVector start = one.sub(c);
            FloatVector q = start;
            FloatVector dq = one;
            FloatVector ds = one;
            for (int l = 0; l < layers; l++) {
                FloatVector u = one.sub(c);
                FloatVector r = FloatVector.broadcast(S, remainders[remainders.length - 1]);
                for (int j = remainders.length - 2; j >= 0; j--) {
                    r = r.fma(u, FloatVector.broadcast(S, remainders[j]));
                }
                FloatVector slope = FloatVector.broadcast(S, slopes[slopes.length - 1]);
                for (int j = slopes.length - 2; j >= 0; j--) {
                    slope = slope.fma(u, FloatVector.broadcast(S, slopes[j]));
                }
                FloatVector bend = FloatVector.broadcast(S, curvatures[curvatures.length - 1]);
                for (int j = curvatures.length - 2; j >= 0; j--) {
                    bend = bend.fma(u, FloatVector.broadcast(S, curvatures[j]));
                }
                FloatVector next = c.mul(r).reinterpretAsInts().max(zero).reinterpretAsFloats();
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

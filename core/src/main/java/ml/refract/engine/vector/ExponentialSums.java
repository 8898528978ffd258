package ml.refract.engine.vector;

import static ml.refract.linalg.Panels.COLUMNS;
import static ml.refract.linalg.Panels.ROWS;

import ml.refract.engine.PairFunction;

/** Sums of exp(-scale |a - b|^q) over coordinates for a chunk of pairs: what the sum-power kernel accumulates. */
final class ExponentialSums {
    private final float[] terms = new float[Micro.CHUNK];

    void fill(float[] a, int aFrom, float[] b, int bFrom, int width, PairFunction function, float[] c, int cFrom) {
        java.util.Arrays.fill(c, cFrom, cFrom + Micro.CHUNK, 0f);
        float q = (float) function.exponent();
        float scale = (float) function.scale();
        for (int k = 0; k < width; k++) {
            Micro.absolutes(a, aFrom + k * ROWS, b, bFrom + k * ROWS, 1, terms, 0);
            if (q != 1) {
                VectorMath.power(q, terms, 0, terms, 0, Micro.CHUNK);
            }
            VectorMath.expOfNegative(scale, terms, 0, terms, 0, Micro.CHUNK);
            for (int i = 0; i < COLUMNS * ROWS; i++) {
                c[cFrom + i] += terms[i];
            }
        }
    }
}

package ml.refract.engine.vector;

import static ml.refract.linalg.Panels.ROWS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;

/**
 * Gradient sums of pair functions without a matrix product form: one coordinate of one panel at a time, the slope of a
 * pair is computed once and serves all outputs.
 */
final class Slopes {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int W = Lanes.WIDTH;

    private final PairFunction.Form form;
    private final float norm;
    private final float exponent;
    private final float scale;
    private final int width;
    private final int outputs;
    /** Slope times weight of every column point for one vector of rows: up to one tile of columns. */
    private float[] products = new float[0];

    Slopes(PairFunction function, int width, int outputs) {
        this.form = function.form();
        this.norm = (float) function.norm();
        this.exponent = (float) function.exponent();
        this.scale = (float) function.scale();
        this.width = width;
        this.outputs = outputs;
    }

    void panel(
            Points<float[]> rows, int row, int count, Points<float[]> cols, int col, int colCount, float[] weights,
            int weightsFrom, float[] payload, int payloadFrom, int stride, double[] target, int targetFrom) {
        if (products.length < colCount * W) {
            products = new float[colCount * W];
        }
        float[] sums = new float[W];
        for (int s = 0; s < width; s++) {
            for (int r = 0; r < ROWS && r < count; r += W) {
                int at = rows.panelStart(row) + s * ROWS + r;
                fillProducts(
                        FloatVector.fromArray(S, rows.coordinates(), at), cols, col, colCount, s, weights,
                        weightsFrom + r);
                for (int l = 0; l < outputs; l++) {
                    sum(colCount, payload, payloadFrom + l, stride, sums);
                    int lanes = Math.min(W, count - r);
                    for (int i = 0; i < lanes; i++) {
                        target[targetFrom + ((r + i) * outputs + l) * width + s] += sums[i];
                    }
                }
            }
        }
    }

    private void fillProducts(
            FloatVector x, Points<float[]> cols, int col, int colCount, int s, float[] weights, int weightsFrom) {
        float[] z = cols.coordinates();
        for (int i = 0; i < colCount; i++) {
            FloatVector u = x.sub(z[cols.panelStart(col + i) + s * ROWS + (col + i) % ROWS]);
            PairTiles.slope(form, norm, exponent, scale, u)
                    .mul(FloatVector.fromArray(S, weights, weightsFrom + i * ROWS))
                    .intoArray(products, i * W);
        }
    }

    private void sum(int colCount, float[] payload, int from, int stride, float[] sums) {
        FloatVector sum = FloatVector.zero(S);
        for (int i = 0; i < colCount; i++) {
            sum = FloatVector.broadcast(S, payload[from + i * stride])
                    .fma(FloatVector.fromArray(S, products, i * W), sum);
        }
        sum.intoArray(sums, 0);
    }
}

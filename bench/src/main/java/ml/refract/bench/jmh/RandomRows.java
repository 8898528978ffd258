package ml.refract.bench.jmh;

import java.util.SplittableRandom;
import ml.refract.engine.Engine;
import ml.refract.engine.Points;
import ml.refract.engine.Projection;
import ml.refract.engine.Seeds;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.linalg.ParallelFor;

/** Standard normal numbers to compute with, the same in every run. */
final class RandomRows {
    private RandomRows() {}

    /** An n x d matrix. */
    static DoubleMatrix normal(int n, int d, String purpose) {
        SplittableRandom random = Seeds.stream(1, purpose, 0);
        double[] values = new double[n * d];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextGaussian();
        }
        return DoubleMatrix.of(n, d, values);
    }

    /** An n x d design of floats. */
    static Design design(int n, int d) {
        DoubleMatrix values = normal(n, d, "rows");
        float[] rounded = new float[n * d];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = (float) values.values()[i];
        }
        return Design.of(Matrix.of(n, d, rounded));
    }

    /** n packed points of d coordinates. */
    static <A> Points<A> points(Engine<A> engine, int n, int d) {
        Design design = design(n, d);
        return Points.pack(engine, design, Projection.identity(d).centredOn(design.dense()), ParallelFor.serial());
    }

    /** A full d x d metric of trace d, as a fit would learn one. */
    static BlockSymmetric metric(int d) {
        DoubleMatrix root = normal(d, 2 * d, "metric");
        DoubleMatrix metric = root.times(root.transpose());
        for (int i = 0; i < metric.values().length; i++) {
            metric.values()[i] /= 2.0 * d;
        }
        return BlockSymmetric.full(metric);
    }
}

package ml.refract.testing;

import ml.refract.engine.Engine;
import ml.refract.engine.Points;
import ml.refract.engine.Projection;
import ml.refract.kernel.Kernel;
import ml.refract.kernel.KernelBlocks;
import ml.refract.kernel.Metric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;

/** Kernel matrices as machines see them. */
public final class KernelMatrices {
    private KernelMatrices() {}

    /** The map of coordinates for X as centers. */
    public static Projection projection(Engine<?> engine, Kernel kernel, Metric metric, Design x) {
        return metric.projection(kernel, x, engine, ParallelFor.serial(), share -> {});
    }

    /** K(Z, X), m x n, with X as centers. */
    public static <A> DoubleMatrix of(Engine<A> engine, Kernel kernel, Metric metric, Design z, Design x) {
        Projection projection = projection(engine, kernel, metric, x);
        return KernelBlocks.dense(
                engine,
                Points.pack(engine, z, projection, ParallelFor.serial()),
                Points.pack(engine, x, projection, ParallelFor.serial()),
                kernel.pairFunction(x.width()));
    }
}

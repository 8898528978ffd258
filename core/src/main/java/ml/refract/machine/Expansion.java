package ml.refract.machine;

import ml.refract.engine.Engine;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;
import ml.refract.engine.Projection;
import ml.refract.kernel.Kernel;
import ml.refract.kernel.Metric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Panels;
import ml.refract.linalg.ParallelFor;

/**
 * A kernel machine packed for one engine: f_l(z) = sum_i k(z, x_i) alpha_il over transformed centers. Immutable and safe
 * for concurrent use.
 */
final class Expansion<A> {
    /** Up to this many queries are evaluated with the centers along the vector lanes. */
    private static final int FEW = 4;

    private final Engine<A> engine;
    private final Projection projection;
    private final PairFunction function;
    private final Points<A> centers;
    private final A coefficients;
    private final int outputs;
    private final int stride;

    private Expansion(
            Engine<A> engine,
            Projection projection,
            PairFunction function,
            Points<A> centers,
            A coefficients,
            int outputs) {
        this.engine = engine;
        this.projection = projection;
        this.function = function;
        this.centers = centers;
        this.coefficients = coefficients;
        this.outputs = outputs;
        this.stride = Panels.paddedColumns(outputs);
    }

    static <A> Expansion<A> of(
            Engine<A> engine,
            Kernel kernel,
            Metric metric,
            Design centers,
            DoubleMatrix coefficients,
            ParallelFor parallel) {
        Projection projection = metric.projection(kernel, centers, engine, parallel, share -> {});
        return of(
                engine,
                Points.pack(engine, centers, projection, parallel),
                kernel.pairFunction(centers.width()),
                coefficients);
    }

    static <A> Expansion<A> of(Engine<A> engine, Points<A> centers, PairFunction function, DoubleMatrix coefficients) {
        return new Expansion<>(
                engine, centers.projection(), function, centers, pack(engine, coefficients), coefficients.cols());
    }

    /** Row i at {@code i * stride}, stride a multiple of 8. */
    private static <A> A pack(Engine<A> engine, DoubleMatrix coefficients) {
        int outputs = coefficients.cols();
        int stride = Panels.paddedColumns(outputs);
        A packed = engine.allocate(Math.multiplyExact(coefficients.rows(), stride));
        for (int i = 0; i < coefficients.rows(); i++) {
            for (int l = 0; l < outputs; l++) {
                engine.set(packed, i * stride + l, coefficients.get(i, l));
            }
        }
        return packed;
    }

    Engine<A> engine() {
        return engine;
    }

    Projection projection() {
        return projection;
    }

    PairFunction function() {
        return function;
    }

    Points<A> centers() {
        return centers;
    }

    A coefficients() {
        return coefficients;
    }

    int outputs() {
        return outputs;
    }

    int stride() {
        return stride;
    }

    /** Predictions for all rows, m x c. The bits of a row's prediction do not depend on its neighbours. */
    DoubleMatrix predict(Design rows, ParallelFor parallel) {
        int m = rows.rows();
        DoubleMatrix result = DoubleMatrix.zeros(m, outputs);
        parallel.run(Panels.tiles(m), block -> {
            int from = block * Panels.TILE;
            int count = Panels.tileRows(m, block);
            Points<A> queries = Points.pack(engine, rows, from, count, projection, ParallelFor.serial());
            if (count <= FEW) {
                predictFew(queries, result.values(), from * outputs);
            } else {
                predictMany(queries, result.values(), from * outputs);
            }
        });
        return result;
    }

    /** Predictions for points that are packed already. */
    DoubleMatrix predict(Points<A> queries, ParallelFor parallel) {
        int m = queries.count();
        DoubleMatrix result = DoubleMatrix.zeros(m, outputs);
        parallel.run(
                Panels.tiles(m),
                block -> predictBlock(
                        queries,
                        block * Panels.TILE,
                        Panels.tileRows(m, block),
                        result.values(),
                        block * Panels.TILE * outputs));
        return result;
    }

    private void predictMany(Points<A> queries, double[] target, int targetFrom) {
        predictBlock(queries, 0, queries.count(), target, targetFrom);
    }

    private void predictBlock(Points<A> queries, int from, int count, double[] target, int targetFrom) {
        int n = centers.count();
        A tile = engine.allocate(Panels.length(count, Math.min(n, Panels.TILE)));
        for (int j = 0; j < n; j += Panels.TILE) {
            int cols = Math.min(Panels.TILE, n - j);
            engine.pairTile(queries, from, count, centers, j, cols, function, PairFunction.Output.VALUE, tile);
            engine.contract(tile, count, cols, coefficients, j * stride, stride, outputs, target, targetFrom);
        }
    }

    private void predictFew(Points<A> queries, double[] target, int targetFrom) {
        int n = centers.count();
        int count = queries.count();
        A tile = engine.allocate(Panels.length(Math.min(n, Panels.TILE), count));
        for (int i = 0; i < n; i += Panels.TILE) {
            int rows = Math.min(Panels.TILE, n - i);
            engine.pairTile(centers, i, rows, queries, 0, count, function, PairFunction.Output.VALUE, tile);
            engine.contractTransposed(tile, rows, count, coefficients, i * stride, stride, outputs, target, targetFrom);
        }
    }
}

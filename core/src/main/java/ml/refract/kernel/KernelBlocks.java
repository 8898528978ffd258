package ml.refract.kernel;

import ml.refract.engine.Engine;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Panels;
import ml.refract.linalg.ParallelFor;
import ml.refract.linalg.SymmetricTiles;

/** Kernel matrices and their products with coefficients, tile by tile. Every method is deterministic for any threads. */
public final class KernelBlocks {
    private KernelBlocks() {}

    /** Fills K(X, X): the lower triangle of tiles is evaluated, once. Cost n^2 (r + 10) flops for Euclidean kernels. */
    public static <A> void symmetric(
            Engine<A> engine, Points<A> x, PairFunction function, SymmetricTiles<A> target, ParallelFor parallel) {
        KernelSource<A> source = new KernelSource<>(engine, x, function);
        int count = target.tileCount();
        parallel.run(count * (count + 1) / 2, task -> {
            int i = (int) ((Math.sqrt(8.0 * task + 1) - 1) / 2);
            while ((i + 1) * (i + 2) / 2 <= task) {
                i++;
            }
            int j = task - i * (i + 1) / 2;
            source.tile(i, j, target.tile(i, j));
        });
    }

    /** The whole block K(Z, X) as an m x n matrix; for small problems and tests. */
    public static <A> DoubleMatrix dense(Engine<A> engine, Points<A> z, Points<A> x, PairFunction function) {
        DoubleMatrix result = DoubleMatrix.zeros(z.count(), x.count());
        A tile = engine.allocate(Panels.length(Panels.TILE, Panels.TILE));
        for (int i = 0; i < z.count(); i += Panels.TILE) {
            int rows = Math.min(Panels.TILE, z.count() - i);
            for (int j = 0; j < x.count(); j += Panels.TILE) {
                int cols = Math.min(Panels.TILE, x.count() - j);
                engine.pairTile(z, i, rows, x, j, cols, function, PairFunction.Output.VALUE, tile);
                for (int r = 0; r < rows; r++) {
                    for (int c = 0; c < cols; c++) {
                        result.set(i + r, j + c, engine.get(tile, Panels.index(r, c, cols)));
                    }
                }
            }
        }
        return result;
    }
}

package ml.refract.kernel;

import ml.refract.engine.Engine;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;
import ml.refract.linalg.Panels;
import ml.refract.linalg.SymmetricSource;

/**
 * The kernel matrix K(X, X), evaluated whenever a tile is read, with the same bits every time.
 *
 * @param x the points X
 */
public record KernelSource<A>(Engine<A> engine, Points<A> x, PairFunction function) implements SymmetricSource<A> {
    @Override
    public int size() {
        return x.count();
    }

    @Override
    public A tile(int i, int j, A scratch) {
        engine.pairTile(
                x,
                i * Panels.TILE,
                tileRows(i),
                x,
                j * Panels.TILE,
                tileRows(j),
                function,
                PairFunction.Output.VALUE,
                scratch);
        return scratch;
    }
}

package ml.refract.bench.jmh;

import ml.refract.engine.Engine;
import ml.refract.engine.Engines;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;
import ml.refract.linalg.Panels;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** One tile computed again and again in the same place, so that it stays in the level-2 cache. */
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class KernelTile extends Timed {
    /** Pairs of a tile. */
    public static final double ENTRIES = (double) Panels.TILE * Panels.TILE;

    @Param("vector")
    String engine;

    @Param
    Family family;

    @Param("VALUE")
    PairFunction.Output output;

    @Param({"1", "4", "8", "16", "32", "64", "128", "512"})
    int d;

    private Tile<?> tile;

    /** Packs the points. */
    @Setup
    public void pack() {
        tile = Tile.of(Engines.choose(engine).engine(), family.kernel().pairFunction(d), output, d);
    }

    /** Fills the tile. */
    @Benchmark
    public Object fill() {
        return tile.fill();
    }

    private record Tile<A>(
            Engine<A> engine, Points<A> points, PairFunction function, PairFunction.Output output, A entries) {

        static <A> Tile<A> of(Engine<A> engine, PairFunction function, PairFunction.Output output, int d) {
            A entries = engine.allocate(Panels.length(Panels.TILE, Panels.TILE));
            return new Tile<>(engine, RandomRows.points(engine, 2 * Panels.TILE, d), function, output, entries);
        }

        A fill() {
            engine.pairTile(points, 0, Panels.TILE, points, Panels.TILE, Panels.TILE, function, output, entries);
            return entries;
        }
    }
}

package ml.refract.bench.jmh;

import ml.refract.engine.Engine;
import ml.refract.engine.Execution;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;
import ml.refract.kernel.KernelBlocks;
import ml.refract.linalg.Panels;
import ml.refract.linalg.SymmetricTiles;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** K(X, X) of 4,096 rows, whose tiles together are larger than the caches: what every round of a fit begins with. */
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class KernelMatrix extends Timed {
    private static final int ROWS = 4_096;
    private static final int TILES = ROWS / Panels.TILE;

    /** Pairs of the tiles on and below the diagonal. */
    public static final double ENTRIES = KernelTile.ENTRIES * TILES * (TILES + 1) / 2;

    @Param
    Family family;

    @Param({"16", "128"})
    int d;

    @Param("1")
    int threads;

    private Execution execution;
    private Block<?> block;

    /** Packs the points. */
    @Setup
    public void pack() {
        execution = Execution.builder().threads(threads).build();
        block = Block.of(execution.engine(), family.kernel().pairFunction(d), d);
    }

    /** Ends the threads. */
    @TearDown
    public void close() {
        execution.close();
    }

    /** Fills the lower triangle. */
    @Benchmark
    public Object fill() {
        return block.fill(execution);
    }

    private record Block<A>(Engine<A> engine, Points<A> points, PairFunction function, SymmetricTiles<A> tiles) {

        static <A> Block<A> of(Engine<A> engine, PairFunction function, int d) {
            return new Block<>(
                    engine, RandomRows.points(engine, ROWS, d), function, new SymmetricTiles<>(engine, ROWS));
        }

        Object fill(Execution execution) {
            KernelBlocks.symmetric(engine, points, function, tiles, execution.workers());
            return tiles;
        }
    }
}

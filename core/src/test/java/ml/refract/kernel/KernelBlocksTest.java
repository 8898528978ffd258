package ml.refract.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import ml.refract.engine.Engine;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;
import ml.refract.engine.Projection;
import ml.refract.engine.Workers;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.linalg.SymmetricTiles;
import ml.refract.testing.TestData;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KernelBlocksTest {
    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void theTriangleOfTilesHoldsTheWholeMatrixForAnyThreads(Engine<A> engine) {
        for (int n : new int[] {1, 2, 33, 255, 256, 257, 600}) {
            Design x = Design.of(TestData.seeded(n).matrix(n, 4));
            Points<A> points = Points.pack(engine, x, Projection.identity(4), ParallelFor.serial());
            PairFunction function = PairFunction.power(2, 1, 2);
            DoubleMatrix dense = KernelBlocks.dense(engine, points, points, function);
            for (int threads : new int[] {1, 3}) {
                SymmetricTiles<A> tiles = new SymmetricTiles<>(engine, n);
                try (Workers workers = new Workers(threads)) {
                    KernelBlocks.symmetric(engine, points, function, tiles, workers);
                }
                for (int i = 0; i < n; i++) {
                    for (int j = 0; j < n; j += 5) {
                        assertThat(tiles.get(i, j)).isEqualTo(dense.get(i, j));
                    }
                }
            }
        }
    }
}

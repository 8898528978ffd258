package ml.refract.linalg;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import ml.refract.engine.Engine;
import ml.refract.engine.Precision;
import ml.refract.engine.Workers;
import ml.refract.testing.Close;
import ml.refract.testing.Lu;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link SymmetricTiles} and {@link Cholesky} together, on orders around one tile and beyond two. */
class SymmetricTilesTest {
    private static final int[] ORDERS = {1, 2, 31, 255, 256, 257, 600};

    static Stream<Arguments> enginesAndOrders() {
        return TestEngines.both().flatMap(engine -> Arrays.stream(ORDERS).mapToObj(n -> Arguments.of(engine, n)));
    }

    @ParameterizedTest
    @MethodSource("enginesAndOrders")
    <A> void entriesAreThoseOfTheMatrix(Engine<A> engine, int n) {
        DoubleMatrix a = matrix(engine, n);
        SymmetricTiles<A> tiles = tiles(engine, a);
        assertThat(tiles.size()).isEqualTo(n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j += 7) {
                assertThat(tiles.get(i, j)).isEqualTo(a.get(i, j));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("enginesAndOrders")
    <A> void multiplyIsTheProductPlusTheShift(Engine<A> engine, int n) {
        DoubleMatrix a = matrix(engine, n);
        int sides = 3;
        double[] x = TestData.seeded(2).gaussians(n * sides);
        double[] y = TestData.seeded(3).gaussians(n * (sides + 6)); // must be overwritten
        SymmetricProduct<A> product = new SymmetricProduct<>(engine, n, ParallelFor.serial());
        product.multiply(
                tiles(engine, a), -1, y, new double[n * (sides + 6)], sides + 6); // leaves sums of its own behind
        product.multiply(tiles(engine, a), 0.25, x, y, sides);
        double[] expected = new double[n * sides];
        for (int l = 0; l < sides; l++) {
            for (int i = 0; i < n; i++) {
                double sum = 0.25 * x[l * n + i];
                for (int j = 0; j < n; j++) {
                    sum += a.get(i, j) * x[l * n + j];
                }
                expected[l * n + i] = sum;
            }
        }
        assertClose(
                Arrays.copyOf(y, n * sides),
                expected,
                1e-12,
                "(A + 0.25 I) x"); // n roundings of sums below 10 in double
    }

    @ParameterizedTest
    @MethodSource("enginesAndOrders")
    <A> void choleskySolvesLikeGaussianElimination(Engine<A> engine, int n) {
        DoubleMatrix a = matrix(engine, n);
        double shift = 0.125; // exact in float32
        Cholesky<A> cholesky = new Cholesky<>(engine, n, ParallelFor.serial());
        assertThat(cholesky.factor(tiles(engine, a), shift, share -> {})).isEqualTo(-1);

        DoubleMatrix shifted = a.copy();
        for (int i = 0; i < n; i++) {
            shifted.set(i, i, a.get(i, i) + shift);
        }
        double unit = engine.precision() == Precision.FLOAT32 ? 0x1p-24 : 0x1p-53;
        for (int sides : new int[] {2, 35}) { // few and many are solved in different ways
            DoubleMatrix b = TestData.seeded(5).matrix(n, sides);
            double[] solution = b.transpose().values();
            cholesky.solve(solution, sides);
            DoubleMatrix expected = Lu.solve(shifted, b);
            // Condition number below 10, a backward error of a few n u, solutions of size 10.
            double bound = 100 * Math.max(10, n) * unit;
            assertClose(DoubleMatrix.of(sides, n, solution).transpose(), expected, bound, "A \\ b");
        }
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void aFactorisationTellsHowFarItIsAndCanBeEnded(Engine<A> engine) {
        int n = 2 * Panels.TILE + 1;
        SymmetricTiles<A> a = tiles(engine, matrix(engine, n));
        Cholesky<A> cholesky = new Cholesky<>(engine, n, ParallelFor.serial());
        List<Double> shares = new ArrayList<>();
        cholesky.factor(a, 1, shares::add);
        assertThat(shares).hasSize(3).isSorted().last().isEqualTo(1.0);
        CancellationException stop = new CancellationException();
        assertThatThrownBy(() -> cholesky.factor(a, 1, share -> {
                    throw stop;
                }))
                .isSameAs(stop);
    }

    @ParameterizedTest
    @MethodSource("enginesAndOrders")
    <A> void threadsDoNotChangeTheBits(Engine<A> engine, int n) {
        SymmetricTiles<A> a = tiles(engine, matrix(engine, n));
        for (int sides : new int[] {2, 17}) {
            checkThreads(engine, a, sides);
        }
    }

    private static <A> void checkThreads(Engine<A> engine, SymmetricTiles<A> a, int sides) {
        int n = a.size();
        double[] b = TestData.seeded(7).gaussians(sides * n);
        double[] serial = b.clone();
        Cholesky<A> one = new Cholesky<>(engine, n, ParallelFor.serial());
        one.factor(a, 0.5, share -> {});
        one.solve(serial, sides);
        double[] product = new double[sides * n];
        new SymmetricProduct<>(engine, n, ParallelFor.serial()).multiply(a, 0.1, b, product, sides);
        for (int threads : new int[] {2, 3, 5}) {
            try (Workers workers = new Workers(threads)) {
                Cholesky<A> shared = new Cholesky<>(engine, n, workers);
                shared.factor(a, 0.5, share -> {});
                double[] solution = b.clone();
                shared.solve(solution, sides);
                assertThat(solution).containsExactly(serial);
                assertThat(shared.smallestPivot()).isEqualTo(one.smallestPivot());
                double[] other = new double[sides * n];
                new SymmetricProduct<>(engine, n, workers).multiply(a, 0.1, b, other, sides);
                assertThat(other).containsExactly(product);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("enginesAndOrders")
    <A> void theFirstPivotThatFailsIsNamed(Engine<A> engine, int n) {
        DoubleMatrix identity = DoubleMatrix.identity(n);
        for (int pivot : new int[] {0, n / 2, n - 1}) {
            DoubleMatrix broken = identity.copy();
            broken.set(pivot, pivot, -1);
            Cholesky<A> cholesky = new Cholesky<>(engine, n, ParallelFor.serial());
            assertThat(cholesky.factor(tiles(engine, broken), 0, share -> {})).isEqualTo(pivot);
            assertThat(cholesky.factor(tiles(engine, broken), 1.5, share -> {}))
                    .as("a shift heals it")
                    .isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @MethodSource("enginesAndOrders")
    <A> void smallestPivotIsThatOfADiagonalMatrix(Engine<A> engine, int n) {
        DoubleMatrix diagonal = DoubleMatrix.zeros(n, n);
        for (int i = 0; i < n; i++) {
            diagonal.set(i, i, 4 + i);
        }
        diagonal.set(n - 1, n - 1, 0.25);
        Cholesky<A> cholesky = new Cholesky<>(engine, n, ParallelFor.serial());
        cholesky.factor(tiles(engine, diagonal), 0, share -> {});
        assertThat(cholesky.smallestPivot()).isEqualTo(0.25);
    }

    @ParameterizedTest
    @MethodSource("enginesAndOrders")
    <A> void theMemoryEstimateCoversWhatTilesTake(Engine<A> engine, int n) {
        SymmetricTiles<A> tiles = new SymmetricTiles<>(engine, n);
        long taken = 0;
        for (int i = 0; i < tiles.tileCount(); i++) {
            for (int j = 0; j <= i; j++) {
                taken += Panels.length(tiles.tileRows(i), tiles.tileRows(j));
            }
        }
        assertThat(SymmetricTiles.entries(n)).isBetween(taken, taken + 32L * 288 + 32L * n);
        assertThat(SymmetricTiles.entries(100_000)).as("beyond one array").isGreaterThan(5_000_000_000L);
    }

    /** Positive definite, entries exact in storage precision, eigenvalues between 0.5 and about 4.5. */
    private static DoubleMatrix matrix(Engine<?> engine, int n) {
        DoubleMatrix a = TestData.seeded(n).positiveDefinite(n);
        assertThat(Close.largest(a.values())).isLessThan(10);
        if (engine.precision() == Precision.FLOAT32) {
            Matrix rounded = TestData.toFloats(a);
            for (int k = 0; k < a.values().length; k++) {
                a.values()[k] = rounded.values()[k];
            }
        }
        return a;
    }

    private static <A> SymmetricTiles<A> tiles(Engine<A> engine, DoubleMatrix a) {
        SymmetricTiles<A> tiles = new SymmetricTiles<>(engine, a.rows());
        for (int i = 0; i < a.rows(); i++) {
            for (int j = 0; j <= i; j++) {
                int tileRow = i / Panels.TILE;
                int tileCol = j / Panels.TILE;
                A tile = tiles.tile(tileRow, tileCol);
                int cols = tiles.tileRows(tileCol);
                engine.set(tile, Panels.index(i % Panels.TILE, j % Panels.TILE, cols), a.get(i, j));
                if (tileRow == tileCol) {
                    engine.set(tile, Panels.index(j % Panels.TILE, i % Panels.TILE, cols), a.get(i, j));
                }
            }
        }
        return tiles;
    }
}

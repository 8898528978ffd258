package ml.refract.openblas;

import static ml.refract.testing.Close.assertClose;
import static ml.refract.testing.Close.assertRelativelyClose;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import ml.refract.engine.Engine;
import ml.refract.engine.Execution;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;
import ml.refract.engine.Precision;
import ml.refract.engine.Projection;
import ml.refract.engine.Workers;
import ml.refract.linalg.Cholesky;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Panels;
import ml.refract.linalg.ParallelFor;
import ml.refract.linalg.SymmetricTiles;
import ml.refract.rfm.Rfm;
import ml.refract.rfm.RfmOptions;
import ml.refract.solver.RidgeSystem;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is built on the engine, compared with the same on the scalar engine, and its bits under changing circumstances. */
class OpenBlasEngineTest {
    private static final PairFunction LAPLACE = PairFunction.power(2, 1, 3);
    private static final int ORDER = 2 * Panels.TILE + 41;

    static Stream<Named<Engine<?>>> engines() {
        return Stream.of(
                Named.of("over vector", OpenBlasEngine.over(TestEngines.VECTOR)),
                Named.of("over scalar", OpenBlasEngine.over(TestEngines.SCALAR)));
    }

    /** Defaults are for engines without a faster way; the engine below may have one. */
    @Test
    void noDefaultStandsBeforeTheEngineBelow() {
        assertThat(Engine.class.getMethods())
                .filteredOn(Method::isDefault)
                .isNotEmpty()
                .allSatisfy(method -> assertThat(OpenBlasEngine.class
                                .getMethod(method.getName(), method.getParameterTypes())
                                .getDeclaringClass())
                        .isEqualTo(OpenBlasEngine.class));
    }

    /** The largest error of a kernel entry, by the contract of engines. */
    private static double entryError(Engine<?> engine) {
        return engine.precision() == Precision.FLOAT32 ? 4e-6 : 1e-14;
    }

    @ParameterizedTest
    @MethodSource("engines")
    <A> void choleskySolvesLikeThatOfTheScalarEngine(Engine<A> engine) {
        DoubleMatrix a = TestData.seeded(1).positiveDefinite(ORDER);
        double[] b = TestData.seeded(2).gaussians(2 * ORDER);
        double[] expected = solve(TestEngines.SCALAR, a, b, ParallelFor.serial());
        // Eigenvalues between 0.6 and about 5, entries rounded to storage precision, a backward error of a few n u.
        double unit = engine.precision() == Precision.FLOAT32 ? 0x1p-24 : 0x1p-53;
        assertClose(solve(engine, a, b, ParallelFor.serial()), expected, 100 * ORDER * unit, "A \\ b");
    }

    @ParameterizedTest
    @MethodSource("engines")
    <A> void ridgeSystemSolvesLikeThatOfTheScalarEngine(Engine<A> engine) {
        TestData data = TestData.seeded(3);
        Design x = Design.of(data.floats(ORDER, 5));
        DoubleMatrix y = data.matrix(ORDER, 2);
        double ridge = 1;
        DoubleMatrix expected = coefficients(TestEngines.SCALAR, x, y, ridge);
        // Errors E in the kernel move the coefficients by |E| |alpha| / ridge, with |E| at most n times the largest
        // one.
        assertRelativelyClose(
                coefficients(engine, x, y, ridge).values(),
                expected.values(),
                ORDER * entryError(engine) / ridge,
                "coefficients");
    }

    @ParameterizedTest
    @MethodSource("engines")
    void featureLearningPredictsLikeThatOfTheScalarEngine(Engine<?> engine) {
        TestData data = TestData.seeded(4);
        Design x = Design.of(data.floats(400, 4));
        DoubleMatrix y = DoubleMatrix.zeros(400, 1);
        for (int i = 0; i < 400; i++) {
            y.set(
                    i,
                    0,
                    Math.sin(2 * x.dense().get(i, 0))
                            + x.dense().get(i, 1) * x.dense().get(i, 2));
        }
        double ridge = 0.1;
        RfmOptions options =
                RfmOptions.reference().toBuilder().iterations(3).ridge(ridge).build();
        Execution exact = TestEngines.serial(TestEngines.SCALAR);
        Execution execution = TestEngines.serial(engine);
        DoubleMatrix expected =
                Rfm.fit(x, y, Optional.empty(), options, exact).machine().predict(x, exact);
        DoubleMatrix predicted =
                Rfm.fit(x, y, Optional.empty(), options, execution).machine().predict(x, execution);
        // As for the coefficients, once for each metric that was learned from them.
        assertRelativelyClose(
                predicted.values(), expected.values(), 3 * 400 * entryError(engine) / ridge, "predictions");
    }

    @ParameterizedTest
    @MethodSource("engines")
    <A> void threadsDoNotChangeTheBits(Engine<A> engine) {
        DoubleMatrix a = TestData.seeded(5).positiveDefinite(ORDER);
        double[] b = TestData.seeded(6).gaussians(ORDER);
        double[] serial = solve(engine, a, b, ParallelFor.serial());
        for (int threads : new int[] {2, 3, 5}) {
            try (Workers workers = new Workers(threads)) {
                assertThat(solve(engine, a, b, workers)).containsExactly(serial);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    <A> void threadsThatOthersGiveTheLibraryDoNotChangeTheBits(Engine<A> engine) {
        List<double[]> alone = updates(engine);
        try {
            openblas_nolapack.blas_set_num_threads(4);
            assertThat(engine.description()).contains("4 threads a call");
            List<double[]> shared = updates(engine);
            for (int k = 0; k < alone.size(); k++) {
                assertThat(shared.get(k)).containsExactly(alone.get(k));
            }
        } finally {
            openblas_nolapack.blas_set_num_threads(1);
        }
        assertThat(engine.description()).contains("1 thread a call");
    }

    /** The results of every native operation, on full tiles and on others. */
    private static <A> List<double[]> updates(Engine<A> engine) {
        List<double[]> results = new ArrayList<>();
        for (int rows : new int[] {Panels.TILE, 77}) {
            TestData data = TestData.seeded(rows);
            A a = tile(engine, data.matrix(rows, Panels.TILE));
            A b = tile(engine, data.matrix(Panels.TILE, Panels.TILE));
            A product = tile(engine, data.matrix(rows, Panels.TILE));
            engine.subtractProduct(a, b, Panels.TILE, product, rows, Panels.TILE);
            results.add(numbers(engine, product, rows, Panels.TILE));
            A square = tile(engine, data.matrix(rows, rows));
            engine.subtractSquare(a, Panels.TILE, square, rows);
            results.add(numbers(engine, square, rows, rows));
            A factor = tile(engine, data.positiveDefinite(Panels.TILE));
            assertThat(engine.factor(factor, Panels.TILE)).isEqualTo(-1);
            engine.solveRight(factor, Panels.TILE, product, rows);
            results.add(numbers(engine, product, rows, Panels.TILE));
        }
        return results;
    }

    private static <A> A tile(Engine<A> engine, DoubleMatrix m) {
        A tile = engine.allocate(Panels.length(m.rows(), m.cols()));
        for (int i = 0; i < m.rows(); i++) {
            for (int j = 0; j < m.cols(); j++) {
                engine.set(tile, Panels.index(i, j, m.cols()), m.get(i, j));
            }
        }
        return tile;
    }

    private static <A> double[] numbers(Engine<A> engine, A tile, int rows, int cols) {
        double[] numbers = new double[Panels.length(rows, cols)];
        Arrays.setAll(numbers, k -> engine.get(tile, k));
        return numbers;
    }

    private static <A> DoubleMatrix coefficients(Engine<A> engine, Design x, DoubleMatrix y, double ridge) {
        RidgeSystem<A> system = new RidgeSystem<>(engine, x.rows(), ParallelFor.serial());
        system.setKernel(Points.pack(engine, x, Projection.identity(x.dense().cols()), ParallelFor.serial()), LAPLACE);
        return system.solve(y, ridge).coefficients();
    }

    private static <A> double[] solve(Engine<A> engine, DoubleMatrix a, double[] b, ParallelFor parallel) {
        SymmetricTiles<A> tiles = new SymmetricTiles<>(engine, a.rows());
        for (int i = 0; i < a.rows(); i++) {
            for (int j = 0; j <= i; j++) {
                A tile = tiles.tile(i / Panels.TILE, j / Panels.TILE);
                int at = Panels.index(i % Panels.TILE, j % Panels.TILE, tiles.tileRows(j / Panels.TILE));
                engine.set(tile, at, a.get(i, j));
            }
        }
        Cholesky<A> cholesky = new Cholesky<>(engine, a.rows(), parallel);
        assertThat(cholesky.factor(tiles, 0.125, share -> {})).isEqualTo(-1);
        double[] solution = b.clone();
        cholesky.solve(solution, b.length / a.rows());
        return solution;
    }
}

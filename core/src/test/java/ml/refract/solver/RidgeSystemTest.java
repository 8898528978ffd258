package ml.refract.solver;

import static ml.refract.testing.Close.assertClose;
import static ml.refract.testing.Close.assertRelativelyClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import ml.refract.engine.Engine;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Phases;
import ml.refract.engine.Points;
import ml.refract.engine.Precision;
import ml.refract.engine.Projection;
import ml.refract.engine.Workers;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.linalg.SymmetricTiles;
import ml.refract.testing.Lu;
import ml.refract.testing.TestData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RidgeSystemTest {
    private static final PairFunction LAPLACE = PairFunction.power(2, 1, 3);

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void solvesLikeGaussianEliminationInDouble(Engine<A> engine) {
        for (int n : new int[] {1, 2, 31, 255, 257, 300}) {
            for (double ridge : new double[] {1, 1e-3, 1e-5}) {
                TestData data = TestData.seeded(n);
                RidgeSystem<A> system = system(engine, data.matrix(n, 6), LAPLACE, ParallelFor.serial());
                DoubleMatrix y = data.matrix(n, n % 2 == 0 ? 3 : 20); // few and many are solved in different ways
                RidgeSolution solution = system.solve(y, ridge);

                DoubleMatrix expected = Lu.solve(shifted(system, ridge), y);
                assertThat(solution.residual()).isLessThanOrEqualTo(tolerance(engine));
                assertThat(residual(system, solution, y, ridge)).isLessThanOrEqualTo(2 * tolerance(engine) + 1e-13);
                assertThat(solution.event()).isEmpty();
                assertThat(solution.shift()).isEqualTo(ridge);
                // ||a - a*|| <= ||residual|| / smallest eigenvalue, and that is at least about the ridge.
                double bound = 2 * tolerance(engine) * norm(y.values()) / ridge + 1e-12 / ridge;
                assertClose(solution.coefficients(), expected, bound, "n = " + n + ", ridge " + ridge);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void columnsAreSolvedIndependentlyOfEachOther(Engine<A> engine) {
        checkColumns(engine, 5);
        checkColumns(engine, 20);
    }

    private static <A> void checkColumns(Engine<A> engine, int columns) {
        TestData data = TestData.seeded(2);
        int n = 100;
        RidgeSystem<A> system = system(engine, data.matrix(n, 6), LAPLACE, ParallelFor.serial());
        DoubleMatrix y = data.matrix(n, columns);
        for (int i = 0; i < n; i++) {
            y.set(i, 1, 0);
            y.set(i, 2, 1e12 * y.get(i, 2));
            y.set(i, 3, 1e-12 * y.get(i, 3));
        }
        DoubleMatrix all = system.solve(y, 1e-2).coefficients();
        for (int l = 0; l < columns; l++) {
            double[] alone = system.solve(DoubleMatrix.column(y.col(l)), 1e-2)
                    .coefficients()
                    .values();
            // Both within 2^-21 (1e-14) of the residual, over a smallest eigenvalue above 1e-2.
            assertRelativelyClose(all.col(l), alone, 1e3 * tolerance(engine), "column " + l);
        }
        assertThat(all.col(1)).containsOnly(0.0);
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void aRidgeOfZeroInterpolates(Engine<A> engine) {
        TestData data = TestData.seeded(3);
        int n = 60;
        RidgeSystem<A> system = system(engine, data.apart(n, 2, 1), PairFunction.power(2, 1, 1), ParallelFor.serial());
        DoubleMatrix y = data.matrix(n, 1);
        RidgeSolution solution = system.solve(y, 0);
        assertThat(solution.event()).isEmpty();
        assertThat(residual(system, solution, y, 0)).isLessThan(2 * tolerance(engine) + 1e-13);
    }

    /** Two equal rows and no ridge: the second pivot is zero. Equal targets make the system solvable all the same. */
    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void aSingularSystemIsFactoredWithAShiftAndSaysSo(Engine<A> engine) {
        TestData data = TestData.seeded(4);
        int n = 40;
        DoubleMatrix x = data.matrix(n, 2);
        DoubleMatrix y = data.matrix(n, 1);
        duplicate(x, 0, 1);
        duplicate(y, 0, 1);
        RidgeSystem<A> system = system(engine, x, PairFunction.power(2, 1, 1), ParallelFor.serial());
        RidgeSolution solution = system.solve(y, 0);
        assertThat(solution.shift()).isEqualTo(n * 6e-8);
        assertThat(solution.residual()).isLessThan(1e-6);
        assertThat(solution.event())
                .hasValueSatisfying(event -> assertThat(event)
                        .startsWith(
                                "the factorisation needed a shift of 2.4e-06 above the ridge 0.0e+00; refined to a relative "
                                        + "residual of "));
        assertThat(residual(system, solution, y, 0)).isLessThan(1e-6);
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void contradictoryTargetsOfEqualRowsAreReported(Engine<A> engine) {
        TestData data = TestData.seeded(5);
        int n = 40;
        DoubleMatrix x = data.matrix(n, 2);
        duplicate(x, 0, 1);
        DoubleMatrix y = data.matrix(n, 1);
        RidgeSystem<A> system = system(engine, x, PairFunction.power(2, 1, 1), ParallelFor.serial());
        RidgeSolution solution = system.solve(y, 0);
        assertThat(solution.residual()).isGreaterThan(1e-3);
        assertThat(solution.event())
                .hasValueSatisfying(event -> assertThat(event)
                        .startsWith("the system is close to singular: relative residual ")
                        .endsWith("a larger ridge would help"));
        assertThat(solution.coefficients().values()).doesNotContain(Double.NaN);
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void duplicatesUnderATinyRidgeAreSolvedForTheRidgeAskedFor(Engine<A> engine) {
        TestData data = TestData.seeded(6);
        int n = 40;
        DoubleMatrix x = data.matrix(n, 2);
        DoubleMatrix y = data.matrix(n, 1);
        duplicate(x, 0, 1);
        duplicate(y, 0, 1);
        RidgeSystem<A> system = system(engine, x, PairFunction.power(2, 1, 1), ParallelFor.serial());
        for (double ridge : new double[] {1e-6, 1e-9, 1e-12}) {
            RidgeSolution solution = system.solve(y, ridge);
            assertThat(residual(system, solution, y, ridge))
                    .as("ridge %s", ridge)
                    .isLessThan(1e-6);
        }
    }

    /** The rows of two equal points differ by ridge (a_i - a_j) = y_i - y_j alone. */
    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void equalRowsDifferByTheirTargetsOverTheRidge(Engine<A> engine) {
        TestData data = TestData.seeded(11);
        int n = 40;
        double ridge = 1e-3;
        DoubleMatrix x = data.matrix(n, 2);
        DoubleMatrix y = data.matrix(n, 1);
        duplicate(x, 0, 1);
        double[] a = system(engine, x, LAPLACE, ParallelFor.serial())
                .solve(y, ridge)
                .coefficients()
                .values();
        assertThat(ridge * (a[0] - a[1]))
                .isCloseTo(y.get(0, 0) - y.get(1, 0), within(2 * tolerance(engine) * norm(y.values()) + 1e-12));
    }

    /** The shift is a preconditioner: a factorisation made to fail at first leaves the answer as it was. */
    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void aForcedShiftDoesNotChangeTheSolution(Engine<A> engine) {
        TestData data = TestData.seeded(7);
        int n = 300;
        double ridge = 1e-3;
        DoubleMatrix x = data.matrix(n, 6);
        DoubleMatrix y = data.matrix(n, 2);
        double[] plain = system(engine, x, LAPLACE, ParallelFor.serial())
                .solve(y, ridge)
                .coefficients()
                .values();
        for (int failures = 1; failures <= 2; failures++) {
            RidgeSystem<A> system = system(failing(engine, failures), x, LAPLACE, ParallelFor.serial());
            RidgeSolution solution = system.solve(y, ridge);
            assertThat(solution.shift() / ridge).isCloseTo(failures == 1 ? 10 : 100, within(1e-9));
            assertThat(solution.event()).isPresent();
            double bound = 2 * tolerance(engine) * norm(y.values()) / ridge;
            assertClose(solution.coefficients().values(), plain, bound + 1e-9, failures + " failures");
            assertRelativelyClose(solution.coefficients().values(), plain, 1e-6, failures + " failures");
        }
    }

    /**
     * A smooth kernel, most of whose eigenvalues are below the ridge: preconditioned with a shift of ten ridges their
     * images are near 0.1, too far from 1 for the steps of gradient descent.
     */
    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void conjugateGradientsOvercomeAShiftFarAboveTheSpectrum(Engine<A> engine) {
        TestData data = TestData.seeded(13);
        DoubleMatrix x = data.matrix(200, 2);
        DoubleMatrix y = data.matrix(200, 1);
        RidgeSystem<A> system = system(failing(engine, 1), x, PairFunction.power(2, 2, 3), ParallelFor.serial());
        RidgeSolution solution = system.solve(y, 1e-3);
        assertThat(residual(system, solution, y, 1e-3)).isLessThan(1e-5);
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void aMatrixThatNoShiftHealsIsAnError(Engine<A> engine) {
        TestData data = TestData.seeded(12);
        RidgeSystem<A> system = system(failing(engine, 100), data.matrix(5, 2), LAPLACE, ParallelFor.serial());
        assertThatThrownBy(() -> system.solve(data.matrix(5, 1), 1))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageStartingWith("The kernel matrix of order 5 could not be factored even with ")
                .hasMessageEndingWith(" added to its diagonal; it holds numbers that are not finite");
    }

    /**
     * Kernels of two metrics that differ by a hundredth: the old factor suffices. Of two bandwidths that differ by a factor
     * of ten: it does not, and a new one is made. Either way the solution is that of the new kernel.
     */
    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void anOldFactorServesWhileItsKernelIsNear(Engine<A> engine) {
        TestData data = TestData.seeded(14);
        int n = 1_700;
        double ridge = 1e-1;
        DoubleMatrix x = data.matrix(n, 5);
        DoubleMatrix y = data.matrix(n, 1);
        for (double bandwidth : new double[] {3.03, 0.3}) {
            AtomicInteger factorisations = new AtomicInteger();
            RidgeSystem<A> system = system(counting(engine, factorisations), x, LAPLACE, ParallelFor.serial());
            DoubleMatrix guess = system.solve(y, ridge).coefficients();
            int before = factorisations.get();
            system.setKernel(pack(engine, x), PairFunction.power(2, 1, bandwidth));
            RidgeSolution near = system.solveNear(y, ridge, guess);

            assertThat(factorisations.get() > before).isEqualTo(bandwidth < 1);
            assertThat(near.residual()).isLessThanOrEqualTo(tolerance(engine));
            assertThat(near.event()).isEmpty();
            DoubleMatrix expected = system.solve(y, ridge).coefficients();
            // Each is within residual / smallest eigenvalue of the exact solution.
            double bound = 2 * tolerance(engine) * norm(y.values()) / ridge + 1e-12;
            assertClose(near.coefficients(), expected, bound, "bandwidth " + bandwidth);
        }
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void withoutAnOldFactorSolvingNearIsSolving(Engine<A> engine) {
        TestData data = TestData.seeded(15);
        DoubleMatrix x = data.matrix(90, 3);
        DoubleMatrix y = data.matrix(90, 2);
        RidgeSystem<A> system = system(engine, x, LAPLACE, ParallelFor.serial());
        assertThat(system.solveNear(y, 1e-2, data.matrix(90, 2))).isEqualTo(system.solve(y, 1e-2));
    }

    /** Removing row i and predicting it is dividing its coefficient by g_i: checked by solving again without the row. */
    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void theInverseDiagonalGivesLeaveOneOutResiduals(Engine<A> engine) {
        TestData data = TestData.seeded(16);
        int n = 280;
        double ridge = 1e-2;
        DoubleMatrix x = data.matrix(n, 4);
        DoubleMatrix y = data.matrix(n, 2);
        RidgeSystem<A> system = system(engine, x, LAPLACE, ParallelFor.serial());
        DoubleMatrix coefficients = system.solve(y, ridge).coefficients();
        double[] g = system.inverseDiagonal(ridge);
        DoubleMatrix a = shifted(system, ridge);
        for (int i : new int[] {0, 17, 255, 256, 279}) {
            int out = i;
            int[] others = IntStream.range(0, n).filter(k -> k != out).toArray();
            DoubleMatrix rest = a.select(others).transpose().select(others);
            DoubleMatrix without = Lu.solve(rest, y.select(others));
            for (int l = 0; l < 2; l++) {
                double prediction = 0;
                for (int k = 0; k < others.length; k++) {
                    prediction += a.get(i, others[k]) * without.get(k, l);
                }
                // g to n u cond^1/2 with a condition number below 300 / ridge; coefficients to the residual over the
                // ridge.
                double unit = engine.precision() == Precision.FLOAT32 ? 0x1p-24 : 0x1p-53;
                double bound = n * unit * Math.sqrt(300 / ridge) + 10 * tolerance(engine) / ridge;
                assertThat(coefficients.get(i, l) / g[i])
                        .isCloseTo(y.get(i, l) - prediction, within(bound * Math.abs(y.get(i, l)) + bound));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void theInverseDiagonalIsThatOfTheKernelNowHeld(Engine<A> engine) {
        TestData data = TestData.seeded(17);
        int n = 1_700;
        DoubleMatrix x = data.matrix(n, 5);
        DoubleMatrix y = data.matrix(n, 1);
        RidgeSystem<A> system = system(engine, x, LAPLACE, ParallelFor.serial());
        DoubleMatrix guess = system.solve(y, 0.1).coefficients();
        double[] first = system.inverseDiagonal(0.1);
        system.setKernel(pack(engine, x), PairFunction.power(2, 1, 3.03));
        system.solveNear(y, 0.1, guess); // with the old factor
        double[] second = system.inverseDiagonal(0.1);
        assertThat(second).isNotEqualTo(first);
        RidgeSystem<A> fresh = system(engine, x, PairFunction.power(2, 1, 3.03), ParallelFor.serial());
        assertThat(fresh.inverseDiagonal(0.1)).containsExactly(second);
        assertThat(system.inverseDiagonal(1)).as("another ridge").isNotEqualTo(second);
        try (Workers workers = new Workers(3)) {
            RidgeSystem<A> threaded = system(engine, x, PairFunction.power(2, 1, 3.03), workers);
            assertThat(threaded.inverseDiagonal(0.1)).containsExactly(second);
        }
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void aSingularSystemHasNoInverseDiagonal(Engine<A> engine) {
        DoubleMatrix x = TestData.seeded(18).matrix(40, 2);
        duplicate(x, 0, 1);
        RidgeSystem<A> system = system(engine, x, PairFunction.power(2, 1, 1), ParallelFor.serial());
        assertThatThrownBy(() -> system.inverseDiagonal(0))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageStartingWith("The kernel matrix of order 40 plus a ridge of 0.0e+00 has no inverse in ")
                .hasMessageEndingWith(" arithmetic; a ridge of 2.4e-06 does");
    }

    /** The same tiles, read or made again, take part in the same sums. */
    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void kernelsThatAreNotKeptGiveTheSameBits(Engine<A> engine) {
        TestData data = TestData.seeded(19);
        int n = 600;
        DoubleMatrix x = data.matrix(n, 4);
        DoubleMatrix y = data.matrix(n, 3);
        RidgeSystem<A> kept = system(engine, x, LAPLACE, ParallelFor.serial());
        RidgeSystem<A> recomputed = new RidgeSystem<>(
                engine, n, KernelStorage.RECOMPUTED, ParallelFor.serial(), Phases.unrecorded(), share -> {});
        recomputed.setKernel(pack(engine, x), LAPLACE);
        assertThat(recomputed.solve(y, 1e-3)).isEqualTo(kept.solve(y, 1e-3));
        assertThat(recomputed.inverseDiagonal(1e-3)).containsExactly(kept.inverseDiagonal(1e-3));
        recomputed.setKernel(pack(engine, x), PairFunction.power(2, 1, 3.03));
        kept.setKernel(pack(engine, x), PairFunction.power(2, 1, 3.03));
        assertThat(recomputed.solveNear(y, 1e-3, data.matrix(n, 3)))
                .as("a kernel that is not kept is always factored")
                .isEqualTo(kept.solve(y, 1e-3));
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void pointsMustBeAsManyAsTheOrder(Engine<A> engine) {
        RidgeSystem<A> system = new RidgeSystem<>(engine, 7, ParallelFor.serial());
        DoubleMatrix x = TestData.seeded(20).matrix(8, 2);
        assertThatThrownBy(() -> system.setKernel(pack(engine, x), LAPLACE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A system of order 7 got 8 points");
    }

    /** The engine, counting the diagonal tiles it factors. */
    private static <A> Engine<A> counting(Engine<A> engine, AtomicInteger factorisations) {
        return watched(engine, () -> {
            factorisations.incrementAndGet();
            return false;
        });
    }

    /** The engine, but its first factorisations fail. */
    private static <A> Engine<A> failing(Engine<A> engine, int failures) {
        AtomicInteger left = new AtomicInteger(failures);
        return watched(engine, () -> left.getAndDecrement() > 0);
    }

    /** The engine, asking before each factorisation of a tile whether it should fail. */
    @SuppressWarnings("unchecked")
    private static <A> Engine<A> watched(Engine<A> engine, BooleanSupplier fails) {
        return (Engine<A>) Proxy.newProxyInstance(
                Engine.class.getClassLoader(), new Class<?>[] {Engine.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("factor") && fails.getAsBoolean()) {
                        return 0;
                    }
                    try {
                        return method.invoke(engine, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void threadsDoNotChangeTheBits(Engine<A> engine) {
        TestData data = TestData.seeded(8);
        int n = 600;
        DoubleMatrix x = data.matrix(n, 4);
        DoubleMatrix y = data.matrix(n, 2);
        RidgeSolution one = system(engine, x, LAPLACE, ParallelFor.serial()).solve(y, 1e-3);
        for (int threads : new int[] {2, 3, 5}) {
            try (Workers workers = new Workers(threads)) {
                RidgeSolution other = system(engine, x, LAPLACE, workers).solve(y, 1e-3);
                assertThat(other).isEqualTo(one);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void oneInstanceServesManySystems(Engine<A> engine) {
        TestData data = TestData.seeded(9);
        DoubleMatrix first = data.matrix(50, 3);
        DoubleMatrix second = data.matrix(50, 3);
        DoubleMatrix y = data.matrix(50, 1);
        RidgeSystem<A> reused = system(engine, first, LAPLACE, ParallelFor.serial());
        reused.solve(y, 1e-4);
        reused.setKernel(pack(engine, second), LAPLACE);
        assertThat(reused.solve(y, 1e-2))
                .isEqualTo(system(engine, second, LAPLACE, ParallelFor.serial()).solve(y, 1e-2));
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void targetsThatAreNotFiniteAreRefused(Engine<A> engine) {
        TestData data = TestData.seeded(10);
        RidgeSystem<A> system = system(engine, data.matrix(5, 2), LAPLACE, ParallelFor.serial());
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            DoubleMatrix y = data.matrix(5, 2);
            y.set(3, 1, bad);
            assertThatThrownBy(() -> system.solve(y, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Target column 1 holds a number that is not finite, or numbers too large to square");
        }
    }

    @Test
    void theMemoryEstimateGrowsWithTheSquareAndThePrecision() {
        long kept = RidgeSystem.bytes(10_000, 1, KernelStorage.KEPT, Precision.FLOAT32);
        long recomputed = RidgeSystem.bytes(10_000, 1, KernelStorage.RECOMPUTED, Precision.FLOAT32);
        assertThat(kept).isBetween(400_000_000L, 420_000_000L);
        assertThat(recomputed).isBetween(200_000_000L, 215_000_000L);
        assertThat(RidgeSystem.bytes(10_000, 1, KernelStorage.KEPT, Precision.FLOAT64))
                .isBetween(2 * kept - 10_000_000, 2 * kept);
        assertThat(RidgeSystem.bytes(10_000, 100, KernelStorage.KEPT, Precision.FLOAT32))
                .isGreaterThan(kept + 99 * 10 * 8 * 10_000L);
    }

    private static double tolerance(Engine<?> engine) {
        return engine.precision() == Precision.FLOAT32 ? 0x1p-21 : 1e-14;
    }

    private static <A> Points<A> pack(Engine<A> engine, DoubleMatrix x) {
        return Points.pack(engine, Design.of(x), Projection.identity(x.cols()), ParallelFor.serial());
    }

    private static <A> RidgeSystem<A> system(
            Engine<A> engine, DoubleMatrix x, PairFunction function, ParallelFor parallel) {
        RidgeSystem<A> system = new RidgeSystem<>(engine, x.rows(), parallel);
        system.setKernel(pack(engine, x), function);
        return system;
    }

    /** K + ridge I as the system stores K. */
    private static DoubleMatrix shifted(RidgeSystem<?> system, double ridge) {
        int n = system.kernel().size();
        SymmetricTiles<?> kernel = (SymmetricTiles<?>) system.kernel();
        DoubleMatrix result = DoubleMatrix.zeros(n, n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                result.set(i, j, kernel.get(i, j) + (i == j ? ridge : 0));
            }
        }
        return result;
    }

    private static double residual(RidgeSystem<?> system, RidgeSolution solution, DoubleMatrix y, double ridge) {
        DoubleMatrix image = shifted(system, ridge).times(solution.coefficients());
        double worst = 0;
        for (int l = 0; l < y.cols(); l++) {
            double[] target = y.col(l);
            double[] difference = image.col(l);
            for (int i = 0; i < target.length; i++) {
                difference[i] -= target[i];
            }
            worst = Math.max(worst, norm(difference) / norm(target));
        }
        return worst;
    }

    private static double norm(double[] values) {
        return Math.sqrt(Arrays.stream(values).map(v -> v * v).sum());
    }

    private static void duplicate(DoubleMatrix m, int from, int to) {
        for (int l = 0; l < m.cols(); l++) {
            m.set(to, l, m.get(from, l));
        }
    }
}

package ml.refract.solver;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import ml.refract.engine.Engine;
import ml.refract.engine.PairFunction;
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
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LogisticSolverTest {
    private static final PairFunction LAPLACE = PairFunction.power(2, 1, 3);

    /** Noisy classes of a few rows, their targets, and a system that holds their kernel. */
    private record Problem<A>(RidgeSystem<A> system, int[] labels, double[] shares, DoubleMatrix targets) {
        static <A> Problem<A> of(Engine<A> engine, int n, int columns, ParallelFor parallel) {
            TestData data = TestData.seeded(n + columns);
            DoubleMatrix x = data.matrix(n, 5);
            RidgeSystem<A> system = new RidgeSystem<>(engine, n, parallel);
            Design rows = Design.of(engine.precision() == Precision.FLOAT32 ? TestData.toFloats(x) : x);
            system.setKernel(Points.pack(engine, rows, Projection.identity(5), ParallelFor.serial()), LAPLACE);
            int classes = Math.max(2, columns);
            int[] labels = new int[n];
            double[] shares = new double[classes];
            for (int i = 0; i < n; i++) {
                for (int k = 1; k < classes; k++) {
                    labels[i] = x.get(i, k) + 0.5 * data.gaussian() > x.get(i, labels[i]) ? k : labels[i];
                }
                shares[labels[i]] += 1.0 / n;
            }
            return new Problem<>(system, labels, shares, targets(labels, shares, columns));
        }

        private static DoubleMatrix targets(int[] labels, double[] shares, int columns) {
            DoubleMatrix targets = DoubleMatrix.zeros(labels.length, columns);
            for (int i = 0; i < labels.length; i++) {
                for (int l = 0; l < columns; l++) {
                    int k = columns == 1 ? 1 : l;
                    targets.set(i, l, (labels[i] == k ? 1 : 0) - shares[k]);
                }
            }
            return targets;
        }

        DoubleMatrix kernel() {
            SymmetricTiles<?> tiles = (SymmetricTiles<?>) system.kernel();
            DoubleMatrix kernel = DoubleMatrix.zeros(labels.length, labels.length);
            for (int i = 0; i < labels.length; i++) {
                for (int j = 0; j < labels.length; j++) {
                    kernel.set(i, j, tiles.get(i, j));
                }
            }
            return kernel;
        }

        /** Probability of each class of each row, from outputs; the only class of a single column is the second. */
        DoubleMatrix probabilities(DoubleMatrix f) {
            DoubleMatrix p = DoubleMatrix.zeros(labels.length, shares.length);
            for (int i = 0; i < labels.length; i++) {
                double sum = 0;
                for (int k = 0; k < shares.length; k++) {
                    double output = f.cols() > 1 ? f.get(i, k) : k == 1 ? f.get(i, 0) : 0;
                    p.set(i, k, shares[k] * Math.exp(output));
                    sum += p.get(i, k);
                }
                for (int k = 0; k < shares.length; k++) {
                    p.set(i, k, p.get(i, k) / sum);
                }
            }
            return p;
        }

        /** p - y + 2 ridge alpha. */
        DoubleMatrix gradient(DoubleMatrix alpha, double ridge) {
            DoubleMatrix p = probabilities(kernel().times(alpha));
            DoubleMatrix gradient = DoubleMatrix.zeros(alpha.rows(), alpha.cols());
            for (int i = 0; i < alpha.rows(); i++) {
                for (int l = 0; l < alpha.cols(); l++) {
                    int k = alpha.cols() == 1 ? 1 : l;
                    gradient.set(i, l, p.get(i, k) - (labels[i] == k ? 1 : 0) + 2 * ridge * alpha.get(i, l));
                }
            }
            return gradient;
        }

        double objective(DoubleMatrix alpha, double ridge) {
            DoubleMatrix f = kernel().times(alpha);
            DoubleMatrix p = probabilities(f);
            double sum = 0;
            for (int i = 0; i < labels.length; i++) {
                sum -= Math.log(p.get(i, labels[i]));
                for (int l = 0; l < alpha.cols(); l++) {
                    sum += ridge * alpha.get(i, l) * f.get(i, l);
                }
            }
            return sum;
        }

        /** Full Newton steps on all coefficients at once, by Gaussian elimination. */
        DoubleMatrix newton(double ridge) {
            int n = labels.length;
            int c = targets.cols();
            DoubleMatrix kernel = kernel();
            DoubleMatrix alpha = DoubleMatrix.zeros(n, c);
            for (int step = 0; step < 15; step++) {
                DoubleMatrix p = probabilities(kernel.times(alpha));
                DoubleMatrix jacobian = DoubleMatrix.zeros(n * c, n * c);
                for (int i = 0; i < n; i++) {
                    for (int l = 0; l < c; l++) {
                        int k = c == 1 ? 1 : l;
                        jacobian.set(i * c + l, i * c + l, 2 * ridge);
                        for (int m = 0; m < c; m++) {
                            double w = p.get(i, k) * ((l == m ? 1 : 0) - p.get(i, c == 1 ? 1 : m));
                            for (int j = 0; j < n; j++) {
                                double before = jacobian.get(i * c + l, j * c + m);
                                jacobian.set(i * c + l, j * c + m, before + w * kernel.get(i, j));
                            }
                        }
                    }
                }
                DoubleMatrix change = Lu.solve(
                        jacobian, DoubleMatrix.column(gradient(alpha, ridge).values()));
                for (int k = 0; k < n * c; k++) {
                    alpha.values()[k] -= change.values()[k];
                }
            }
            return alpha;
        }
    }

    private static <A> RidgeSolution solved(
            RidgeSystem<A> system, DoubleMatrix targets, double ridge, Optional<DoubleMatrix> start) {
        return LogisticSolver.solve(system, targets, ridge, start, LogisticSolver.TOLERANCE);
    }

    private static double norm(DoubleMatrix matrix) {
        double sum = 0;
        for (double value : matrix.values()) {
            sum += value * value;
        }
        return Math.sqrt(sum);
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void theGradientIsZeroAtTheSolution(Engine<A> engine) {
        for (int columns : new int[] {1, 2, 3, 5}) {
            for (double ridge : new double[] {3, 0.1, 1e-3}) {
                Problem<A> problem = Problem.of(engine, 130, columns, ParallelFor.serial());
                RidgeSolution solution = solved(problem.system(), problem.targets(), ridge, Optional.empty());
                assertThat(solution.event()).isEmpty();
                double scale = norm(problem.targets());
                // The outputs are summed up over steps, each rounded in double.
                assertThat(norm(problem.gradient(solution.coefficients(), ridge)) / scale)
                        .isLessThan(1.01e-6);
                assertThat(solution.residual()).isLessThanOrEqualTo(1e-6);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void coefficientsAreThoseOfNewtonsMethod(Engine<A> engine) {
        for (int columns : new int[] {1, 3}) {
            for (double ridge : new double[] {0.5, 0.02}) {
                Problem<A> problem = Problem.of(engine, 30, columns, ParallelFor.serial());
                DoubleMatrix expected = problem.newton(ridge);
                assertThat(norm(problem.gradient(expected, ridge))).isLessThan(1e-12);
                DoubleMatrix found = solved(problem.system(), problem.targets(), ridge, Optional.empty())
                        .coefficients();
                // The gradient grows by at least 2 ridge times the distance in the norm of the kernel.
                assertClose(found, expected, 1e-6 * norm(problem.targets()) / ridge, columns + " columns");
            }
        }
    }

    @Test
    void theObjectiveRisesAsItsGradientSaysInEveryDirection() {
        double ridge = 0.05;
        Problem<double[]> problem = Problem.of(TestEngines.SCALAR, 60, 3, ParallelFor.serial());
        DoubleMatrix alpha = solved(problem.system(), problem.targets(), ridge, Optional.empty())
                .coefficients();
        TestData data = TestData.seeded(5);
        double least = problem.objective(alpha, ridge);
        for (int d = 0; d < 5; d++) {
            DoubleMatrix direction = data.matrix(60, 3);
            double step = 1e-4;
            double up = problem.objective(moved(alpha, direction, step), ridge);
            double down = problem.objective(moved(alpha, direction, -step), ridge);
            assertThat(up).isGreaterThan(least);
            assertThat(down).isGreaterThan(least);
            assertThat((up - down) / (2 * step)).isCloseTo(0, within(1e-3));
        }
    }

    private static DoubleMatrix moved(DoubleMatrix from, DoubleMatrix direction, double step) {
        DoubleMatrix moved = from.copy();
        for (int k = 0; k < moved.values().length; k++) {
            moved.values()[k] += step * direction.values()[k];
        }
        return moved;
    }

    /** The softmax of two columns has two halves of the logit, each with a ridge of its own. */
    @Test
    void twoColumnsAgreeWithOneAtHalfTheRidge() {
        Problem<double[]> one = Problem.of(TestEngines.SCALAR, 80, 1, ParallelFor.serial());
        DoubleMatrix two = Problem.targets(one.labels(), one.shares(), 2);
        DoubleMatrix single =
                solved(one.system(), one.targets(), 0.1, Optional.empty()).coefficients();
        DoubleMatrix both = solved(one.system(), two, 0.2, Optional.empty()).coefficients();
        for (int i = 0; i < 80; i++) {
            assertThat(both.get(i, 0)).isCloseTo(-both.get(i, 1), within(1e-5));
            assertThat(both.get(i, 1) - both.get(i, 0)).isCloseTo(single.get(i, 0), within(1e-4));
        }
    }

    @Test
    void theStartDoesNotMatterToTheSolution() {
        Problem<double[]> problem = Problem.of(TestEngines.SCALAR, 80, 3, ParallelFor.serial());
        RidgeSolution cold = solved(problem.system(), problem.targets(), 0.1, Optional.empty());
        RidgeSolution warm = solved(problem.system(), problem.targets(), 0.1, Optional.of(cold.coefficients()));
        assertThat(warm.steps()).isZero();
        RidgeSolution near = solved(
                problem.system(),
                problem.targets(),
                0.1,
                Optional.of(moved(cold.coefficients(), problem.targets(), 1e-3)));
        assertThat(near.steps()).isPositive();
        assertClose(near.coefficients(), cold.coefficients(), 1e-4, "from near");
        RidgeSolution far = solved(
                problem.system(),
                problem.targets(),
                0.1,
                Optional.of(moved(cold.coefficients(), problem.targets(), -1e3)));
        assertThat(far.coefficients()).as("0 is better").isEqualTo(cold.coefficients());
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void bitsDoNotDependOnThreads(Engine<A> engine) {
        Problem<A> serial = Problem.of(engine, 300, 3, ParallelFor.serial());
        DoubleMatrix expected = solved(serial.system(), serial.targets(), 0.05, Optional.empty())
                .coefficients();
        try (Workers workers = new Workers(3)) {
            Problem<A> shared = Problem.of(engine, 300, 3, workers);
            assertThat(solved(shared.system(), shared.targets(), 0.05, Optional.empty())
                            .coefficients())
                    .isEqualTo(expected);
        }
    }

    @Test
    void oneRowAndOneClassHaveASolution() {
        for (int n : new int[] {1, 7}) {
            int[] labels = new int[n];
            double[] shares = {0.6, 0.4};
            Problem<double[]> any = Problem.of(TestEngines.SCALAR, n, 1, ParallelFor.serial());
            Problem<double[]> problem = new Problem<>(any.system(), labels, shares, Problem.targets(labels, shares, 1));
            RidgeSolution solution = solved(problem.system(), problem.targets(), 0.1, Optional.empty());
            assertThat(solution.residual()).isLessThanOrEqualTo(1e-6);
            assertThat(norm(problem.gradient(solution.coefficients(), 0.1))).isLessThan(1e-5);
        }
    }

    @Test
    void meanLossesAreThoseOfTheProbabilities() {
        for (int columns : new int[] {1, 3}) {
            Problem<double[]> problem = Problem.of(TestEngines.SCALAR, 30, columns, ParallelFor.serial());
            DoubleMatrix f = TestData.seeded(9).matrix(30, columns);
            DoubleMatrix p = problem.probabilities(f);
            double expected = 0;
            for (int i = 0; i < 30; i++) {
                expected -= Math.log(p.get(i, problem.labels()[i])) / 30;
            }
            assertThat(LogisticTargets.of(problem.targets()).meanLoss(f)).isCloseTo(expected, within(1e-12));
        }
    }

    @Test
    void whatCannotBeSolvedIsNamed() {
        Problem<double[]> problem = Problem.of(TestEngines.SCALAR, 10, 1, ParallelFor.serial());
        assertThatThrownBy(() -> solved(problem.system(), problem.targets(), 0, Optional.empty()))
                .hasMessage("The logistic loss needs a ridge above 0, got 0.0; without one it has no minimum where "
                        + "classes can be parted");
        assertThatThrownBy(() -> LogisticTargets.of(DoubleMatrix.column(0.3, 0.2)))
                .hasMessage(
                        "The logistic loss is for classes: wanted targets that are indicators of the class less the "
                                + "shares of the classes, the same in every row; row 1 speaks for the shares [0.8], row 0 for "
                                + "[0.7]. For numbers take the squared loss");
        assertThatThrownBy(() -> LogisticTargets.of(DoubleMatrix.column(-3, 2)))
                .hasMessageContaining("row 0 speaks for the shares [3.0]");
        assertThatThrownBy(() -> LogisticTargets.of(DoubleMatrix.column(Double.NaN)))
                .hasMessageContaining("row 0 speaks for the shares [NaN]");
    }
}

package ml.refract.rfm.exact;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExactMachineTest {
    private static final double STEP = 1e-5;
    private static final int WIDTH = 12;
    private static final int OUTPUTS = 3;

    private final Execution execution = TestEngines.serial(TestEngines.SCALAR);

    static Stream<ExactKernel> kernels() {
        return Stream.of(
                ExactKernel.laplace(4),
                ExactKernel.gaussian(4),
                ExactKernel.generalisedGaussian(4, 0.8),
                ExactKernel.quadratic(),
                ExactKernel.generalQuadratic());
    }

    private static ExactMachine machine(ExactKernel kernel, DoubleMatrix centers) {
        TestData data = TestData.seeded(5);
        return new ExactMachine(kernel, data.positiveDefinite(WIDTH), centers, data.matrix(centers.rows(), OUTPUTS));
    }

    private static DoubleMatrix dense(int rows, long seed) {
        return TestData.seeded(seed).matrix(rows, WIDTH);
    }

    /** Two ones a row, as in the tasks of modular arithmetic: worked with as sparse. */
    private static DoubleMatrix pairs(int rows, long seed) {
        TestData data = TestData.seeded(seed);
        DoubleMatrix result = DoubleMatrix.zeros(rows, WIDTH);
        for (int i = 0; i < rows; i++) {
            result.set(i, data.below(WIDTH / 2), 1);
            result.set(i, WIDTH / 2 + data.below(WIDTH / 2), 1);
        }
        return result;
    }

    /** Rows of the Jacobian by central differences, row j * c + l, at every row; nothing of the kink of a kernel at its center. */
    private DoubleMatrix gradients(ExactMachine machine, DoubleMatrix rows) {
        DoubleMatrix result = DoubleMatrix.zeros(rows.rows() * OUTPUTS, WIDTH);
        for (int s = 0; s < WIDTH; s++) {
            DoubleMatrix up = rows.copy();
            DoubleMatrix down = rows.copy();
            for (int j = 0; j < rows.rows(); j++) {
                up.set(j, s, rows.get(j, s) + STEP);
                down.set(j, s, rows.get(j, s) - STEP);
            }
            DoubleMatrix above = machine.predict(up, execution);
            DoubleMatrix below = machine.predict(down, execution);
            for (int k = 0; k < above.values().length; k++) {
                result.set(k, s, (above.values()[k] - below.values()[k]) / (2 * STEP));
            }
        }
        return result;
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void theMomentIsThatOfDifferenceQuotients(ExactKernel kernel) {
        ExactMachine machine = machine(kernel, dense(70, 1));
        DoubleMatrix rows = dense(80, 2);
        DoubleMatrix gradients = gradients(machine, rows);
        check(machine, rows, gradients, "dense");
        ExactMachine sparse = machine(kernel, pairs(70, 3));
        check(sparse, rows, gradients(sparse, rows), "sparse centers");
        DoubleMatrix scaled = pairs(80, 4); // away from the centers
        for (int k = 0; k < scaled.values().length; k++) {
            scaled.values()[k] *= 1.5;
        }
        check(sparse, scaled, gradients(sparse, scaled), "sparse rows and centers");
        check(machine, scaled, gradients(machine, scaled), "sparse rows");
    }

    private void check(ExactMachine machine, DoubleMatrix rows, DoubleMatrix gradients, String what) {
        DoubleMatrix moment = machine.agop(rows, false, execution);
        double tolerance = 1e-6 * largest(moment);
        assertClose(moment, mean(gradients, rows.rows()), tolerance, what);
        DoubleMatrix centred = gradients.copy();
        for (int l = 0; l < OUTPUTS; l++) {
            for (int s = 0; s < WIDTH; s++) {
                double sum = 0;
                for (int j = 0; j < rows.rows(); j++) {
                    sum += gradients.get(j * OUTPUTS + l, s);
                }
                for (int j = 0; j < rows.rows(); j++) {
                    centred.set(j * OUTPUTS + l, s, gradients.get(j * OUTPUTS + l, s) - sum / rows.rows());
                }
            }
        }
        assertClose(machine.agop(rows, true, execution), mean(centred, rows.rows()), tolerance, what + " centred");
    }

    private static DoubleMatrix mean(DoubleMatrix gradients, int rows) {
        DoubleMatrix result = gradients.transpose().times(gradients);
        for (int k = 0; k < result.values().length; k++) {
            result.values()[k] /= rows;
        }
        return result;
    }

    private static double largest(DoubleMatrix matrix) {
        double largest = 0;
        for (double value : matrix.values()) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    /** sum_i J(x_i)' a_i x_i' with difference quotients; smooth kernels alone have one at a center. */
    @Test
    void factIsThatOfDifferenceQuotients() {
        for (ExactKernel kernel :
                new ExactKernel[] {ExactKernel.gaussian(4), ExactKernel.quadratic(), ExactKernel.generalQuadratic()}) {
            for (DoubleMatrix centers : new DoubleMatrix[] {dense(40, 6), pairs(30, 7)}) {
                ExactMachine machine = machine(kernel, centers);
                DoubleMatrix gradients = gradients(machine, centers);
                DoubleMatrix expected = DoubleMatrix.zeros(WIDTH, WIDTH);
                for (int k = 0; k < gradients.rows(); k++) {
                    for (int s = 0; s < WIDTH; s++) {
                        for (int t = 0; t < WIDTH; t++) {
                            expected.set(
                                    s,
                                    t,
                                    expected.get(s, t)
                                            + machine.coefficients().values()[k]
                                                    * gradients.get(k, s)
                                                    * centers.get(k / OUTPUTS, t));
                        }
                    }
                }
                assertClose(machine.fact(execution), expected, 1e-6 * largest(expected), kernel.toString());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void threadsAndBlocksDoNotChangeBits(ExactKernel kernel) {
        for (DoubleMatrix centers : new DoubleMatrix[] {dense(150, 8), pairs(150, 9)}) {
            ExactMachine machine = machine(kernel, centers);
            DoubleMatrix rows = dense(1_500, 10);
            try (Execution threads = TestEngines.threads(TestEngines.SCALAR, 3)) {
                assertThat(machine.predict(rows, threads)).isEqualTo(machine.predict(rows, execution));
                assertThat(machine.agop(true, threads)).isEqualTo(machine.agop(true, execution));
                assertThat(machine.fact(threads)).isEqualTo(machine.fact(execution));
            }
            assertThat(machine.predict(rows.select(new int[] {1_200}), execution)
                            .row(0))
                    .isEqualTo(machine.predict(rows, execution).row(1_200));
        }
    }

    @Test
    void badShapesAndNumbersAreRefused() {
        ExactMachine machine = machine(ExactKernel.quadratic(), dense(4, 11));
        assertThatThrownBy(() -> machine.predict(DoubleMatrix.zeros(2, 3), execution))
                .hasMessage("The machine was fitted on 12 columns, these rows have 3");
        DoubleMatrix broken = dense(4, 11);
        broken.set(2, 5, Double.NaN);
        assertThatThrownBy(() -> machine.predict(broken, execution))
                .hasMessage("Inputs must be finite, row 2, column 5 is NaN");
        assertThatThrownBy(() -> new ExactMachine(
                        ExactKernel.quadratic(), DoubleMatrix.identity(3), dense(4, 11), DoubleMatrix.zeros(5, 1)))
                .hasMessage(
                        "A machine on 4 x 12 centers needs as many rows of coefficients and a square metric of that "
                                + "many columns, got 5 rows and a 3 x 3 metric");
        assertThatThrownBy(() -> ExactKernel.gaussian(0)).hasMessageContaining("a bandwidth above 0");
    }
}

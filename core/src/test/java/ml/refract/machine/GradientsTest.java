package ml.refract.machine;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import ml.refract.engine.Execution;
import ml.refract.kernel.Kernel;
import ml.refract.kernel.Metric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.testing.KernelMatrices;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GradientsTest {
    private static final Execution SCALAR = TestEngines.serial(TestEngines.SCALAR);

    @ParameterizedTest
    @MethodSource("ml.refract.machine.Cases#kernels")
    void gradientsAreTheDerivativesOfPredictions(Kernel kernel) {
        for (int outputs : new int[] {1, 3}) {
            for (Cases.Case c : Cases.of(kernel, 11, 5, outputs, outputs)) {
                DoubleMatrix gradients = c.machine().gradients(c.queries(), SCALAR);
                // Rounding gives 1e-16 sum |alpha| / 1e-7; the curvature near kinks of q < 1 somewhat more.
                assertClose(gradients, centralDifferences(Cases.oneHot(c), 1e-7), 1e-6, c + " " + outputs);
            }
        }
    }

    /** Derivatives of the plain kernel expansion, coordinate by coordinate. */
    private static DoubleMatrix centralDifferences(Cases.Case c, double step) {
        KernelMachine machine = c.machine();
        int outputs = machine.outputs();
        DoubleMatrix z = (DoubleMatrix) c.queries().dense();
        DoubleMatrix result = DoubleMatrix.zeros(z.rows() * outputs, z.cols());
        for (int s = 0; s < z.cols(); s++) {
            DoubleMatrix up = shifted(z, s, step);
            DoubleMatrix down = shifted(z, s, -step);
            DoubleMatrix high = expansion(machine, up);
            DoubleMatrix low = expansion(machine, down);
            for (int j = 0; j < z.rows(); j++) {
                double width = up.get(j, s) - down.get(j, s);
                for (int l = 0; l < outputs; l++) {
                    result.set(j * outputs + l, s, (high.get(j, l) - low.get(j, l)) / width);
                }
            }
        }
        return result;
    }

    private static DoubleMatrix shifted(DoubleMatrix z, int column, double step) {
        DoubleMatrix result = z.copy();
        for (int j = 0; j < z.rows(); j++) {
            result.set(j, column, z.get(j, column) + step);
        }
        return result;
    }

    private static DoubleMatrix expansion(KernelMachine machine, DoubleMatrix z) {
        return KernelMatrices.of(
                        TestEngines.SCALAR, machine.kernel(), machine.metric(), Design.of(z), machine.centers())
                .times(machine.coefficients());
    }

    @ParameterizedTest
    @MethodSource("ml.refract.machine.Cases#kernels")
    void codedGroupsHaveTheGradientsOfTheirColumns(Kernel kernel) {
        for (Cases.Case c : Cases.of(kernel, 30, 8, 3, 5)) {
            Cases.Case plain = Cases.oneHot(c);
            assertClose(
                    c.machine().gradients(c.queries(), SCALAR),
                    plain.machine().gradients(plain.queries(), SCALAR),
                    1e-12,
                    c.toString());
            assertClose(
                    c.machine().predict(c.queries(), SCALAR),
                    plain.machine().predict(plain.queries(), SCALAR),
                    1e-12,
                    c.toString());
        }
    }

    @ParameterizedTest
    @MethodSource("ml.refract.machine.Cases#kernels")
    void aCenterItselfAddsNothing(Kernel kernel) {
        if (kernel.family().isNetwork() && kernel.activation().homogeneous()) {
            return; // it adds its smooth part
        }
        for (Cases.Case c : Cases.of(kernel, 9, 1, 1, 7)) {
            KernelMachine machine = c.machine();
            Design own = machine.centers().select(new int[] {4});
            double[] with = machine.gradients(own, SCALAR).values();
            double[] alpha = machine.coefficients().values().clone();
            alpha[4] = 1e6;
            double[] huge = new KernelMachine(kernel, machine.metric(), machine.centers(), DoubleMatrix.column(alpha))
                    .gradients(own, SCALAR)
                    .values();
            // In a coded group of the sum-power kernel 1e6 is added to a total and taken off again.
            assertClose(huge, with, 1e6 * 0x1p-50, c.toString());
        }
    }

    /** Without its kink the tangent kernel has the gradient M x / L^2 at x = z, whatever the number of layers. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void aCenterOfATangentKernelAddsItsSmoothPart(int layers) {
        double bandwidth = 2;
        for (Cases.Case c : Cases.of(Kernel.ntk(bandwidth, layers), 1, 1, 1, 7)) {
            KernelMachine machine = c.machine();
            double[] gradient = machine.gradients(machine.centers(), SCALAR).values();
            DoubleMatrix x = (DoubleMatrix) TestData.oneHot(machine.centers()).dense();
            double[] expected = machine.metric()
                    .matrix()
                    .map(m -> x.times(m.toDense()))
                    .orElse(x)
                    .values()
                    .clone();
            for (int s = 0; s < expected.length; s++) {
                expected[s] *= machine.coefficients().get(0, 0) / (bandwidth * bandwidth);
            }
            assertClose(gradient, expected, 1e-13, c.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void gradientsOfManyBlocksAndThreadsAreThoseOfEachRow(int outputs) {
        TestData data = TestData.seeded(9);
        for (Kernel kernel : new Kernel[] {Kernel.laplace(3, 1), Kernel.product(3, 1)}) {
            Design rows = data.design(data.floats(600, 4), 3);
            KernelMachine machine = new KernelMachine(
                    kernel,
                    Metric.of(data.blocks(4, 3)),
                    data.design(data.floats(300, 4), 3),
                    data.matrix(300, outputs));
            for (var engine : TestEngines.both().toList()) {
                DoubleMatrix one = machine.gradients(rows, TestEngines.serial(engine.getPayload()));
                for (int threads : new int[] {2, 3, 5}) {
                    try (Execution execution = TestEngines.threads(engine.getPayload(), threads)) {
                        assertThat(machine.gradients(rows, execution)).isEqualTo(one);
                    }
                }
                for (int row : new int[] {0, 255, 256, 599}) {
                    DoubleMatrix alone =
                            machine.gradients(rows.select(new int[] {row}), TestEngines.serial(engine.getPayload()));
                    for (int l = 0; l < outputs; l++) {
                        assertThat(alone.row(l)).containsExactly(one.row(row * outputs + l));
                    }
                }
            }
        }
    }

    /** So many outputs that their products with the centers are packed in two turns. */
    @Test
    void outputsTakenInTurnsAreTheSameAsEachAlone() {
        TestData data = TestData.seeded(11);
        int n = 300;
        int width = 700;
        int outputs = 90;
        Design centers = Design.of(data.floats(n, width));
        DoubleMatrix alpha = data.matrix(n, outputs);
        Design rows = Design.of(data.floats(4, width));
        Execution vector = TestEngines.serial(TestEngines.VECTOR);
        Kernel kernel = Kernel.laplace(30, 1);
        KernelMachine machine = new KernelMachine(kernel, Metric.identity(), centers, alpha);
        DoubleMatrix all = machine.gradients(rows, vector);
        double[] moment = new double[width];
        for (int l = 0; l < outputs; l++) {
            for (int j = 0; j < 4; j++) {
                for (int s = 0; s < width; s++) {
                    moment[s] += all.get(j * outputs + l, s) * all.get(j * outputs + l, s) / 4;
                }
            }
        }
        for (int l : new int[] {0, 78, 79, 80, 89}) {
            DoubleMatrix alone = new KernelMachine(
                            kernel, Metric.identity(), centers, DoubleMatrix.column(alpha.col(l)))
                    .gradients(rows, vector);
            for (int j = 0; j < 4; j++) {
                assertThat(all.row(j * outputs + l)).containsExactly(alone.row(j));
            }
        }
        double[] diagonal = machine.moment(rows, MomentOptions.DIAGONAL, vector).diagonal();
        assertClose(diagonal, moment, 1e-12 * Arrays.stream(moment).max().orElseThrow(), "moment over turns");
    }
}

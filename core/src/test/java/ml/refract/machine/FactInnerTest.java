package ml.refract.machine;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import ml.refract.engine.Engine;
import ml.refract.engine.Execution;
import ml.refract.kernel.Kernel;
import ml.refract.kernel.Metric;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.exact.ExactKernel;
import ml.refract.rfm.exact.ExactMachine;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FactInnerTest {
    private static final Execution SCALAR = TestEngines.serial(TestEngines.SCALAR);

    /** M L = sum_i J(x_i)' alpha_i x_i' from the gradients of the machine, block by block, under every metric. */
    @Test
    void theMetricTimesItIsFact() {
        for (Kernel kernel : new Kernel[] {Kernel.laplace(3, 1), Kernel.laplace(3, 0.7), Kernel.laplace(3, 2)}) {
            for (int outputs : new int[] {1, 9}) {
                for (Cases.Case c : Cases.of(kernel, 40, 1, outputs, 1)) {
                    KernelMachine machine = c.machine();
                    BlockSymmetric inner = machine.factInner(MomentOptions.FULL, SCALAR);
                    DoubleMatrix metric = machine.metric()
                            .matrix()
                            .map(BlockSymmetric::toDense)
                            .orElseGet(() -> DoubleMatrix.identity(inner.size()));
                    assertClose(
                            withoutOffBlocks(metric.times(inner.toDense()), machine.centers()),
                            withoutOffBlocks(fact(machine), machine.centers()),
                            1e-10,
                            c + " " + outputs);
                    BlockSymmetric diagonal = machine.factInner(MomentOptions.DIAGONAL, SCALAR);
                    assertThat(diagonal.isDiagonal()).isTrue();
                    assertClose(diagonal.diagonal(), inner.diagonal(), 1e-10, c + " diagonal");
                }
            }
        }
    }

    private static DoubleMatrix fact(KernelMachine machine) {
        DoubleMatrix gradients = machine.gradients(machine.centers(), SCALAR);
        DoubleMatrix rows = (DoubleMatrix) TestData.oneHot(machine.centers()).dense();
        int outputs = machine.outputs();
        DoubleMatrix weighted = DoubleMatrix.zeros(gradients.rows(), rows.cols());
        for (int k = 0; k < gradients.rows(); k++) {
            for (int t = 0; t < rows.cols(); t++) {
                weighted.set(k, t, machine.coefficients().get(k / outputs, k % outputs) * rows.get(k / outputs, t));
            }
        }
        return gradients.transpose().times(weighted);
    }

    private static DoubleMatrix withoutOffBlocks(DoubleMatrix matrix, Design design) {
        int[] block = new int[matrix.rows()];
        int at = design.dense().cols();
        for (int b = 0; b < design.groups().size(); b++) {
            Arrays.fill(block, at, at + design.groups().get(b).levels(), b + 1);
            at += design.groups().get(b).levels();
        }
        DoubleMatrix result = matrix.copy();
        for (int s = 0; s < block.length; s++) {
            for (int t = 0; t < block.length; t++) {
                result.set(s, t, block[s] == block[t] ? matrix.get(s, t) : 0);
            }
        }
        return result;
    }

    /** More rows than are added up at once; the other way there is to the same numbers. */
    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    void itIsThatOfTheExactMachineForAnyThreads(Engine<?> engine) {
        TestData data = TestData.seeded(2);
        DoubleMatrix x = data.matrix(2_300, 4);
        DoubleMatrix alpha = data.matrix(2_300, 2);
        DoubleMatrix metric = data.positiveDefinite(4);
        KernelMachine machine =
                new KernelMachine(Kernel.laplace(3, 1), Metric.of(BlockSymmetric.full(metric)), Design.of(x), alpha);
        DoubleMatrix inner = machine.factInner(MomentOptions.FULL, TestEngines.serial(engine))
                .toDense();
        DoubleMatrix expected = new ExactMachine(ExactKernel.laplace(3), metric, x, alpha).fact(SCALAR);
        double size = Arrays.stream(expected.values()).map(Math::abs).max().orElseThrow();
        double roundoff = engine.precision().roundoff();
        assertClose(metric.times(inner), expected, 300 * roundoff * size + 1e-9, engine.name());
        try (Execution threads = TestEngines.threads(engine, 3)) {
            assertThat(machine.factInner(MomentOptions.FULL, threads).toDense()).isEqualTo(inner);
        }
    }

    @Test
    void otherDistancesAreRefused() {
        TestData data = TestData.seeded(3);
        KernelMachine machine = new KernelMachine(
                Kernel.lpq(3, 1.5, 1), Metric.identity(), Design.of(data.matrix(5, 2)), data.matrix(5, 1));
        assertThatThrownBy(() -> machine.factInner(MomentOptions.FULL, SCALAR))
                .hasMessage("FACT is for kernels of Euclidean distance (l2), not for lpq with norm 1.5");
    }
}

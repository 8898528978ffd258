package ml.refract.solver;

import static ml.refract.testing.Close.assertRelativelyClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;
import ml.refract.engine.Projection;
import ml.refract.engine.scalar.ScalarEngine;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleKernels;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.testing.TestData;
import org.junit.jupiter.api.Test;

class RidgePathTest {
    private static final double[] RIDGES = {1e-5, 1e-2, 3};

    /** exp(-|x - z|) between rows. */
    private static DoubleMatrix kernel(DoubleMatrix x, DoubleMatrix z) {
        DoubleMatrix k = DoubleMatrix.zeros(x.rows(), z.rows());
        for (int i = 0; i < x.rows(); i++) {
            for (int j = 0; j < z.rows(); j++) {
                double squares = 0;
                for (int s = 0; s < x.cols(); s++) {
                    squares += Math.pow(x.get(i, s) - z.get(j, s), 2);
                }
                k.set(i, j, Math.exp(-Math.sqrt(squares)));
            }
        }
        return k;
    }

    private static RidgePath path(DoubleMatrix kernel, DoubleMatrix y) {
        return RidgePath.of(kernel, y, DoubleKernels.plain(), ParallelFor.serial(), share -> {});
    }

    /** alpha of (K + ridge I) alpha = y, by the direct solver in double. */
    private static DoubleMatrix solve(DoubleMatrix x, DoubleMatrix y, double ridge) {
        ScalarEngine engine = new ScalarEngine();
        RidgeSystem<double[]> system = new RidgeSystem<>(engine, x.rows(), ParallelFor.serial());
        system.setKernel(
                Points.pack(engine, Design.of(x), Projection.identity(x.cols()), ParallelFor.serial()),
                PairFunction.power(2, 1, 1));
        return system.solve(y, ridge).coefficients();
    }

    /** The residuals are those of models that are fitted without the row; systems of condition 1e6 lose six of 16 digits. */
    @Test
    void residualsAreThoseOfRefitsWithoutTheRow() {
        TestData data = TestData.seeded(31);
        DoubleMatrix x = data.matrix(40, 3);
        DoubleMatrix y = data.matrix(40, 2);
        List<RidgePath.LeaveOneOut> found = path(kernel(x, x), y).leaveOneOut(RIDGES);
        for (int r = 0; r < RIDGES.length; r++) {
            DoubleMatrix expected = DoubleMatrix.zeros(40, 2);
            for (int i = 0; i < 40; i++) {
                int left = i;
                int[] others = IntStream.range(0, 40).filter(row -> row != left).toArray();
                DoubleMatrix row = x.select(new int[] {i});
                DoubleMatrix prediction =
                        kernel(row, x.select(others)).times(solve(x.select(others), y.select(others), RIDGES[r]));
                expected.set(i, 0, y.get(i, 0) - prediction.get(0, 0));
                expected.set(i, 1, y.get(i, 1) - prediction.get(0, 1));
            }
            assertThat(found.get(r).ridge()).isEqualTo(RIDGES[r]);
            assertRelativelyClose(found.get(r).residuals().values(), expected.values(), 1e-8, "ridge " + RIDGES[r]);
        }
    }

    @Test
    void theLossIsTheMeanOverRowsOfSumsOverOutputs() {
        DoubleMatrix residuals = DoubleMatrix.of(2, 2, new double[] {3, 4, 0, -2});
        assertThat(new RidgePath.LeaveOneOut(1, residuals).meanLoss()).isEqualTo((9 + 16 + 4) / 2.0);
    }

    /** Of noise nothing can be learned, so the largest ridge is best; a smooth function wants a small one. */
    @Test
    void theRidgeFollowsTheNoise() {
        TestData data = TestData.seeded(32);
        DoubleMatrix x = data.matrix(150, 2);
        DoubleMatrix smooth = DoubleMatrix.zeros(150, 1);
        for (int i = 0; i < 150; i++) {
            smooth.set(i, 0, Math.sin(2 * x.get(i, 0)) + x.get(i, 1));
        }
        DoubleMatrix kernel = kernel(x, x);
        double[] ridges = {1e-6, 1e-4, 1e-2, 1, 100};
        assertThat(path(kernel, data.matrix(150, 1)).best(ridges).ridge()).isEqualTo(100);
        assertThat(path(kernel, smooth).best(ridges).ridge()).isLessThan(0.1);
    }

    @Test
    void badInputIsNamed() {
        DoubleMatrix one = DoubleMatrix.of(1, 1, new double[] {1});
        assertThatThrownBy(() -> path(one, DoubleMatrix.zeros(2, 1)))
                .hasMessage("A kernel matrix of order 1 got targets of 2 rows; wanted as many, at least one");
        assertThatThrownBy(() -> path(one, DoubleMatrix.of(1, 1, new double[] {Double.NaN})))
                .hasMessage("A target is NaN; targets must be finite");
        assertThatThrownBy(() -> path(one, one).leaveOneOut(0))
                .hasMessage("A ridge must be positive and finite, got 0.0");
        assertThat(path(one, one).best(0.5).ridge()).isEqualTo(0.5);
    }
}

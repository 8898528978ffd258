package ml.refract.rfm.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;
import org.assertj.core.data.Offset;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.SingularOps_DDRM;
import org.junit.jupiter.api.Test;

/** The iteration of the paper against numbers of an independent implementation and against reweighted least squares. */
class ExactCompletionTest {
    private static void assertClose(DoubleMatrix actual, double[][] expected, Offset<Double> within) {
        for (int i = 0; i < expected.length; i++) {
            for (int j = 0; j < expected[i].length; j++) {
                assertThat(actual.get(i, j)).as("(%d, %d)", i, j).isCloseTo(expected[i][j], within);
            }
        }
    }

    /** Specification of the family, section 14. */
    @Test
    void twoSweepsGiveTheNumbersOfTheFixture() {
        Entries entries = Entries.of(
                3, 3, new int[] {0, 0, 1, 1, 2, 2}, new int[] {0, 1, 0, 2, 1, 2}, new double[] {1, 2, 2, 6, 1, 1});
        try (Execution execution = Execution.singleThreaded()) {
            ExactCompletion exact = new ExactCompletion(entries, 0.5, false, execution);
            exact.sweep(0.1);
            assertClose(
                    exact.completed(),
                    new double[][] {{10 / 11.0, 20 / 11.0, 0}, {20 / 11.0, 0, 60 / 11.0}, {0, 10 / 11.0, 10 / 11.0}},
                    within(1e-12));
            exact.sweep(0.1);
            assertClose(
                    exact.completed(),
                    new double[][] {
                        {.9800188347, 1.8720794948, 1.0129324767},
                        {1.9824480816, .2417619612, 5.9473442449},
                        {.6273618199, .9337951815, .9920564414}
                    },
                    within(1e-9));
        }
    }

    /**
     * With power 1/2 and replacing, every sweep minimises sum_i w_i' Q^-1 w_i, Q = W'W / n + smoothing I of the sweep before,
     * over matrices with the observed entries: the solution of that problem by its Lagrange multipliers.
     */
    @Test
    void powerOneHalfIsReweightedLeastSquares() {
        LowRank matrix = LowRank.draw(12, 9, 2, 60, 0, 4);
        Entries entries = matrix.entries();
        double[] smoothings = {0.5, 0.2, 0.05, 0.01};
        DMatrixRMaj w = new DMatrixRMaj(12, 9);
        DMatrixRMaj q = CommonOps_DDRM.identity(9);
        CommonOps_DDRM.scale(1 + smoothings[0], q);
        try (Execution execution = Execution.singleThreaded()) {
            ExactCompletion exact = new ExactCompletion(entries, 0.5, true, execution);
            for (int t = 0; t < smoothings.length; t++) {
                exact.sweep(smoothings[t]);
                double[][] expected = new double[12][];
                for (int i = 0; i < 12; i++) {
                    expected[i] = constrained(entries, i, q);
                    System.arraycopy(expected[i], 0, w.data, 9 * i, 9);
                }
                assertClose(exact.completed(), expected, within(1e-9));
                CommonOps_DDRM.multTransA(1 / 12.0, w, w, q);
                for (int j = 0; j < 9 && t + 1 < smoothings.length; j++) {
                    q.add(j, j, smoothings[t + 1]);
                }
            }
        }
    }

    /** The w with smallest w' Q^-1 w and the observed entries of a row: the KKT system [Q^-1 B'; B 0]. */
    private static double[] constrained(Entries entries, int row, DMatrixRMaj q) {
        SparseSide rows = entries.side(0);
        int start = rows.starts()[row];
        int count = rows.starts()[row + 1] - start;
        int d = entries.cols();
        DMatrixRMaj kkt = new DMatrixRMaj(d + count, d + count);
        DMatrixRMaj right = new DMatrixRMaj(d + count, 1);
        DMatrixRMaj inverse = new DMatrixRMaj(d, d);
        CommonOps_DDRM.invert(q, inverse);
        CommonOps_DDRM.insert(inverse, kkt, 0, 0);
        for (int t = 0; t < count; t++) {
            kkt.set(d + t, rows.others()[start + t], 1);
            kkt.set(rows.others()[start + t], d + t, 1);
            right.set(d + t, 0, entries.value(start + t));
        }
        DMatrixRMaj solution = new DMatrixRMaj(d + count, 1);
        CommonOps_DDRM.solve(kkt, right, solution);
        return Arrays.copyOf(solution.data, d);
    }

    /** Power 1 multiplies; a power next to it takes eigenvalues. Both must lead to the same place. */
    @Test
    void integerPowersNeedNoEigenvalues() {
        Entries entries = LowRank.draw(20, 15, 2, 150, 0, 4).entries();
        try (Execution execution = Execution.singleThreaded()) {
            ExactCompletion products = new ExactCompletion(entries, 1, true, execution);
            ExactCompletion eigen = new ExactCompletion(entries, 1 + 1e-12, true, execution);
            for (int t = 0; t < 5; t++) {
                products.sweep(0.05);
                eigen.sweep(0.05);
            }
            double[][] expected = new double[20][];
            for (int i = 0; i < 20; i++) {
                expected[i] = eigen.completed().row(i);
            }
            assertClose(products.completed(), expected, within(1e-8));
        }
    }

    /** One sweep of the large-scale solver with all directions is a sweep of the exact one. */
    @Test
    void theSolverForLargeMatricesDoesTheSame() {
        Entries entries = LowRank.draw(14, 9, 3, 80, 0, 8).entries();
        double[] values = entries.standardised(0, 1);
        try (Execution execution = Execution.singleThreaded()) {
            ExactCompletion exact = new ExactCompletion(entries, 0.5, false, execution);
            MetricSweeps sweeps = new MetricSweeps(entries, values, 0.5, execution);
            double[] identity = DoubleMatrix.identity(9).values();
            double[] ones = new double[9];
            Arrays.fill(ones, 1);
            MetricSweeps.Solved solved = sweeps.solve(new MetricSweeps.Metric(0, 9, identity, ones), 0.3);
            exact.sweep(0.3);
            double squares = 0;
            for (int i = 0; i < 14; i++) {
                for (int j = 0; j < 9; j++) {
                    assertThat(solved.predict(i, j)).isCloseTo(exact.completed().get(i, j), within(1e-12));
                }
            }
            for (int e = 0; e < entries.size(); e++) {
                squares += Math.pow(entries.value(e) - exact.completed().get(entries.row(e), entries.col(e)), 2);
            }
            assertThat(solved.meanSquare()).isCloseTo(squares / entries.size(), within(1e-12));
            // the next metric: eigenvalues of the completed matrix with the observed entries in place
            DMatrixRMaj w = DMatrixRMaj.wrap(14, 9, exact.completed().values().clone());
            for (int e = 0; e < entries.size(); e++) {
                w.set(entries.row(e), entries.col(e), entries.value(e));
            }
            MetricSweeps.Metric next = sweeps.next(solved);
            assertThat(next.side()).isEqualTo(1);
            double[] singular = SingularOps_DDRM.singularValues(w);
            Arrays.sort(singular);
            for (int l = 0; l < 9; l++) {
                assertThat(next.spectrum()[l])
                        .isCloseTo(singular[8 - l] * singular[8 - l] / Math.sqrt(14 * 9), within(1e-10));
            }
        }
    }

    @Test
    void whatCannotBeIsRefused() {
        Entries entries = LowRank.draw(6, 5, 1, 20, 0, 4).entries();
        try (Execution small = Execution.builder().threads(1).memoryBudget(100).build()) {
            assertThatThrownBy(() -> new ExactCompletion(entries, 0.5, true, small))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("takes 640 bytes, 100 are allowed");
        }
        try (Execution execution = Execution.singleThreaded()) {
            assertThatThrownBy(() -> new ExactCompletion(entries, 0, true, execution))
                    .hasMessageContaining("above 0 and at most 4");
            ExactCompletion exact = new ExactCompletion(entries, 0.5, true, execution);
            assertThatThrownBy(() -> exact.sweep(0)).hasMessageContaining("above 0");
        }
    }
}

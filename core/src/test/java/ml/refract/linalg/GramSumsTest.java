package ml.refract.linalg;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import ml.refract.testing.TestData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GramSumsTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 16, 21})
    void sumsTheOuterProductsOfRows(int count) {
        DoubleMatrix rows = TestData.seeded(count).matrix(count, 5);
        GramSums sums = new GramSums(5);
        sums.add(rows.values(), count);
        DoubleMatrix expected = rows.transpose().times(rows);
        for (int k = 0; k < expected.values().length; k++) {
            expected.values()[k] *= 0.5;
        }
        assertClose(sums.toMatrix(0.5), expected, 1e-13, "sum b b' / 2");
    }

    @Test
    void partialSumsAddUp() {
        double[] first = TestData.seeded(1).gaussians(3 * 4);
        double[] second = TestData.seeded(2).gaussians(11 * 4);
        GramSums all = new GramSums(4);
        all.add(first, 3);
        all.add(second, 11);
        GramSums left = new GramSums(4);
        left.add(first, 3);
        GramSums right = new GramSums(4);
        right.add(second, 11);
        left.add(right);
        assertClose(left.toMatrix(1), all.toMatrix(1), 1e-13, "partial sums");
    }

    @Test
    void rowsBeyondTheCountAreIgnored() {
        GramSums sums = new GramSums(2);
        sums.add(new double[] {1, 2, 99, 99}, 1);
        assertThat(sums.toMatrix(1)).isEqualTo(DoubleMatrix.fromRows(new double[][] {{1, 2}, {2, 4}}));
        assertThat(new GramSums(0).toMatrix(1).rows()).isZero();
    }
}

package ml.refract.linalg;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import ml.refract.testing.TestData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GramSumsTest {
    private static GramSums sums(int width) {
        return new GramSums(width, DoubleKernels.plain());
    }

    @ParameterizedTest
    @CsvSource({"0,5", "1,5", "7,5", "8,5", "9,5", "16,5", "21,5", "1,24", "9,24", "140,25", "300,41", "7,64"})
    void sumsTheOuterProductsOfRows(int count, int width) {
        DoubleMatrix rows = TestData.seeded(count).matrix(count, width);
        GramSums sums = sums(width);
        sums.add(rows.values(), count);
        DoubleMatrix expected = rows.transpose().times(rows);
        for (int k = 0; k < expected.values().length; k++) {
            expected.values()[k] *= 0.5;
        }
        // Sums of count products of size one, each term rounded.
        assertClose(sums.toMatrix(0.5), expected, 1e-15 + 1.2e-16 * count * count, "sum b b' / 2");
    }

    @Test
    void partialSumsAddUp() {
        double[] first = TestData.seeded(1).gaussians(3 * 4);
        double[] second = TestData.seeded(2).gaussians(11 * 4);
        GramSums all = sums(4);
        all.add(first, 3);
        all.add(second, 11);
        GramSums left = sums(4);
        left.add(first, 3);
        GramSums right = sums(4);
        right.add(second, 11);
        left.add(right);
        assertClose(left.toMatrix(1), all.toMatrix(1), 1e-13, "partial sums");
    }

    @Test
    void rowsBeyondTheCountAreIgnored() {
        GramSums sums = sums(2);
        sums.add(new double[] {1, 2, 99, 99}, 1);
        assertThat(sums.toMatrix(1)).isEqualTo(DoubleMatrix.fromRows(new double[][] {{1, 2}, {2, 4}}));
        assertThat(sums(0).toMatrix(1).rows()).isZero();
    }
}

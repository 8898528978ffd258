package ml.refract.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ml.refract.linalg.DoubleMatrix;
import ml.refract.testing.TestData;
import org.junit.jupiter.api.Test;

class SignedGroupsTest {
    @Test
    void fewColumnsStay() {
        DoubleMatrix few = TestData.seeded(1).matrix(3, SignedGroups.MOST);
        assertThat(SignedGroups.of(few)).isSameAs(few);
        assertThat(SignedGroups.count(7)).isEqualTo(7);
        assertThat(SignedGroups.count(1_000)).isEqualTo(SignedGroups.MOST);
    }

    /** Every column is in one group, with its sign, and no group is larger than it has to be. */
    @Test
    void everyColumnIsCountedOnce() {
        int columns = 300;
        DoubleMatrix sums = SignedGroups.of(DoubleMatrix.identity(columns));
        assertThat(sums.cols()).isEqualTo(SignedGroups.MOST);
        int positive = 0;
        for (int k = 0; k < columns; k++) {
            double[] row = sums.row(k);
            double sum = 0;
            double squares = 0;
            for (double value : row) {
                sum += value;
                squares += value * value;
            }
            assertThat(squares).isEqualTo(1);
            assertThat(Math.abs(sum)).isEqualTo(1);
            positive += sum > 0 ? 1 : 0;
        }
        assertThat(positive).isBetween(110, 190); // 150 with a deviation of 8.7
        for (int group = 0; group < sums.cols(); group++) {
            double rows = 0;
            for (double value : sums.col(group)) {
                rows += Math.abs(value);
            }
            assertThat(rows).isBetween(2.0, 3.0);
        }
    }

    /** Sums of products are within five standard deviations, which are at most sqrt(2 / 128) of the product of both lengths. */
    @Test
    void sumsOfProductsAreKept() {
        DoubleMatrix columns = TestData.seeded(2).matrix(4, 1_000);
        DoubleMatrix exact = columns.times(columns.transpose());
        DoubleMatrix sums = SignedGroups.of(columns);
        DoubleMatrix estimate = sums.times(sums.transpose());
        for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 4; j++) {
                double deviation = Math.sqrt(2.0 / SignedGroups.MOST * exact.get(i, i) * exact.get(j, j));
                assertThat(estimate.get(i, j)).isCloseTo(exact.get(i, j), within(5 * deviation));
            }
        }
    }
}

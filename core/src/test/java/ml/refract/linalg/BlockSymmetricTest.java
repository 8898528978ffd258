package ml.refract.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class BlockSymmetricTest {
    private static final BlockSymmetric MIXED = BlockSymmetric.of(List.of(
            new BlockSymmetric.Full(DoubleMatrix.fromRows(new double[][] {{2, -1}, {-1, 3}})),
            new BlockSymmetric.Diagonal(new double[] {4, 0, 5})));

    @Test
    void hasItsBlocksOnTheDiagonalAndZerosElsewhere() {
        assertThat(MIXED.toDense()).isEqualTo(DoubleMatrix.fromRows(new double[][] {
            {2, -1, 0, 0, 0}, {-1, 3, 0, 0, 0}, {0, 0, 4, 0, 0}, {0, 0, 0, 0, 0}, {0, 0, 0, 0, 5}
        }));
        assertThat(MIXED.size()).isEqualTo(5);
        assertThat(MIXED.diagonal()).containsExactly(2, 3, 4, 0, 5);
    }

    @Test
    void normsAndSums() {
        assertThat(MIXED.trace()).isEqualTo(14);
        assertThat(MIXED.largestEntry()).isEqualTo(5);
        assertThat(MIXED.frobenius()).isCloseTo(Math.sqrt(4 + 2 + 9 + 16 + 25), within(1e-14));
        assertThat(BlockSymmetric.diagonal(-3, -2).largestEntry()).isEqualTo(-2);
    }

    @Test
    void timesScalesEveryEntryAndLeavesTheOriginal() {
        assertThat(MIXED.times(-2).toDense().get(1, 1)).isEqualTo(-6);
        assertThat(MIXED.times(-2).toDense().get(4, 4)).isEqualTo(-10);
        assertThat(MIXED.toDense().get(1, 1)).isEqualTo(3);
    }

    @Test
    void distanceIsTheFrobeniusNormOfTheDifference() {
        assertThat(MIXED.distanceTo(MIXED.times(3))).isCloseTo(2 * MIXED.frobenius(), within(1e-13));
        assertThat(MIXED.distanceTo(MIXED)).isZero();
    }

    @Test
    void anEntryThatIsNotFiniteMakesTheLargestUndefined() {
        assertThat(BlockSymmetric.diagonal(1, Double.NaN, 2).largestEntry()).isNaN();
        assertThat(BlockSymmetric.diagonal(1, Double.POSITIVE_INFINITY).largestEntry())
                .isNaN();
        assertThat(BlockSymmetric.diagonal(Double.NEGATIVE_INFINITY, 1).largestEntry())
                .isNaN();
    }

    @Test
    void knowsWhetherItIsDiagonal() {
        assertThat(MIXED.isDiagonal()).isFalse();
        assertThat(BlockSymmetric.diagonal(1, 2).isDiagonal()).isTrue();
        assertThat(BlockSymmetric.full(DoubleMatrix.identity(2)).isDiagonal()).isFalse();
    }

    @Test
    void impossibleBlocksAreRefused() {
        assertThatThrownBy(() -> BlockSymmetric.full(DoubleMatrix.zeros(2, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A diagonal block must be square, got 2 x 3");
        assertThatThrownBy(() -> BlockSymmetric.of(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A block matrix needs at least the block of the dense columns");
    }

    @Test
    void distancesBetweenFullAndDiagonalBlocks() {
        BlockSymmetric diagonal = BlockSymmetric.diagonal(1, 0);
        BlockSymmetric full = BlockSymmetric.full(DoubleMatrix.fromRows(new double[][] {{3, 1}, {1, 2}}));
        assertThat(full.distanceTo(diagonal))
                .isEqualTo(Math.sqrt(4 + 1 + 1 + 4))
                .isEqualTo(diagonal.distanceTo(full));
        assertThat(diagonal.distanceTo(BlockSymmetric.diagonal(1, 2))).isEqualTo(2);
    }
}

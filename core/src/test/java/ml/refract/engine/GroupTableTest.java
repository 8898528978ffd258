package ml.refract.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleUnaryOperator;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.testing.TestData;
import org.junit.jupiter.api.Test;

class GroupTableTest {
    private static final int LEVELS = 4;
    /** A term that is not zero at zero, like that of the sum-power kernel. */
    private static final DoubleUnaryOperator TERM = u -> Math.exp(-Math.abs(u));

    @Test
    void sumsAreThoseOfTheTransformedCoordinatesForEveryPairOfLevels() {
        TestData data = TestData.seeded(1);
        double[] roots = data.diagonals(LEVELS).diagonal();
        DoubleMatrix root = data.positiveDefinite(LEVELS);
        check(GroupTable.diagonal(roots, TERM), BlockSymmetric.diagonal(roots).toDense(), TERM);
        check(GroupTable.full(root, TERM), root, TERM);
        DoubleUnaryOperator other = u -> u * u;
        check(
                GroupTable.diagonal(roots, TERM).withTerm(other),
                BlockSymmetric.diagonal(roots).toDense(),
                other);
        check(GroupTable.full(root, TERM).withTerm(other), root, other);
        check(GroupTable.squaredDistances(root.times(root)), root, other);
    }

    /** Level k is column k of the root, the unknown level zero. */
    private static void check(GroupTable table, DoubleMatrix root, DoubleUnaryOperator term) {
        assertThat(table.levels()).isEqualTo(LEVELS);
        for (int a = 0; a <= LEVELS; a++) {
            for (int b = 0; b <= LEVELS; b++) {
                double expected = 0;
                for (int s = 0; s < LEVELS; s++) {
                    double left = a == LEVELS ? 0 : root.get(s, a);
                    double right = b == LEVELS ? 0 : root.get(s, b);
                    expected += term.applyAsDouble(left - right);
                }
                assertThat(table.sum(a, b)).isCloseTo(expected, within(1e-14 * (1 + expected)));
                assertThat(table.sum(b, a)).as("same bits").isEqualTo(table.sum(a, b));
            }
        }
    }

    @Test
    void eachKindHasItsOwnParts() {
        GroupTable diagonal = GroupTable.diagonal(new double[] {1, 2}, u -> u * u);
        GroupTable full = GroupTable.full(DoubleMatrix.identity(2), u -> u * u);
        assertThat(diagonal.isFull()).isFalse();
        assertThat(full.isFull()).isTrue();
        assertThat(full.sums()).hasSize(9);
        assertThat(full.root()).isEqualTo(DoubleMatrix.identity(2));
        assertThat(full.pullBack()).isEqualTo(DoubleMatrix.identity(2));
        DoubleMatrix metric = DoubleMatrix.of(2, 2, new double[] {2, 1, 1, 3});
        assertThat(GroupTable.squaredDistances(metric).pullBack()).isEqualTo(metric);
        assertThat(diagonal.diagonalRoots()).containsExactly(1, 2);
        assertThat(diagonal.parts()).containsExactly(1, 4, 0);
        assertThat(diagonal.base()).isZero();
        assertThatThrownBy(diagonal::sums)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("A diagonal group has no table of pairs");
        assertThatThrownBy(diagonal::root)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("A diagonal group, or one of squared distances or inner products, has no root matrix");
    }
}

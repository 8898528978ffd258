package ml.refract.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class DesignTest {
    private static final Design MIXED = Design.of(
            Matrix.of(3, 2, new float[] {1, 2, 3, 4, 5, 6}),
            List.of(new Design.Group(new int[] {0, -1, 1}, 2), new Design.Group(new int[] {4, 0, 2}, 5)));

    @Test
    void widthCountsDenseColumnsAndLevels() {
        assertThat(MIXED.rows()).isEqualTo(3);
        assertThat(MIXED.width()).isEqualTo(9);
        assertThat(Design.of(Matrix.zeros(3, 2)).width()).isEqualTo(2);
    }

    @Test
    void selectTakesRowsOfEveryPart() {
        Design picked = MIXED.select(new int[] {2, 1, 2});
        assertThat(picked.dense().get(0, 1)).isEqualTo(6);
        assertThat(picked.groups().get(0).codes()).containsExactly(1, -1, 1);
        assertThat(picked.groups().get(1).codes()).containsExactly(2, 0, 2);
        assertThat(picked.sameCoordinates(MIXED)).isTrue();
    }

    @Test
    void selectWorksWithoutDenseColumns() {
        Design coded = Design.of(Matrix.zeros(3, 0), MIXED.groups());
        Design picked = coded.select(new int[] {2, 0});
        assertThat(picked.rows()).isEqualTo(2);
        assertThat(picked.groups().get(0).codes()).containsExactly(1, 0);
    }

    @Test
    void sameCoordinatesMeansSameColumnsAndLevels() {
        assertThat(MIXED.sameCoordinates(Design.of(Matrix.zeros(1, 2)))).isFalse();
        assertThat(Design.of(Matrix.zeros(1, 2)).sameCoordinates(Design.of(DoubleMatrix.zeros(7, 2))))
                .isTrue();
        assertThat(Design.of(Matrix.zeros(1, 2)).sameCoordinates(Design.of(Matrix.zeros(1, 3))))
                .isFalse();
        Design otherLevels =
                Design.of(MIXED.dense(), List.of(MIXED.groups().get(0), new Design.Group(new int[] {0, 0, 0}, 6)));
        assertThat(MIXED.sameCoordinates(otherLevels)).isFalse();
    }

    @Test
    void impossibleGroupsAreRefused() {
        assertThatThrownBy(() -> new Design.Group(new int[] {0}, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A categorical group needs at least one level, got 0");
        assertThatThrownBy(() -> new Design.Group(new int[] {0, 3}, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Row 1 has the code 3 in a group of 3 levels; codes run from -1 (unknown) to 2");
        assertThatThrownBy(() -> new Design.Group(new int[] {-2}, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Row 0 has the code -2 in a group of 3 levels; codes run from -1 (unknown) to 2");
        assertThatThrownBy(() -> Design.of(Matrix.zeros(2, 1), List.of(new Design.Group(new int[] {0}, 1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Group 0 has 1 rows, the dense columns have 2");
    }

    @Test
    void itDescribesItself() {
        assertThat(MIXED).hasToString("Design[3 rows, 2 dense columns, 2 coded groups]");
    }
}

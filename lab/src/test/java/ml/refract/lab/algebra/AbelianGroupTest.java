package ml.refract.lab.algebra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AbelianGroupTest {
    @Test
    void digitsAreAddedEachModuloItsOrder() {
        AbelianGroup group = AbelianGroup.product(3, 7);
        assertThat(group.order()).isEqualTo(21);
        int a = 2 * 7 + 5;
        int b = 1 * 7 + 4;
        assertThat(group.sum(a, b)).isEqualTo(0 * 7 + 2);
        assertThat(group.difference(a, b)).isEqualTo(1 * 7 + 1);
        assertThat(group.negative(b)).isEqualTo(2 * 7 + 3);
    }

    @Test
    void theLawsOfAGroupHold() {
        AbelianGroup group = AbelianGroup.product(2, 3, 4);
        for (int a = 0; a < group.order(); a++) {
            assertThat(group.sum(a, 0)).isEqualTo(a);
            assertThat(group.sum(a, group.negative(a))).isZero();
            for (int b = 0; b < group.order(); b++) {
                assertThat(group.sum(a, b)).isEqualTo(group.sum(b, a));
                assertThat(group.sum(group.difference(a, b), b)).isEqualTo(a);
                for (int c = 0; c < group.order(); c++) {
                    assertThat(group.sum(group.sum(a, b), c)).isEqualTo(group.sum(a, group.sum(b, c)));
                }
            }
        }
    }

    @Test
    void aGroupNeedsFactors() {
        assertThatThrownBy(AbelianGroup::product)
                .hasMessage("A group needs cyclic factors of order 1 and more, got []");
        assertThatThrownBy(() -> AbelianGroup.product(3, 0))
                .hasMessage("A group needs cyclic factors of order 1 and more, got [3, 0]");
    }

    /** Products of residues are sums of their logarithms. */
    @Test
    void logarithmsTurnProductsIntoSums() {
        int p = 61;
        int[] logarithms = Residues.logarithms(p);
        AbelianGroup group = AbelianGroup.product(p - 1);
        for (int a = 1; a < p; a++) {
            assertThat(Residues.byLogarithm(p)[logarithms[a]]).isEqualTo(a);
            for (int b = 1; b < p; b++) {
                assertThat(logarithms[a * b % p]).isEqualTo(group.sum(logarithms[a], logarithms[b]));
            }
        }
        assertThat(logarithms[0]).isEqualTo(-1);
        assertThatThrownBy(() -> Residues.logarithms(15)).hasMessage("Logarithms need a prime, got 15");
    }
}

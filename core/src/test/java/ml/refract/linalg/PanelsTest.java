package ml.refract.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PanelsTest {
    @ParameterizedTest
    @CsvSource({"1, 1", "31, 7", "32, 8", "33, 9", "100, 1", "256, 256"})
    void everyEntryHasItsOwnPlace(int rows, int cols) {
        BitSet taken = new BitSet();
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < cols; j++) {
                int at = Panels.index(i, j, cols);
                assertThat(at).isBetween(0, Panels.length(rows, cols) - 1);
                assertThat(taken.get(at)).isFalse();
                taken.set(at);
            }
        }
        assertThat(Panels.length(rows, cols)).isEqualTo(Panels.paddedRows(rows) * Panels.paddedColumns(cols));
    }

    @Test
    void entriesOfAColumnStandSideBySideInAPanel() {
        assertThat(Panels.index(1, 0, 5)).isEqualTo(Panels.index(0, 0, 5) + 1);
        assertThat(Panels.index(0, 1, 5)).isEqualTo(Panels.ROWS);
        assertThat(Panels.index(32, 0, 5)).isEqualTo(Panels.panelStart(32, 5)).isEqualTo(32 * 8);
        assertThat(Panels.panelStart(31, 5)).isZero();
    }

    @Test
    void tilesCoverAllRows() {
        for (int n : new int[] {0, 1, 255, 256, 257, 512, 1021}) {
            int sum = 0;
            for (int t = 0; t < Panels.tiles(n); t++) {
                assertThat(Panels.tileRows(n, t)).isBetween(1, Panels.TILE);
                sum += Panels.tileRows(n, t);
            }
            assertThat(sum).isEqualTo(n);
        }
    }

    @Test
    void blocksBeyondOneArrayAreRefused() {
        assertThatThrownBy(() -> Panels.length(1 << 20, 1 << 12)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Panels.paddedRows(Integer.MAX_VALUE)).isInstanceOf(ArithmeticException.class);
    }
}

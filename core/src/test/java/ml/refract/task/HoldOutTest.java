package ml.refract.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is held out by group and in order of time. */
class HoldOutTest {
    @Test
    void groupsAreHeldOutWholeNearTheShare() {
        int[] groups = IntStream.range(0, 100).map(i -> i % 25).toArray();
        HoldOut.Parts parts = HoldOut.grouped(groups, 0.2, 4);
        assertThat(parts.heldOut()).hasSize(20);
        assertThat(parts.train()).hasSize(80);
        assertThat(Arrays.stream(parts.heldOut()).map(i -> groups[i]).distinct().toArray())
                .hasSize(5)
                .doesNotContain(Arrays.stream(parts.train()).map(i -> groups[i]).toArray());
        assertThat(HoldOut.grouped(groups, 0.2, 4).heldOut()).isEqualTo(parts.heldOut());
        assertThat(HoldOut.grouped(groups, 0.2, 5).heldOut()).isNotEqualTo(parts.heldOut());
    }

    /** Whatever the sizes, one group at least is held out and one left. */
    @Test
    void fewOrLargeGroupsAreNeitherAllNorNone() {
        for (long seed = 0; seed < 20; seed++) {
            int[] large = IntStream.range(0, 100).map(i -> i < 60 ? 8 : 9).toArray();
            assertThat(HoldOut.grouped(large, 0.1, seed).heldOut())
                    .as("the smaller one")
                    .hasSize(40);
            int[] one = IntStream.range(0, 100).map(i -> i < 90 ? 8 : 9).toArray();
            assertThat(HoldOut.grouped(one, 0.5, seed).heldOut().length).isIn(10, 90);
        }
        assertThat(HoldOut.grouped(new int[] {1, 1, 2, 2}, 0.5, 0).heldOut()).isEmpty();
        assertThat(HoldOut.grouped(IntStream.range(0, 20).toArray(), 0, 0).heldOut())
                .isEmpty();
        assertThatThrownBy(() -> HoldOut.grouped(new int[20], 0.2, 0))
                .hasMessage("To hold out groups there must be at least two, got 1");
    }

    @Test
    void theLatestRowsAreHeldOut() {
        double[] times = IntStream.range(0, 20).mapToDouble(i -> -i).toArray();
        assertThat(HoldOut.latest(times, 0.2).heldOut()).containsExactly(0, 1, 2, 3);
        assertThat(HoldOut.latest(times, 0.2).train()).hasSize(16);
        assertThat(HoldOut.latest(times, 0).heldOut()).isEmpty();
        double[] ties = IntStream.range(0, 20).mapToDouble(i -> i / 8).toArray();
        assertThat(HoldOut.latest(ties, 0.3).heldOut()).as("a time is not cut").hasSize(12);
        double[] early = IntStream.range(0, 20).mapToDouble(i -> i < 18 ? 1 : 2).toArray();
        assertThat(HoldOut.latest(early, 0.3).heldOut())
                .as("the earliest stays")
                .containsExactly(18, 19);
        assertThat(HoldOut.latest(new double[] {1, 2, 3}, 0.3).heldOut()).isEmpty();
        assertThatThrownBy(() -> HoldOut.latest(new double[20], 0.2))
                .hasMessage("To hold out the latest rows there must be at least two different times, got 1");
    }
}

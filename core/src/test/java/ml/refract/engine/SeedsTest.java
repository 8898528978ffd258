package ml.refract.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeedsTest {
    @Test
    void streamsDifferInSeedPurposeAndIndexAndRepeat() {
        Set<Long> firsts = new HashSet<>();
        for (long seed = 0; seed < 4; seed++) {
            for (String purpose : new String[] {"", "a", "b", "ab", "ba"}) {
                for (long index = 0; index < 10; index++) {
                    long first = Seeds.stream(seed, purpose, index).nextLong();
                    assertThat(Seeds.stream(seed, purpose, index).nextLong()).isEqualTo(first);
                    firsts.add(first);
                }
            }
        }
        assertThat(firsts).hasSize(4 * 5 * 10);
    }

    /** As first drawn on JDK 17: the same seed must pick the same rows on every JDK and in every release. */
    @Test
    void theDrawsOfASeedDoNotChange() {
        assertThat(Seeds.stream(42, "moment rows", 0).nextLong()).isEqualTo(4934959278850032874L);
        assertThat(Seeds.permutation(6, Seeds.stream(1, "p", 0))).containsExactly(2, 1, 4, 5, 0, 3);
    }

    @Test
    void permutationsHoldEveryNumberAndAreUnbiased() {
        int[] atFirst = new int[4];
        for (int seed = 0; seed < 4_000; seed++) {
            int[] permutation = Seeds.permutation(4, Seeds.stream(seed, "p", 0));
            assertThat(permutation).containsExactlyInAnyOrder(0, 1, 2, 3);
            atFirst[permutation[0]]++;
        }
        // 1,000 expected, standard deviation 27.
        assertThat(Arrays.stream(atFirst).allMatch(count -> Math.abs(count - 1_000) < 140))
                .isTrue();
        assertThat(Seeds.permutation(0, Seeds.stream(1, "p", 0))).isEmpty();
    }

    @Test
    void samplesAreAscendingAndDifferent() {
        int[] sample = Seeds.sample(100, 10, Seeds.stream(1, "s", 0));
        assertThat(sample).hasSize(10).isSorted().doesNotHaveDuplicates();
        assertThat(IntStream.of(sample).allMatch(i -> i >= 0 && i < 100)).isTrue();
        assertThat(Seeds.sample(3, 10, Seeds.stream(1, "s", 0))).containsExactly(0, 1, 2);
        assertThat(Seeds.sample(5, 0, Seeds.stream(1, "s", 0))).isEmpty();
    }
}

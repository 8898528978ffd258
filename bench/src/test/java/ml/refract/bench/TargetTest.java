package ml.refract.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TargetTest {
    @Test
    void saysWhichTargetsAreMetAndLeavesOutWhatWasNotMeasured() {
        String section = Target.section(List.of(
                Target.atLeast("share", "%.0f %%", 70, 71),
                Target.atLeast("ratio", "%.1f", 5, 4.9),
                Target.atMost("time", "%.2f ns", 0.5, 0.5),
                Target.atMost("memory", "%.1f", 1.2, 2.4),
                Target.atMost("absent", "%.1f", 1, Double.NaN)));

        assertThat(section.lines().filter(line -> line.startsWith("| ")).toList())
                .containsExactly(
                        "| | wanted | measured | met |",
                        "| share | at least 70 % | 71 % | yes |",
                        "| ratio | at least 5.0 | 4.9 | no |",
                        "| time | at most 0.50 ns | 0.50 ns | yes |",
                        "| memory | at most 1.2 | 2.4 | no |");
    }
}

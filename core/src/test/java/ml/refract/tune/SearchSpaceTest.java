package ml.refract.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import ml.refract.engine.Execution;
import ml.refract.kernel.Kernel;
import ml.refract.linalg.Design;
import ml.refract.linalg.Matrix;
import ml.refract.rfm.RfmOptions;
import org.junit.jupiter.api.Test;

class SearchSpaceTest {
    private static final double SCALE = 8;

    /** Three coordinates, and the same ones times a power of two, which distances follow exactly. */
    private static Design twoScales() {
        SplittableRandom random = new SplittableRandom(3);
        float[] x = new float[200 * 6];
        for (int i = 0; i < 200; i++) {
            for (int s = 0; s < 3; s++) {
                x[i * 6 + s] = (float) random.nextDouble();
                x[i * 6 + 3 + s] = (float) SCALE * x[i * 6 + s];
            }
        }
        return Design.of(Matrix.of(200, 6, x));
    }

    @Test
    void aSettingMovesToAnotherViewWithABandwidthAsFarFromTheMedianDistance() {
        List<Integer> small = List.of(3, 4, 5);
        List<Integer> large = List.of(0, 1, 2);
        RfmOptions base = RfmOptions.defaults();
        try (Execution execution = Execution.defaults()) {
            SearchSpace space =
                    new SearchSpace(twoScales(), new Views(List.of(small, large)), base, execution);
            List<RfmOptions> drawn = space.first(20);
            for (RfmOptions options : drawn.subList(2, 20)) {
                double ratio = options.ignored().equals(small) ? SCALE : 1 / SCALE;
                assertThat(space.inOtherViews(options)).singleElement().satisfies(other -> {
                    assertThat(other.ignored()).isEqualTo(ratio > 1 ? large : small);
                    Kernel expected = options.kernel().withBandwidth(ratio * options.kernel().bandwidth());
                    assertThat(other.kernel().withBandwidth(expected.bandwidth())).isEqualTo(expected);
                    assertThat(other.kernel().bandwidth()).isCloseTo(expected.bandwidth(), within(1e-3 * expected.bandwidth()));
                    assertThat(other.metric()).isEqualTo(options.metric());
                });
            }
            assertThat(drawn.subList(0, 2)).allSatisfy(given -> {
                assertThat(given.kernel()).isEqualTo(base.kernel());
                assertThat(space.inOtherViews(given)).isEmpty();
            });
        }
    }

    @Test
    void kernelsThatCannotIgnoreCoordinatesStayWhereTheyAre() {
        RfmOptions sums = RfmOptions.defaults().toBuilder().kernel(Kernel.sumPower(1, 1, 0, 2)).build();
        try (Execution execution = Execution.defaults()) {
            SearchSpace space = new SearchSpace(
                    twoScales(), new Views(List.of(List.of(), List.of(0))), RfmOptions.defaults(), execution);
            assertThat(space.inOtherViews(sums)).isEmpty();
        }
    }
}

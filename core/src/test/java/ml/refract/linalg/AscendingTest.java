package ml.refract.linalg;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import ml.refract.testing.TestData;
import org.junit.jupiter.api.Test;

class AscendingTest {
    @Test
    void countsNumbersBelowAndUpToABound() {
        TestData data = TestData.seeded(5);
        for (int n = 0; n < 40; n++) {
            double[] numbers = new double[n];
            Arrays.setAll(numbers, i -> data.below(12) == 0 ? Double.POSITIVE_INFINITY : data.below(9) - 4);
            Arrays.sort(numbers);
            for (double bound :
                    new double[] {Double.NEGATIVE_INFINITY, -4, -3.5, -0.0, 0, 4, 5, Double.POSITIVE_INFINITY}) {
                assertThat((long) Ascending.below(numbers, bound))
                        .isEqualTo(Arrays.stream(numbers).filter(x -> x < bound).count());
                assertThat((long) Ascending.atMost(numbers, bound))
                        .isEqualTo(
                                Arrays.stream(numbers).filter(x -> x <= bound).count());
            }
        }
    }
}

package ml.refract.rfm.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TangentProfileTest {
    @Test
    void valuesAreThoseOfTheFormula() {
        int n = 20_001;
        double[] u = new double[n + 3];
        for (int k = 0; k < n; k++) {
            u[k + 3] = -1 + 2.0 * k / (n - 1);
        }
        double[] values = new double[n];
        TangentProfile.values(u, 3, values);
        for (int k = 0; k < n; k++) {
            double c = u[k + 3];
            double expected = (2 * c * (Math.PI - Math.acos(c)) + Math.sqrt(1 - c * c)) / Math.PI;
            assertThat(values[k]).as("at %s", c).isCloseTo(expected, within(1e-12));
        }
        double[] known = new double[1];
        TangentProfile.values(new double[] {0.3}, 0, known);
        assertThat(known[0]).isCloseTo(.6618402890, within(1e-10)); // specification of the RFM family, section 14
        double step = 1e-6;
        double[] around = new double[2];
        TangentProfile.values(new double[] {0.3 - step, 0.3 + step}, 0, around);
        assertThat(TangentProfile.slope(0.3)).isCloseTo((around[1] - around[0]) / (2 * step), within(1e-8));
        assertThat(TangentProfile.slope(1)).isEqualTo(2);
        double[] near = {1 - 1e-15, -1 - 1e-16, 0.5, 1 + 1e-15};
        TangentProfile.snap(near);
        assertThat(near).containsExactly(1, -1, 0.5, 1);
    }
}

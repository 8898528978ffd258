package ml.refract.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.testing.TestData;
import org.junit.jupiter.api.Test;

class ReliabilityTest {

    private static DoubleMatrix two(double... ofClassOne) {
        DoubleMatrix result = DoubleMatrix.zeros(ofClassOne.length, 2);
        for (int i = 0; i < ofClassOne.length; i++) {
            result.set(i, 0, 1 - ofClassOne[i]);
            result.set(i, 1, ofClassOne[i]);
        }
        return result;
    }

    /** Against bins cut out of the sorted rows by hand. */
    @Test
    void binsHoldATenthOfTheRowsEach() {
        int n = 200;
        TestData data = TestData.seeded(1);
        double[] p = new double[n];
        int[] labels = new int[n];
        int[] order = data.permutation(n);
        for (int rank = 0; rank < n; rank++) {
            p[order[rank]] = (rank + 0.5) / n;
            labels[order[rank]] = data.uniform(0, 1) < 0.8 * p[order[rank]] ? 1 : 0;
        }
        Reliability reliability = Reliability.of(labels, two(p));
        assertThat(reliability.bins()).hasSize(10);
        double error = 0;
        double binned = 0;
        double squares = 0;
        for (int b = 0; b < 10; b++) {
            double hits = 0;
            for (int rank = 20 * b; rank < 20 * b + 20; rank++) {
                hits += labels[order[rank]];
            }
            double mean = (20 * b + 10) / (double) n;
            Reliability.Bin bin = reliability.bins().get(b);
            assertThat(bin.rows()).isEqualTo(20);
            assertThat(bin.predicted()).isCloseTo(mean, within(1e-12));
            assertThat(bin.observed()).isEqualTo(hits / 20);
            error += Math.abs(hits / 20 - mean) / 10;
            double variance = 0;
            for (int rank = 20 * b; rank < 20 * b + 20; rank++) {
                int label = labels[order[rank]];
                binned += Math.pow(label - mean, 2) / n;
                variance += Math.pow(label - p[order[rank]] - (hits / 20 - mean), 2) / 20;
            }
            squares += variance / 20 / 100;
        }
        assertThat(reliability.error()).isCloseTo(error, within(1e-12));
        assertThat(reliability.standardError()).isCloseTo(Math.sqrt(squares), within(1e-12));
        assertThat(reliability.brierReliability() - reliability.brierResolution() + reliability.brierUncertainty())
                .as("Brier score of the bins' means")
                .isCloseTo(binned, within(1e-12));
    }

    @Test
    void equalProbabilitiesStayTogether() {
        double[] p = new double[50];
        int[] labels = new int[50];
        Arrays.setAll(p, i -> i < 30 ? 0.2 : 0.8);
        Arrays.setAll(labels, i -> i % 5 == 0 == i < 30 ? 1 : 0);
        Reliability reliability = Reliability.of(labels, two(p));
        assertThat(reliability.bins()).hasSize(2);
        assertThat(reliability.bins().get(0).rows()).isEqualTo(30);
        assertThat(reliability.error()).as("exactly as often as said").isCloseTo(0, within(1e-12));
        assertThat(reliability.brierReliability()).isCloseTo(0, within(1e-12));
    }

    @Test
    void severalClassesAreJudgedByTheMostProbable() {
        DoubleMatrix p = DoubleMatrix.fromRows(new double[][] {{0.7, 0.2, 0.1}, {0.1, 0.3, 0.6}, {0.2, 0.5, 0.3}});
        Reliability reliability = Reliability.of(new int[] {0, 1, 1}, p);
        assertThat(reliability.bins())
                .containsExactly(
                        new Reliability.Bin(1, 0.5, 1), new Reliability.Bin(1, 0.6, 0), new Reliability.Bin(1, 0.7, 1));
        assertThat(reliability.error()).isCloseTo((0.5 + 0.6 + 0.3) / 3, within(1e-12));
    }
}

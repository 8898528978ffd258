package ml.refract.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import ml.refract.engine.Execution;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.rfm.RfmOptions;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import ml.refract.xrfm.XrfmOptions;
import org.junit.jupiter.api.Test;

class DecisionTest {

    private static DoubleMatrix two(double... ofClassOne) {
        DoubleMatrix result = DoubleMatrix.zeros(ofClassOne.length, 2);
        for (int i = 0; i < ofClassOne.length; i++) {
            result.set(i, 0, 1 - ofClassOne[i]);
            result.set(i, 1, ofClassOne[i]);
        }
        return result;
    }

    @Test
    void thresholdsAreReached() {
        assertThat(new Decision.Threshold(0.25).labels(two(0.2, 0.25, 0.9))).containsExactly(0, 1, 1);
        assertThat(new Decision.MostProbable().labels(two(0.2, 0.5, 0.9))).containsExactly(0, 0, 1);
    }

    @Test
    void theLeastExpectedCostDecides() {
        DoubleMatrix p = DoubleMatrix.fromRows(new double[][] {{0.6, 0.3, 0.1}, {0.9, 0.05, 0.05}, {0.1, 0.2, 0.7}});
        DoubleMatrix costs = DoubleMatrix.fromRows(new double[][] {{0, 1, 2}, {5, 0, 2}, {1, 1, 0}});
        int[] expected = new int[3];
        for (int i = 0; i < 3; i++) {
            double least = Double.POSITIVE_INFINITY;
            for (int j = 0; j < 3; j++) {
                double cost =
                        p.get(i, 0) * costs.get(0, j) + p.get(i, 1) * costs.get(1, j) + p.get(i, 2) * costs.get(2, j);
                if (cost < least) {
                    least = cost;
                    expected[i] = j;
                }
            }
        }
        assertThat(expected).containsExactly(1, 0, 2);
        assertThat(new Decision.LeastCost(costs).labels(p)).isEqualTo(expected);
        DoubleMatrix equal = DoubleMatrix.fromRows(new double[][] {{0, 1, 1}, {1, 0, 1}, {1, 1, 0}});
        assertThat(new Decision.LeastCost(equal).labels(p)).isEqualTo(new Decision.MostProbable().labels(p));
    }

    /** Against every threshold that parts the rows in another way. */
    @Test
    void noThresholdHasALargerF1() {
        for (int seed = 1; seed <= 20; seed++) {
            TestData data = TestData.seeded(seed);
            int n = 5 + data.below(40);
            double[] p = new double[n];
            int[] labels = new int[n];
            for (int i = 0; i < n; i++) {
                p[i] = data.below(15) / 15.0;
                labels[i] = i == 0 || data.uniform(0, 1.5) < p[i] ? 1 : 0;
            }
            double best = 0;
            for (double threshold : p) {
                best = Math.max(best, Scores.f1(labels, new Decision.Threshold(threshold).labels(two(p)), 2));
            }
            Decision.Threshold found = Thresholds.maximisingF1(labels, two(p));
            assertThat(Scores.f1(labels, found.labels(two(p)), 2)).isEqualTo(best);
        }
        assertThat(Thresholds.maximisingF1(new int[] {0, 0, 1, 1}, two(0.1, 0.2, 0.3, 0.4))
                        .threshold())
                .isCloseTo(0.25, within(1e-15));
    }

    @Test
    void classifiersDecideByIt() {
        Matrix x = TestData.seeded(30).floats(80, 2);
        int[] labels = new int[80];
        Arrays.setAll(labels, i -> x.get(i, 0) > 0.5 ? 1 : 0);
        Execution execution = TestEngines.serial(TestEngines.VECTOR);
        TaskOptions options = TaskOptions.of(XrfmOptions.defaults().toBuilder()
                .leaf(RfmOptions.defaults().toBuilder().iterations(0).build())
                .build());
        Classifier.Data data = new Classifier.Data(Design.of(x), labels, 2);
        Classifier plain = Classifier.fit(data, options, execution).predictor();
        Design rows = Design.of(TestData.seeded(31).floats(300, 2));
        ClassPredictions before = plain.predict(rows, execution);
        Classifier eager = plain.withDecision(new Decision.Threshold(0.1));
        ClassPredictions after = eager.predict(rows, execution);
        assertThat(after.probabilities()).isEqualTo(before.probabilities());
        for (int i = 0; i < 300; i++) {
            assertThat(after.labels()[i]).isEqualTo(before.probabilities().get(i, 1) >= 0.1 ? 1 : 0);
        }
        assertThat(after.labels()).isNotEqualTo(before.labels());
        assertThat(eager.refit(data, options, execution).decision()).isEqualTo(eager.decision());
        assertThatThrownBy(() -> plain.withDecision(new Decision.LeastCost(DoubleMatrix.zeros(3, 3))))
                .hasMessage("The decision is between 3 classes, the classifier knows 2");
    }

    @Test
    void whatMakesNoSenseIsNamed() {
        assertThatThrownBy(() -> new Decision.Threshold(1.5))
                .hasMessage("A threshold must be between 0 and 1, got 1.5");
        assertThatThrownBy(() -> new Decision.LeastCost(DoubleMatrix.zeros(2, 3)))
                .hasMessage("Costs need a row and a column for each class, got 2 x 3");
        assertThatThrownBy(() ->
                        new Decision.LeastCost(DoubleMatrix.fromRows(new double[][] {{0, 1}, {Double.NaN, 0}})))
                .hasMessage("The cost of saying class 0 for class 1 is NaN, wanted a number");
        assertThatThrownBy(() -> Thresholds.maximisingF1(new int[] {0, 0}, two(0.1, 0.2)))
                .hasMessage("A threshold of the largest F1 score needs rows of class 1, there is none");
    }
}

package ml.refract.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.stream.Stream;
import ml.refract.explain.Direction;
import ml.refract.explain.DirectionScores;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.testing.Golden;
import ml.refract.testing.TestData;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ScoresTest {
    @TestFactory
    Stream<DynamicTest> scoresOfTheReference() {
        return Golden.objects(Golden.read("metrics.json"), "records").stream()
                // Our probabilities are doubles; the float32 clip of the reference cannot be met.
                .filter(record -> !(record.get("dtype").getAsString().equals("float32")
                        && record.get("case").getAsString().contains("zero_probability")))
                .map(record -> DynamicTest.dynamicTest(Golden.describe(record), () -> check(record)));
    }

    private static void check(JsonObject record) {
        JsonObject inputs = record.getAsJsonObject("inputs");
        String metric = record.get("metric").getAsString();
        double actual = score(metric, inputs);
        if (record.has("reference_raises") && !record.get("reference_raises").isJsonNull()) {
            assertThat(actual).as("the classes present are averaged").isNotNaN();
        } else if (record.get("value").isJsonNull()) {
            assertThat(actual).isNaN();
        } else {
            assertThat(actual).isCloseTo(record.get("value").getAsDouble(), within(tolerance(record, metric)));
        }
    }

    private static double tolerance(JsonObject record, String metric) {
        if (record.get("dtype").getAsString().equals("float32")) {
            return 1e-6;
        }
        return metric.equals("accuracy") ? 1e-7 : metric.startsWith("top_agop") ? 1e-9 : 1e-12;
    }

    private static double score(String metric, JsonObject inputs) {
        if (inputs.has("y_true_reg")) {
            DoubleMatrix truth = Golden.matrix(inputs, "y_true_reg");
            DoubleMatrix predicted = Golden.matrix(inputs, "y_pred");
            return switch (metric) {
                case "mse" -> Scores.mse(truth, predicted);
                case "rmse" -> Scores.rmse(truth, predicted);
                default -> Scores.mae(truth, predicted);
            };
        }
        double[] classes = Golden.numbers(inputs, "y_true_class");
        int[] labels = java.util.Arrays.stream(classes).mapToInt(k -> (int) k).toArray();
        if (inputs.has("agop")) {
            double[] direction = Direction.of(BlockSymmetric.full(Golden.matrix(inputs, "agop")), 1)
                    .get(0)
                    .loadings();
            return metric.endsWith("auc")
                    ? DirectionScores.auc(Golden.design(inputs, "samples"), direction, labels)
                    : DirectionScores.correlation(Golden.design(inputs, "samples"), direction, classes);
        }
        DoubleMatrix probabilities = Golden.matrix(inputs, "y_pred_proba");
        int[] predicted = Scores.argmax(probabilities, probabilities.cols());
        return switch (metric) {
            case "accuracy" -> Scores.accuracy(labels, predicted);
            case "brier" -> Scores.brier(labels, probabilities);
            case "logloss" -> Scores.logLoss(labels, probabilities);
            case "f1" -> Scores.f1(labels, predicted, probabilities.cols());
            case "auc" -> Scores.auc(labels, probabilities);
            default -> throw new IllegalArgumentException(metric);
        };
    }

    /** Three rows of class 0, two of class 1, one of class 2, none of class 3. */
    @Test
    void scoresOfClassesAreAveraged() {
        int[] labels = {0, 0, 0, 1, 1, 2};
        int[] predicted = {0, 0, 1, 1, 0, 3};
        double ofZero = 2 * 2 / 6.0;
        double ofOne = 2 * 1 / 4.0;
        assertThat(Scores.macroF1(labels, predicted, 4)).isCloseTo((ofZero + ofOne) / 4, within(1e-15));
        assertThat(Scores.weightedF1(labels, predicted, 4)).isCloseTo((3 * ofZero + 2 * ofOne) / 6, within(1e-15));
        assertThat(Scores.balancedAccuracy(labels, predicted, 4)).isCloseTo((2 / 3.0 + 1 / 2.0 + 0) / 3, within(1e-15));
        int[] two = {0, 1, 1, 0};
        int[] said = {0, 1, 0, 0};
        assertThat(Scores.f1(two, said, 2)).isCloseTo(2 / 3.0, within(1e-15));
        assertThat(Scores.macroF1(two, said, 2)).isCloseTo((0.8 + 2 / 3.0) / 2, within(1e-15));
    }

    /** Also with ties, classes without rows, and one class with nearly all rows. */
    @Test
    void theAreaIsTheShareOfPairsInOrder() {
        TestData data = TestData.seeded(91);
        int n = 120;
        int classes = 30;
        int[] labels = new int[n];
        Arrays.setAll(labels, i -> i < 70 ? 7 : data.below(classes - 1));
        DoubleMatrix probabilities = DoubleMatrix.zeros(n, classes);
        for (int k = 0; k < probabilities.values().length; k++) {
            probabilities.values()[k] = data.below(20) / 20.0;
        }
        double sum = 0;
        int present = 0;
        for (int k = 0; k < classes; k++) {
            double area = pairsInOrder(labels, probabilities.col(k), k);
            if (!Double.isNaN(area)) {
                assertThat(Scores.auc(labels, probabilities.col(k), k)).isEqualTo(area);
                sum += area;
                present++;
            }
        }
        assertThat(present).isBetween(15, classes - 1);
        assertThat(Scores.auc(labels, probabilities)).isCloseTo(sum / present, within(1e-14));
    }

    private static double pairsInOrder(int[] labels, double[] scores, int k) {
        double inOrder = 0;
        double pairs = 0;
        for (int i = 0; i < labels.length; i++) {
            for (int j = 0; j < labels.length; j++) {
                if (labels[i] == k && labels[j] != k) {
                    pairs++;
                    inOrder += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
                }
            }
        }
        return inOrder / pairs;
    }

    @Test
    void varianceExplained() {
        DoubleMatrix truth = DoubleMatrix.column(1, 2, 3, 6);
        assertThat(Scores.r2(truth, truth)).isEqualTo(1);
        assertThat(Scores.r2(truth, DoubleMatrix.column(3, 3, 3, 3))).isZero();
        assertThat(Scores.r2(truth, DoubleMatrix.column(2, 2, 3, 6))).isCloseTo(1 - 1 / 14.0, within(1e-15));
        assertThat(Scores.r2(DoubleMatrix.column(5, 5), DoubleMatrix.column(5, 5)))
                .isNaN();
    }

    @Test
    void scoresOfOtherShapesAreRefused() {
        assertThatThrownBy(() -> Scores.mse(DoubleMatrix.column(1, 2), DoubleMatrix.column(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Cannot score 1 x 1 predictions against 2 x 1 true values");
    }
}

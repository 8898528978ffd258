package ml.refract.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import ml.refract.engine.Execution;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.rfm.Loss;
import ml.refract.rfm.RfmFit;
import ml.refract.rfm.RfmOptions;
import ml.refract.rfm.RidgeRule;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import ml.refract.xrfm.XrfmOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TaskTest {
    private static final TaskOptions OPTIONS = TaskOptions.of(XrfmOptions.defaults().toBuilder()
            .leaf(RfmOptions.defaults().toBuilder().iterations(2).build())
            .build());

    private final Execution execution = TestEngines.serial(TestEngines.VECTOR);

    private static Regressor.Data regression(int rows, long seed) {
        Matrix x = TestData.seeded(seed).floats(rows, 5);
        double[] y = new double[rows];
        Arrays.setAll(y, i -> 1000 + 50 * (x.get(i, 0) * x.get(i, 1) + x.get(i, 2)));
        return new Regressor.Data(Design.of(x), DoubleMatrix.column(y));
    }

    private static Classifier.Data classification(int rows, int classes, long seed) {
        Matrix x = TestData.seeded(seed).floats(rows, 4);
        int[] labels = new int[rows];
        Arrays.setAll(labels, i ->
                (int) Math.min(classes - 1, Math.max(0, Math.floor((x.get(i, 0) + 2) / 4 * classes))));
        return new Classifier.Data(Design.of(x), labels, classes);
    }

    @Test
    void regressionWithoutValidationRowsHoldsSomeOutAndThenUsesAll() {
        Regressor.Data train = regression(250, 1);
        Fitted<Regressor> fitted = Regressor.fit(train, OPTIONS, execution);
        assertThat(fitted.heldOut()).hasSize(50).isSorted().doesNotHaveDuplicates();
        assertThat(centers(fitted.chosen())).isEqualTo(200);
        assertThat(centers(fitted.predictor())).isEqualTo(250);
        Regressor.Data test = regression(200, 2);
        double refitted = Scores.r2(test.y(), fitted.predictor().predict(test.x(), execution));
        double chosen = Scores.r2(test.y(), fitted.chosen().predict(test.x(), execution));
        assertThat(refitted).isGreaterThan(0.8);
        assertThat(refitted).as("more rows do not hurt much").isGreaterThan(chosen - 0.02);
    }

    private static int centers(Predictor predictor) {
        return predictor.model().trees().get(0).machines().get(0).centers().rows();
    }

    @Test
    void explicitValidationRowsChooseTheIterateAndNothingElse() {
        Regressor.Data train = regression(150, 3);
        Fitted<Regressor> fitted = Regressor.fit(train, Optional.of(regression(60, 4)), OPTIONS, execution);
        assertThat(fitted.heldOut()).isEmpty();
        assertThat(fitted.predictor()).isSameAs(fitted.chosen());
        assertThat(centers(fitted.predictor())).isEqualTo(150);
    }

    @Test
    void targetsInOtherUnitsGiveTheSameModelInThoseUnits() {
        Regressor.Data train = regression(120, 5);
        double[] scaled =
                Arrays.stream(train.y().values()).map(v -> 3e6 - 1e3 * v).toArray();
        Regressor.Data other = new Regressor.Data(train.x(), DoubleMatrix.column(scaled));
        Design rows = regression(40, 6).x();
        DoubleMatrix a = Regressor.fit(train, OPTIONS, execution).predictor().predict(rows, execution);
        DoubleMatrix b = Regressor.fit(other, OPTIONS, execution).predictor().predict(rows, execution);
        for (int i = 0; i < 40; i++) {
            assertThat(b.get(i, 0)).isCloseTo(3e6 - 1e3 * a.get(i, 0), within(1e3 * 1e-2));
        }
    }

    @Test
    void severalTargetsAreFittedTogether() {
        Regressor.Data train = regression(120, 7);
        DoubleMatrix two = DoubleMatrix.zeros(120, 2);
        for (int i = 0; i < 120; i++) {
            two.set(i, 0, train.y().get(i, 0));
            two.set(i, 1, -1e-3 * train.x().dense().get(i, 2));
        }
        DoubleMatrix predicted = Regressor.fit(new Regressor.Data(train.x(), two), OPTIONS, execution)
                .predictor()
                .predict(train.x(), execution);
        assertThat(predicted.cols()).isEqualTo(2);
        assertThat(Scores.r2(two, predicted)).isGreaterThan(0.9);
    }

    @Test
    void aConstantTargetIsPredictedAsItIs() {
        Regressor.Data data = regression(40, 8);
        double[] constant = new double[40];
        Arrays.fill(constant, 7.25);
        Fitted<Regressor> fitted =
                Regressor.fit(new Regressor.Data(data.x(), DoubleMatrix.column(constant)), OPTIONS, execution);
        assertThat(fitted.predictor().predict(data.x(), execution).values()).containsOnly(7.25);
        assertThat(fitted.fit().leaves().get(0).stop()).isEqualTo(RfmFit.Stop.NO_GRADIENT);
    }

    @Test
    void transformedTargetsArePredictedInTheirUnitsAndRefittedWithTheSameTransform() {
        Regressor.Data train = regression(200, 21);
        DoubleMatrix two = DoubleMatrix.zeros(200, 2);
        for (int i = 0; i < 200; i++) {
            two.set(i, 0, Math.exp((train.y().get(i, 0) - 1000) / 50));
            two.set(i, 1, train.y().get(i, 0));
        }
        Regressor.Data data = new Regressor.Data(train.x(), two);
        List<TargetTransform> transforms = List.of(
                TargetTransform.Kind.LOG.fit(two.col(0)).orElseThrow(),
                TargetTransform.Kind.IDENTITY.fit(two.col(1)).orElseThrow());
        Fitted<Regressor> fitted = Regressor.fit(data, transforms, OPTIONS, execution);
        assertThat(centers(fitted.predictor())).isEqualTo(200);
        assertThat(fitted.predictor().targets().get(0).transform()).isEqualTo(transforms.get(0));
        assertThat(fitted.predictor().means()[0])
                .isCloseTo(Arrays.stream(two.col(0)).average().orElseThrow(), within(1e-12));
        DoubleMatrix predicted = fitted.predictor().predict(train.x(), execution);
        for (int l = 0; l < 2; l++) {
            assertThat(Scores.r2(DoubleMatrix.column(two.col(l)), DoubleMatrix.column(predicted.col(l))))
                    .isGreaterThan(0.85);
        }
        assertThatThrownBy(() -> Regressor.fit(data, transforms.subList(0, 1), OPTIONS, execution))
                .hasMessage("There are 2 columns of targets and 1 transforms");
    }

    @ParameterizedTest
    @EnumSource(
            value = ClassCoding.Kind.class,
            names = {"ZERO_ONE", "PREVALENCE"})
    void classesAreLearnedWithEitherCoding(ClassCoding.Kind coding) {
        Classifier.Data train = classification(300, 3, 9);
        Classifier.Data test = classification(200, 3, 10);
        ClassPredictions predicted = Classifier.fit(train, OPTIONS.withCoding(coding), execution)
                .predictor()
                .predict(test.x(), execution);
        ClassificationScores scores = ClassificationScores.of(test.labels(), predicted);
        assertThat(scores.accuracy()).isGreaterThan(0.85);
        assertThat(scores.auc()).isGreaterThan(0.95);
        for (int i = 0; i < 200; i++) {
            double sum = Arrays.stream(predicted.probabilities().row(i)).sum();
            assertThat(sum).isCloseTo(1, within(1e-12));
            double own = predicted.probabilities().get(i, predicted.labels()[i]);
            assertThat(Arrays.stream(predicted.probabilities().row(i)).max().orElseThrow())
                    .isEqualTo(own);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TuningScore.class,
            names = {"BRIER", "LOG_LOSS", "ACCURACY", "AUC", "F1"})
    void everyScoreCanChooseTheIterate(TuningScore score) {
        Classifier.Data train = classification(120, 2, 11);
        Fitted<Classifier> fitted = Classifier.fit(train, OPTIONS.withScore(score), execution);
        double best = fitted.fit().leaves().get(0).rounds().stream()
                .mapToDouble(round -> round.score())
                .reduce(score == TuningScore.BRIER || score == TuningScore.LOG_LOSS ? Math::min : Math::max)
                .orElseThrow();
        int chosen = fitted.fit().leaves().get(0).bestRound();
        assertThat(fitted.fit().leaves().get(0).rounds().get(chosen).score()).isEqualTo(best);
    }

    @Test
    void aHundredClassesWork() {
        Classifier.Data train = classification(400, 100, 12);
        ClassPredictions predicted =
                Classifier.fit(train, OPTIONS, execution).predictor().predict(train.x(), execution);
        assertThat(predicted.probabilities().cols()).isEqualTo(100);
        assertThat(Scores.accuracy(train.labels(), predicted.labels())).isGreaterThan(0.5);
    }

    @Test
    void heldOutRowsKeepEveryClassInTraining() {
        int[] labels = new int[50];
        labels[7] = 1;
        labels[8] = 2;
        labels[9] = 2;
        HoldOut.Parts parts = HoldOut.stratified(labels, 3, 0.2, 1);
        assertThat(Arrays.stream(parts.train()).map(i -> labels[i]).distinct()).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(parts.train().length + parts.heldOut().length).isEqualTo(50);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void veryFewRowsAreAllUsed(int rows) {
        Regressor.Data train = regression(rows, 13);
        Fitted<Regressor> fitted = Regressor.fit(train, OPTIONS, execution);
        assertThat(fitted.heldOut()).isEmpty();
        assertThat(fitted.predictor().predict(train.x(), execution).values()).hasSize(rows);
    }

    @Test
    void targetsThatAreNotNumbersAreNamed() {
        Design x = regression(3, 14).x();
        assertThatThrownBy(() -> new Regressor.Data(x, DoubleMatrix.column(1, Double.NaN, 2)))
                .hasMessage("The target of row 1 is NaN; targets must be finite numbers. Drop such rows first");
        assertThatThrownBy(() -> new Classifier.Data(x, new int[] {0, 2, 1}, 2))
                .hasMessage("The label of row 1 is 2; labels run from 0 to 1");
        assertThatThrownBy(() -> OPTIONS.withHoldOut(0.9))
                .hasMessage("Invalid options: holdOut must be between 0 and 0.5, got 0.9");
    }

    private static TaskOptions logistic(int leafRows) {
        return TaskOptions.of(OPTIONS.xrfm().toBuilder()
                .leaf(OPTIONS.xrfm().leaf().toBuilder().loss(Loss.LOGISTIC).build())
                .maxLeafRows(leafRows)
                .build());
    }

    /** Labels drawn with known probabilities. */
    private static Classifier.Data drawn(int rows, int classes, long seed) {
        TestData data = TestData.seeded(seed);
        Matrix x = data.floats(rows, 4);
        int[] labels = new int[rows];
        Arrays.setAll(
                labels, i -> data.uniform(0, 1) < sigmoid(3 * x.get(i, 0)) ? classes - 1 : data.below(classes - 1));
        return new Classifier.Data(Design.of(x), labels, classes);
    }

    private static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void logisticLossFindsTheProbabilities(int classes) {
        for (int leafRows : new int[] {1000, 150}) {
            Classifier.Data train = drawn(400, classes, 31);
            Fitted<Classifier> fitted = Classifier.fit(train, logistic(leafRows), execution);
            assertThat(fitted.predictor().coding().kind()).isEqualTo(ClassCoding.Kind.LOGIT);
            Classifier.Data test = drawn(1000, classes, 32);
            DoubleMatrix p = fitted.predictor().predict(test.x(), execution).probabilities();
            double error = 0;
            for (int i = 0; i < 1000; i++) {
                error += Math.abs(p.get(i, classes - 1)
                                - sigmoid(3 * test.x().dense().get(i, 0)))
                        / 1000;
            }
            assertThat(error).isLessThan(leafRows == 1000 ? 0.07 : 0.11);
            assertThat(Scores.logLoss(test.labels(), p)).isLessThan(classes == 2 ? 0.5 : 0.85);
        }
    }

    /** The derivative of the objective of all rows, by what the model says of them. */
    @Test
    void aLogisticModelSolvedAgainOnAllRowsIsAtTheMinimum() {
        Classifier.Data train = drawn(120, 3, 33);
        RfmOptions leaf = logistic(1000).xrfm().leaf().toBuilder()
                .ridgeRule(RidgeRule.GIVEN)
                .ridge(0.2)
                .build();
        TaskOptions options =
                TaskOptions.of(XrfmOptions.defaults().toBuilder().leaf(leaf).build());
        Classifier model = Classifier.fit(train, options, execution).predictor();
        DoubleMatrix alpha = model.model().trees().get(0).machines().get(0).coefficients();
        DoubleMatrix p = model.predict(train.x(), execution).probabilities();
        for (int i = 0; i < 120; i++) {
            for (int k = 0; k < 3; k++) {
                double residual = p.get(i, k) - (train.labels()[i] == k ? 1 : 0) + 2 * 0.2 * alpha.get(i, k);
                assertThat(residual).isCloseTo(0, within(2e-5));
            }
        }
    }

    @Test
    void logisticLossIsForClasses() {
        String message = "The loss logistic is for classes, and the targets are numbers; take the loss squared";
        Regressor.Data numbers = regression(40, 1);
        assertThatThrownBy(() -> Regressor.fit(numbers, logistic(1000), execution))
                .hasMessage(message);
        Regressor squared = Regressor.fit(numbers, OPTIONS, execution).predictor();
        assertThatThrownBy(() -> squared.refit(numbers, logistic(1000), execution))
                .hasMessage(message);
        Classifier.Data train = classification(60, 2, 5);
        Classifier plain = Classifier.fit(train, OPTIONS, execution).predictor();
        assertThatThrownBy(() -> plain.refit(train, logistic(1000), execution))
                .hasMessage("The model has the class coding zero-one, which does not go with the loss logistic of the "
                        + "options");
        assertThatThrownBy(() -> OPTIONS.withCoding(ClassCoding.Kind.LOGIT))
                .hasMessage("Invalid options: coding logit is for the loss logistic, got the loss squared");
    }

    @Test
    void logisticModelsDoNotDependOnThreads() {
        Classifier.Data train = drawn(300, 3, 34);
        Classifier.Data test = drawn(50, 3, 35);
        DoubleMatrix expected = Classifier.fit(train, logistic(120), execution)
                .predictor()
                .predict(test.x(), execution)
                .probabilities();
        try (Execution three = TestEngines.threads(TestEngines.VECTOR, 3)) {
            assertThat(Classifier.fit(train, logistic(120), three)
                            .predictor()
                            .predict(test.x(), three)
                            .probabilities())
                    .isEqualTo(expected);
        }
    }
}

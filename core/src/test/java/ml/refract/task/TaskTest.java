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
import ml.refract.rfm.RfmFit;
import ml.refract.rfm.RfmOptions;
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
    @EnumSource(ClassCoding.Kind.class)
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
}

package ml.refract.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import ml.refract.engine.CancelledException;
import ml.refract.engine.Execution;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.rfm.Loss;
import ml.refract.rfm.Rfm;
import ml.refract.rfm.RfmOptions;
import ml.refract.rfm.RidgeRule;
import ml.refract.task.Calibration;
import ml.refract.task.Calibrator;
import ml.refract.task.ClassCoding;
import ml.refract.task.Classifier;
import ml.refract.task.Folds;
import ml.refract.task.HoldOut;
import ml.refract.task.Regressor;
import ml.refract.task.Scores;
import ml.refract.task.TargetScale;
import ml.refract.task.TargetTransform;
import ml.refract.task.TargetTransform.Kind;
import ml.refract.task.TaskOptions;
import ml.refract.testing.TestData;
import ml.refract.xrfm.XrfmOptions;
import org.junit.jupiter.api.Test;

class TunerTest {
    private static final SearchOptions SMALL = new SearchOptions(4, 2, 2);

    /** y depends on one direction of the inputs, with noise: without it, the few rows at the edge would decide every score. */
    private static final double NOISE = 0.3;

    private static Regressor.Data wave(int n, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] x = new float[n * 3];
        DoubleMatrix y = DoubleMatrix.zeros(n, 1);
        for (int i = 0; i < n; i++) {
            for (int s = 0; s < 3; s++) {
                x[i * 3 + s] = (float) random.nextDouble(-2, 2);
            }
            y.set(i, 0, 5 + 3 * Math.sin(x[i * 3] + x[i * 3 + 1]) + NOISE * random.nextGaussian());
        }
        return new Regressor.Data(Design.of(Matrix.of(n, 3, x)), y);
    }

    @Test
    void learnsAndSaysHonestlyHowWell() {
        Regressor.Data train = wave(150, 1);
        Regressor.Data test = wave(400, 2);
        try (Execution execution = Execution.defaults()) {
            Tuned<Regressor> tuned = Tuner.regression(train, TaskOptions.defaults(), SMALL, execution);
            double reached = Scores.rmse(test.y(), tuned.predictor().predict(test.x(), execution));
            double told = Scores.rmse(
                    train.y().select(tuned.heldOut()), tuned.predictor().read(tuned.outputs()));
            assertThat(reached).isBetween(NOISE, 1.5 * NOISE);
            assertThat(told).isBetween(0.9 * NOISE, 1.8 * NOISE);
            assertThat(tuned.members()).hasSizeBetween(1, 2);
            assertThat(tuned.members().stream()
                            .mapToDouble(Tuned.Member::weight)
                            .sum())
                    .isCloseTo(1, within(1e-12));
            assertThat(tuned.tried()).isEqualTo(4);
            assertThat(tuned.events()).isEmpty();
        }
    }

    /** Targets that inputs and noise multiply. */
    private static Regressor.Data products(int n, double shift, long seed) {
        Regressor.Data wave = wave(n, seed);
        DoubleMatrix y = DoubleMatrix.zeros(n, 1);
        for (int i = 0; i < n; i++) {
            y.set(i, 0, Math.exp(wave.y().get(i, 0)) - shift);
        }
        return new Regressor.Data(wave.x(), y);
    }

    /** The mean of y is known here: exp of the wave, times the mean of the noise. */
    private static DoubleMatrix meansOfProducts(Design x) {
        DoubleMatrix means = DoubleMatrix.zeros(x.rows(), 1);
        for (int i = 0; i < x.rows(); i++) {
            double sine = Math.sin(x.dense().get(i, 0) + x.dense().get(i, 1));
            means.set(i, 0, Math.exp(5 + 3 * sine + NOISE * NOISE / 2));
        }
        return means;
    }

    @Test
    void skewedTargetsAreTransformedWhereThatHelps() {
        Regressor.Data train = products(200, 0, 21);
        Design rows = products(400, 0, 22).x();
        try (Execution execution = Execution.defaults()) {
            Tuned<Regressor> chosen = Tuner.regression(train, TaskOptions.defaults(), SMALL, execution);
            Tuned<Regressor> plain = Tuner.regression(
                    train,
                    Regressor.standard(train.y()),
                    Views.all(),
                    Division.atRandom(),
                    TaskOptions.defaults(),
                    SMALL,
                    execution);
            assertThat(chosen.predictor().targets().get(0).transform().kind()).isNotEqualTo(Kind.IDENTITY);
            assertThat(chosen.predictor().targets().get(0).errors()).hasSize(50);
            assertThat(chosen.events())
                    .singleElement()
                    .asString()
                    .startsWith("the model learns the ")
                    .contains("of the target")
                    .containsPattern("made squared errors \\d+\\.\\d % less");
            DoubleMatrix means = meansOfProducts(rows);
            double error = Scores.rmse(means, chosen.predictor().predict(rows, execution));
            assertThat(error)
                    .isLessThan(0.9 * Scores.rmse(means, plain.predictor().predict(rows, execution)));
            assertThat(plain.predictor().targets().get(0).transform().kind()).isEqualTo(Kind.IDENTITY);
        }
    }

    @Test
    void eachTargetHasATransformOfItsOwn() {
        Design x = wave(200, 23).x();
        SplittableRandom random = new SplittableRandom(24);
        DoubleMatrix y = DoubleMatrix.zeros(200, 3);
        for (int i = 0; i < 200; i++) {
            double log = 1.5 * (x.dense().get(i, 0) + x.dense().get(i, 1)) + 0.1 * random.nextGaussian();
            y.set(i, 0, x.dense().get(i, 2));
            y.set(i, 1, Math.exp(log));
            y.set(i, 2, Math.exp(log) - 30);
        }
        Regressor.Data data = new Regressor.Data(x, y);
        RfmOptions base = RfmOptions.defaults();
        double[][] learned = new double[2][];
        for (int threads = 1; threads <= 2; threads++) {
            try (Execution execution = Execution.builder().threads(threads).build()) {
                TransformChoice choice = TransformChoice.of(
                        data, new Divider(Division.atRandom(), Optional.empty(), 0), base, 1000, execution);
                List<Kind> kinds =
                        choice.transforms().stream().map(TargetTransform::kind).toList();
                assertThat(kinds.get(0)).isEqualTo(Kind.IDENTITY);
                assertThat(kinds.get(1)).isNotEqualTo(Kind.IDENTITY);
                assertThat(kinds.get(2)).as("not all above 0").isNotEqualTo(Kind.LOG);
                learned[threads - 1] = choice.transforms().get(1).forward(y.col(1));
                assertThat(choice.events()).isNotEmpty();
            }
        }
        assertThat(learned[0]).isEqualTo(learned[1]);
    }

    @Test
    void targetsThatCannotBeTransformedAreLearnedAsTheyAre() {
        Regressor.Data data = wave(100, 24);
        double[] constant = new double[100];
        Arrays.fill(constant, 3);
        double[] rare = new double[100];
        Arrays.setAll(rare, i -> i == 50 ? 1 : 0);
        try (Execution execution = Execution.singleThreaded()) {
            for (double[] y : List.of(constant, rare)) {
                TransformChoice choice = TransformChoice.of(
                        new Regressor.Data(data.x(), DoubleMatrix.column(y)),
                        new Divider(Division.atRandom(), Optional.empty(), 0),
                        RfmOptions.defaults(),
                        1000,
                        execution);
                assertThat(choice.transforms()).containsExactlyElementsOf(Regressor.standard(DoubleMatrix.column(y)));
                assertThat(choice.events()).isEmpty();
            }
        }
    }

    @Test
    void theSameBitsForAnyNumberOfThreads() {
        Regressor.Data train = wave(80, 3);
        Design rows = wave(10, 4).x();
        double[][] predicted = new double[2][];
        for (int threads = 1; threads <= 2; threads++) {
            try (Execution execution = Execution.builder().threads(threads).build()) {
                predicted[threads - 1] = Tuner.regression(train, TaskOptions.defaults(), SMALL, execution)
                        .predictor()
                        .predict(rows, execution)
                        .values();
            }
        }
        assertThat(predicted[0]).isEqualTo(predicted[1]);
    }

    @Test
    void classesAreLearnedToo() {
        Regressor.Data wave = wave(120, 5);
        int[] labels = Arrays.stream(wave.y().values())
                .mapToInt(y -> y < 3.5 ? 0 : y < 6.5 ? 1 : 2)
                .toArray();
        try (Execution execution = Execution.defaults()) {
            Tuned<Classifier> tuned = Tuner.classification(
                    new Classifier.Data(wave.x(), labels, 3), TaskOptions.defaults(), SMALL, execution);
            int[] truth = Arrays.stream(tuned.heldOut()).map(row -> labels[row]).toArray();
            assertThat(Scores.accuracy(
                            truth, tuned.predictor().read(tuned.outputs()).labels()))
                    .isGreaterThan(0.8);
        }
    }

    /** The sign of a sum; of every six labels one is turned round. */
    private static Classifier.Data noisy(int n, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] x = new float[n * 5];
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            for (int s = 0; s < 5; s++) {
                x[i * 5 + s] = (float) random.nextGaussian();
            }
            boolean turned = random.nextInt(6) == 0;
            labels[i] = x[i * 5] + x[i * 5 + 1] > 0 == turned ? 0 : 1;
        }
        return new Classifier.Data(Design.of(Matrix.of(n, 5, x)), labels, 2);
    }

    /** Members and calibration speak of logits; the best possible log loss, of one label in six turned round, is 0.451. */
    @Test
    void logisticLossIsSearchedLikeSquaredLoss() {
        Classifier.Data train = noisy(250, 9);
        Classifier.Data test = noisy(1_000, 10);
        TaskOptions options = TaskOptions.of(XrfmOptions.defaults().toBuilder()
                .leaf(RfmOptions.defaults().toBuilder().loss(Loss.LOGISTIC).build())
                .build());
        try (Execution execution = Execution.defaults()) {
            Tuned<Classifier> tuned = Tuner.classification(train, options, SMALL, execution);
            assertThat(tuned.predictor().coding().kind()).isEqualTo(ClassCoding.Kind.LOGIT);
            assertThat(tuned.members())
                    .allSatisfy(member ->
                            assertThat(member.trial().options().loss()).isEqualTo(Loss.LOGISTIC));
            double loss = Scores.logLoss(
                    test.labels(),
                    tuned.predictor().predict(test.x(), execution).probabilities());
            assertThat(loss).isBetween(0.42, 0.53);
            assertThat(loss)
                    .as("what was told")
                    .isCloseTo(tuned.predictor().calibration().orElseThrow().logLoss(), within(0.1));
            assertThatThrownBy(() -> Tuner.regression(wave(50, 6), options, SMALL, execution))
                    .hasMessage("The loss logistic is for classes, and the targets are numbers; take the loss squared");
        }
    }

    /** Almost no ridge: the machines believe every label, and are too sure of themselves. */
    @Test
    void probabilitiesOfNoisyClassesAreCalibrated() {
        Classifier.Data train = noisy(250, 9);
        Classifier.Data test = noisy(1_000, 10);
        TaskOptions options = TaskOptions.of(XrfmOptions.defaults().toBuilder()
                .leaf(RfmOptions.defaults().toBuilder()
                        .ridgeRule(RidgeRule.GIVEN)
                        .ridge(1e-4)
                        .build())
                .build());
        try (Execution execution = Execution.defaults()) {
            Classifier calibrated =
                    Tuner.classification(train, options, SMALL, execution).predictor();
            Classifier plain = new Classifier(calibrated.model(), calibrated.coding());
            Calibration calibration = calibrated.calibration().orElseThrow();
            assertThat(calibration.form()).isNotInstanceOf(Calibrator.None.class);
            assertThat(calibration.source()).isEqualTo(Calibration.Source.CROSS_FIT);
            assertThat(calibration.rows()).isEqualTo(250);
            double loss = Scores.logLoss(
                    test.labels(), calibrated.predict(test.x(), execution).probabilities());
            double before = Scores.logLoss(
                    test.labels(), plain.predict(test.x(), execution).probabilities());
            assertThat(loss).isLessThan(before);
            assertThat(loss).as("what was told").isCloseTo(calibration.logLoss(), within(0.15));
        }
    }

    @Test
    void aCancellationKeepsWhatThereIs() {
        AtomicInteger asked = new AtomicInteger();
        try (Execution execution = Execution.builder()
                .threads(1)
                .cancelledWhen(() -> asked.incrementAndGet() > 2_000)
                .build()) {
            Tuned<Regressor> tuned =
                    Tuner.regression(wave(150, 6), TaskOptions.defaults(), new SearchOptions(500, 2, 2), execution);
            assertThat(tuned.tried()).isBetween(1, 499);
            assertThat(tuned.events()).anySatisfy(event -> assertThat(event).contains("cancelled"));
        }
        try (Execution execution =
                Execution.builder().threads(1).cancelledWhen(() -> true).build()) {
            assertThatThrownBy(() -> Tuner.regression(wave(50, 7), TaskOptions.defaults(), SMALL, execution))
                    .isInstanceOf(CancelledException.class);
        }
    }

    /** Against fits without the rows held out, made one by one. */
    @Test
    void outOfFoldOutputsComeFromModelsWithoutTheRow() {
        Regressor.Data data = wave(40, 8);
        RfmOptions options = RfmOptions.reference().toBuilder().iterations(1).build();
        List<HoldOut.Parts> folds = Folds.random(40, 4, 0);
        try (Execution execution = Execution.singleThreaded()) {
            CrossFit fit = new CrossFit(data.x(), data.y(), options, execution);
            folds.forEach(fold -> fit.add(fold, options.iterations()));
            int at = 0;
            for (HoldOut.Parts fold : folds) {
                DoubleMatrix expected = Rfm.fit(
                                data.x().select(fold.train()),
                                data.y().select(fold.train()),
                                Optional.empty(),
                                options,
                                execution)
                        .machine()
                        .predict(data.x().select(fold.heldOut()), execution);
                for (int i = 0; i < expected.rows(); i++) {
                    assertThat(fit.rounds().get(1).get(at++, 0)).isEqualTo(expected.get(i, 0));
                }
            }
        }
    }

    /** Noise: a metric learned from it promises by leave-one-out what rows held out do not keep (specification, section 20). */
    @Test
    void leavingOneOutUnderALearnedMetricIsOptimistic() {
        TestData data = TestData.seeded(31);
        DoubleMatrix y = data.matrix(200, 1);
        RfmOptions options = RfmOptions.defaults().toBuilder()
                .ridgeRule(RidgeRule.LEAVE_ONE_OUT)
                .iterations(2)
                .build();
        try (Execution execution = Execution.singleThreaded()) {
            CrossFit fit = new CrossFit(Design.of(data.matrix(200, 50)), y, options, execution);
            List<HoldOut.Parts> folds = Folds.random(200, 5, 0);
            folds.forEach(fold -> fit.add(fold, 2));
            // Both are means of 200 and 160 squared normal numbers, each with a standard error of about a tenth.
            assertThat(fit.optimism(0)).isBetween(0.6, 1.5);
            assertThat(fit.optimism(2)).isGreaterThan(1.15);
            double explained = 0;
            double all = 0;
            int[] rows = CrossFit.heldOutRows(folds);
            for (int i = 0; i < 200; i++) {
                double truth = y.get(rows[i], 0);
                explained +=
                        truth * truth - Math.pow(truth - fit.rounds().get(2).get(i, 0), 2);
                all += truth * truth;
            }
            assertThat(explained / all).isLessThan(0.05);

            CrossFit given = new CrossFit(
                    Design.of(data.matrix(200, 50)),
                    y,
                    options.toBuilder().ridgeRule(RidgeRule.GIVEN).build(),
                    execution);
            given.add(folds.get(0), 1);
            assertThat(given.optimism(1)).isNaN();
        }
    }

    /** A coordinate that is made of targets holds, in every fold, what the rows learned from say. */
    @Test
    void coordinatesFromTargetsAreMadeAnewInEveryFold() {
        Regressor.Data data = wave(60, 9);
        RfmOptions options = RfmOptions.reference().toBuilder().iterations(0).build();
        int[] rows = IntStream.range(0, 60).map(i -> 100 + 3 * i).toArray();
        FoldCodes codes = (learned, encoded, ignored, into) -> {
            double sum = Arrays.stream(learned).sum();
            for (int i = 0; i < encoded.length; i++) {
                ((Matrix) into).values()[i * 3 + 2] = (float) (sum / 1e4 + encoded[i] % 7);
            }
        };
        try (Execution execution = Execution.singleThreaded()) {
            CrossFit fit = new CrossFit(new FoldRows(data.x(), rows, codes), data.y(), options, execution);
            List<HoldOut.Parts> folds = Folds.random(60, 3, 0);
            folds.forEach(fold -> fit.add(fold, 0));
            int at = 0;
            for (HoldOut.Parts fold : folds) {
                double sum = Arrays.stream(fold.train()).map(i -> rows[i]).sum();
                Matrix x = (Matrix)
                        data.x().select(IntStream.range(0, 60).toArray()).dense();
                for (int i = 0; i < 60; i++) {
                    x.values()[i * 3 + 2] = (float) (sum / 1e4 + rows[i] % 7);
                }
                DoubleMatrix expected = Rfm.fit(
                                Design.of(x.select(fold.train())),
                                data.y().select(fold.train()),
                                Optional.empty(),
                                options,
                                execution)
                        .machine()
                        .predict(Design.of(x.select(fold.heldOut())), execution);
                for (int i = 0; i < expected.rows(); i++) {
                    assertThat(fit.rounds().get(0).get(at++, 0)).isEqualTo(expected.get(i, 0));
                }
            }
        }
    }

    @Test
    void groupsAreNotPartedAndTimeRunsForward() {
        int[] rows = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
        int[] groups = {0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3};
        double[] times = {11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0};
        Divider byGroup = new Divider(new Division.ByGroup(groups), Optional.empty(), 0);
        Divider inOrder = new Divider(new Division.InOrder(times), Optional.empty(), 0);
        List<HoldOut.Parts> parts = new ArrayList<>(byGroup.folds(rows, 5, 0));
        parts.add(byGroup.holdOut(rows, 0.3, 0));
        for (HoldOut.Parts part : parts) {
            assertThat(Arrays.stream(part.heldOut()).map(i -> groups[i]))
                    .doesNotContainAnyElementsOf(Arrays.stream(part.train())
                            .map(i -> groups[i])
                            .boxed()
                            .toList());
        }
        assertThat(parts).hasSize(5);
        parts = new ArrayList<>(inOrder.folds(rows, 5, 0));
        parts.add(inOrder.holdOut(rows, 0.3, 0));
        for (HoldOut.Parts part : parts) {
            double last =
                    Arrays.stream(part.train()).mapToDouble(i -> times[i]).max().orElseThrow();
            assertThat(Arrays.stream(part.heldOut()).mapToDouble(i -> times[i])).allMatch(time -> time > last);
        }
        assertThat(parts).hasSize(6);
        int[] oneGroup = {3, 4, 5};
        assertThat(byGroup.folds(oneGroup, 3, 0)).hasSize(3);
    }

    private static DoubleMatrix shifted(DoubleMatrix column, double by) {
        return DoubleMatrix.column(
                Arrays.stream(column.values()).map(value -> value + by).toArray());
    }

    @Test
    void theBlendPrefersWhatIsRight() {
        DoubleMatrix y = DoubleMatrix.column(new double[] {1, 2, 3, 4});
        List<TargetScale> scales = Regressor.scales(y, Regressor.standard(y));
        DoubleMatrix truth = Regressor.learned(y, scales);
        Objective objective = new SquaredErrors(y, truth, scales);
        int[] rows = {0, 1, 2, 3};
        DoubleMatrix high = shifted(truth, 1);
        DoubleMatrix low = shifted(truth, -1);
        DoubleMatrix far = shifted(truth, 9);
        assertThat(Blend.of(objective, rows, List.of(high), 3, 3).weights()).containsExactly(1);
        assertThat(Blend.of(objective, rows, List.of(truth, high, low), 3, 3).weights())
                .containsExactly(1, 0, 0);
        Blend both = Blend.of(objective, rows, List.of(high, low, far), 3, 3);
        assertThat(both.weights()).containsExactly(0.5, 0.5, 0);
        assertThat(both.loss()).isCloseTo(0, within(1e-20));
        assertThat(Blend.of(objective, rows, List.of(high, low, far), 3, 1).weights())
                .containsExactly(1, 0, 0);
        DoubleMatrix unknown = DoubleMatrix.column(Double.NaN, 0, 0, 0);
        assertThat(Blend.of(objective, rows, List.of(high, unknown), 3, 2).weights())
                .containsExactly(1, 0);
        assertThat(Blend.of(objective, rows, List.of(unknown, unknown), 3, 2).weights())
                .containsExactly(1, 0);
    }

    /** Beside the first, neither the second nor the third helps; both together do, as what they add to its errors cancels. */
    @Test
    void theBlendHoldsWhatChanceMayHavePutBehindTheBest() {
        int n = 20;
        double f = Math.sqrt(0.22);
        List<IntToDoubleFunction> candidates = List.of(errors(1, 0), errors(0.95, f), errors(0.95, -f), errors(2, 0));
        assertThat(blend(n, candidates, Blend.MANY_ROWS).weights()).containsExactly(1, 0, 0, 0);
        assertThat(blend(n, candidates, Blend.FEW_ROWS).weights()).containsExactly(1 / 3.0, 1 / 3.0, 1 / 3.0, 0);
    }

    /** An average of the two has 0.1 % less of squared error than the first alone, or 1 %. */
    @Test
    void membersThatHardlyHelpLeaveTheBlend() {
        int n = 20;
        List<IntToDoubleFunction> hardly = List.of(errors(1, 0), errors(0.998, 0.063));
        assertThat(blend(n, hardly, Blend.FEW_ROWS).weights()).containsExactly(1, 0);
        List<IntToDoubleFunction> somewhat = List.of(errors(1, 0), errors(0.98, 0.2));
        Blend both = blend(n, somewhat, Blend.FEW_ROWS);
        assertThat(both.weights()[1]).isGreaterThanOrEqualTo(0.5);
        assertThat(both.loss())
                .isLessThan(
                        0.993 * blend(n, somewhat.subList(0, 1), Blend.FEW_ROWS).loss());
    }

    /** Of candidates with given errors. */
    private static Blend blend(int n, List<IntToDoubleFunction> errors, int start) {
        DoubleMatrix y = DoubleMatrix.column(new SplittableRandom(1).doubles(n).toArray());
        List<TargetScale> scales = Regressor.scales(y, Regressor.standard(y));
        DoubleMatrix truth = Regressor.learned(y, scales);
        Objective objective = new SquaredErrors(y, truth, scales);
        List<DoubleMatrix> candidates =
                errors.stream().map(error -> wrong(truth, error)).toList();
        return Blend.of(objective, IntStream.range(0, n).toArray(), candidates, start, 4);
    }

    /** Two patterns of errors that have no part in common over 4 rows. */
    private static IntToDoubleFunction errors(double first, double second) {
        return i -> (i % 2 == 0 ? first : -first) + (i / 2 % 2 == 0 ? second : -second);
    }

    private static DoubleMatrix wrong(DoubleMatrix truth, IntToDoubleFunction error) {
        return DoubleMatrix.column(IntStream.range(0, truth.rows())
                .mapToDouble(i -> truth.get(i, 0) + error.applyAsDouble(i))
                .toArray());
    }

    @Test
    void numbersOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new SearchOptions(0, 3, 101))
                .hasMessage(
                        "Invalid options: trials must be between 1 and 10000, got 0; trials of small data must be between 1 "
                                + "and 10000, got 0; finalists must be between 1 and "
                                + "the number of trials, got 3; members must be between 1 and 100, got 101");
    }

    /** The wave along logarithms of heavy-tailed columns 0 to 2, with those logarithms beside them, the other way round for some. */
    private static Regressor.Data twoEncodings(int n, long seed, boolean firstIsEven) {
        Regressor.Data wave = wave(n, seed);
        float[] x = new float[n * 6];
        for (int i = 0; i < n; i++) {
            for (int s = 0; s < 3; s++) {
                double even = wave.x().dense().get(i, s);
                x[i * 6 + s] = (float) (firstIsEven ? even : Math.exp(3 * even) / 100);
                x[i * 6 + 3 + s] = (float) (firstIsEven ? Math.exp(3 * even) / 100 : even);
            }
        }
        return new Regressor.Data(Design.of(Matrix.of(n, 6, x)), wave.y());
    }

    @Test
    void modelsLookAtTheEncodingThatPredictsBetter() {
        List<Integer> first = List.of(0, 1, 2);
        List<Integer> second = List.of(3, 4, 5);
        Views views = new Views(List.of(second, first));
        SearchOptions search = new SearchOptions(6, 3, 2);
        try (Execution execution = Execution.defaults()) {
            for (boolean firstIsEven : new boolean[] {false, true}) {
                Regressor.Data train = twoEncodings(150, 1, firstIsEven);
                Regressor.Data test = twoEncodings(400, 2, firstIsEven);
                Tuned<Regressor> tuned =
                        Tuner.regression(train, views, Division.atRandom(), TaskOptions.defaults(), search, execution);
                assertThat(tuned.members())
                        .extracting(member -> member.trial().options().ignored())
                        .containsOnly(firstIsEven ? second : first);
                assertThat(Scores.rmse(test.y(), tuned.predictor().predict(test.x(), execution)))
                        .isBetween(NOISE, 1.5 * NOISE);
            }
        }
        assertThatThrownBy(() -> new Views(List.of())).hasMessage("Models need at least one view of the coordinates");
    }

    /** The wave with a further coordinate: its target, not quite, or nothing but noise. */
    private static Regressor.Data withExtra(int n, long seed, boolean tells) {
        Regressor.Data wave = wave(n, seed);
        SplittableRandom random = new SplittableRandom(seed);
        float[] x = new float[n * 4];
        for (int i = 0; i < n; i++) {
            for (int s = 0; s < 3; s++) {
                x[i * 4 + s] = (float) wave.x().dense().get(i, s);
            }
            x[i * 4 + 3] =
                    (float) ((tells ? wave.y().get(i, 0) + 0.001 * random.nextGaussian() : 2 * random.nextGaussian()));
        }
        return new Regressor.Data(Design.of(Matrix.of(n, 4, x)), wave.y());
    }

    @Test
    void extraCoordinatesAreLookedAtWhereTheyHelp() {
        Views views = new Views(List.of(List.of(3)), List.of(3), FoldCodes.none());
        SearchOptions search = new SearchOptions(6, 3, 1);
        try (Execution execution = Execution.defaults()) {
            for (boolean tells : new boolean[] {true, false}) {
                Tuned<Regressor> tuned = Tuner.regression(
                        withExtra(150, 1, tells),
                        views,
                        Division.atRandom(),
                        TaskOptions.defaults(),
                        search,
                        execution);
                assertThat(tuned.members())
                        .extracting(member -> member.trial().options().ignored())
                        .containsExactly(tells ? List.of() : List.of(3));
                assertThat(tuned.tried()).as("the same settings again").isEqualTo(6);
            }
        }
    }

    /** Ctrl-C while settings are tried with extra coordinates: those without stay. */
    @Test
    void aSearchThatEndsAmongExtraCoordinatesKeepsTheOthers() {
        Views views = new Views(List.of(List.of(3)), List.of(3), FoldCodes.none());
        AtomicBoolean trying = new AtomicBoolean();
        try (Execution execution = Execution.builder()
                .threads(1)
                .progress((what, share) -> trying.compareAndSet(false, what.startsWith("trying 3 settings")))
                .cancelledWhen(trying::get)
                .build()) {
            Tuned<Regressor> tuned = Tuner.regression(
                    withExtra(150, 1, true),
                    views,
                    Division.atRandom(),
                    TaskOptions.defaults(),
                    new SearchOptions(9, 3, 1),
                    execution);
            assertThat(trying).isTrue();
            assertThat(tuned.members())
                    .extracting(member -> member.trial().options().ignored())
                    .containsExactly(List.of(3));
            assertThat(tuned.tried()).isEqualTo(9);
            assertThat(tuned.events()).anySatisfy(event -> assertThat(event).contains("cancelled"));
        }
    }

    @Test
    void ofManyRowsAFifthIsHeldOutOrAllOfThemInTurn() {
        int rows = 4_200;
        try (Execution execution = Execution.defaults()) {
            for (boolean all : new boolean[] {false, true}) {
                Tuned<Regressor> tuned =
                        Tuner.regression(wave(rows, 7), oneRound(), new SearchOptions(1, 1, 1, 1, all), execution);
                assertThat(tuned.heldOut()).doesNotHaveDuplicates().hasSize(all ? rows : rows / 5);
            }
        }
    }

    private static TaskOptions oneRound() {
        return TaskOptions.of(XrfmOptions.defaults().toBuilder()
                .leaf(RfmOptions.defaults().toBuilder().iterations(1).build())
                .build());
    }

    /** Two clusters far apart; some of their labels turned round. */
    private static Classifier.Data clusters(int n, double turned) {
        SplittableRandom random = new SplittableRandom(11);
        float[] x = new float[n * 2];
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            int cluster = i % 2;
            x[i * 2] = (float) (10 * cluster + random.nextGaussian());
            x[i * 2 + 1] = (float) random.nextGaussian();
            labels[i] = random.nextDouble() < turned ? 1 - cluster : cluster;
        }
        return new Classifier.Data(Design.of(Matrix.of(n, 2, x)), labels, 2);
    }

    /** Without mistakes the least probability, 1 / (2 n + 1), speaks of the n rows held out alone, so all of them are. */
    @Test
    void whereNoRowHeldOutIsWrongTheOthersAreHeldOutToo() {
        int rows = 4_200;
        SearchOptions one = new SearchOptions(1, 1, 1);
        try (Execution execution = Execution.defaults()) {
            Tuned<Classifier> apart = Tuner.classification(clusters(rows, 0), oneRound(), one, execution);
            assertThat(apart.heldOut()).doesNotHaveDuplicates().hasSize(rows);
            assertThat(apart.crossFitted()).isTrue();
            double[] surest = apart.predictor()
                    .predict(clusters(20, 0).x(), execution)
                    .probabilities()
                    .values();
            assertThat(Arrays.stream(surest).min().orElseThrow()).isBetween(0.9 / (2 * rows + 1), 2.0 / (2 * rows + 1));

            Tuned<Classifier> mixed = Tuner.classification(clusters(rows, 0.02), oneRound(), one, execution);
            assertThat(mixed.heldOut()).hasSize(rows / 5);
            assertThat(mixed.crossFitted()).isFalse();
        }
    }
}

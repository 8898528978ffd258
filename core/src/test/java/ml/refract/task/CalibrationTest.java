package ml.refract.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import ml.refract.engine.Execution;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.rfm.RfmOptions;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import ml.refract.xrfm.XrfmOptions;
import org.junit.jupiter.api.Test;

/** The choice among forms of calibration, and classifiers that carry one. */
class CalibrationTest {
    private static final ClassCoding TWO = ClassCoding.of(ClassCoding.Kind.ZERO_ONE, new double[] {0.5, 0.5});

    /** Outputs of a model that says its probability, and labels drawn with another. */
    private record Drawn(DoubleMatrix outputs, int[] labels) {
        static Drawn of(int n, double power, double shift, long seed) {
            TestData data = TestData.seeded(seed);
            double[] outputs = new double[n];
            int[] labels = new int[n];
            for (int i = 0; i < n; i++) {
                double logit = 1.5 * data.gaussian();
                outputs[i] = 1 / (1 + Math.exp(-logit));
                labels[i] = data.uniform(0, 1) < 1 / (1 + Math.exp(-power * logit - shift)) ? 1 : 0;
            }
            return new Drawn(DoubleMatrix.column(outputs), labels);
        }

        Calibration calibration() {
            return Calibration.of(TWO, outputs, range(labels.length), labels, Calibration.Source.HELD_OUT, 0);
        }
    }

    private static int[] range(int n) {
        return IntStream.range(0, n).toArray();
    }

    @Test
    void outputsThatAreRightAlreadyAreLeftAlone() {
        Calibration calibration = Drawn.of(300, 1, 0, 1).calibration();
        assertThat(calibration.form()).isEqualTo(new Calibrator.None());
        assertThat(calibration.logLoss()).isEqualTo(calibration.uncalibratedLogLoss());
        assertThat(calibration.standardError()).isZero();
        assertThat(calibration.rows()).isEqualTo(300);
    }

    @Test
    void outputsThatAreTooSureAndShiftedAreCorrected() {
        Drawn train = Drawn.of(600, 0.4, 1, 2);
        Calibration calibration = train.calibration();
        assertThat(calibration.form()).isInstanceOf(Calibrator.Platt.class);
        Drawn test = Drawn.of(5_000, 0.4, 1, 3);
        double before = Scores.logLoss(test.labels(), ClassCoding.clamp(TWO.decode(test.outputs()), ClassCoding.CLAMP));
        double after = Scores.logLoss(test.labels(), calibration.form().apply(TWO.decode(test.outputs())));
        assertThat(after).isLessThan(before - 0.1);
        assertThat(calibration.uncalibratedLogLoss()).isCloseTo(before, within(0.1));
        assertThat(calibration.logLoss()).isCloseTo(after, within(0.05));
        assertThat(calibration.uncalibratedLogLoss() - calibration.logLoss())
                .isGreaterThan(calibration.standardError());
        assertThat(calibration.reliability().error())
                .isLessThan(3 * calibration.reliability().standardError() + 0.05);
    }

    @Test
    void fewRowsGetATemperatureAtMostAndVeryFewNothing() {
        assertThat(Drawn.of(120, 0.2, 0, 4).calibration().form()).isInstanceOf(Calibrator.Temperature.class);
        assertThat(Drawn.of(19, 0.05, 0, 5).calibration().form()).isInstanceOf(Calibrator.None.class);
        assertThat(Drawn.of(1, 1, 0, 6).calibration().rows()).isEqualTo(1);
    }

    /** Never wrong on n rows: an error of 1 / (2 n + 1) is what they speak for, and 0.001 is as good for 500 of them. */
    @Test
    void sureOutputsAreBelievedAsFarAsTheirRowsSpeakForThem() {
        for (int n : new int[] {500, 1_300, 6_000}) {
            Calibration calibration = sure(n);
            if (n == 500) {
                assertThat(calibration.form()).isInstanceOf(Calibrator.None.class);
                continue;
            }
            DoubleMatrix p = calibration.form().apply(TWO.decode(DoubleMatrix.column(-0.1, 1.1)));
            for (int i = 0; i < 2; i++) {
                assertThat(n * p.get(i, 1 - i)).as("wrong in %d rows", n).isBetween(0.3, 0.7);
            }
            assertThat(calibration.logLoss()).isLessThan(calibration.uncalibratedLogLoss());
        }
    }

    private static Calibration sure(int n) {
        TestData data = TestData.seeded(12);
        double[] outputs = new double[n];
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            labels[i] = data.below(2);
            outputs[i] = labels[i];
        }
        return Calibration.of(TWO, DoubleMatrix.column(outputs), range(n), labels, Calibration.Source.HELD_OUT, 0);
    }

    /** Outputs that are half as sure as they should be; of so many classes each has too few rows for a parameter of its own. */
    @Test
    void ofManyClassesOnlyWhatTheyShareIsCorrected() {
        int n = 2_400;
        int classes = 60;
        TestData data = TestData.seeded(13);
        double[] priors = new double[classes];
        Arrays.fill(priors, 1.0 / classes);
        ClassCoding coding = ClassCoding.of(ClassCoding.Kind.ZERO_ONE, priors);
        int[] labels = new int[n];
        DoubleMatrix outputs = DoubleMatrix.zeros(n, classes);
        for (int i = 0; i < n; i++) {
            labels[i] = data.below(classes);
            for (int k = 0; k < classes; k++) {
                outputs.set(i, k, k == labels[i] ? 0.5 : 0.5 / (classes - 1));
            }
        }
        Calibration calibration = Calibration.of(coding, outputs, range(n), labels, Calibration.Source.HELD_OUT, 0);
        Calibrator form = calibration.form() instanceof Calibrator.Floor kept ? kept.form() : calibration.form();
        assertThat(form).isInstanceOf(Calibrator.Temperature.class);
        assertThat(calibration.logLoss()).isLessThan(0.1 * calibration.uncalibratedLogLoss());
    }

    /** A step, which no map of a few parameters fits. */
    @Test
    void manyRowsMayGetAFreeCurve() {
        int n = 4_000;
        TestData data = TestData.seeded(7);
        double[] outputs = new double[n];
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            outputs[i] = data.uniform(0, 1);
            double p = outputs[i] < 0.9 ? 0.3 : 0.95;
            labels[i] = data.uniform(0, 1) < p ? 1 : 0;
        }
        DoubleMatrix column = DoubleMatrix.column(outputs);
        Calibration calibration = Calibration.of(TWO, column, range(n), labels, Calibration.Source.CROSS_FIT, 1);
        assertThat(calibration.form()).isInstanceOf(Calibrator.Isotonic.class);
        DoubleMatrix p = calibration.form().apply(TWO.decode(DoubleMatrix.column(0.5, 0.97)));
        assertThat(p.get(0, 1)).isCloseTo(0.3, within(0.05));
        assertThat(p.get(1, 1)).isCloseTo(0.95, within(0.05));
        int[] few = range(1_900);
        Calibration fewer = Calibration.of(
                TWO, column.select(few), few, Arrays.copyOf(labels, 1_900), Calibration.Source.CROSS_FIT, 1);
        assertThat(fewer.form()).isInstanceOf(Calibrator.Platt.class);
    }

    @Test
    void aRowThatOccursTwiceCountsOnce() {
        Drawn drawn = Drawn.of(300, 0.4, 1, 8);
        int[] twice = IntStream.range(0, 600).map(i -> i % 300).toArray();
        int[] labels = Arrays.stream(twice).map(i -> drawn.labels()[i]).toArray();
        Calibration once = drawn.calibration();
        Calibration copies =
                Calibration.of(TWO, drawn.outputs().select(twice), twice, labels, Calibration.Source.HELD_OUT, 0);
        Calibrator.Platt a = (Calibrator.Platt) once.form();
        Calibrator.Platt b = (Calibrator.Platt) copies.form();
        assertThat(b.slope()).isCloseTo(a.slope(), within(1e-8));
        assertThat(b.offset()).isCloseTo(a.offset(), within(1e-8));
        assertThat(copies.rows()).isEqualTo(300);
        assertThat(copies.uncalibratedLogLoss()).isCloseTo(once.uncalibratedLogLoss(), within(1e-12));
        assertThat(copies.standardError()).isCloseTo(once.standardError(), within(0.1 * once.standardError()));
        assertThat(copies.reliability().bins().stream()
                        .mapToDouble(Reliability.Bin::rows)
                        .sum())
                .isCloseTo(300, within(1e-9));
    }

    @Test
    void severalClassesGetVectorScaling() {
        ClassCoding coding = ClassCoding.of(ClassCoding.Kind.PREVALENCE, new double[] {0.2, 0.3, 0.5});
        TestData data = TestData.seeded(9);
        int n = 600;
        int[] labels = new int[n];
        int[] shown = new int[n];
        for (int i = 0; i < n; i++) {
            shown[i] = data.below(3);
            labels[i] = data.uniform(0, 1) < 0.6 ? shown[i] : 0;
        }
        Calibration calibration =
                Calibration.of(coding, coding.encode(shown), range(n), labels, Calibration.Source.CROSS_FIT, 2);
        assertThat(calibration.form().id()).isEqualTo("vector");
        DoubleMatrix p = calibration.form().apply(coding.decode(coding.encode(new int[] {0, 1, 2})));
        assertThat(p.get(0, 0)).isGreaterThan(0.9);
        for (int k = 1; k < 3; k++) {
            assertThat(p.get(k, k)).isCloseTo(0.6, within(0.1));
            assertThat(p.get(k, 0)).isCloseTo(0.4, within(0.1));
        }
    }

    /** Logits of a model that are drawn too far apart and shifted. */
    @Test
    void logitsAreCalibratedAsLogits() {
        ClassCoding coding = ClassCoding.of(ClassCoding.Kind.LOGIT, new double[] {0.4, 0.6});
        Calibration calibration = logits(coding, 2_000, 0.4, 1);
        assertThat(calibration.form().id()).isEqualTo("platt");
        double[] outputs = {-2, 0, 3};
        DoubleMatrix p = calibration.form().apply(coding.decode(DoubleMatrix.column(outputs)));
        for (int i = 0; i < 3; i++) {
            double logit = 0.4 * (outputs[i] + Math.log(0.6 / 0.4)) + 1;
            assertThat(p.get(i, 1)).isCloseTo(1 / (1 + Math.exp(-logit)), within(0.05));
        }
        Calibration few = logits(coding, 150, 0.2, 0);
        assertThat(few.form()).isInstanceOf(Calibrator.Vector.class);
        assertThat(((Calibrator.Vector) few.form()).slope()).isBetween(0.05, 0.5);
        assertThat(((Calibrator.Vector) few.form()).offsets()).containsOnly(0.0);
        assertThat(logits(coding, 1_000, 1, 0).form()).isEqualTo(new Calibrator.None());
    }

    private static Calibration logits(ClassCoding coding, int n, double power, double shift) {
        TestData data = TestData.seeded(n);
        double[] outputs = new double[n];
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            outputs[i] = 3 * data.gaussian();
            double logit = power * (outputs[i] + Math.log(0.6 / 0.4)) + shift;
            labels[i] = data.uniform(0, 1) < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
        }
        return Calibration.of(coding, DoubleMatrix.column(outputs), range(n), labels, Calibration.Source.CROSS_FIT, 0);
    }

    @Test
    void lengthsThatDifferAreNamed() {
        assertThatThrownBy(() -> Calibration.of(
                        TWO, DoubleMatrix.column(1, 2), new int[1], new int[2], Calibration.Source.HELD_OUT, 0))
                .hasMessage("A calibration needs outputs, and for each a row number and a label; got 2, 1 and 2");
        assertThatThrownBy(() -> Calibration.Source.of("guess"))
                .hasMessage("There is no source of scores 'guess'; there are cross-fit and held-out");
    }

    @Test
    void classifiersReadAndPredictByTheirCalibration() {
        Matrix x = TestData.seeded(10).floats(200, 3);
        int[] labels = new int[200];
        Arrays.setAll(labels, i -> x.get(i, 0) > 0.4 ? 2 : x.get(i, 1) > 0 ? 1 : 0);
        TaskOptions options = TaskOptions.of(XrfmOptions.defaults().toBuilder()
                        .leaf(RfmOptions.defaults().toBuilder().iterations(1).build())
                        .maxLeafRows(80)
                        .build())
                .withCoding(ClassCoding.Kind.PREVALENCE);
        Execution execution = TestEngines.serial(TestEngines.VECTOR);
        Classifier.Data data = new Classifier.Data(Design.of(x), labels, 3);
        Classifier plain =
                Classifier.fit(data, Optional.empty(), options, execution).predictor();
        Calibrator shifted = new Calibrator.Vector(3, new double[] {2, -1, -1});
        Reliability none =
                Reliability.of(labels, plain.predict(data.x(), execution).probabilities());
        Classifier calibrated =
                plain.withCalibration(new Calibration(shifted, Calibration.Source.HELD_OUT, 200, 1, 0.5, 0.1, none));
        ClassPredictions predicted = calibrated.predict(data.x(), execution);
        DoubleMatrix scores = plain.coding().decode(plain.model().predict(data.x(), o -> o, execution));
        assertThat(predicted.probabilities()).isEqualTo(shifted.apply(scores));
        assertThat(predicted.labels()).isEqualTo(Scores.argmax(predicted.probabilities(), 3));
        assertThat(predicted.labels())
                .isNotEqualTo(plain.predict(data.x(), execution).labels());
        assertThat(calibrated.withModel(plain.model().withTemperature(0.1)).calibration())
                .isPresent();
        assertThat(Classifier.average(java.util.List.of(calibrated), new double[] {1})
                        .calibration())
                .isEmpty();
    }
}

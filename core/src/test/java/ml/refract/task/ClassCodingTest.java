package ml.refract.task;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.stream.Stream;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.testing.Golden;
import ml.refract.testing.TestData;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ClassCodingTest {
    @TestFactory
    Stream<DynamicTest> codesOfTheReference() {
        return Golden.objects(Golden.read("class_coding.json"), "records").stream()
                .map(record -> DynamicTest.dynamicTest(Golden.describe(record), () -> check(record)));
    }

    private static void check(JsonObject record) {
        double tolerance = record.get("dtype").getAsString().equals("float64") ? 1e-12 : 1e-6;
        boolean prevalence = record.get("mode").getAsString().equals("prevalence");
        int classes = record.get("K").getAsInt();
        double[] priors = new double[classes];
        if (prevalence) {
            double[] counts = Golden.numbers(record, "counts");
            Arrays.setAll(priors, k -> counts[k] / Arrays.stream(counts).sum());
        } else {
            Arrays.fill(priors, 1.0 / classes);
        }
        ClassCoding coding =
                ClassCoding.of(prevalence ? ClassCoding.Kind.PREVALENCE : ClassCoding.Kind.ZERO_ONE, priors);
        int[] all = new int[classes];
        Arrays.setAll(all, k -> k);
        DoubleMatrix codes = coding.encode(all);
        DoubleMatrix inputs = Golden.matrix(record, "decode_input");
        if (prevalence) {
            checkSimplex(record, codes, priors, tolerance);
            inputs = inOurBasis(inputs, Golden.matrix(record, "C"), codes);
            assertClose(coding.decode(inputs), Golden.matrix(record, "pi_before_clamp"), 10 * tolerance, "scores");
        } else {
            assertClose(codes, Golden.matrix(record, "encoded"), 0, "codes");
        }
        DoubleMatrix read = coding.read(inputs);
        assertClose(coding.probabilities(read), Golden.matrix(record, "probas"), 10 * tolerance, "probabilities");
        assertClose(
                ClassCoding.clamp(coding.decode(inputs), 1e-10),
                Golden.matrix(record, "probas_eps_1e_10"),
                10 * tolerance,
                "probabilities with a smaller clamp");
        checkLabels(record, coding, read);
    }

    /** Facts that do not depend on the signs of the basis. */
    private static void checkSimplex(JsonObject record, DoubleMatrix codes, double[] priors, double tolerance) {
        double[] distances = new double[codes.rows() * codes.rows()];
        double[] weighted = new double[codes.cols()];
        for (int i = 0; i < codes.rows(); i++) {
            for (int l = 0; l < codes.cols(); l++) {
                weighted[l] += priors[i] * codes.get(i, l);
            }
            for (int j = 0; j < codes.rows(); j++) {
                double sum = 0;
                for (int l = 0; l < codes.cols(); l++) {
                    sum += Math.pow(codes.get(i, l) - codes.get(j, l), 2);
                }
                distances[i * codes.rows() + j] = Math.sqrt(sum);
            }
        }
        assertClose(distances, Golden.numbers(record, "code_distance_matrix"), tolerance, "distances between codes");
        assertClose(weighted, new double[codes.cols()], tolerance, "the origin stands for the priors");
    }

    /** The reference's basis differs from ours by signs: a code and its image must agree. */
    private static DoubleMatrix inOurBasis(DoubleMatrix inputs, DoubleMatrix theirs, DoubleMatrix ours) {
        DoubleMatrix result = DoubleMatrix.zeros(inputs.rows(), inputs.cols());
        for (int l = 0; l < inputs.cols(); l++) {
            int decisive = 0;
            for (int k = 1; k < theirs.rows(); k++) {
                if (Math.abs(theirs.get(k, l)) > Math.abs(theirs.get(decisive, l))) {
                    decisive = k;
                }
            }
            double sign = Math.signum(theirs.get(decisive, l) * ours.get(decisive, l));
            for (int i = 0; i < inputs.rows(); i++) {
                result.set(i, l, sign * inputs.get(i, l));
            }
        }
        return result;
    }

    /**
     * Labels agree with the reference except where two clamped probabilities tie: there we let the score decide, the
     * reference takes the first.
     */
    private static void checkLabels(JsonObject record, ClassCoding coding, DoubleMatrix read) {
        double[] expected = Golden.numbers(record, "labels");
        int[] labels = coding.labels(read);
        DoubleMatrix probabilities = coding.probabilities(read);
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] != (int) expected[i]) {
                assertThat(probabilities.get(i, labels[i])).as("row %d", i).isEqualTo(probabilities.get(i, (int)
                        expected[i]));
            }
        }
    }

    @Test
    void classesWhoseClampedProbabilitiesTieAreToldApartByTheirScores() {
        ClassCoding coding = ClassCoding.of(ClassCoding.Kind.ZERO_ONE, new double[] {0.4, 0.4, 0.2});
        DoubleMatrix read = coding.read(DoubleMatrix.fromRows(new double[][] {{1.2, 1.5, 0}, {-2, -1, -3}}));
        assertThat(coding.labels(read)).containsExactly(1, 1);
    }

    @Test
    void everyCodeDecodesToItsClassAndTheOriginToThePriors() {
        double[] priors = {0.5, 0.3, 0.15, 0.05};
        ClassCoding coding = ClassCoding.of(ClassCoding.Kind.PREVALENCE, priors);
        assertClose(
                coding.decode(coding.encode(new int[] {0, 1, 2, 3})), DoubleMatrix.identity(4), 1e-14, "decoded codes");
        assertClose(coding.decode(DoubleMatrix.zeros(1, 3)).values(), priors, 1e-15, "decoded origin");
    }

    /** A simplex: codes differ by sqrt(2), as indicators do, and their mean over the priors is the origin. */
    @Test
    void manyClassesAreCodedAsWell() {
        int classes = 300;
        double[] priors = new double[classes];
        Arrays.setAll(priors, k -> 2.0 * (k + 1) / (classes * (classes + 1.0)));
        int[] all = new int[classes];
        Arrays.setAll(all, k -> k);
        ClassCoding coding = ClassCoding.of(ClassCoding.Kind.PREVALENCE, priors);
        DoubleMatrix codes = coding.encode(all);
        assertClose(coding.decode(codes), DoubleMatrix.identity(classes), 1e-13, "decoded codes");
        DoubleMatrix products = codes.times(codes.transpose());
        for (int i = 0; i < classes; i++) {
            for (int j = 0; j < i; j++) {
                assertThat(products.get(i, i) + products.get(j, j) - 2 * products.get(i, j))
                        .isCloseTo(2, within(1e-12));
            }
        }
        double[] mean = DoubleMatrix.of(1, classes, priors).times(codes).values();
        assertClose(mean, new double[classes - 1], 1e-14, "the origin stands for the priors");
    }

    /** Of the clamp of the reference, 0.001, nine hundred and ninety-nine classes that are out of the question would get a half. */
    @Test
    void aSureClassAmongManyIsMoreProbableThanAllOthers() {
        for (int classes : new int[] {3, 100, 1_000}) {
            double[] priors = new double[classes];
            Arrays.fill(priors, 1.0 / classes);
            ClassCoding coding = ClassCoding.of(ClassCoding.Kind.ZERO_ONE, priors);
            double p = coding.uncalibrated(coding.encode(new int[] {1})).get(0, 1);
            assertThat(p).isBetween(0.909, 1.0);
            if (classes <= 100) {
                assertThat(p).isCloseTo(0.999 / (0.999 + 0.001 * (classes - 1)), within(1e-13));
            }
        }
    }

    @Test
    void probabilitiesSumToOneAndRenumberingClassesRenumbersThem() {
        TestData data = TestData.seeded(71);
        int[] labels = new int[60];
        Arrays.setAll(labels, i -> data.below(4));
        int[] renamed = {2, 0, 3, 1};
        for (ClassCoding.Kind kind : ClassCoding.Kind.values()) {
            ClassCoding coding = ClassCoding.of(kind, labels, 4);
            int[] other = Arrays.stream(labels).map(k -> renamed[k]).toArray();
            ClassCoding otherCoding = ClassCoding.of(kind, other, 4);
            DoubleMatrix mixed = mix(coding.encode(labels));
            DoubleMatrix otherMixed = mix(otherCoding.encode(other));
            DoubleMatrix p = coding.probabilities(coding.read(mixed));
            DoubleMatrix q = otherCoding.probabilities(otherCoding.read(otherMixed));
            for (int i = 0; i < p.rows(); i++) {
                double sum = 0;
                for (int k = 0; k < 4; k++) {
                    sum += p.get(i, k);
                    assertThat(q.get(i, renamed[k]))
                            .isCloseTo(p.get(i, k), org.assertj.core.api.Assertions.within(1e-12));
                }
                assertThat(sum).isCloseTo(1, org.assertj.core.api.Assertions.within(1e-12));
            }
        }
    }

    /** Averages neighbouring rows, as a smoother of codes would. */
    private static DoubleMatrix mix(DoubleMatrix codes) {
        DoubleMatrix result = DoubleMatrix.zeros(codes.rows() - 1, codes.cols());
        for (int i = 0; i < result.rows(); i++) {
            for (int l = 0; l < codes.cols(); l++) {
                result.set(i, l, 0.7 * codes.get(i, l) + 0.3 * codes.get(i + 1, l));
            }
        }
        return result;
    }

    @Test
    void oneClassIsRefused() {
        assertThatThrownBy(() -> ClassCoding.of(ClassCoding.Kind.ZERO_ONE, new double[] {1}))
                .hasMessage("Classification needs at least two classes, got 1");
    }

    @Test
    void logitsAreAboveThoseOfTheShares() {
        ClassCoding two = ClassCoding.of(ClassCoding.Kind.LOGIT, new int[] {0, 0, 1, 0}, 2);
        assertThat(two.priors()).containsExactly(new double[] {0.7, 0.3}, within(1e-12)); // half a row more of each
        assertThat(two.encode(new int[] {0, 1}).values()).containsExactly(new double[] {-0.3, 0.7}, within(1e-12));
        DoubleMatrix outputs = DoubleMatrix.column(0, 2);
        for (int i = 0; i < 2; i++) {
            double p = 1 / (1 + 0.7 / 0.3 * Math.exp(-outputs.get(i, 0)));
            assertThat(two.uncalibrated(outputs).row(i)).containsExactly(new double[] {1 - p, p}, within(1e-12));
            assertThat(two.decode(outputs).get(i, 1) - two.decode(outputs).get(i, 0))
                    .isCloseTo(Math.log(p / (1 - p)), within(1e-12));
        }
        ClassCoding three = ClassCoding.of(ClassCoding.Kind.LOGIT, new double[] {0.2, 0.3, 0.5});
        assertThat(three.outputs()).isEqualTo(3);
        assertThat(three.encode(new int[] {1}).values()).containsExactly(new double[] {-0.2, 0.7, -0.5}, within(1e-12));
        DoubleMatrix zero = DoubleMatrix.zeros(1, 3);
        assertThat(three.uncalibrated(zero).row(0)).containsExactly(three.priors(), within(1e-12));
        assertThat(three.probabilities(three.read(zero)).row(0)).containsExactly(three.priors(), within(1e-12));
        assertThat(three.labels(three.read(DoubleMatrix.fromRows(new double[][] {{0.9, 0, 0}, {1, 0, 0}}))))
                .containsExactly(2, 0); // 0.2 exp(0.9) = 0.492, 0.2 e = 0.54
        assertThat(Arrays.stream(three.decode(DoubleMatrix.fromRows(new double[][] {{5, -1, 2}}))
                                .row(0))
                        .sum())
                .isCloseTo(0, within(1e-12));
    }

    @Test
    void logitsNeedAShareOfEveryClass() {
        assertThatThrownBy(() -> ClassCoding.of(ClassCoding.Kind.LOGIT, new double[] {0, 1}))
                .hasMessage("Logits need a share above 0 of every class, got [0.0, 1.0]");
        assertThat(ClassCoding.of(ClassCoding.Kind.LOGIT, new int[] {1, 1, 1}, 2)
                        .priors())
                .containsExactly(new double[] {0.125, 0.875}, within(1e-12));
    }
}

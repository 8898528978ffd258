package ml.refract.concept;

import static ml.refract.testing.Close.assertClose;
import static ml.refract.testing.Close.assertRelativelyClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import ml.refract.concept.ProbeOptions.Criterion;
import ml.refract.concept.ProbeOptions.Form;
import ml.refract.concept.ProbeOptions.ScaleRule;
import ml.refract.engine.CancelledException;
import ml.refract.engine.Execution;
import ml.refract.engine.MemoryBudgetException;
import ml.refract.kernel.Kernel;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.linalg.SymmetricEigen;
import ml.refract.rfm.Rfm;
import ml.refract.rfm.RfmOptions;
import ml.refract.task.HoldOut;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The recursive feature machine as an extractor; sections 1.2 to 1.4 and 1.7 of the specification. */
class ConceptProbeTest {
    private static final Execution EXECUTION = TestEngines.serial(TestEngines.VECTOR);

    /** One candidate an iteration. */
    private static ProbeOptions single(double bandwidth, int iterations, boolean centred) {
        return ProbeOptions.defaults().toBuilder()
                .unitRows(false)
                .centredGradients(centred)
                .bandwidths(bandwidth)
                .iterations(iterations)
                .build();
    }

    private static double cosine(Concept concept, double[] direction) {
        return Planted.dot(concept.vector(), direction);
    }

    // Primal and dual

    private static void assertFormsAgree(
            DoubleMatrix rows, ConceptTargets targets, ProbeOptions options, double tolerance) {
        ProbeOptions all = options.toBuilder().components(rows.cols()).build();
        Concept dual = ConceptProbe.extract(
                rows,
                targets,
                Planted.all(rows.rows()),
                all.toBuilder().form(Form.DUAL).build(),
                EXECUTION);
        Concept primal = ConceptProbe.extract(
                rows,
                targets,
                Planted.all(rows.rows()),
                all.toBuilder().form(Form.PRIMAL).build(),
                EXECUTION);
        assertThat(dual.chosen().iterations()).isEqualTo(options.iterations());
        assertClose(dual.vector(), primal.vector(), tolerance, "first direction");
        assertThat(dual.eigenvalues()[0]).isCloseTo(primal.eigenvalues()[0], withinPercentage(100 * tolerance));
        assertRelativelyClose(metric(dual).values(), metric(primal).values(), tolerance, "metric");
        for (int k = 0; k < dual.directions().rows(); k++) {
            double[] v = dual.directions().row(k);
            assertThat(Planted.dot(v, v)).isCloseTo(1, within(1e-14));
        }
    }

    /** The sum of mu v v' over all directions. */
    private static DoubleMatrix metric(Concept concept) {
        DoubleMatrix scaled = concept.directions().transpose();
        for (int j = 0; j < scaled.rows(); j++) {
            for (int k = 0; k < scaled.cols(); k++) {
                scaled.set(j, k, scaled.get(j, k) * concept.eigenvalues()[k]);
            }
        }
        return scaled.times(concept.directions());
    }

    @ParameterizedTest
    @EnumSource(ScaleRule.class)
    void primalAndDualAgreeForWideRows(ScaleRule rule) {
        Planted planted = Planted.shift(1, 40, 120, 1.5);
        for (boolean centred : new boolean[] {true, false}) {
            ProbeOptions options =
                    single(10, 5, centred).toBuilder().scaleRule(rule).build();
            assertFormsAgree(planted.rows(), planted.targets(), options, 1e-10);
        }
    }

    @Test
    void primalAndDualAgreeForMoreRowsThanColumns() {
        Planted planted = Planted.shift(2, 150, 30, 1);
        assertFormsAgree(planted.rows(), planted.targets(), single(5, 4, true), 1e-10);
    }

    @Test
    void primalAndDualAgreeForGaussianKernelsAndUnitRows() {
        Planted planted = Planted.shift(3, 60, 200, 1);
        ProbeOptions options = single(2, 4, true).toBuilder()
                .exponent(2)
                .unitRows(true)
                .scaleRule(ScaleRule.TRACE)
                .build();
        assertFormsAgree(planted.rows(), planted.targets(), options, 1e-10);
        assertFormsAgree(
                planted.rows(),
                planted.targets(),
                options.toBuilder().exponent(0.7).build(),
                1e-10);
    }

    @Test
    void primalAndDualAgreeForSeveralColumnsOfTargets() {
        TestData data = TestData.seeded(4);
        DoubleMatrix rows = data.matrix(50, 180);
        DoubleMatrix targets = DoubleMatrix.zeros(50, 3);
        for (int i = 0; i < 50; i++) {
            targets.set(i, i % 3, 1);
            rows.set(i, i % 3, rows.get(i, i % 3) + 6);
        }
        assertFormsAgree(rows, ConceptTargets.of(targets), single(10, 3, true), 1e-10);
    }

    /** Another implementation in another room: tiles, an iterative solver, and moments of gradients at points. */
    @Test
    void theMetricIsThatOfTheRecursiveFeatureMachine() {
        Planted planted = Planted.shift(5, 80, 24, 1);
        for (boolean centred : new boolean[] {true, false}) {
            double mean = Arrays.stream(planted.labels()).average().orElseThrow();
            double[] targets =
                    Arrays.stream(planted.labels()).map(y -> y - mean).toArray();
            RfmOptions reference = RfmOptions.reference().toBuilder()
                    .kernel(Kernel.laplace(6, 1))
                    .ridge(1e-3)
                    .iterations(3)
                    .centredGradients(centred)
                    .build();
            BlockSymmetric metric = Rfm.fit(
                            Design.of(planted.rows()),
                            DoubleMatrix.column(targets),
                            Optional.empty(),
                            reference,
                            TestEngines.serial(TestEngines.SCALAR))
                    .machine()
                    .metric()
                    .matrix()
                    .orElseThrow();
            SymmetricEigen eigen =
                    SymmetricEigen.of(((BlockSymmetric.Full) metric.blocks().get(0)).matrix());
            for (Form form : new Form[] {Form.DUAL, Form.PRIMAL}) {
                Concept concept = ConceptProbe.extract(
                        planted.rows(),
                        planted.targets(),
                        Planted.all(80),
                        single(6, 3, centred).toBuilder().form(form).build(),
                        EXECUTION);
                for (int k = 0; k < 3; k++) {
                    // The other solver stops at a residual of 2^-21.
                    assertThat(concept.eigenvalues()[k]).isCloseTo(eigen.value(k), within(2e-6 * eigen.value(0)));
                    assertThat(Math.abs(Planted.dot(concept.directions().row(k), eigen.vector(k))))
                            .isCloseTo(1, within(1e-6));
                }
            }
        }
    }

    @Test
    void theScaleRulesHoldTheirPromise() {
        Planted planted = Planted.shift(6, 40, 12, 1);
        ProbeOptions options = single(5, 3, false).toBuilder().components(12).build();
        Concept concept = extractAll(planted, options);
        double[] diagonal = new double[12];
        double trace = 0;
        for (int k = 0; k < concept.eigenvalues().length; k++) {
            trace += concept.eigenvalues()[k];
            for (int j = 0; j < 12; j++) {
                diagonal[j] +=
                        concept.eigenvalues()[k] * Math.pow(concept.directions().get(k, j), 2);
            }
        }
        assertThat(Arrays.stream(diagonal).max().orElseThrow()).isCloseTo(1, within(1e-12));
        Concept byTrace = extractAll(
                planted, options.toBuilder().scaleRule(ScaleRule.TRACE).build());
        assertThat(Arrays.stream(byTrace.eigenvalues()).sum()).isCloseTo(1, within(1e-12));
        assertThat(trace).isGreaterThan(1.01);
    }

    private static Concept extractAll(Planted planted, ProbeOptions options) {
        return ConceptProbe.extract(
                planted.rows(), planted.targets(), Planted.all(planted.rows().rows()), options, EXECUTION);
    }

    // What is found

    @Test
    void aPlantedDirectionIsRecovered() {
        Planted planted = Planted.shift(7, 400, 256, 3);
        Concept concept = ConceptProbe.extract(planted.rows(), planted.targets(), ProbeOptions.defaults(), EXECUTION);
        assertThat(cosine(concept, planted.direction())).isGreaterThan(0.9);
        assertThat(concept.trials()).hasSize(2 * 2 * 3 * 10);
        assertThat(concept.chosen().score())
                .isEqualTo(concept.trials().stream()
                        .mapToDouble(ProbeTrial::score)
                        .max()
                        .orElseThrow());
    }

    /** Four clusters in the first two coordinates, labelled crosswise: no linear trend along either. */
    @Test
    void anInteractionIsFoundWhereTheDifferenceOfMeansSeesNothing() {
        TestData data = TestData.seeded(8);
        int d = 256;
        DoubleMatrix rows = data.matrix(400, d);
        double[] labels = new double[400];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = data.below(2);
            int side = 2 * data.below(2) - 1;
            rows.set(i, 0, rows.get(i, 0) + 6 * side);
            rows.set(i, 1, rows.get(i, 1) + 6 * side * (2 * labels[i] - 1));
        }
        Planted planted = new Planted(rows, labels, new double[d]);
        Concept concept = extractAll(
                planted, single(10, 8, true).toBuilder().components(2).build());
        assertThat(largestAngle(concept.directions())).isLessThan(10);
        Concept means = extractAll(
                planted,
                ProbeOptions.defaults().toBuilder()
                        .method(Method.MEAN_DIFFERENCE)
                        .unitRows(false)
                        .build());
        assertThat(Math.hypot(means.vector()[0], means.vector()[1])).isLessThan(0.7);
    }

    /** Largest principal angle, in degrees, between the span of two unit vectors and that of the first two axes. */
    private static double largestAngle(DoubleMatrix v) {
        DoubleMatrix corner = DoubleMatrix.of(2, 2, new double[] {v.get(0, 0), v.get(0, 1), v.get(1, 0), v.get(1, 1)});
        SymmetricEigen eigen = SymmetricEigen.of(corner.times(corner.transpose()));
        return Math.toDegrees(Math.acos(Math.sqrt(Math.max(0, Math.min(1, eigen.value(1))))));
    }

    /** The gate of the concept vectors: 16 loud coordinates hide the direction from the difference of means. */
    @Test
    void loudCoordinatesMisleadTheDifferenceOfMeansMore() {
        TestData data = TestData.seeded(9);
        int n = 600;
        int d = 128;
        double[] direction = Planted.unit(data.gaussians(d));
        DoubleMatrix rows = data.matrix(n, d);
        double[] labels = new double[n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < 16; j++) {
                rows.set(i, j, 6 * rows.get(i, j));
            }
            labels[i] = Planted.dot(rows.row(i), direction) + 0.1 * data.gaussian() > 0 ? 1 : 0;
        }
        Planted planted = new Planted(rows, labels, direction);
        Concept rfm = extractAll(planted, single(10, 5, false));
        Concept means = extractAll(
                planted,
                ProbeOptions.defaults().toBuilder()
                        .method(Method.MEAN_DIFFERENCE)
                        .unitRows(false)
                        .build());
        assertThat(cosine(rfm, direction)).isGreaterThan(cosine(means, direction) + 0.25);
    }

    // Invariances

    @ParameterizedTest
    @EnumSource(Method.class)
    void flippedLabelsFlipTheVector(Method method) {
        Planted planted = Planted.shift(10, 60, 100, 1);
        double[] flipped = Arrays.stream(planted.labels()).map(y -> 1 - y).toArray();
        ProbeOptions options =
                ProbeOptions.defaults().toBuilder().method(method).iterations(3).build();
        HoldOut.Parts parts = ConceptProbe.split(planted.targets(), 0);
        Concept one = ConceptProbe.extract(planted.rows(), planted.targets(), parts, options, EXECUTION);
        Concept other = ConceptProbe.extract(planted.rows(), ConceptTargets.of(flipped), parts, options, EXECUTION);
        if (method == Method.PCA) { // its pairs change with the labels
            assertThat(cosine(one, planted.direction())).isPositive();
            assertThat(cosine(other, planted.direction())).isNegative();
            return;
        }
        assertThat(Planted.dot(one.vector(), other.vector())).isLessThan(-0.99);
        assertThat(cosine(one, planted.direction())).isPositive();
    }

    @Test
    void theOrderOfRowsDoesNotMatter() {
        Planted planted = Planted.shift(11, 80, 150, 1);
        HoldOut.Parts parts = ConceptProbe.split(planted.targets(), 0);
        int[] order = TestData.seeded(12).permutation(80);
        int[] place = new int[80];
        double[] labels = new double[80];
        for (int i = 0; i < 80; i++) {
            place[order[i]] = i;
            labels[i] = planted.labels()[order[i]];
        }
        HoldOut.Parts moved = new HoldOut.Parts(moved(parts.train(), place), moved(parts.heldOut(), place));
        ProbeOptions options = ProbeOptions.defaults().toBuilder().iterations(4).build();
        Concept one = ConceptProbe.extract(planted.rows(), planted.targets(), parts, options, EXECUTION);
        Concept other = ConceptProbe.extract(
                planted.rows().select(order), ConceptTargets.of(labels), moved, options, EXECUTION);
        assertClose(other.vector(), one.vector(), 1e-9, "vector");
    }

    private static int[] moved(int[] rows, int[] place) {
        return Arrays.stream(rows).map(i -> place[i]).toArray();
    }

    @Test
    void bitsDoNotDependOnThreadsNorOnThePrecisionThatHoldsTheRows() {
        Planted planted = Planted.shift(13, 70, 1100, 1);
        Matrix floats = TestData.toFloats(planted.rows());
        double[] widened = new double[floats.values().length];
        for (int k = 0; k < widened.length; k++) {
            widened[k] = floats.values()[k];
        }
        ProbeOptions options = ProbeOptions.defaults().toBuilder().iterations(3).build();
        Concept serial = ConceptProbe.extract(floats, planted.targets(), options, EXECUTION);
        try (Execution threads = TestEngines.threads(TestEngines.VECTOR, 3)) {
            Concept parallel =
                    ConceptProbe.extract(DoubleMatrix.of(70, 1100, widened), planted.targets(), options, threads);
            assertThat(parallel.directions()).isEqualTo(serial.directions());
            assertThat(parallel.trials()).isEqualTo(serial.trials());
        }
    }

    /** Distances of zero have no gradient; they must not divide by zero either. */
    @Test
    void repeatedRowsGiveNumbers() {
        Planted planted = Planted.shift(14, 40, 90, 1);
        int[] twice = IntStream.range(0, 80).map(i -> i / 2).toArray();
        DoubleMatrix rows = planted.rows().select(twice);
        double[] labels =
                Arrays.stream(twice).mapToDouble(i -> planted.labels()[i]).toArray();
        labels[1] = 1 - labels[0]; // equal rows may contradict each other
        for (Form form : new Form[] {Form.DUAL, Form.PRIMAL}) {
            Concept concept = ConceptProbe.extract(
                    rows,
                    ConceptTargets.of(labels),
                    Planted.all(80),
                    single(10, 5, true).toBuilder().form(form).build(),
                    EXECUTION);
            assertThat(concept.vector()).doesNotContain(Double.NaN);
            assertThat(cosine(concept, planted.direction())).isGreaterThan(0.5);
        }
    }

    // Selection and results

    @Test
    void detectionChoosesByTheAreaUnderTheCurve() {
        Planted planted = Planted.shift(15, 100, 60, 0.7);
        ProbeOptions options = ProbeOptions.defaults().toBuilder()
                .criterion(Criterion.AUC)
                .iterations(3)
                .build();
        Concept concept = ConceptProbe.extract(planted.rows(), planted.targets(), options, EXECUTION);
        assertThat(concept.trials())
                .allSatisfy(trial -> assertThat(trial.score()).isBetween(0.0, 1.0));
        ProbeTrial first = concept.trials().stream()
                .filter(trial -> trial.score() == concept.chosen().score())
                .findFirst()
                .orElseThrow();
        assertThat(concept.chosen()).as("the first of equals").isEqualTo(first);
    }

    @Test
    void projectionsAreThoseOfCentredRows() {
        Planted planted = Planted.shift(16, 50, 80, 2);
        for (boolean unit : new boolean[] {false, true}) {
            Concept concept = ConceptProbe.extract(
                    planted.rows(),
                    planted.targets(),
                    single(10, 2, true).toBuilder().unitRows(unit).build(),
                    EXECUTION);
            DoubleMatrix projected = concept.project(planted.rows());
            for (int i = 0; i < 50; i++) {
                double[] row = planted.rows().row(i);
                for (int j = 0; j < row.length; j++) {
                    row[j] -= concept.mean()[j];
                }
                double[] expected = unit ? Planted.unit(row) : row;
                assertThat(projected.get(i, 0)).isCloseTo(Planted.dot(expected, concept.vector()), within(1e-12 * 50));
            }
        }
    }

    @Test
    void numbersAreTargetsToo() {
        Planted planted = Planted.shift(17, 120, 60, 0);
        double[] targets = IntStream.range(0, 120)
                .mapToDouble(i -> 3 * Planted.dot(planted.rows().row(i), planted.direction()))
                .toArray();
        for (Method method : new Method[] {Method.RFM, Method.RIDGE}) {
            Concept concept = ConceptProbe.extract(
                    planted.rows(),
                    ConceptTargets.of(targets),
                    ProbeOptions.defaults().toBuilder().method(method).build(),
                    EXECUTION);
            assertThat(cosine(concept, planted.direction())).as(method.id()).isGreaterThan(0.8);
        }
    }

    @Test
    void theSplitHoldsOutAFifthOfBothKindsAndLeavesAnEvenNumber() {
        double[] labels =
                IntStream.range(0, 103).mapToDouble(i -> i < 30 ? 1 : 0).toArray();
        HoldOut.Parts parts = ConceptProbe.split(ConceptTargets.of(labels), 3);
        assertThat(parts.train().length % 2).isZero();
        assertThat(parts.train().length + parts.heldOut().length).isEqualTo(103);
        assertThat(parts.heldOut().length).isBetween(20, 22);
        assertThat(Arrays.stream(parts.heldOut()).filter(i -> i < 30).count()).isBetween(5L, 7L);
        HoldOut.Parts large = ConceptProbe.split(
                ConceptTargets.of(
                        IntStream.range(0, 20_000).mapToDouble(i -> i % 2).toArray()),
                0);
        assertThat(large.heldOut().length).isEqualTo(1024);
    }

    // What goes wrong

    @Test
    void constantTargetsAreRefused() {
        Planted planted = Planted.shift(18, 30, 20, 1).withLabels(new double[30]);
        assertThatThrownBy(() -> extractAll(planted, single(10, 2, true)))
                .isInstanceOf(ConstantTargetsException.class)
                .hasMessage(
                        "All 30 rows to learn from have the same target, so no direction tells them apart; both kinds of "
                                + "rows, or numbers that vary, are needed");
        double[] labels = IntStream.range(0, 30).mapToDouble(i -> i % 2).toArray();
        HoldOut.Parts oneSided = new HoldOut.Parts(IntStream.range(0, 20).toArray(), new int[] {20, 22});
        assertThatThrownBy(() -> ConceptProbe.extract(
                        planted.rows(), ConceptTargets.of(labels), oneSided, single(10, 2, true), EXECUTION))
                .isInstanceOf(ConstantTargetsException.class)
                .hasMessageContaining("All 2 rows held out to choose a candidate");
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void rowsThatAreAllTheSameHaveNoDirection(Method method) {
        double[] labels = IntStream.range(0, 20).mapToDouble(i -> i % 2).toArray();
        assertThatThrownBy(() -> ConceptProbe.extract(
                        DoubleMatrix.zeros(20, 30),
                        ConceptTargets.of(labels),
                        ProbeOptions.defaults().toBuilder().method(method).build(),
                        EXECUTION))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "The method " + method.id() + " finds no direction in these rows: they are all the same, or "
                                + "their targets do not depend on them");
    }

    @Test
    void whatDoesNotFitIsNamed() {
        DoubleMatrix rows = DoubleMatrix.zeros(4, 2);
        assertThatThrownBy(() ->
                        ConceptProbe.extract(rows, ConceptTargets.of(0, 1, 1), ProbeOptions.defaults(), EXECUTION))
                .hasMessage("There are 4 rows of activations and 3 targets");
        assertThatThrownBy(() -> ConceptTargets.of(0, Double.NaN))
                .hasMessage("The target of row 1 is NaN; targets must be finite numbers");
        ConceptTargets numbers = ConceptTargets.of(1, 2, 3, 4);
        assertThatThrownBy(() -> ConceptProbe.extract(
                        rows,
                        numbers,
                        ProbeOptions.defaults().toBuilder()
                                .method(Method.LOGISTIC)
                                .build(),
                        EXECUTION))
                .hasMessageContaining("The method logistic needs targets of two values");
        assertThatThrownBy(() -> ConceptProbe.extract(
                        rows,
                        numbers,
                        ProbeOptions.defaults().toBuilder()
                                .criterion(Criterion.AUC)
                                .build(),
                        EXECUTION))
                .hasMessageContaining("choose by correlation");
        assertThatThrownBy(() -> ProbeOptions.defaults().toBuilder()
                        .components(0)
                        .bandwidths()
                        .ridge(0)
                        .exponent(3)
                        .iterations(0)
                        .build())
                .hasMessage(
                        "Invalid options: components must be at least 1, got 0; bandwidths must be between 1e-6 and 1e9, "
                                + "at least one, got []; exponent must be above 0 and at most 2, got 3.0; ridge must be above 0 and at "
                                + "most 1e9, got 0.0; iterations must be between 1 and 1000, got 0");
        Planted planted = Planted.shift(19, 30, 20, 1);
        assertThatThrownBy(() -> extractAll(planted, ProbeOptions.defaults()))
                .hasMessage(
                        "No rows are held out to choose among the candidates of the method rfm; hold out some, or leave a "
                                + "single choice");
        Concept concept = extractAll(planted, single(10, 1, true));
        assertThatThrownBy(() -> concept.project(rows))
                .hasMessage("The concept is a direction of 20 columns, the rows have 2");
    }

    @Test
    void memoryIsAskedForFirst() {
        Planted planted = Planted.shift(20, 100, 20, 1);
        try (Execution small = Execution.builder().memoryBudget(1000).build()) {
            assertThatThrownBy(() ->
                            ConceptProbe.extract(planted.rows(), planted.targets(), ProbeOptions.defaults(), small))
                    .isInstanceOf(MemoryBudgetException.class)
                    .hasMessageContaining("Extracting directions from 80 rows of 20 columns needs about");
        }
    }

    @Test
    void progressRisesAndCancellationEnds() {
        Planted planted = Planted.shift(21, 40, 50, 1);
        List<Double> shares = new ArrayList<>();
        try (Execution told = Execution.builder()
                .progress((activity, share) -> shares.add(share))
                .build()) {
            ConceptProbe.extract(planted.rows(), planted.targets(), ProbeOptions.defaults(), told);
        }
        assertThat(shares).isSorted().startsWith(0.0).endsWith(1.0).hasSizeGreaterThan(100);
        AtomicInteger asked = new AtomicInteger();
        try (Execution cancelled = Execution.builder()
                .cancelledWhen(() -> asked.incrementAndGet() > 5)
                .build()) {
            assertThatThrownBy(() ->
                            ConceptProbe.extract(planted.rows(), planted.targets(), ProbeOptions.defaults(), cancelled))
                    .isInstanceOf(CancelledException.class);
        }
    }
}

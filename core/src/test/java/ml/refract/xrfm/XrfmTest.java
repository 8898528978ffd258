package ml.refract.xrfm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import ml.refract.engine.Engine;
import ml.refract.engine.Execution;
import ml.refract.engine.MemoryBudgetException;
import ml.refract.engine.Precision;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.linalg.Rows;
import ml.refract.rfm.Readout;
import ml.refract.rfm.Rfm;
import ml.refract.rfm.RfmOptions;
import ml.refract.rfm.Validation;
import ml.refract.solver.KernelStorage;
import ml.refract.testing.MeanSquares;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class XrfmTest {
    private static final RfmOptions LEAF =
            RfmOptions.defaults().toBuilder().iterations(1).build();
    private static final XrfmOptions TREE =
            XrfmOptions.defaults().toBuilder().leaf(LEAF).maxLeafRows(100).build();

    private final Execution execution = TestEngines.serial(TestEngines.VECTOR);

    /** Rows whose target depends on two of four columns. */
    private record Data(Design x, DoubleMatrix y) {
        static Data of(int rows, long seed) {
            return of(TestData.seeded(seed).floats(rows, 4));
        }

        static Data of(Rows x) {
            double[] y = new double[x.rows()];
            Arrays.setAll(y, i -> Math.sin(2 * x.get(i, 0)) + x.get(i, 1) * x.get(i, 0));
            return new Data(Design.of(x), DoubleMatrix.column(y));
        }

        Validation asValidation() {
            return new Validation(x, new MeanSquares(y));
        }
    }

    private XrfmFit fit(Data train, Optional<Data> held, XrfmOptions options, Execution execution) {
        return Xrfm.fit(
                train.x(), train.y(), new MeanSquares(train.y()), held.map(Data::asValidation), options, execution);
    }

    /** Told to stop once the second of three trees has begun, the first is the model. */
    @Test
    void cancellingKeepsTheTreesThatAreDone() {
        Data train = Data.of(300, 40);
        AtomicBoolean stop = new AtomicBoolean();
        XrfmOptions forest = TREE.toBuilder().trees(3).build();
        try (Execution cancelled = Execution.builder()
                .engine(TestEngines.VECTOR)
                .threads(1)
                .progress((activity, fraction) -> stop.compareAndSet(false, fraction > 0.5))
                .cancelledWhen(stop::get)
                .build()) {
            XrfmFit fit = fit(train, Optional.empty(), forest, cancelled);
            XrfmFit one = fit(train, Optional.empty(), TREE, execution);
            assertThat(fit.events()).containsExactly("1 of 3 trees: cancelled");
            assertThat(fit.leaves()).hasSameSizeAs(one.leaves());
            Design rows = Data.of(20, 41).x();
            assertThat(fit.model().predict(rows, Readout.identity(), execution))
                    .isEqualTo(one.model().predict(rows, Readout.identity(), execution));
        }
    }

    /** Over splits, trees, and leaves that borrow rows and are solved twice. */
    @Test
    void progressNeverFalls() {
        List<Double> fractions = new ArrayList<>();
        XrfmOptions forest = TREE.toBuilder().trees(2).build();
        try (Execution watched = Execution.builder()
                .engine(TestEngines.VECTOR)
                .threads(1)
                .progress((activity, fraction) -> fractions.add(fraction))
                .build()) {
            XrfmFit fit = fit(Data.of(300, 42), Optional.of(Data.of(10, 43)), forest, watched);
            assertThat(fit.leaves())
                    .anySatisfy(leaf -> assertThat(leaf.borrowed()).isPositive());
        }
        assertThat(fractions).isSorted();
        assertThat(fractions.get(fractions.size() - 1)).isCloseTo(1, within(1e-9));
    }

    @Test
    void aTreeOfOneLeafIsTheMachineItself() {
        Data train = Data.of(90, 1);
        Data held = Data.of(40, 2);
        XrfmFit tree = fit(train, Optional.of(held), TREE, execution);
        var machine = Rfm.fit(train.x(), train.y(), Optional.of(held.asValidation()), LEAF, execution)
                .machine();
        Design rows = Data.of(50, 3).x();
        assertThat(tree.model().leaves()).isEqualTo(1);
        assertThat(tree.model().predict(rows, Readout.identity(), execution))
                .isEqualTo(machine.predict(rows, execution));
    }

    @Test
    void everyRowIsInALeafAndLeavesKeepToTheirSize() {
        Data train = Data.of(700, 4);
        XrfmFit fit = fit(train, Optional.of(Data.of(200, 5)), TREE, execution);
        int[] all = fit.model().trees().get(0).rows().stream()
                .flatMapToInt(Arrays::stream)
                .distinct()
                .sorted()
                .toArray();
        assertThat(all).containsExactly(IntStream.range(0, 700).toArray());
        assertThat(fit.leaves()).allSatisfy(leaf -> assertThat(leaf.trainRows()).isLessThanOrEqualTo(100));
        // Children hold (1/2 + f) of their parent: 700, 420, 252, 151, 91.
        assertThat(fit.model().leaves()).isEqualTo(16);
        assertThat(fit.events()).isEmpty();
    }

    @Test
    void softRoutingNeverScoresWorseThanOnePathOnTheRowsThatTunedIt() {
        Data train = Data.of(600, 6);
        Data held = Data.of(200, 7);
        XrfmModel soft = fit(train, Optional.of(held), TREE, execution).model();
        XrfmModel hard = soft.withTemperature(0);
        MeanSquares score = new MeanSquares(held.y());
        assertThat(score.of(soft.predict(held.x(), Readout.identity(), execution)))
                .isLessThanOrEqualTo(score.of(hard.predict(held.x(), Readout.identity(), execution)));
    }

    @Test
    void withoutValidationRowsFollowOnePath() {
        XrfmModel model =
                fit(Data.of(300, 8), Optional.empty(), TREE, execution).model();
        assertThat(model.trees().get(0).temperature()).isZero();
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    void oneRowAloneGetsTheBitsItGetsInABatch(Engine<?> engine) {
        Execution serial = TestEngines.serial(engine);
        XrfmModel model =
                fit(Data.of(300, 9), Optional.of(Data.of(80, 10)), TREE, serial).model();
        assertThat(model.leaves()).isGreaterThan(1);
        Design rows = Data.of(37, 11).x();
        DoubleMatrix batch = model.predict(rows, Readout.identity(), serial);
        for (int i = 0; i < rows.rows(); i++) {
            DoubleMatrix alone = model.predict(rows.select(new int[] {i}), Readout.identity(), serial);
            assertThat(alone.get(0, 0)).as("row %d", i).isEqualTo(batch.get(i, 0));
        }
    }

    @Test
    void moreThreadsChangeNothing() {
        Data train = Data.of(400, 12);
        Data held = Data.of(100, 13);
        Design rows = Data.of(50, 14).x();
        DoubleMatrix one =
                fit(train, Optional.of(held), TREE, execution).model().predict(rows, Readout.identity(), execution);
        try (Execution three = TestEngines.threads(TestEngines.VECTOR, 3)) {
            assertThat(fit(train, Optional.of(held), TREE, three).model().predict(rows, Readout.identity(), three))
                    .isEqualTo(one);
        }
    }

    @Test
    void laterTreesSplitAlongOtherDirectionsAndPredictionsAreTheirMean() {
        XrfmOptions forest = TREE.toBuilder().trees(2).build();
        XrfmModel model = fit(Data.of(300, 15), Optional.of(Data.of(80, 16)), forest, execution)
                .model();
        assertThat(model.trees()).hasSize(2);
        Tree.Inner first = (Tree.Inner) model.trees().get(0).shape().root();
        Tree.Inner second = (Tree.Inner) model.trees().get(1).shape().root();
        assertThat(first.split().direction()).isNotEqualTo(second.split().direction());
        Design rows = Data.of(20, 17).x();
        DoubleMatrix both = model.predict(rows, Readout.identity(), execution);
        for (int i = 0; i < 20; i++) {
            double mean = 0;
            for (XrfmModel.Member tree : model.trees()) {
                XrfmModel alone = XrfmModel.average(
                        java.util.List.of(new XrfmModel(
                                java.util.List.of(new XrfmModel.Member(
                                        tree.shape(), tree.machines(), tree.rows(), tree.temperature(), 1)),
                                0.99,
                                12)),
                        new double[] {1});
                mean += alone.predict(rows, Readout.identity(), execution).get(i, 0) / 2;
            }
            assertThat(both.get(i, 0)).isCloseTo(mean, within(1e-12));
        }
    }

    @Test
    void treesThatWouldBeCopiesOfOneLeafAreNotRepeated() {
        XrfmFit fit =
                fit(Data.of(50, 18), Optional.empty(), TREE.toBuilder().trees(3).build(), execution);
        assertThat(fit.model().trees()).hasSize(1);
        assertThat(fit.events())
                .containsExactly("one tree instead of 3: the rows fit one leaf, and more trees would be copies");
    }

    @Test
    void rowsThatNoDirectionDividesStayOneLeafAndSaySo() {
        float[][] rows = new float[150][];
        Arrays.fill(rows, new float[] {1, 2, 3, 4});
        DoubleMatrix y = DoubleMatrix.column(
                IntStream.range(0, 150).mapToDouble(i -> i % 3).toArray());
        XrfmFit fit = Xrfm.fit(
                Design.of(ml.refract.linalg.Matrix.fromRows(rows)),
                y,
                new MeanSquares(y),
                Optional.empty(),
                TREE,
                execution);
        assertThat(fit.model().leaves()).isEqualTo(1);
        assertThat(fit.events())
                .containsExactly("a node of 150 rows could not be divided and stays one leaf above the largest size of "
                        + "100");
    }

    @Test
    void leavesWithFewValidationRowsBorrowSomeOfTheirOwnAndAreSolvedOnAllRows() {
        Data train = Data.of(300, 19);
        XrfmFit fit = fit(train, Optional.of(Data.of(8, 20)), TREE, execution);
        assertThat(fit.leaves()).anySatisfy(leaf -> assertThat(leaf.borrowed()).isPositive());
        for (LeafReport leaf : fit.leaves()) {
            assertThat(fit.model()
                            .trees()
                            .get(0)
                            .machines()
                            .get(leaf.leaf())
                            .centers()
                            .rows())
                    .isEqualTo(leaf.trainRows());
        }
    }

    @Test
    void refittingOnTheSameRowsGivesTheSameModel() {
        Data train = Data.of(300, 21);
        XrfmModel model =
                fit(train, Optional.of(Data.of(100, 22)), TREE, execution).model();
        XrfmModel again = Xrfm.refit(model, train.x(), train.y(), TREE, execution);
        Design rows = Data.of(30, 23).x();
        DoubleMatrix before = model.predict(rows, Readout.identity(), execution);
        DoubleMatrix after = again.predict(rows, Readout.identity(), execution);
        for (int i = 0; i < 30; i++) {
            assertThat(after.get(i, 0)).isCloseTo(before.get(i, 0), within(1e-5));
        }
    }

    @Test
    void gradientUnderSoftRoutingIsTheSlopeOfThePrediction() {
        Execution exact = TestEngines.serial(TestEngines.SCALAR);
        Data train = Data.of(TestData.seeded(24).matrix(200, 4));
        XrfmModel tuned = fit(train, Optional.of(Data.of(80, 25)), TREE, exact).model();
        XrfmModel soft = new XrfmModel(tuned.trees(), 1, 100).withTemperature(0.5);
        double[] point = {0.31, -0.42, 0.13, 0.77};
        DoubleMatrix gradient = soft.gradients(Design.of(DoubleMatrix.of(1, 4, point)), exact);
        double step = 1e-5;
        for (int s = 0; s < 4; s++) {
            double[] up = point.clone();
            double[] down = point.clone();
            up[s] += step;
            down[s] -= step;
            double slope = (predict(soft, up, exact) - predict(soft, down, exact)) / (2 * step);
            // Central differences err by step^2 times a third derivative of order 100, and by 1e-13 / step.
            assertThat(gradient.get(0, s)).as("coordinate %d", s).isCloseTo(slope, within(1e-6));
        }
    }

    private static double predict(XrfmModel model, double[] point, Execution execution) {
        return model.predict(Design.of(DoubleMatrix.of(1, 4, point)), Readout.identity(), execution)
                .get(0, 0);
    }

    @Test
    void routingWeightsSumToOneAndTendToTheLimits() {
        XrfmModel model =
                fit(Data.of(300, 26), Optional.empty(), TREE, execution).model();
        Tree tree = model.trees().get(0).shape();
        Design rows = Data.of(40, 27).x();
        int[] route = tree.route(rows);
        double[][] cold = tree.weights(rows, 1e-6, 1, 100);
        double[][] hot = tree.weights(rows, 1e6, 1, 100);
        for (int i = 0; i < 40; i++) {
            assertThat(Arrays.stream(cold[i]).sum()).isCloseTo(1, within(1e-12));
            assertThat(cold[i][route[i]]).isCloseTo(1, within(1e-6));
            for (double weight : hot[i]) {
                assertThat(weight).isCloseTo(1.0 / tree.leaves(), within(1e-5)); // 300, 180, 108, 65: all paths equal
            }
        }
    }

    @Test
    void badOptionsAreNamedTogether() {
        assertThatThrownBy(() ->
                        TREE.toBuilder().maxLeafRows(1).overlap(0.5).trees(0).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Invalid options: maxLeafRows must be at least 2, got 1; overlap must be at least 0 and below "
                                + "0.25, got 0.5; trees must be between 1 and 1000, got 0");
    }

    @Test
    void thresholdsDoNotCutThroughTies() {
        assertThat(Partition.threshold(new double[] {1, 1, 1, 1, 2})).isEqualTo(1.5);
        assertThat(Partition.threshold(new double[] {0, 1, 1, 1, 1})).isEqualTo(0.5);
        assertThat(Partition.threshold(new double[] {3, 3, 3})).isEqualTo(3);
        assertThat(Partition.threshold(new double[] {1, 2, 3, 4})).isEqualTo(2.5);
    }

    @Test
    void memoryPlanShrinksLeavesAndRefusesWhatCannotFit() {
        Precision precision = Precision.FLOAT32;
        Design like = Design.of(Matrix.zeros(1, 50));
        XrfmOptions options = XrfmOptions.defaults();
        MemoryPlan roomy = MemoryPlan.of(new MemoryPlan.Fit(20_000, 0, like, 1, 0), options, precision, 4L << 30);
        assertThat(roomy.chosen().storage()).isEqualTo(KernelStorage.KEPT);
        assertThat(roomy.chosen().leafRows()).isEqualTo(10_000);
        assertThat(roomy.chosen().bytes()).isGreaterThan(2L * 10_000 * 10_000 / 2 * 4);
        assertThat(roomy.applyTo(options)).isEqualTo(options);

        MemoryPlan less = MemoryPlan.of(new MemoryPlan.Fit(20_000, 0, like, 1, 0), options, precision, 300L << 20);
        assertThat(less.chosen().storage()).isEqualTo(KernelStorage.RECOMPUTED);
        assertThat(less.chosen().leafRows()).isEqualTo(10_000);
        assertThat(less.chosen().bytes()).isBetween(10_000L * 10_000 / 2 * 4, 300L << 20);
        assertThat(less.applyTo(options).leaf().storage()).isEqualTo(KernelStorage.RECOMPUTED);

        MemoryPlan tight = MemoryPlan.of(new MemoryPlan.Fit(20_000, 0, like, 1, 0), options, precision, 100L << 20);
        int leafRows = tight.chosen().leafRows();
        assertThat(tight.strategies()).hasSize(3);
        assertThat(leafRows).isBetween(500, 7_000);
        assertThat(tight.chosen().bytes()).isLessThanOrEqualTo(100L << 20);
        assertThat(tight.applyTo(options).maxLeafRows()).isEqualTo(leafRows);
        assertThat(tight.applyTo(options).splitRows()).isLessThanOrEqualTo(leafRows);

        MemoryPlan none = MemoryPlan.of(new MemoryPlan.Fit(20_000, 0, like, 1, 0), options, precision, 1L << 20);
        assertThat(none.strategies()).hasSize(3);
        assertThatThrownBy(none::chosen)
                .isInstanceOf(MemoryBudgetException.class)
                .hasMessageMatching(
                        "Fitting 20000 rows x 50 columns with 1 output needs [0-9.]+ MiB of memory even in "
                                + "leaves of [0-9]+ rows; 1.0 MiB are allowed. Allow more memory, or use fewer rows or columns");
        MemoryPlan taken = MemoryPlan.of(new MemoryPlan.Fit(20_000, 0, like, 1, 0), options, precision, 1);
        assertThatThrownBy(taken::chosen)
                .hasMessageContaining("; what is allowed is taken by the JVM and the data. Allow more memory");
    }

    /** A column of a hundred thousand levels costs a code for each row, not a coordinate, let alone a square of them. */
    @Test
    void manyLevelsArePlannedAsCodes() {
        Design like = Design.of(Matrix.zeros(1, 5), List.of(new Design.Group(new int[] {0}, 100_000)));
        MemoryPlan plan = MemoryPlan.of(
                new MemoryPlan.Fit(20_000, 0, like, 1, 0), XrfmOptions.defaults(), Precision.FLOAT32, 1L << 30);
        assertThat(plan.chosen().leafRows()).isEqualTo(10_000);
    }
}

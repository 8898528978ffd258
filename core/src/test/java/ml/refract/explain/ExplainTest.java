package ml.refract.explain;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import ml.refract.engine.Execution;
import ml.refract.kernel.Kernel;
import ml.refract.kernel.Metric;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.machine.KernelMachine;
import ml.refract.rfm.Readout;
import ml.refract.rfm.RfmOptions;
import ml.refract.task.Regressor;
import ml.refract.task.TargetTransform;
import ml.refract.task.TaskOptions;
import ml.refract.testing.MeanSquares;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import ml.refract.xrfm.Tree;
import ml.refract.xrfm.Xrfm;
import ml.refract.xrfm.XrfmModel;
import ml.refract.xrfm.XrfmOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExplainTest {
    private final Execution execution = TestEngines.serial(TestEngines.SCALAR);

    private XrfmModel fit(Design x, DoubleMatrix y, Kernel kernel, int leafRows) {
        XrfmOptions options = XrfmOptions.defaults().toBuilder()
                .leaf(RfmOptions.defaults().toBuilder()
                        .kernel(kernel)
                        .iterations(1)
                        .build())
                .maxLeafRows(leafRows)
                .build();
        return Xrfm.fit(x, y, new MeanSquares(y), Optional.empty(), options, execution)
                .model();
    }

    private static DoubleMatrix targets(Design x) {
        double[] y = new double[x.rows()];
        Arrays.setAll(
                y,
                i -> x.dense().get(i, 0) * x.dense().get(i, 1) + 0.5 * x.dense().get(i, 2));
        return DoubleMatrix.column(y);
    }

    @Test
    void momentIsTheMeanOfSquaredGradientsOverTheTrainingRows() {
        Design x = Design.of(TestData.seeded(1).matrix(40, 4));
        XrfmModel model = fit(x, targets(x), Kernel.laplace(5, 1), 100);
        DoubleMatrix gradients = model.trees().get(0).machines().get(0).gradients(x, execution);
        DoubleMatrix expected = gradients.transpose().times(gradients);
        assertClose(
                FeatureMoment.of(model, execution).times(40).toDense(), expected, 1e-10, "sum of squared gradients");
    }

    /** Many rows: a mean over 2,000 of them, within five standard errors of that over all. */
    @Test
    void momentOfManyRowsIsTheMeanOverSome() {
        int n = 2_600;
        Design x = Design.of(TestData.seeded(3).matrix(n, 4));
        DoubleMatrix coefficients = TestData.seeded(4).matrix(n, 1);
        KernelMachine machine = new KernelMachine(Kernel.laplace(5, 1), Metric.identity(), x, coefficients);
        int[] rows = IntStream.range(0, n).toArray();
        XrfmModel.Member leaf = new XrfmModel.Member(new Tree(new Tree.Leaf(0)), List.of(machine), List.of(rows), 0, 1);
        XrfmModel model = new XrfmModel(List.of(leaf), 0.99, 12);
        Execution fast = TestEngines.serial(TestEngines.VECTOR);
        DoubleMatrix gradients = machine.gradients(x, fast);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            double size = 0;
            for (int s = 0; s < 4; s++) {
                size += gradients.get(i, s) * gradients.get(i, s);
            }
            sum += size / n;
            squares += size * size / n;
        }
        double error = Math.sqrt((squares - sum * sum) / 2_000 * (1 - 2_000.0 / n));
        double trace = Arrays.stream(FeatureMoment.of(model, fast).diagonal()).sum();
        assertThat(trace).isCloseTo(sum, within(5 * error));
        assertThat(trace).isNotCloseTo(sum, within(1e-6 * sum));
    }

    @Test
    void aLinearTargetHasOneDirection() {
        TestData data = TestData.seeded(2);
        Design x = Design.of(data.matrix(600, 10));
        double[] w = data.gaussians(10);
        double norm = Math.sqrt(Arrays.stream(w).map(v -> v * v).sum());
        double[] y = new double[600];
        Arrays.setAll(y, i -> {
            double sum = 0;
            for (int s = 0; s < 10; s++) {
                sum += w[s] * x.dense().get(i, s);
            }
            return sum;
        });
        XrfmModel model = fit(x, DoubleMatrix.column(y), Kernel.laplace(10, 1), 1000);
        BlockSymmetric moment = FeatureMoment.of(model, execution);
        List<Direction> directions = Direction.of(moment, 3);
        double cosine = 0;
        for (int s = 0; s < 10; s++) {
            cosine += directions.get(0).loadings()[s] * w[s] / norm;
        }
        assertThat(Math.abs(cosine)).isGreaterThan(0.99);
        assertThat(directions.get(0).share()).isGreaterThan(0.9);
        assertThat(Direction.effectiveDimension(moment)).isBetween(1.0, 1.3);
        assertThat(DirectionScores.correlation(x, directions.get(0).loadings(), y))
                .isGreaterThan(0.99);
    }

    @Test
    void directionsSpanTheMomentAndSharesSumToOne() {
        BlockSymmetric moment = BlockSymmetric.of(List.of(
                new BlockSymmetric.Full(TestData.seeded(3).positiveDefinite(4)),
                new BlockSymmetric.Diagonal(new double[] {0.5, 3, 0.1})));
        List<Direction> directions = Direction.of(moment, 100);
        assertThat(directions).hasSize(7);
        assertThat(directions.stream().mapToDouble(Direction::share).sum()).isCloseTo(1, within(1e-12));
        DoubleMatrix sum = DoubleMatrix.zeros(7, 7);
        for (Direction direction : directions) {
            for (int i = 0; i < 7; i++) {
                for (int j = 0; j < 7; j++) {
                    double part = direction.share()
                            * moment.trace()
                            * direction.loadings()[i]
                            * direction.loadings()[j];
                    sum.set(i, j, sum.get(i, j) + part);
                }
            }
        }
        assertClose(sum, moment.toDense(), 1e-12, "sum over directions");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.7, 1, 1.4})
    void contributionsAddUpToTheDifferenceFromTheBaseline(double exponent) {
        TestData data = TestData.seeded(4);
        Design x = data.design(data.matrix(60, 3), 5);
        XrfmModel model = fit(x, targets(x), Kernel.laplace(5, exponent), 1000);
        for (int i = 0; i < 4; i++) {
            Design row = x.select(new int[] {i}); // a training row: the path ends on a kink
            Attribution attribution = Attribution.of(model, row, execution);
            double difference = attribution.output()[0] - attribution.baseline()[0];
            assertThat(attribution.residual()[0])
                    .as("row %d", i)
                    .isCloseTo(0, within(1e-3 * Math.max(Math.abs(difference), 1e-3) * 1.01));
            assertThat(attribution.output()[0])
                    .isCloseTo(model.predict(row, Readout.identity(), execution).get(0, 0), within(1e-12));
        }
    }

    @Test
    void aColumnTheModelDoesNotUseContributesNothing() {
        TestData data = TestData.seeded(5);
        DoubleMatrix x = data.matrix(50, 3);
        for (int i = 0; i < 50; i++) {
            x.set(i, 2, 0);
        }
        Design design = Design.of(x);
        double[] y = new double[50];
        Arrays.setAll(y, i -> x.get(i, 0) + x.get(i, 1));
        XrfmModel model = fit(design, DoubleMatrix.column(y), Kernel.laplace(5, 1), 1000);
        Design query = Design.of(DoubleMatrix.of(1, 3, new double[] {0.4, -1, 0}));
        assertThat(Attribution.of(model, query, execution).contributions().get(0, 2))
                .isZero();
        assertThat(FeatureMoment.of(model, execution).diagonal()[2]).isZero();
    }

    /** Whatever is learned of the target, contributions are in its units and add up to the difference of predictions. */
    @ParameterizedTest
    @EnumSource(TargetTransform.Kind.class)
    void predictionsOfTransformedTargetsAreAttributedInTheirUnits(TargetTransform.Kind kind) {
        TestData data = TestData.seeded(8);
        Design x = data.design(data.matrix(80, 3), 5);
        DoubleMatrix y = targets(x);
        for (int i = 0; i < 80; i++) {
            y.set(i, 0, 1e-3 * Math.exp(y.get(i, 0)));
        }
        TaskOptions options = TaskOptions.of(XrfmOptions.defaults().toBuilder()
                .leaf(RfmOptions.defaults().toBuilder().iterations(1).build())
                .build());
        TargetTransform transform = kind.fit(y.col(0)).orElseThrow();
        Regressor regressor = Regressor.fit(
                        new Regressor.Data(x, y), Optional.empty(), List.of(transform), options, execution)
                .predictor()
                .withErrors(y, TestData.seeded(9).matrix(80, 1));
        Design row = x.select(new int[] {3});
        Attribution attribution = Attribution.of(regressor, row, execution);
        double predicted = regressor.predict(row, execution).get(0, 0);
        double difference = attribution.output()[0] - attribution.baseline()[0];
        assertThat(attribution.output()[0]).isCloseTo(predicted, within(1e-15));
        assertThat(Arrays.stream(attribution.contributions().row(0)).sum()
                        + attribution.residual()[0])
                .isCloseTo(difference, within(1e-15));
        assertThat(attribution.residual()[0]).isCloseTo(0, within(5e-3 * Math.abs(difference)));
        if (kind == TargetTransform.Kind.IDENTITY) {
            Attribution raw = Attribution.of(regressor.model(), row, execution);
            double deviation = regressor.targets().get(0).deviation();
            assertThat(attribution.contributions().get(0, 1))
                    .isCloseTo(deviation * raw.contributions().get(0, 1), within(1e-3 * Math.abs(difference)));
        }
    }

    @Test
    void jumpsUnderOnePathAreLeftInTheResidual() {
        Design x = Design.of(TestData.seeded(6).matrix(200, 3));
        XrfmModel model = fit(x, targets(x), Kernel.laplace(5, 1), 60);
        assertThat(model.trees().get(0).temperature()).isZero();
        Attribution attribution = Attribution.of(model, x.select(new int[] {3}), execution);
        double sum = Arrays.stream(attribution.contributions().row(0)).sum();
        assertThat(attribution.output()[0] - attribution.baseline()[0] - sum)
                .isCloseTo(attribution.residual()[0], within(1e-12));
    }

    @Test
    void trainingRowsTogetherAreThePrediction() {
        Design x = Design.of(TestData.seeded(7).matrix(150, 3));
        DoubleMatrix y = targets(x);
        XrfmModel one = fit(x, y, Kernel.laplace(5, 1), 60).withRowNumbers(numbersFrom(1000, 150));
        XrfmModel soft = new XrfmModel(one.trees(), 1, 100).withTemperature(0.4);
        Design query = Design.of(DoubleMatrix.of(1, 3, new double[] {0.2, 0.5, -0.3}));
        List<Influence> all = Influence.largest(soft, query, 10_000, execution);
        assertThat(all).hasSize(150).allSatisfy(i -> assertThat(i.row()).isBetween(1000, 1149));
        double sum = all.stream().mapToDouble(i -> i.contributions()[0]).sum();
        assertThat(sum)
                .isCloseTo(soft.predict(query, Readout.identity(), execution).get(0, 0), within(1e-9));
        for (int i = 1; i < all.size(); i++) {
            assertThat(Math.abs(all.get(i).contributions()[0]))
                    .isLessThanOrEqualTo(Math.abs(all.get(i - 1).contributions()[0]));
        }
        assertThat(Influence.largest(soft, query, 5, execution)).hasSize(5);
    }

    private static int[] numbersFrom(int first, int count) {
        int[] result = new int[count];
        Arrays.setAll(result, i -> first + i);
        return result;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 32, 64})
    void quadratureIsExactForPolynomials(int nodes) {
        GaussLegendre rule = new GaussLegendre(nodes);
        for (int degree = 0; degree < 2 * nodes; degree++) {
            double sum = 0;
            for (int k = 0; k < nodes; k++) {
                sum += rule.weights[k] * Math.pow(rule.nodes[k], degree);
            }
            assertThat(sum).as("x^%d", degree).isCloseTo(1.0 / (degree + 1), within(1e-14));
        }
    }
}

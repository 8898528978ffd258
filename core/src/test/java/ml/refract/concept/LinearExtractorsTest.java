package ml.refract.concept;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleKernels;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.testing.Lu;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Baselines in their dual form beside what the textbook says in the space of the columns. */
class LinearExtractorsTest {
    private static final Execution EXECUTION = TestEngines.serial(TestEngines.VECTOR);

    /** Candidates with their vectors, on all rows. */
    private record Proposed(ProbeTrial trial, double[] vector) {}

    private static List<Proposed> proposals(Planted planted, Method method) {
        int n = planted.rows().rows();
        double[] mean = CentredRows.mean(planted.rows(), Planted.all(n).train());
        Sample sample = new Sample(planted.rows(), planted.targets(), Planted.all(n), mean, false, EXECUTION);
        List<Proposed> result = new ArrayList<>();
        Extractor.of(ProbeOptions.defaults().toBuilder().method(method).build())
                .propose(sample, false, new Extractor.Proposals() {
                    @Override
                    public void accept(ProbeTrial trial, Directions directions) {
                        result.add(
                                new Proposed(trial, directions.vectors(sample).row(0)));
                    }

                    @Override
                    public void progress(double share) {}
                });
        return result;
    }

    /** Rows less their mean. */
    private static DoubleMatrix centred(DoubleMatrix rows) {
        DoubleMatrix result = rows.copy();
        for (int j = 0; j < rows.cols(); j++) {
            double mean = Arrays.stream(rows.col(j)).average().orElseThrow();
            for (int i = 0; i < rows.rows(); i++) {
                result.set(i, j, rows.get(i, j) - mean);
            }
        }
        return result;
    }

    private static double[] meanDifference(Planted planted) {
        int d = planted.rows().cols();
        double[] difference = new double[d];
        double present = Arrays.stream(planted.labels()).sum();
        for (int i = 0; i < planted.labels().length; i++) {
            double weight = planted.labels()[i] == 1 ? 1 / present : -1 / (planted.labels().length - present);
            for (int j = 0; j < d; j++) {
                difference[j] += weight * planted.rows().get(i, j);
            }
        }
        return difference;
    }

    private static DoubleMatrix plusIdentity(DoubleMatrix matrix, double value) {
        for (int j = 0; j < matrix.rows(); j++) {
            matrix.set(j, j, matrix.get(j, j) + value);
        }
        return matrix;
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 60})
    void differenceOfMeans(int d) {
        Planted planted = Planted.shift(30, 40, d, 1);
        assertClose(
                proposals(planted, Method.MEAN_DIFFERENCE).get(0).vector(),
                Planted.unit(meanDifference(planted)),
                1e-12,
                "vector");
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 60})
    void ridgeSolvesTheNormalEquations(int d) {
        Planted planted = Planted.shift(31, 40, d, 1);
        DoubleMatrix x = centred(planted.rows());
        for (Proposed proposed : proposals(planted, Method.RIDGE)) {
            DoubleMatrix system =
                    plusIdentity(x.transpose().times(x), proposed.trial().penalty());
            DoubleMatrix side = x.transpose().times(centred(DoubleMatrix.column(planted.labels())));
            double[] expected = Planted.unit(Lu.solve(system, side).values());
            assertClose(
                    proposed.vector(),
                    expected,
                    1e-9,
                    "ridge " + proposed.trial().penalty());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 60})
    void theDiscriminantInvertsTheShrunkenCovariance(int d) {
        Planted planted = Planted.shift(32, 40, d, 1);
        DoubleMatrix within = planted.rows().copy();
        for (int kind = 0; kind < 2; kind++) {
            for (int j = 0; j < d; j++) {
                double sum = 0;
                double count = 0;
                for (int i = 0; i < 40; i++) {
                    sum += planted.labels()[i] == kind ? planted.rows().get(i, j) : 0;
                    count += planted.labels()[i] == kind ? 1 : 0;
                }
                for (int i = 0; i < 40; i++) {
                    if (planted.labels()[i] == kind) {
                        within.set(i, j, within.get(i, j) - sum / count);
                    }
                }
            }
        }
        DoubleMatrix covariance = within.transpose().times(within);
        double variance = 0;
        for (int k = 0; k < covariance.values().length; k++) {
            covariance.values()[k] /= 40;
        }
        for (int j = 0; j < d; j++) {
            variance += covariance.get(j, j) / d;
        }
        List<Proposed> proposals = proposals(planted, Method.DISCRIMINANT);
        assertThat(proposals).hasSizeGreaterThan(3);
        for (Proposed proposed : proposals) {
            DoubleMatrix system =
                    plusIdentity(covariance.copy(), proposed.trial().penalty() * variance);
            double[] expected = Planted.unit(Lu.solve(system, DoubleMatrix.column(meanDifference(planted)))
                    .values());
            assertClose(
                    proposed.vector(),
                    expected,
                    1e-9,
                    "shrinkage " + proposed.trial().penalty());
        }
    }

    /** At the minimum w + C sum (p_i - y_i) x_i = 0, for the weights and for the intercept. */
    @ParameterizedTest
    @ValueSource(doubles = {1000, 1, 0.01})
    void logisticRegressionHasNoGradientLeft(double cost) {
        TestData data = TestData.seeded(33);
        DoubleMatrix x = data.matrix(50, 8);
        double[] labels = new double[50];
        for (int i = 0; i < 50; i++) {
            x.set(i, 7, 1); // the intercept
            labels[i] = x.get(i, 0) + data.gaussian() > 0 ? 1 : 0;
        }
        double[] b = LogisticRegression.fit(
                x.times(x.transpose()), labels, cost, DoubleKernels.plain(), ParallelFor.serial());
        double[] w = DoubleMatrix.of(1, 50, b).times(x).values();
        double[] gradient = w.clone();
        double size = 0;
        for (int i = 0; i < 50; i++) {
            double p = 1 / (1 + Math.exp(-Planted.dot(x.row(i), w)));
            for (int j = 0; j < 8; j++) {
                gradient[j] += cost * (p - labels[i]) * x.get(i, j);
                size += cost * Math.abs(x.get(i, j));
            }
        }
        assertClose(gradient, new double[8], 1e-8 * size, "gradient");
    }

    @Test
    void separableRowsHaveALogisticRegressionToo() {
        Planted planted = Planted.shift(34, 60, 200, 3);
        List<Proposed> proposals = proposals(planted, Method.LOGISTIC);
        assertThat(proposals).hasSize(6);
        for (Proposed proposed : proposals) {
            assertThat(Planted.dot(proposed.vector(), planted.direction())).isGreaterThan(0.7);
        }
    }

    @Test
    void onePairHasOneDifference() {
        DoubleMatrix rows = DoubleMatrix.fromRows(new double[][] {{1, 2, 3, 0}, {4, 2, 7, 0}});
        Planted planted = new Planted(rows, new double[] {0, 1}, new double[4]);
        double[] vector = proposals(planted, Method.PCA).get(0).vector();
        assertThat(Math.abs(Planted.dot(vector, new double[] {0.6, 0, 0.8, 0}))).isCloseTo(1, within(1e-12));
    }

    @Test
    void principalDifferencesAreOrthonormalAndDescend() {
        Planted planted = Planted.shift(35, 60, 100, 2);
        Concept concept = ConceptProbe.extract(
                planted.rows(),
                planted.targets(),
                ProbeOptions.defaults().toBuilder()
                        .method(Method.PCA)
                        .components(5)
                        .build(),
                EXECUTION);
        DoubleMatrix v = concept.directions();
        assertClose(v.times(v.transpose()), DoubleMatrix.identity(5), 1e-10, "inner products");
        assertThat(concept.eigenvalues()).isSortedAccordingTo((a, b) -> Double.compare(b, a));
        assertThat(Planted.dot(concept.vector(), planted.direction())).isGreaterThan(0.6);
    }
}

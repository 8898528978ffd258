package ml.refract.concept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.task.HoldOut;
import ml.refract.task.Scores;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Detection by read-outs, and whole studies; section 1.6 of the specification. */
class ReadoutTest {
    private static final Execution EXECUTION = TestEngines.serial(TestEngines.VECTOR);

    /** Three features of which two say something, one more than the other. */
    private static Readout.Rows rows(long seed, int n, boolean numbers) {
        TestData data = TestData.seeded(seed);
        DoubleMatrix features = data.matrix(n, 3);
        double[] targets = new double[n];
        for (int i = 0; i < n; i++) {
            double score = 2 * features.get(i, 0) - features.get(i, 2);
            targets[i] = numbers ? 5 + score : score + data.gaussian() > 0 ? 1 : 0;
            features.set(i, 1, 1e3 + features.get(i, 1)); // scales differ
        }
        return new Readout.Rows(features, ConceptTargets.of(targets));
    }

    @ParameterizedTest
    @EnumSource(Readout.Kind.class)
    void everyKindReadsLabels(Readout.Kind kind) {
        Readout readout = Readout.fit(rows(1, 200, false), rows(2, 100, false), List.of(kind), EXECUTION);
        Readout.Rows fresh = rows(3, 400, false);
        assertThat(readout.kind()).isEqualTo(kind);
        assertThat(Scores.auc(fresh.targets().labels(), readout.scores(fresh.projections()), 1))
                .isGreaterThan(0.9);
        double[] probabilities = readout.probabilities(fresh.projections());
        assertThat(Arrays.stream(probabilities).average().orElseThrow())
                .as("calibrated in the large")
                .isCloseTo(Arrays.stream(fresh.targets().labels()).average().orElseThrow(), within(0.1));
        assertThat(Arrays.stream(probabilities).max().orElseThrow()).isBetween(0.9, 1.0);
        assertThat(Arrays.stream(probabilities).min().orElseThrow()).isBetween(0.0, 0.1);
    }

    @Test
    void theBestOfAllKindsIsKept() {
        Readout.Rows train = rows(4, 200, false);
        Readout.Rows validation = rows(5, 100, false);
        Readout best = Readout.fit(train, validation, List.of(Readout.Kind.values()), EXECUTION);
        for (Readout.Kind kind : Readout.Kind.values()) {
            assertThat(best.validationScore())
                    .isGreaterThanOrEqualTo(Readout.fit(train, validation, List.of(kind), EXECUTION)
                            .validationScore());
        }
        assertThat(best.validationScore())
                .isEqualTo(Scores.auc(validation.targets().labels(), best.scores(validation.projections()), 1));
    }

    @Test
    void numbersAreReadByCorrelation() {
        Readout readout = Readout.fit(
                rows(6, 100, true), rows(7, 50, true), List.of(Readout.Kind.LOGISTIC, Readout.Kind.RIDGE), EXECUTION);
        Readout.Rows fresh = rows(8, 50, true);
        assertThat(readout.kind()).isEqualTo(Readout.Kind.RIDGE);
        double[] scores = readout.scores(fresh.projections());
        for (int i = 0; i < scores.length; i++) {
            assertThat(scores[i]).isCloseTo(fresh.targets().matrix().get(i, 0), within(0.02));
        }
        assertThatThrownBy(() -> readout.probabilities(fresh.projections()))
                .hasMessage("Only a read-out of binary targets has probabilities");
        assertThatThrownBy(() -> Readout.fit(fresh, fresh, List.of(Readout.Kind.LOGISTIC), EXECUTION))
                .hasMessage("No kind of read-out suits these targets, of [LOGISTIC]");
    }

    @Test
    void combinedFeaturesDoNotStopALeastSquaresReadout() {
        Readout.Rows rows = rows(9, 50, true);
        DoubleMatrix twice = DoubleMatrix.zeros(50, 4);
        for (int i = 0; i < 50; i++) {
            rows.projections().copyRow(i, twice.values(), 4 * i);
            twice.set(i, 3, rows.projections().get(i, 0));
        }
        double[] read = LinearReadout.leastSquares(
                        twice, rows.targets().matrix().values())
                .of(twice);
        for (int i = 0; i < 50; i++) {
            assertThat(read[i]).isCloseTo(rows.targets().matrix().get(i, 0), within(1e-6));
        }
    }

    // Studies

    private static ConceptStudy.Layer layer(String name, DoubleMatrix rows) {
        return new ConceptStudy.Layer(name, () -> rows);
    }

    @Test
    void aStudyScoresEveryLayerAndAllTogether() {
        Planted clear = Planted.shift(10, 200, 40, 2);
        DoubleMatrix noise = TestData.seeded(11).matrix(200, 60);
        ConceptTargets targets = clear.targets();
        List<ConceptStudy.Division> divisions =
                List.of(ConceptStudy.Division.of(targets, HoldOut.stratified(targets.labels(), 2, 0.3, 1), 0));
        List<ConceptStudy.MethodResult> results = ConceptStudy.run(
                List.of(layer("noise", noise), layer("clear", clear.rows())),
                targets,
                divisions,
                List.of(Method.RFM, Method.MEAN_DIFFERENCE),
                ProbeOptions.defaults().toBuilder().iterations(3).build(),
                EXECUTION);
        assertThat(results)
                .extracting(ConceptStudy.MethodResult::method)
                .containsExactly(Method.RFM, Method.MEAN_DIFFERENCE);
        for (ConceptStudy.MethodResult result : results) {
            ConceptStudy.Detection nothing = result.layers().get(0).detections().get(0);
            ConceptStudy.Detection something =
                    result.layers().get(1).detections().get(0);
            assertThat(nothing.score()).isBetween(0.2, 0.8);
            assertThat(something.score()).isGreaterThan(0.95);
            assertThat(something.first()).isGreaterThan(0.95);
            assertThat(something.accuracy()).isGreaterThan(0.85);
            assertThat(result.together()).hasSize(1);
            assertThat(result.together().get(0).score()).isGreaterThan(0.9);
        }
    }

    /** Labels of test rows have no way into the directions: changing them changes nothing. */
    @Test
    void testRowsTakeNoPart() {
        Planted planted = Planted.shift(12, 100, 30, 1);
        HoldOut.Parts parts = new HoldOut.Parts(
                IntStream.range(0, 80).toArray(), IntStream.range(80, 100).toArray());
        ConceptStudy.Division division = ConceptStudy.Division.of(planted.targets(), parts, 0);
        assertThat(IntStream.concat(
                                Arrays.stream(division.parts().train()),
                                Arrays.stream(division.parts().heldOut()))
                        .sorted()
                        .toArray())
                .isEqualTo(parts.train());
        double[] other = planted.labels().clone();
        DoubleMatrix moved = planted.rows().copy();
        for (int i = 80; i < 100; i++) {
            other[i] = 1 - other[i];
            moved.set(i, 0, 1e6);
        }
        ProbeOptions options = ProbeOptions.defaults().toBuilder().iterations(2).build();
        Concept one = study(planted.rows(), planted.targets(), division, options);
        Concept two = study(moved, ConceptTargets.of(other), division, options);
        assertThat(two.directions()).isEqualTo(one.directions());
        assertThat(two.trials()).isEqualTo(one.trials());
    }

    private static Concept study(
            DoubleMatrix rows, ConceptTargets targets, ConceptStudy.Division division, ProbeOptions options) {
        return ConceptStudy.run(
                        List.of(layer("a", rows)), targets, List.of(division), List.of(Method.RFM), options, EXECUTION)
                .get(0)
                .layers()
                .get(0)
                .concept();
    }

    @Test
    void aLayerThatDoesNotFitIsNamed() {
        Planted planted = Planted.shift(13, 40, 10, 1);
        ConceptStudy.Division division = ConceptStudy.Division.of(
                planted.targets(), HoldOut.stratified(planted.targets().labels(), 2, 0.2, 0), 0);
        assertThatThrownBy(
                        () -> study(DoubleMatrix.zeros(39, 10), planted.targets(), division, ProbeOptions.defaults()))
                .hasMessage("Layer a has 39 rows, and there are 40 targets");
        assertThatThrownBy(
                        () -> study(DoubleMatrix.zeros(40, 10), planted.targets(), division, ProbeOptions.defaults()))
                .isInstanceOf(NoDirectionException.class)
                .hasMessageStartingWith("a: The method rfm finds no direction in these rows");
    }
}

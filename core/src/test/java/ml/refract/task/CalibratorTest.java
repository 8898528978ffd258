package ml.refract.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.testing.TestData;
import org.junit.jupiter.api.Test;

/** Forms of calibration and their fits, against formulas written out plainly. */
class CalibratorTest {

    /** Class scores beside their labels: too sure of themselves, and shifted. */
    private static ScoredRows rows(int n, int classes, long seed) {
        TestData data = TestData.seeded(seed);
        DoubleMatrix scores = DoubleMatrix.zeros(n, classes);
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            labels[i] = data.below(classes);
            double sum = 0;
            for (int k = 0; k < classes; k++) {
                scores.set(i, k, 0.4 * data.gaussian() + (labels[i] == k ? 0.6 : 0.1));
                sum += scores.get(i, k);
            }
            if (classes == 2) {
                scores.set(i, 0, 1 - scores.get(i, 1));
            } else {
                scores.set(i, 0, scores.get(i, 0) + 1 - sum);
            }
        }
        double[] weights = new double[n];
        Arrays.setAll(weights, i -> data.below(2) == 0 ? 1 : 0.5);
        return new ScoredRows(scores, labels, weights);
    }

    private static double slope(ToDoubleFunction<double[]> function, double[] at, int k) {
        double step = 1e-5;
        double[] up = at.clone();
        double[] down = at.clone();
        up[k] += step;
        down[k] -= step;
        return (function.applyAsDouble(up) - function.applyAsDouble(down)) / (2 * step);
    }

    @Test
    void plattsLossIsLevelAtTheFit() {
        ScoredRows rows = rows(150, 2, 1);
        double positive = rows.weightOf(1);
        double negative = rows.weightOf(0);
        ToDoubleFunction<double[]> loss = at -> {
            double sum = 0;
            for (int i = 0; i < rows.count(); i++) {
                double target = rows.labels()[i] == 1 ? (positive + 1) / (positive + 2) : 1 / (negative + 2);
                double p = 1 / (1 + Math.exp(-at[0] * rows.scores().get(i, 1) - at[1]));
                sum -= rows.weights()[i] * (target * Math.log(p) + (1 - target) * Math.log(1 - p));
            }
            return sum / (positive + negative);
        };
        Calibrator.Platt platt = PlattFit.of(rows);
        double[] at = {platt.slope(), platt.offset()};
        assertThat(platt.slope()).isGreaterThan(1);
        assertThat(slope(loss, at, 0)).isCloseTo(0, within(1e-9));
        assertThat(slope(loss, at, 1)).isCloseTo(0, within(1e-9));
        double[] elsewhere = {0.7, -0.3};
        Newton.Point point = new PlattFit(rows).at(elsewhere);
        assertThat(point.value()).isCloseTo(loss.applyAsDouble(elsewhere), within(1e-12));
        for (int k = 0; k < 2; k++) {
            assertThat(point.gradient()[k]).isCloseTo(slope(loss, elsewhere, k), within(1e-9));
        }
    }

    @Test
    void scoresTheWrongWayRoundAreNotBelievedUpsideDown() {
        ScoredRows rows = rows(100, 2, 2);
        int[] swapped = Arrays.stream(rows.labels()).map(label -> 1 - label).toArray();
        ScoredRows wrong = new ScoredRows(rows.scores(), swapped, rows.weights());
        Calibrator.Platt platt = PlattFit.of(wrong);
        assertThat(platt.slope()).isZero();
        double share = wrong.weightOf(1) / wrong.totalWeight();
        assertThat(platt.apply(rows.scores()).get(0, 1)).isCloseTo(share, within(0.02));
        assertThat(VectorFit.of(wrong).slope()).isZero();
    }

    @Test
    void classesThatScoresPartStayFinite() {
        ScoredRows rows = new ScoredRows(
                DoubleMatrix.fromRows(new double[][] {{1, 0}, {0.9, 0.1}, {0.2, 0.8}, {0, 1}}),
                new int[] {0, 0, 1, 1},
                new double[] {1, 1, 1, 1});
        assertThat(PlattFit.of(rows).apply(rows.scores()).get(3, 1)).isBetween(0.7, 0.8);
        assertThat(TemperatureFit.of(rows).temperature()).isCloseTo(0.1, within(1e-9));
        assertThat(VectorFit.of(rows).slope()).isBetween(1.0, 100.0);
        assertThat(IsotonicFit.of(rows).apply(rows.scores()).get(3, 1)).isCloseTo((2 + 0.5) / 3, within(1e-12));
    }

    @Test
    void theLossOfVectorScalingIsLevelAtTheFit() {
        ScoredRows rows = rows(200, 4, 3);
        ToDoubleFunction<double[]> loss = at -> {
            double sum = 0;
            for (int i = 0; i < rows.count(); i++) {
                double all = 0;
                for (int k = 0; k < 4; k++) {
                    all += Math.exp(at[0] * rows.scores().get(i, k) + at[k + 1]);
                }
                int label = rows.labels()[i];
                double own = Math.exp(at[0] * rows.scores().get(i, label) + at[label + 1]);
                sum -= rows.weights()[i] * Math.log(own / all);
            }
            double offsets = 0;
            for (int k = 1; k < 5; k++) {
                offsets += at[k] * at[k];
            }
            return sum / rows.totalWeight() + 0.5e-3 * offsets + 0.5e-6 * at[0] * at[0];
        };
        Calibrator.Vector vector = VectorFit.of(rows);
        double[] at = IntStream.range(0, 5)
                .mapToDouble(k -> k == 0 ? vector.slope() : vector.offsets()[k - 1])
                .toArray();
        double[] elsewhere = {1.3, 0.2, -0.4, 0.1, 0.3};
        Newton.Point point = new VectorFit(rows, false).at(elsewhere);
        assertThat(point.value()).isCloseTo(loss.applyAsDouble(elsewhere), within(1e-12));
        for (int k = 0; k < 5; k++) {
            assertThat(slope(loss, at, k)).as("parameter %d", k).isCloseTo(0, within(1e-9));
            assertThat(point.gradient()[k]).isCloseTo(slope(loss, elsewhere, k), within(1e-9));
            for (int j = 0; j < 5; j++) {
                int of = j;
                assertThat(point.hessian().get(k, j))
                        .isCloseTo(
                                slope(p -> new VectorFit(rows, false).at(p).gradient()[of], elsewhere, k),
                                within(1e-8));
            }
        }
        assertThat(Arrays.stream(vector.offsets()).sum()).isCloseTo(0, within(1e-9));
    }

    @Test
    void noClassIsSpecial() {
        ScoredRows rows = rows(200, 3, 4);
        int[] order = {2, 0, 1};
        DoubleMatrix moved = DoubleMatrix.zeros(200, 3);
        for (int i = 0; i < 200; i++) {
            for (int k = 0; k < 3; k++) {
                moved.set(i, order[k], rows.scores().get(i, k));
            }
        }
        int[] labels = Arrays.stream(rows.labels()).map(label -> order[label]).toArray();
        ScoredRows others = new ScoredRows(moved, labels, rows.weights());
        List<List<Calibrator>> pairs = List.of(
                List.of(TemperatureFit.of(rows), TemperatureFit.of(others)),
                List.of(VectorFit.of(rows), VectorFit.of(others)),
                List.of(IsotonicFit.of(rows), IsotonicFit.of(others)));
        for (List<Calibrator> pair : pairs) {
            DoubleMatrix before = pair.get(0).apply(rows.scores());
            DoubleMatrix after = pair.get(1).apply(moved);
            for (int i = 0; i < 200; i++) {
                for (int k = 0; k < 3; k++) {
                    assertThat(after.get(i, order[k])).isCloseTo(before.get(i, k), within(1e-8));
                }
            }
        }
    }

    /** Labels drawn with the probabilities that the scores state, raised to a power and normalised. */
    private static ScoredRows drawn(int n, double power, long seed) {
        TestData data = TestData.seeded(seed);
        DoubleMatrix scores = DoubleMatrix.zeros(n, 2);
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            double logit = 1.5 * Math.max(-2.5, Math.min(2.5, data.gaussian()));
            double p = 1 / (1 + Math.exp(-logit));
            scores.set(i, 1, p);
            scores.set(i, 0, 1 - p);
            labels[i] = data.uniform(0, 1) < 1 / (1 + Math.exp(-power * logit)) ? 1 : 0;
        }
        double[] weights = new double[n];
        Arrays.fill(weights, 1);
        return new ScoredRows(scores, labels, weights);
    }

    @Test
    void theTemperatureOfCalibratedProbabilitiesIsOne() {
        assertThat(TemperatureFit.of(drawn(20_000, 1, 5)).temperature()).isCloseTo(1, within(0.05));
        assertThat(TemperatureFit.of(drawn(20_000, 0.5, 6)).temperature()).isCloseTo(2, within(0.2));
        assertThat(TemperatureFit.of(drawn(20_000, 2, 7)).temperature()).isCloseTo(0.5, within(0.05));
    }

    @Test
    void theFittedTemperatureIsTheBestOfMany() {
        ScoredRows rows = rows(300, 3, 8);
        ScoredRows plain = new ScoredRows(
                rows.scores(),
                rows.labels(),
                IntStream.range(0, 300).mapToDouble(i -> 1).toArray());
        Calibrator.Temperature fitted = TemperatureFit.of(plain);
        double least = Scores.logLoss(plain.labels(), fitted.apply(plain.scores()));
        for (double factor : new double[] {0.2, 0.5, 0.9, 0.999, 1.001, 1.1, 2, 5}) {
            Calibrator other = new Calibrator.Temperature(factor * fitted.temperature());
            assertThat(Scores.logLoss(plain.labels(), other.apply(plain.scores())))
                    .isGreaterThan(least);
        }
    }

    @Test
    void plattAndTemperatureKeepTheOrderOfRows() {
        ScoredRows rows = drawn(400, 0.6, 9);
        double before = Scores.auc(rows.labels(), rows.scores());
        for (Calibrator calibrator : List.of(PlattFit.of(rows), TemperatureFit.of(rows))) {
            assertThat(Scores.auc(rows.labels(), calibrator.apply(rows.scores())))
                    .isEqualTo(before);
        }
    }

    @Test
    void poolingIsTheMinMaxFormula() {
        TestData data = TestData.seeded(10);
        for (int trial = 0; trial < 50; trial++) {
            int n = 1 + data.below(40);
            List<IsotonicFit.Block> blocks = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                double weight = data.uniform(0.2, 3);
                blocks.add(new IsotonicFit.Block(i, i, weight, weight * data.below(2)));
            }
            for (IsotonicFit.Block pool : IsotonicFit.pooled(blocks)) {
                for (int i = (int) pool.low(); i <= pool.high(); i++) {
                    assertThat(pool.share()).isCloseTo(minMax(blocks, i), within(1e-12));
                }
            }
        }
    }

    /** The largest over starts up to i of the least mean up to an end from i on. */
    private static double minMax(List<IsotonicFit.Block> blocks, int i) {
        double result = Double.NEGATIVE_INFINITY;
        for (int start = 0; start <= i; start++) {
            double least = Double.POSITIVE_INFINITY;
            double weight = 0;
            double sum = 0;
            for (int end = start; end < blocks.size(); end++) {
                weight += blocks.get(end).weight();
                sum += blocks.get(end).sum();
                least = end >= i ? Math.min(least, sum / weight) : least;
            }
            result = Math.max(result, least);
        }
        return result;
    }

    @Test
    void isotonicCurvesAscendAndShrinkTowardsTheShareOfTheClass() {
        ScoredRows rows = drawn(300, 1, 11);
        Calibrator.Curve curve = IsotonicFit.of(rows).curves().get(0);
        assertThat(curve.probabilities()).isSorted();
        assertThat(curve.probabilities()[0]).isPositive();
        assertThat(curve.at(-5)).isEqualTo(curve.probabilities()[0]);
        assertThat(curve.at(5)).isEqualTo(curve.probabilities()[curve.probabilities().length - 1]);
        ScoredRows flat = new ScoredRows(
                DoubleMatrix.fromRows(new double[][] {{0.5, 0.5}, {0.5, 0.5}, {0.4, 0.6}}),
                new int[] {1, 0, 1},
                new double[] {1, 1, 1});
        Calibrator.Curve two = IsotonicFit.of(flat).curves().get(0);
        assertThat(two.probabilities())
                .containsExactly(new double[] {(1 + 2.0 / 3) / 3, (1 + 2.0 / 3) / 2}, within(1e-15));
        assertThat(two.at(0.55)).isCloseTo((two.probabilities()[0] + two.probabilities()[1]) / 2, within(1e-12));
    }

    /** The second block is smaller; drawn towards the share of the class it would fall below the first. */
    @Test
    void blocksThatShrinkageDisordersArePooledAgain() {
        int n = 101;
        DoubleMatrix scores = DoubleMatrix.zeros(n, 2);
        int[] labels = new int[n];
        double[] weights = new double[n];
        for (int i = 0; i < n; i++) {
            double s = i < 100 ? 0.5 : 0.9;
            scores.set(i, 0, 1 - s);
            scores.set(i, 1, s);
            labels[i] = i < 60 || i == 100 ? 1 : 0;
            weights[i] = 1;
        }
        double share = 61.0 / 101;
        Calibrator.Curve fine =
                IsotonicFit.of(new ScoredRows(scores, labels, weights)).curves().get(0);
        assertThat(fine.probabilities())
                .containsExactly(new double[] {(60 + share) / 101, (1 + share) / 2}, within(1e-12));
        for (int i = 0; i < 5; i++) {
            scores.set(i, 0, 0.99);
            scores.set(i, 1, 0.01);
            labels[i] = 0;
        }
        for (int i = 5; i < 100; i++) {
            labels[i] = i < 97 ? 1 : 0;
        }
        Calibrator.Curve pooled =
                IsotonicFit.of(new ScoredRows(scores, labels, weights)).curves().get(0);
        double share2 = 93.0 / 101;
        assertThat(pooled.probabilities()).hasSize(2).isSorted();
        assertThat(pooled.probabilities()[1]).isCloseTo((92 + 1 + 2 * share2) / (95 + 1 + 2), within(1e-12));
    }

    @Test
    void probabilitiesSumToOneAndKeepTheClamp() {
        ScoredRows rows = rows(60, 3, 12);
        rows.scores().set(0, 1, 40);
        rows.scores().set(1, 1, -40);
        for (Calibrator calibrator : List.of(
                new Calibrator.Identity(),
                TemperatureFit.of(rows),
                VectorFit.of(rows),
                new Calibrator.Vector(1e5, new double[3]),
                IsotonicFit.of(rows))) {
            DoubleMatrix p = calibrator.apply(rows.scores());
            for (int i = 0; i < 60; i++) {
                assertThat(Arrays.stream(p.row(i)).sum()).isCloseTo(1, within(1e-12));
                assertThat(Arrays.stream(p.row(i)).allMatch(value -> value >= 1e-6 / 3 && value < 1))
                        .isTrue();
            }
        }
    }

    @Test
    void aFloorKeepsAnyFormFromZeroAndOne() {
        Calibrator form = new Calibrator.Vector(1e5, new double[3]);
        DoubleMatrix scores = DoubleMatrix.fromRows(new double[][] {{0, 1, 0}, {0.2, 0.2, 0.2}});
        double[] expected = {0.01 / 1.01, 0.99 / 1.01, 0.01 / 1.01};
        assertThat(new Calibrator.Floor(form, 0.01).apply(scores).row(0)).containsExactly(expected, within(1e-12));
        assertThat(new Calibrator.Floor(form, 0.01).apply(scores).row(1))
                .containsExactly(new double[] {1.0 / 3, 1.0 / 3, 1.0 / 3}, within(1e-12));
        assertThat(new Calibrator.Floor(form, 0.01).id()).isEqualTo("vector");
    }

    /** Of the floors that are tried, by brute force over a fine grid: none is better by more than steps are coarse. */
    @Test
    void theFloorHasTheLeastLossWithHalfAMistakeMore() {
        ScoredRows rows = rows(400, 2, 21);
        for (int i = 0; i < 400; i++) {
            double p = i % 250 == 0 ? 1e-4 : 1;
            rows.scores().set(i, rows.labels()[i], p);
            rows.scores().set(i, 1 - rows.labels()[i], 1 - p);
        }
        double best = Double.POSITIVE_INFINITY;
        for (double floor = 2e-6; floor < 0.01; floor *= 1.01) {
            best = Math.min(best, floorLoss(new Calibrator.Floor(new Calibrator.Identity(), floor), rows));
        }
        Calibrator found = FloorFit.on(new Calibrator.Identity(), rows);
        assertThat(found).isInstanceOf(Calibrator.Floor.class);
        assertThat(floorLoss(found, rows) - best).isBetween(-1e-3, 1e-3);
    }

    private static double floorLoss(Calibrator form, ScoredRows rows) {
        DoubleMatrix p = form.apply(rows.scores());
        double loss = -0.5 * Math.log(Arrays.stream(p.values()).min().orElseThrow());
        for (int i = 0; i < rows.count(); i++) {
            loss -= rows.weights()[i] * Math.log(p.get(i, rows.labels()[i]));
        }
        return loss;
    }

    @Test
    void whatMakesNoSenseIsNamed() {
        assertThatThrownBy(() -> new Calibrator.Floor(new Calibrator.None(), 0.01))
                .hasMessage("A floor is for a form of calibration without one, got None");
        assertThatThrownBy(() -> new Calibrator.Floor(new Calibrator.Identity(), 0))
                .hasMessage("A floor of probabilities must be above 1.0E-6 and below 0.5, got 0.0");
        assertThatThrownBy(() -> new Calibrator.Temperature(0))
                .hasMessage("A temperature must be a number above 0, got 0.0");
        assertThatThrownBy(() -> new Calibrator.Platt(-1, 2))
                .hasMessage(
                        "A calibration was given the slope -1.0 and the offsets [2.0]; wanted numbers, and a slope of "
                                + "at least 0");
        assertThatThrownBy(() -> new Calibrator.Curve(new double[] {0, 1}, new double[] {0.5, 0.4}))
                .hasMessage("The curve descends at its knot 1");
        assertThatThrownBy(() -> new Calibrator.Platt(1, 0).apply(DoubleMatrix.zeros(1, 3)))
                .hasMessage("The calibration is for 2 classes, got scores of 3");
    }
}

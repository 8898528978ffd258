package ml.refract.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import ml.refract.explain.ClassSets.Kind;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.testing.TestData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClassSetsTest {
    private static final Coverage NINETY = new Coverage(0.9);

    private record Rows(DoubleMatrix probabilities, int[] labels) {
        int[] numbers() {
            return IntStream.range(0, labels.length).toArray();
        }

        ClassSets sets() {
            return ClassSets.of(labels, numbers(), probabilities, ErrorSource.UNSEEN);
        }
    }

    /** Four classes of which none is ever sure; the labels are drawn from other probabilities than the model says. */
    private static Rows rows(TestData data, int n) {
        DoubleMatrix p = DoubleMatrix.zeros(n, 4);
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            double sum = 0;
            double[] weights = new double[4];
            for (int k = 0; k < 4; k++) {
                weights[k] = 0.5 + data.uniform(0, 1);
                sum += weights[k];
            }
            double threshold = data.uniform(0, 1);
            double before = 0;
            for (int k = 0; k < 4; k++) {
                p.set(i, k, weights[k] / sum);
                before += 0.5 * weights[k] / sum + 0.125;
                labels[i] += threshold > before ? 1 : 0;
            }
            labels[i] = Math.min(3, labels[i]);
        }
        return new Rows(p, labels);
    }

    /** With n rows behind them and no class with enough of its own, sets miss the next row as often as its rank says. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void setsHoldTheTruthAsOftenAsTheRankSays(Kind kind) {
        int simulations = 3_000;
        TestData data = TestData.seeded(11);
        int n = 39;
        int held = 0;
        for (int s = 0; s < simulations; s++) {
            Rows next = rows(data, 1);
            boolean[][] sets = rows(data, n).sets().of(next.probabilities(), NINETY, kind);
            held += sets[0][next.labels()[0]] ? 1 : 0;
        }
        assertThat((double) held / simulations).isCloseTo(0.9, within(3 * Math.sqrt(0.09 / simulations)));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void setsAreThoseOfTheMostProbableClasses(Kind kind) {
        TestData data = TestData.seeded(12);
        Rows rows = rows(data, 60);
        boolean[][] sets = rows.sets().of(rows.probabilities(), new Coverage(0.7), kind);
        double size = 0;
        for (int i = 0; i < 60; i++) {
            double[] p = rows.probabilities().row(i);
            double least = 1;
            for (int k = 0; k < 4; k++) {
                if (sets[i][k]) {
                    size++;
                    least = Math.min(least, p[k]);
                }
            }
            for (int k = 0; k < 4; k++) {
                assertThat(sets[i][k]).isEqualTo(p[k] >= least);
            }
        }
        assertThat(size / 60).isBetween(1.5, 3.5);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aRowHasTheSameSetAloneAndAmongOthers(Kind kind) {
        TestData data = TestData.seeded(13);
        ClassSets sets = rows(data, 50).sets();
        DoubleMatrix queries = rows(data, 20).probabilities();
        boolean[][] together = sets.of(queries, NINETY, kind);
        for (int i = 0; i < 20; i++) {
            assertThat(sets.of(queries.select(new int[] {i}), NINETY, kind)[0]).isEqualTo(together[i]);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void moreCoverageGivesLargerSets(Kind kind) {
        TestData data = TestData.seeded(14);
        ClassSets sets = rows(data, 30).sets();
        DoubleMatrix queries = rows(data, 40).probabilities();
        boolean[][] inner = sets.of(queries, new Coverage(0.5), kind);
        for (double share = 0.52; share < 0.999; share += 0.02) {
            boolean[][] outer = sets.of(queries, new Coverage(share), kind);
            for (int i = 0; i < inner.length; i++) {
                for (int k = 0; k < 4; k++) {
                    assertThat(outer[i][k]).isIn(true, inner[i][k]);
                }
            }
            inner = outer;
        }
    }

    /** A class that the model underrates is covered like the others once it has rows enough. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void aClassWithManyRowsHasItsOwnBound(Kind kind) {
        TestData data = TestData.seeded(15);
        Rows known = underrated(data, 2_000);
        Rows next = underrated(data, 4_000);
        ClassSets sets = known.sets();
        double[] bounds = sets.bounds(NINETY, kind);
        assertThat(bounds[1]).isGreaterThan(bounds[0]);
        boolean[][] found = sets.of(next.probabilities(), NINETY, kind);
        int held = 0;
        int count = 0;
        for (int i = 0; i < found.length; i++) {
            if (next.labels()[i] == 1) {
                count++;
                held += found[i][1] ? 1 : 0;
            }
        }
        // Binomial errors of this sample and of the quantile, which stands on a tenth of 2,000 rows.
        assertThat((double) held / count).isCloseTo(0.9, within(3 * Math.sqrt(0.09 / count + 0.09 / 200)));
        Rows few = underrated(data, 300);
        assertThat(few.sets().bounds(NINETY, kind)[0]).isNotEqualTo(few.sets().bounds(NINETY, kind)[1]);
        assertThat(few.sets().bounds(new Coverage(0.98), kind)[0])
                .as("500 rows of a class are wanted, so all share one bound")
                .isEqualTo(few.sets().bounds(new Coverage(0.98), kind)[1]);
    }

    /** Every tenth row is of class 1, to which the model gives at most 0.4. */
    private static Rows underrated(TestData data, int n) {
        DoubleMatrix p = DoubleMatrix.zeros(n, 2);
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            labels[i] = i % 10 == 0 ? 1 : 0;
            p.set(i, 1, labels[i] == 1 ? data.uniform(0.05, 0.4) : data.uniform(0, 0.3));
            p.set(i, 0, 1 - p.get(i, 1));
        }
        return new Rows(p, labels);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void tooFewRowsGiveAllClasses(Kind kind) {
        Rows rows = rows(TestData.seeded(16), 8);
        for (boolean[] set : rows.sets().of(rows.probabilities(), NINETY, kind)) {
            assertThat(set).containsExactly(true, true, true, true);
        }
    }

    @Test
    void noSetIsEmpty() {
        int[] labels = new int[50];
        DoubleMatrix sure = DoubleMatrix.zeros(50, 2);
        for (int i = 0; i < 50; i++) {
            sure.set(i, 0, 1);
        }
        ClassSets sets = ClassSets.of(labels, IntStream.range(0, 50).toArray(), sure, ErrorSource.CROSS_FITTED);
        boolean[][] set = sets.of(DoubleMatrix.of(1, 2, new double[] {0.3, 0.7}), NINETY, Kind.LEAST_AMBIGUOUS);
        assertThat(set[0]).containsExactly(false, true);
    }

    @Test
    void repeatedRowsCountOnceAndManyAreThinnedOut() {
        DoubleMatrix p = DoubleMatrix.of(3, 2, new double[] {0.8, 0.2, 0.4, 0.6, 0.3, 0.7});
        ClassSets sets = ClassSets.of(new int[] {1, 0}, new int[] {0, 1, 0}, p, ErrorSource.CROSS_FITTED);
        assertThat(sets.rows()).isEqualTo(2);
        assertThat(sets.leastAmbiguous().get(0).values()).containsExactly(new double[] {0.6}, within(1e-15));
        assertThat(sets.leastAmbiguous().get(1).values()).containsExactly(new double[] {0.55}, within(1e-15));

        int n = 30_000;
        TestData data = TestData.seeded(17);
        DoubleMatrix many = DoubleMatrix.zeros(n, 2);
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            labels[i] = i % 2;
            many.set(i, 0, data.uniform(0, 1));
            many.set(i, 1, 1 - many.get(i, 0));
        }
        ClassSets thinned = new Rows(many, labels).sets();
        assertThat(thinned.leastAmbiguous().get(0).values()).hasSize(5_000);
        double bound = thinned.bounds(NINETY, Kind.LEAST_AMBIGUOUS)[0];
        long covered = IntStream.range(0, n)
                .filter(i -> labels[i] == 0 && 1 - many.get(i, 0) <= bound)
                .count();
        assertThat(covered).isBetween(13_500L, 13_510L);
    }

    @Test
    void otherClassesAreRefused() {
        ClassSets sets = rows(TestData.seeded(18), 20).sets();
        assertThatThrownBy(() -> sets.of(DoubleMatrix.zeros(1, 3), NINETY, Kind.ADAPTIVE))
                .hasMessage("There are probabilities of 3 classes, wanted 4");
    }
}

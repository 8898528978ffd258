package ml.refract.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.testing.TestData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResidualIntervalsTest {
    private static final Coverage NINETY = new Coverage(0.9);

    /** Errors of predictions 0: the targets themselves. */
    private static ResidualIntervals of(double... errors) {
        return ResidualIntervals.of(
                DoubleMatrix.column(errors),
                IntStream.range(0, errors.length).toArray(),
                DoubleMatrix.zeros(errors.length, 1),
                ErrorSource.UNSEEN);
    }

    /** An error of a distribution with a heavy tail to the right. */
    private static double skewed(TestData data) {
        return Math.exp(1.5 * data.gaussian()) - 1;
    }

    /** A new error is as likely to have one rank as another among n + 1. */
    @ParameterizedTest
    @CsvSource({"19, 0.9", "30, 0.8", "49, 0.95", "100, 0.5"})
    void newErrorsAreCoveredAsOftenAsTheirRankSays(int n, double share) {
        int simulations = 4_000;
        TestData data = TestData.seeded(1);
        Coverage coverage = new Coverage(share);
        int symmetric = 0;
        int separate = 0;
        for (int s = 0; s < simulations; s++) {
            double[] errors = new double[n];
            Arrays.setAll(errors, i -> skewed(data));
            ResidualIntervals intervals = of(errors);
            double next = skewed(data);
            symmetric += intervals.errors(0, coverage, Tails.SYMMETRIC).contains(next) ? 1 : 0;
            separate += intervals.errors(0, coverage, Tails.SEPARATE).contains(next) ? 1 : 0;
        }
        double wanted = Math.ceil(share * (n + 1) - 1e-9) / (n + 1);
        double tail = 1 - Math.ceil((1 + share) / 2 * (n + 1) - 1e-9) / (n + 1);
        double bound = 3 * Math.sqrt(wanted * (1 - wanted) / simulations);
        assertThat((double) symmetric / simulations).isCloseTo(wanted, within(bound));
        assertThat((double) separate / simulations).isCloseTo(1 - 2 * tail, within(bound));
    }

    @Test
    void theRangeReachesToTheErrorOfItsRank() {
        // Nine errors, rank 9 of 10 at 90 %: the largest size.
        ResidualIntervals nine = of(1, -2, 3, 4, -5, 6, 7, 8, -9);
        assertThat(nine.errors(0, NINETY, Tails.SYMMETRIC)).isEqualTo(new Interval(-9, 9));
        assertThat(nine.errors(0, new Coverage(0.5), Tails.SYMMETRIC)).isEqualTo(new Interval(-5, 5));
        // Rank 8 of 10 for each tail at 60 %: the second smallest and the second largest.
        assertThat(nine.errors(0, new Coverage(0.6), Tails.SEPARATE)).isEqualTo(new Interval(-5, 7));
        assertThat(new Interval(-5, 7).plus(100)).isEqualTo(new Interval(95, 107));
    }

    @Test
    void tooFewErrorsGiveInfiniteIntervals() {
        double infinite = Double.POSITIVE_INFINITY;
        assertThat(of(1, 2, 3, 4, 5, 6, 7, 8).errors(0, NINETY, Tails.SYMMETRIC))
                .isEqualTo(new Interval(-infinite, infinite));
        assertThat(of(1, 2, 3, 4, 5, 6, 7, 8, 9).errors(0, NINETY, Tails.SEPARATE))
                .isEqualTo(new Interval(-infinite, infinite));
        assertThat(of().errors(0, NINETY, Tails.SYMMETRIC)).isEqualTo(new Interval(-infinite, infinite));
        assertThat(NINETY.leastRows()).isEqualTo(9);
        assertThat(new Coverage(0.95).leastRows()).isEqualTo(19);
        assertThat(new Coverage(0.5).leastRows()).isEqualTo(1);
        assertThat(new Coverage(0.999).leastRows()).isEqualTo(999);
    }

    @Test
    void moreCoverageGivesWiderIntervals() {
        TestData data = TestData.seeded(2);
        double[] errors = new double[77];
        Arrays.setAll(errors, i -> skewed(data));
        ResidualIntervals intervals = of(errors);
        for (Tails tails : Tails.values()) {
            Interval inner = intervals.errors(0, new Coverage(0.5), tails);
            for (double share = 0.51; share < 0.999; share += 0.01) {
                Interval outer = intervals.errors(0, new Coverage(share), tails);
                assertThat(outer.lower()).isLessThanOrEqualTo(inner.lower());
                assertThat(outer.upper()).isGreaterThanOrEqualTo(inner.upper());
                inner = outer;
            }
        }
    }

    @Test
    void aRowLeftOutSeveralTimesCountsOnceWithItsMeanPrediction() {
        DoubleMatrix targets = DoubleMatrix.of(3, 2, new double[] {10, 1, 20, 2, 30, 3});
        DoubleMatrix predictions = DoubleMatrix.of(4, 2, new double[] {29, 3, 8, 1, 28, 3, 27, 6});
        ResidualIntervals intervals =
                ResidualIntervals.of(targets, new int[] {2, 0, 2, 2}, predictions, ErrorSource.CROSS_FITTED);
        assertThat(intervals.rows()).isEqualTo(2);
        assertThat(intervals.columns().get(0).values()).containsExactly(2, 2);
        assertThat(intervals.columns().get(1).values()).containsExactly(-1, 0);
        assertThat(intervals.errors(1, new Coverage(0.6), Tails.SYMMETRIC)).isEqualTo(new Interval(-1, 1));
    }

    /** Of many errors some are kept; what they give covers at least as many errors as wanted, and hardly more. */
    @Test
    void aSampleOfManyErrorsIsOnTheSafeSide() {
        int n = 34_567;
        TestData data = TestData.seeded(3);
        double[] errors = new double[n];
        Arrays.setAll(errors, i -> skewed(data));
        ResidualIntervals intervals = of(errors);
        assertThat(intervals.columns().get(0).values()).hasSize(10_000);
        for (double share : List.of(0.5, 0.8, 0.9, 0.95, 0.99, 0.999)) {
            Coverage coverage = new Coverage(share);
            Interval range = intervals.errors(0, coverage, Tails.SYMMETRIC);
            long covered = Arrays.stream(errors).filter(range::contains).count();
            assertThat(covered).isBetween((long) coverage.rank(n), coverage.rank(n) + n / 5_000L + 2);
            Interval tails = intervals.errors(0, coverage, Tails.SEPARATE);
            int rank = (int) Math.ceil((1 + share) / 2 * (n + 1));
            long below = Arrays.stream(errors).filter(e -> e <= tails.upper()).count();
            long above = Arrays.stream(errors).filter(e -> e >= tails.lower()).count();
            assertThat(below).isBetween((long) rank, rank + n / 10_000L + 1);
            assertThat(above).isBetween((long) rank, rank + n / 10_000L + 1);
        }
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> new Coverage(0.4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A coverage must be between 0.5 and 0.999, got 0.4");
        assertThatThrownBy(() -> new Coverage(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        DoubleMatrix targets = DoubleMatrix.zeros(3, 1);
        assertThatThrownBy(() ->
                        ResidualIntervals.of(targets, new int[] {0}, DoubleMatrix.zeros(2, 1), ErrorSource.UNSEEN))
                .hasMessage("There are 1 rows and predictions of 2");
        assertThatThrownBy(() -> ResidualIntervals.of(
                        targets, new int[] {1}, DoubleMatrix.column(new double[] {Double.NaN}), ErrorSource.UNSEEN))
                .hasMessage("The prediction of row 1 is NaN; intervals need finite predictions");
        assertThatThrownBy(() -> new SortedErrors(2, new double[] {2, 1}))
                .hasMessage("Errors must be finite and ascending, got 1.0 at place 1");
        assertThatThrownBy(() -> new SortedErrors(2, new double[3])).hasMessage("3 errors cannot stand for 2");
    }
}

package ml.refract.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import ml.refract.linalg.DoubleMatrix;

/**
 * How many rows have each code, and the sums of their targets: all that a regression tree of one variable asks for (Breiman, Friedman,
 * Olshen and Stone, Classification and Regression Trees, 1984, chapter 8). Codes ascend with the variable; the last is that of missing
 * cells. Immutable.
 */
final class TargetSums {
    static final int MOST_INTERVALS = 24;
    /** In an interval there are at least so many rows, and at least this share of all. */
    private static final int LEAST_ROWS = 5;

    private static final int ROWS_PER_LEAST = 400;
    /** Rows of the mean of all that are added to every interval. */
    private static final double PRIOR_ROWS = 3;
    /** A share of the squares of targets below which a gain is rounding. */
    private static final double ROUNDING = 1e-12;

    /** Entry b counts the rows whose code is below b. */
    private final double[] rows;
    /** Entry b of output k sums the targets of these. */
    private final double[][] sums;

    private final double squares;

    private TargetSums(double[] rows, double[][] sums, double squares) {
        this.rows = rows;
        this.sums = sums;
        this.squares = squares;
    }

    /**
     * Sums over some rows.
     *
     * @param codes of all rows, below {@code count}
     * @param from rows that are summed over
     * @param targets n x c
     */
    static TargetSums of(int[] codes, int count, int[] from, DoubleMatrix targets) {
        int cols = targets.cols();
        double[] rows = new double[count + 1];
        double[][] sums = new double[cols][count + 1];
        double squares = 0;
        for (int row : from) {
            int behind = codes[row] + 1;
            rows[behind]++;
            for (int k = 0; k < cols; k++) {
                double target = targets.get(row, k);
                sums[k][behind] += target;
                squares += target * target;
            }
        }
        accumulate(rows);
        Arrays.stream(sums).forEach(TargetSums::accumulate);
        return new TargetSums(rows, sums, squares);
    }

    /** Rows that an interval of some rows has at least. */
    static int leastRows(int rows) {
        return Math.max(LEAST_ROWS, rows / ROWS_PER_LEAST);
    }

    private static void accumulate(double[] values) {
        for (int b = 1; b < values.length; b++) {
            values[b] += values[b - 1];
        }
    }

    /** The sum of squares of the targets. */
    double squares() {
        return squares;
    }

    /**
     * Where codes are divided, in the order in which that explains most: between {@code split - 1} and {@code split}. Missing cells stay
     * apart in any case.
     *
     * @param most intervals
     * @param leastRows rows in each interval
     */
    List<Integer> splits(int most, int leastRows) {
        List<Split> open = new ArrayList<>();
        open.add(split(0, rows.length - 2, leastRows));
        List<Integer> splits = new ArrayList<>();
        while (splits.size() < most - 1) {
            Split best = open.stream().reduce((a, b) -> b.gain > a.gain ? b : a).orElseThrow();
            if (!(best.gain > ROUNDING * squares)) {
                break;
            }
            splits.add(best.at);
            open.remove(best);
            open.add(split(best.from, best.at, leastRows));
            open.add(split(best.at, best.to, leastRows));
        }
        return splits;
    }

    /** The best place to divide the codes {@code from .. to - 1}; without a gain where there is none. */
    private record Split(int from, int to, int at, double gain) {}

    private Split split(int from, int to, int leastRows) {
        Split best = new Split(from, to, from, 0);
        double whole = explained(from, to);
        for (int at = from + 1; at < to; at++) {
            boolean divides = rows[at] > rows[at - 1]; // else the place before is as good
            if (divides && rows[at] - rows[from] >= leastRows && rows[to] - rows[at] >= leastRows) {
                double gain = explained(from, at) + explained(at, to) - whole;
                best = gain > best.gain ? new Split(from, to, at, gain) : best;
            }
        }
        return best;
    }

    /** The sum of squares that the mean explains. */
    private double explained(int from, int to) {
        double sum = 0;
        for (double[] column : sums) {
            double s = column[to] - column[from];
            sum += s * s;
        }
        return sum / (rows[to] - rows[from]);
    }

    /** The sum of squared errors of these rows, predicted by means that were learned from others: one between each two of the ends. */
    double error(int[] ends, TargetSums learned) {
        double error = squares;
        for (int i = 0; i + 1 < ends.length; i++) {
            double count = rows[ends[i + 1]] - rows[ends[i]];
            for (int k = 0; k < sums.length; k++) {
                double mean = learned.mean(ends[i], ends[i + 1], k);
                error += mean * (count * mean - 2 * (sums[k][ends[i + 1]] - sums[k][ends[i]]));
            }
        }
        return error;
    }

    /** The same where each code has its own mean, drawn towards that of its interval. */
    double errorOfCodes(int[] ends, TargetSums learned) {
        double error = squares;
        for (int i = 0; i + 1 < ends.length; i++) {
            for (int k = 0; k < sums.length; k++) {
                double prior = PRIOR_ROWS * learned.mean(ends[i], ends[i + 1], k);
                for (int code = ends[i]; code < ends[i + 1]; code++) {
                    double known = learned.rows[code + 1] - learned.rows[code];
                    double mean = (learned.sums[k][code + 1] - learned.sums[k][code] + prior) / (known + PRIOR_ROWS);
                    double count = rows[code + 1] - rows[code];
                    error += mean * (count * mean - 2 * (sums[k][code + 1] - sums[k][code]));
                }
            }
        }
        return error;
    }

    /** Mean targets, drawn towards zero: a row between each two of the ends. */
    DoubleMatrix means(int[] ends) {
        DoubleMatrix means = DoubleMatrix.zeros(ends.length - 1, sums.length);
        for (int i = 0; i < means.rows(); i++) {
            for (int k = 0; k < sums.length; k++) {
                means.set(i, k, mean(ends[i], ends[i + 1], k));
            }
        }
        return means;
    }

    private double mean(int from, int to, int output) {
        return (sums[output][to] - sums[output][from]) / (rows[to] - rows[from] + PRIOR_ROWS);
    }

    /** The number of rows between each two of the ends. */
    double[] rows(int[] ends) {
        return IntStream.range(1, ends.length)
                .mapToDouble(i -> rows[ends[i]] - rows[ends[i - 1]])
                .toArray();
    }

    /** The first code of every interval, ascending, that of missing cells and the end of all. */
    int[] ends(List<Integer> splits) {
        return IntStream.concat(
                        IntStream.of(0, rows.length - 2, rows.length - 1),
                        splits.stream().mapToInt(Integer::intValue))
                .sorted()
                .toArray();
    }
}

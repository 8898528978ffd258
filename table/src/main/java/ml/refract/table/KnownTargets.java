package ml.refract.table;

import java.util.Arrays;
import java.util.List;
import ml.refract.linalg.DoubleMatrix;

/**
 * The targets of the training rows, numbered by their place among these: what decides which coordinates are worth having. Immutable.
 */
final class KnownTargets {
    private static final double TENTH = 1.2816; // quantile of the normal distribution at 0.9

    /** Of more classes there are no mean targets: a coordinate for each would be too many. */
    private static final int MOST_CLASSES = 10;

    private final SchemaColumn target;
    /** n x 1 numbers, or n x classes zeros and ones. */
    private final DoubleMatrix columns;

    private final boolean numbers;

    private KnownTargets(SchemaColumn target, DoubleMatrix columns, boolean numbers) {
        this.target = target;
        this.columns = columns;
        this.numbers = numbers;
    }

    static KnownTargets of(TargetColumn target, int[] rows) {
        if (target.task() == TaskKind.REGRESSION) {
            double[] values = target.values();
            return new KnownTargets(
                    target.schema(),
                    DoubleMatrix.column(
                            Arrays.stream(rows).mapToDouble(row -> values[row]).toArray()),
                    true);
        }
        int[] codes = target.codes();
        DoubleMatrix classes = DoubleMatrix.zeros(rows.length, target.labels().size());
        for (int i = 0; i < rows.length; i++) {
            classes.set(i, codes[rows[i]], 1);
        }
        return new KnownTargets(target.schema(), classes, false);
    }

    /**
     * Whether targets of some rows differ from those of others more than chance would make them in one of ten cases: by their
     * means for numbers (Student's t, squared), by the shares of classes else (Pearson's chi-squared).
     *
     * @param some at least one place
     * @param others at least one, none of the above
     */
    boolean differ(int[] some, int[] others) {
        double statistic = 0;
        int freedom = numbers ? 1 : -1;
        for (int k = 0; k < columns.cols(); k++) {
            double here = mean(k, some);
            double there = mean(k, others);
            double all = (here * some.length + there * others.length) / (some.length + others.length);
            double variance = numbers
                    ? (squares(k, some, here) + squares(k, others, there)) / (some.length + others.length - 2)
                    : all;
            if (variance > 0) {
                statistic += (here - there) * (here - there) / variance / (1.0 / some.length + 1.0 / others.length);
                freedom += numbers ? 0 : 1;
            } else if (here != there) {
                return true; // two numbers, each without an exception
            }
        }
        return freedom > 0 && statistic > critical(freedom);
    }

    private double mean(int column, int[] places) {
        return Arrays.stream(places).mapToDouble(i -> columns.get(i, column)).sum() / places.length;
    }

    private double squares(int column, int[] places, double mean) {
        return Arrays.stream(places)
                .mapToDouble(i -> (columns.get(i, column) - mean) * (columns.get(i, column) - mean))
                .sum();
    }

    /** What chi-squared exceeds in one of ten cases, within 3 % (Wilson and Hilferty 1931). */
    private static double critical(int freedom) {
        double spread = 2.0 / (9 * freedom);
        return freedom * Math.pow(1 - spread + TENTH * Math.sqrt(spread), 3);
    }

    /** Whether levels can have mean targets. */
    boolean haveMeans() {
        return columns.cols() <= MOST_CLASSES;
    }

    /** What the columns of {@link #centred} are, averaged over the rows of a level. */
    List<String> labels(String column) {
        return numbers
                ? List.of("mean " + target.name() + " by " + column)
                : target.levels().stream()
                        .skip(1)
                        .map(label -> "share of " + label + " by " + column)
                        .toList();
    }

    /** Numbers, or zeros and ones for every class but the first: n x c, with mean 0 and, over all of them, variance 1. */
    DoubleMatrix centred() {
        int first = numbers ? 0 : 1;
        DoubleMatrix centred = DoubleMatrix.zeros(columns.rows(), columns.cols() - first);
        double variance = 0;
        for (int k = 0; k < centred.cols(); k++) {
            double[] column = columns.col(first + k);
            double mean = Arrays.stream(column).sum() / column.length;
            for (int i = 0; i < column.length; i++) {
                centred.set(i, k, column[i] - mean);
                variance += (column[i] - mean) * (column[i] - mean) / centred.values().length;
            }
        }
        double scale = variance > 0 ? 1 / Math.sqrt(variance) : 1;
        Arrays.setAll(centred.values(), i -> centred.values()[i] * scale);
        return centred;
    }
}

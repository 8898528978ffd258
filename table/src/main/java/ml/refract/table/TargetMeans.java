package ml.refract.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import ml.refract.engine.Seeds;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.linalg.Rows;

/**
 * Mean targets of levels and of intervals of numbers, cross-fitted: in a row that was learned from, the mean over rows that are not in its fifth of
 * the training rows, so that no row's own target is among its coordinates (D. Micci-Barreca, SIGKDD Explorations 3(1), 2001, for the
 * smoothing). Rows keep their fifth whatever rows are learned from. Immutable and safe for use by several threads.
 */
public final class TargetMeans {
    private static final int FOLDS = 5;

    private final DoubleMatrix targets;
    private final List<Column> columns;
    private final int[] folds;

    private TargetMeans(DoubleMatrix targets, List<Column> columns) {
        this.targets = targets;
        this.columns = List.copyOf(columns);
        this.folds = folds(targets.rows());
    }

    private static int[] folds(int rows) {
        int[] order = Seeds.permutation(rows, Seeds.stream(0, "fifths for mean targets", 0));
        int[] folds = new int[rows];
        for (int i = 0; i < rows; i++) {
            folds[order[i]] = i % FOLDS;
        }
        return folds;
    }

    /** The rows of each fifth. */
    static int[][] fifths(int rows) {
        int[] folds = folds(rows);
        return IntStream.range(0, FOLDS)
                .mapToObj(fold ->
                        IntStream.range(0, rows).filter(i -> folds[i] == fold).toArray())
                .toArray(int[][]::new);
    }

    /** A column with coordinates that are mean targets. */
    interface Column {
        /** The first of these coordinates. */
        int first();

        /** What the targets of some training rows say. */
        Means over(int[] from, DoubleMatrix targets);
    }

    /** Mean targets that training rows have as coordinates. */
    @FunctionalInterface
    interface Means {
        double of(int row, int output);
    }

    /**
     * A column whose levels have mean targets.
     *
     * @param levels of the training rows
     * @param count number of levels
     * @param smoothing rows of the mean of all that are added to each level
     * @param first coordinate
     */
    record LevelColumn(int[] levels, int count, double smoothing, int first) implements Column {
        /** With the smoothing that the targets ask for; empty where they differ no more between levels than within. */
        static Optional<LevelColumn> of(int[] levels, int count, DoubleMatrix targets, int first) {
            return TargetMeans.smoothing(levels, count, targets)
                    .map(smoothing -> new LevelColumn(levels, count, smoothing, first));
        }

        /** The smoothed means of all rows: a row for each level. */
        DoubleMatrix over(DoubleMatrix targets) {
            return means(levels, count, targets, smoothing);
        }

        @Override
        public Means over(int[] from, DoubleMatrix targets) {
            int[] theirs = Arrays.stream(from).map(row -> levels[row]).toArray();
            DoubleMatrix means = means(theirs, count, targets.select(from), smoothing);
            return (row, output) -> means.get(levels[row], output);
        }
    }

    static TargetMeans of(DoubleMatrix targets, List<? extends Column> columns) {
        return new TargetMeans(targets, new ArrayList<>(columns));
    }

    /**
     * How many rows of the mean of all are to be added to each level: the variance of targets within levels over that between levels, as
     * the analysis of variance estimates them. Empty where targets differ no more between levels than within.
     *
     * @param levels of each row
     * @param targets n x c
     */
    static Optional<Double> smoothing(int[] levels, int count, DoubleMatrix targets) {
        double[] rows = new double[count];
        Arrays.stream(levels).forEach(level -> rows[level]++);
        DoubleMatrix means = means(levels, count, targets, 0);
        double within = 0;
        double between = 0;
        for (int k = 0; k < targets.cols(); k++) {
            for (int i = 0; i < levels.length; i++) {
                double deviation = targets.get(i, k) - means.get(levels[i], k);
                within += deviation * deviation;
                between += means.get(levels[i], k) * means.get(levels[i], k); // the mean of all is zero
            }
        }
        double n = levels.length;
        double occurring = Arrays.stream(rows).filter(r -> r > 0).count();
        if (occurring < 2 || n <= occurring) {
            return Optional.empty();
        }
        within /= n - occurring;
        between /= occurring - 1;
        double size = (n - Arrays.stream(rows).map(r -> r * r).sum() / n) / (occurring - 1);
        double variance = (between - within) / size;
        return variance > 0 ? Optional.of(within / variance) : Optional.empty();
    }

    /** The smoothed means of all rows: a row for each level. */
    static DoubleMatrix means(int[] levels, int count, DoubleMatrix targets, double smoothing) {
        DoubleMatrix means = DoubleMatrix.zeros(count, targets.cols());
        double[] rows = new double[count];
        for (int i = 0; i < levels.length; i++) {
            rows[levels[i]]++;
            for (int k = 0; k < targets.cols(); k++) {
                means.set(levels[i], k, means.get(levels[i], k) + targets.get(i, k));
            }
        }
        for (int level = 0; level < count; level++) {
            for (int k = 0; k < targets.cols(); k++) {
                means.set(level, k, rows[level] == 0 ? 0 : means.get(level, k) / (rows[level] + smoothing));
            }
        }
        return means;
    }

    /**
     * Overwrites mean targets in encoded training rows: in one that was learned from, by means over those learned from that are not in
     * its fifth; in any other, over all learned from. Cost: a pass over the rows for each column of such means.
     *
     * @param learned training rows whose targets may be looked at, none twice
     * @param rows the training rows that are encoded
     * @param ignored coordinates that nobody will look at: columns whose first is among these stay as they are
     * @param encoded dense coordinates of {@code rows} in that order; changed
     */
    public void rewrite(int[] learned, int[] rows, List<Integer> ignored, Rows encoded) {
        Set<Integer> unseen = Set.copyOf(ignored);
        boolean[] known = new boolean[targets.rows()];
        Arrays.stream(learned).forEach(row -> known[row] = true);
        for (Column column : columns) {
            if (unseen.contains(column.first())) {
                continue;
            }
            for (int fold = 0; fold <= FOLDS; fold++) {
                int left = fold;
                int[] from =
                        Arrays.stream(learned).filter(row -> folds[row] != left).toArray();
                Means means = column.over(from, targets);
                int[] here = IntStream.range(0, rows.length)
                        .filter(i -> (known[rows[i]] ? folds[rows[i]] : FOLDS) == left)
                        .toArray();
                write(column.first(), means, here, rows, encoded);
            }
        }
    }

    private void write(int first, Means means, int[] here, int[] rows, Rows encoded) {
        for (int i : here) {
            for (int k = 0; k < targets.cols(); k++) {
                double value = means.of(rows[i], k);
                int at = i * encoded.cols() + first + k;
                if (encoded instanceof Matrix single) {
                    single.values()[at] = (float) value;
                } else {
                    ((DoubleMatrix) encoded).values()[at] = value;
                }
            }
        }
    }
}

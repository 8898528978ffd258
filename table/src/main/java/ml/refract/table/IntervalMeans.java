package ml.refract.table;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import ml.refract.linalg.Ascending;
import ml.refract.linalg.DoubleMatrix;

/**
 * A numeric column as the mean target of the interval its number is in, what a regression tree of this column alone predicts: for
 * targets that jump at some values, or rise and fall, where a kernel on the number would need far more rows. Stands beside the
 * {@link NumericBlock} of the column, which counts missing cells. Means are standardised over the training rows, all outputs by one factor.
 */
final class IntervalMeans extends CodedNumbers {
    /** Fewer different values are told apart by any kernel. */
    private static final int LEAST_DIFFERENT = 4;
    /** A share of the variance of the targets below which means tell nothing; of few rows, the variance of some of them. */
    private static final double LEAST_EXPLAINED = 0.01;

    private static final double LEAST_EXPLAINED_ROWS = 10;
    /** Places where a column may be divided. */
    private static final int MOST_BOUNDS = 1023;

    /** Ascending; a number that equals one belongs to the interval above. */
    private final double[] bounds;

    private IntervalMeans(SchemaColumn column, List<String> labels, double[] bounds, DoubleMatrix means) {
        super(column, CoordinateKind.TARGET_MEAN, labels, means);
        this.bounds = bounds;
    }

    /**
     * The means of a column, with what the encoder needs to choose among columns and to make the means anew.
     *
     * @param explained share of the variance of targets that the means of some rows explain in others
     * @param codes the finest intervals of the training rows
     */
    record Fitted(IntervalMeans block, double explained, Codes codes) {}

    /**
     * Training rows in the finest intervals, and how these are put together.
     *
     * @param values of each row the number of bounds that are at most its number; of missing cells one more than there are bounds
     * @param bounds ascending
     * @param intervals wanted
     * @param leastRows in each of them
     * @param scale factor of the means
     */
    record Codes(int[] values, double[] bounds, int intervals, int leastRows, double scale) {
        TargetSums sums(int[] from, DoubleMatrix targets) {
            return TargetSums.of(values, bounds.length + 2, from, targets);
        }
    }

    /** Means of intervals that are found anew for whatever rows are learned from. */
    private record Column(Codes codes, int first) implements TargetMeans.Column {
        @Override
        public TargetMeans.Means over(int[] from, DoubleMatrix targets) {
            TargetSums sums = codes.sums(from, targets);
            int[] ends = sums.ends(sums.splits(codes.intervals, codes.leastRows));
            DoubleMatrix means = sums.means(ends);
            return (row, k) -> codes.scale * means.get(interval(ends, codes.values[row]), k);
        }

        private static int interval(int[] ends, int code) {
            int at = Arrays.binarySearch(ends, code);
            return at < 0 ? -at - 2 : at;
        }
    }

    /** The means of a column for which they explain some of the target. */
    static Optional<Fitted> fit(TrainingNumbers column, TrainingTargets training) {
        return column.different().length < LEAST_DIFFERENT
                ? Optional.empty()
                : fit(column, bounds(column.different()), training);
    }

    /** The column for {@link TargetMeans}, on the rows it was fitted to. */
    static TargetMeans.Column column(NumericColumn column, TrainingTargets training, int first) {
        return fit(TrainingNumbers.of(column, training.rows()), training)
                .map(fitted -> new Column(fitted.codes, first))
                .orElseThrow(() -> new IllegalArgumentException(
                        "Column " + Where.name(column.name()) + " was given other rows than it was fitted to"));
    }

    private static Optional<Fitted> fit(TrainingNumbers column, double[] bounds, TrainingTargets training) {
        int[] codes = Arrays.stream(column.values())
                .mapToInt(value -> code(value, bounds))
                .toArray();
        int leastRows = TargetSums.leastRows(codes.length);
        Codes finest = new Codes(codes, bounds, TargetSums.MOST_INTERVALS, leastRows, 1);
        double[] explained = explained(finest, training);
        int best = IntStream.range(0, explained.length).reduce(0, (a, b) -> explained[b] > explained[a] ? b : a);
        if (best == 0 || explained[best] < Math.max(LEAST_EXPLAINED, LEAST_EXPLAINED_ROWS / codes.length)) {
            return Optional.empty();
        }
        TargetSums sums = finest.sums(IntStream.range(0, codes.length).toArray(), training.centred());
        int[] ends = sums.ends(sums.splits(best + 1, leastRows));
        DoubleMatrix means = sums.means(ends);
        double scale = 1 / deviation(means, sums.rows(ends));
        Arrays.setAll(means.values(), i -> scale * means.values()[i]);
        double[] between = Arrays.stream(ends, 1, ends.length - 2)
                .mapToDouble(end -> bounds[end - 1])
                .toArray();
        IntervalMeans block = new IntervalMeans(
                column.column(), training.targets().labels(column.column().name()), between, means);
        return Optional.of(new Fitted(block, explained[best], new Codes(codes, bounds, best + 1, leastRows, scale)));
    }

    /** The number of bounds that are at most a number; of a missing cell one more than there are bounds. */
    private static int code(double value, double[] bounds) {
        return Double.isNaN(value) ? bounds.length + 1 : Ascending.atMost(bounds, value);
    }

    /** Halfway between neighbours, at equal steps through the different values where there are many. */
    private static double[] bounds(double[] different) {
        int count = Math.min(MOST_BOUNDS, different.length - 1);
        double[] bounds = new double[count];
        for (int b = 0; b < count; b++) {
            int above = 1 + (int) ((long) b * (different.length - 1) / count);
            double middle = different[above - 1] / 2 + different[above] / 2;
            bounds[b] = middle > different[above - 1] ? middle : different[above];
        }
        return bounds;
    }

    /** For 1, 2 ... intervals, the share of the variance in a fifth of the rows that the means of the others explain. */
    private static double[] explained(Codes codes, TrainingTargets training) {
        double[] errors = new double[TargetSums.MOST_INTERVALS];
        double squares = 0;
        for (int[] part : training.fifths()) {
            TargetSums learned = codes.sums(training.without(part), training.centred());
            TargetSums held = codes.sums(part, training.centred());
            List<Integer> splits = learned.splits(TargetSums.MOST_INTERVALS, codes.leastRows);
            for (int count = 1; count <= TargetSums.MOST_INTERVALS; count++) {
                int[] ends = learned.ends(splits.subList(0, Math.min(count - 1, splits.size())));
                errors[count - 1] += held.error(ends, learned);
            }
            squares += held.squares();
        }
        double all = squares;
        return Arrays.stream(errors).map(error -> 1 - error / all).toArray();
    }

    /** The standard deviation of means over rows, all outputs together. */
    private static double deviation(DoubleMatrix means, double[] rows) {
        double all = Arrays.stream(rows).sum();
        double variance = 0;
        for (int k = 0; k < means.cols(); k++) {
            double sum = 0;
            double square = 0;
            for (int i = 0; i < rows.length; i++) {
                sum += rows[i] * means.get(i, k);
                square += rows[i] * means.get(i, k) * means.get(i, k);
            }
            variance += square / all - (sum / all) * (sum / all);
        }
        return Math.sqrt(variance);
    }

    static IntervalMeans fromJson(SchemaColumn column, JsonView json) {
        List<String> labels = json.texts("labels");
        double[] bounds = json.ascending("bounds");
        double[] values = json.numbers("means");
        if (labels.isEmpty() || values.length != (bounds.length + 2) * labels.size()) {
            throw json.wrong("there are " + values.length + " means for " + (bounds.length + 1)
                    + " intervals and missing cells, " + labels.size() + " coordinates each");
        }
        return new IntervalMeans(column, labels, bounds, DoubleMatrix.of(bounds.length + 2, labels.size(), values));
    }

    /** Whether a block of a model file is one of these. */
    static boolean describedBy(JsonView json) {
        return json.has("bounds");
    }

    @Override
    JsonObject toJson() {
        JsonObject json = json(this);
        JsonArray names = new JsonArray();
        labels().forEach(names::add);
        json.add("labels", names);
        json.add("bounds", JsonView.array(bounds));
        json.add("means", JsonView.array(values().values()));
        return json;
    }

    Writer writer(NumericColumn column) {
        return writer(i -> code(column.value(i), bounds));
    }
}

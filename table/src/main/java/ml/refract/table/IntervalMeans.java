package ml.refract.table;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import ml.refract.linalg.Ascending;
import ml.refract.linalg.DoubleMatrix;

/**
 * A numeric column as the mean target of the interval its number is in, what a regression tree of this column alone predicts: for
 * targets that jump at some values, or rise and fall, where a kernel on the number would need far more rows. Where rows of one number have
 * more in common than rows of one interval, as with the numbers of shops or of days, as the mean target of the number, drawn towards that of
 * its interval. Stands beside the {@link NumericBlock} of the column, which counts missing cells. Means are standardised over the training
 * rows, all outputs by one factor.
 */
final class IntervalMeans extends CodedNumbers {
    private static final int MOST_INTERVALS = 24;
    /** In an interval there are at least so many rows, and at least this share of all. */
    private static final int LEAST_ROWS = 5;

    private static final int ROWS_PER_LEAST = 400;
    /** Fewer different values are told apart by any kernel. */
    private static final int LEAST_DIFFERENT = 4;
    /** A share of the variance of the targets below which means tell nothing; of few rows, the variance of some of them. */
    private static final double LEAST_EXPLAINED = 0.01;

    private static final double LEAST_EXPLAINED_ROWS = 10;
    /** Places where a column may be divided. */
    private static final int MOST_BOUNDS = 1023;
    /** Rows of one number, in the mean, from which on numbers may have means of their own. */
    private static final int LEAST_REPEATS = 2;
    /** What such means must explain beyond those of intervals, as above. */
    private static final double LEAST_GAIN = 0.02;

    private static final double LEAST_GAIN_ROWS = 20;

    /** Ascending; a number that equals one belongs to the interval above. */
    private final double[] bounds;
    /** Those with means of their own, ascending; none where intervals say as much. */
    private final double[] numbers;

    /** @param means a row for each interval, one for missing cells, and one for each number */
    private IntervalMeans(
            SchemaColumn column, List<String> labels, double[] bounds, double[] numbers, DoubleMatrix means) {
        super(column, CoordinateKind.TARGET_MEAN, labels, means);
        this.bounds = bounds;
        this.numbers = numbers;
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
     * @param single whether numbers have means of their own; each is in a finest interval of its own then
     * @param scale factor of the means
     */
    record Codes(int[] values, double[] bounds, int intervals, int leastRows, boolean single, double scale) {
        TargetSums sums(int[] from, DoubleMatrix targets) {
            return TargetSums.of(values, bounds.length + 2, from, targets);
        }

        int[] ends(TargetSums sums) {
            return sums.ends(sums.splits(intervals, leastRows));
        }

        /** A row for each of the values, not scaled. */
        DoubleMatrix means(TargetSums sums) {
            return sums.meansOfCodes(ends(sums), single);
        }

        Codes ofSingleNumbers() {
            return new Codes(values, bounds, intervals, leastRows, true, scale);
        }

        Codes scaled(double factor) {
            return new Codes(values, bounds, intervals, leastRows, single, factor);
        }
    }

    /** Means that are found anew for whatever rows are learned from. */
    private record Column(Codes codes, int first) implements TargetMeans.Column {
        @Override
        public TargetMeans.Means over(int[] from, DoubleMatrix targets) {
            DoubleMatrix means = codes.means(codes.sums(from, targets));
            return (row, k) -> codes.scale * means.get(codes.values[row], k);
        }
    }

    /**
     * What all columns have in common.
     *
     * @param rows training rows of the table
     * @param centred their targets
     * @param fifths the places of training rows in each fifth of them
     */
    record Training(int[] rows, KnownTargets targets, DoubleMatrix centred, int[][] fifths) {
        static Training of(int[] rows, KnownTargets targets) {
            return new Training(rows, targets, targets.centred(), TargetMeans.fifths(rows.length));
        }

        /** The places in all other fifths. */
        private int[] without(int[] fifth) {
            return Arrays.stream(fifths)
                    .filter(other -> other != fifth)
                    .flatMapToInt(Arrays::stream)
                    .toArray();
        }
    }

    /** The means of a column for which they explain some of the target. */
    static Optional<Fitted> fit(NumericColumn column, Training training) {
        double[] values =
                Arrays.stream(training.rows).mapToDouble(column::value).toArray();
        double[] different = Arrays.stream(values)
                .filter(value -> !Double.isNaN(value))
                .sorted()
                .distinct()
                .toArray();
        return different.length < LEAST_DIFFERENT
                ? Optional.empty()
                : fit(column.schema(), values, different, training);
    }

    /** The column for {@link TargetMeans}, on the rows it was fitted to. */
    static TargetMeans.Column column(NumericColumn column, Training training, int first) {
        return fit(column, training)
                .map(fitted -> new Column(fitted.codes, first))
                .orElseThrow(() -> new IllegalArgumentException(
                        "Column " + Where.name(column.name()) + " was given other rows than it was fitted to"));
    }

    private static Optional<Fitted> fit(
            SchemaColumn column, double[] values, double[] different, Training training) {
        double[] bounds = bounds(different);
        int[] codes =
                Arrays.stream(values).mapToInt(value -> code(value, bounds)).toArray();
        int leastRows = Math.max(LEAST_ROWS, values.length / ROWS_PER_LEAST);
        double[] explained = explained(new Codes(codes, bounds, MOST_INTERVALS, leastRows, false, 1), training);
        int best = IntStream.range(0, explained.length).reduce(0, (a, b) -> explained[b] > explained[a] ? b : a);
        Codes chosen = new Codes(codes, bounds, best + 1, leastRows, false, 1);
        double told = explained[best];
        if (repeat(different, values)) {
            double more = explainedBySingle(chosen.ofSingleNumbers(), training);
            if (more - told >= Math.max(LEAST_GAIN, LEAST_GAIN_ROWS / codes.length)) {
                chosen = chosen.ofSingleNumbers();
                told = more;
            }
        }
        return told < Math.max(LEAST_EXPLAINED, LEAST_EXPLAINED_ROWS / codes.length)
                ? Optional.empty()
                : Optional.of(fitted(column, chosen, different, training, told));
    }

    /** Whether numbers may have means of their own: more of them than intervals, each in a finest interval of its own, most in several rows. */
    private static boolean repeat(double[] different, double[] values) {
        long present = Arrays.stream(values).filter(value -> !Double.isNaN(value)).count();
        return different.length > MOST_INTERVALS
                && different.length <= MOST_BOUNDS + 1
                && present >= (long) LEAST_REPEATS * different.length;
    }

    private static Fitted fitted(
            SchemaColumn column, Codes chosen, double[] different, Training training, double explained) {
        TargetSums sums =
                chosen.sums(IntStream.range(0, chosen.values.length).toArray(), training.centred);
        DoubleMatrix ofCodes = chosen.means(sums);
        Codes codes = chosen.scaled(1 / deviation(ofCodes, sums.rowsOfCodes()));
        int[] ends = chosen.ends(sums);
        double[] bounds = Arrays.stream(ends, 1, ends.length - 2)
                .mapToDouble(end -> codes.bounds[end - 1])
                .toArray();
        double[] numbers = codes.single ? different : new double[0];
        double[] ofIntervals = sums.means(ends).values();
        double[] means = DoubleStream.concat(
                        Arrays.stream(ofIntervals),
                        Arrays.stream(ofCodes.values(), 0, numbers.length * ofCodes.cols()))
                .map(mean -> codes.scale * mean)
                .toArray();
        IntervalMeans block = new IntervalMeans(
                column,
                training.targets.labels(column.name()),
                bounds,
                numbers,
                DoubleMatrix.of(means.length / ofCodes.cols(), ofCodes.cols(), means));
        return new Fitted(block, explained, codes);
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
    private static double[] explained(Codes codes, Training training) {
        double[] errors = new double[MOST_INTERVALS];
        double squares = 0;
        for (int[] part : training.fifths) {
            TargetSums learned = codes.sums(training.without(part), training.centred);
            TargetSums held = codes.sums(part, training.centred);
            List<Integer> splits = learned.splits(MOST_INTERVALS, codes.leastRows);
            for (int count = 1; count <= MOST_INTERVALS; count++) {
                int[] ends = learned.ends(splits.subList(0, Math.min(count - 1, splits.size())));
                errors[count - 1] += held.error(ends, learned);
            }
            squares += held.squares();
        }
        double all = squares;
        return Arrays.stream(errors).map(error -> 1 - error / all).toArray();
    }

    /** The share of the variance in a fifth of the rows that means of single numbers in the others explain. */
    private static double explainedBySingle(Codes codes, Training training) {
        double error = 0;
        double squares = 0;
        for (int[] part : training.fifths) {
            DoubleMatrix means = codes.means(codes.sums(training.without(part), training.centred));
            TargetSums held = codes.sums(part, training.centred);
            error += held.error(means);
            squares += held.squares();
        }
        return 1 - error / squares;
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
        double[] numbers = json.has("numbers") ? json.ascending("numbers") : new double[0];
        double[] values = json.numbers("means");
        int rows = bounds.length + 2 + numbers.length;
        if (labels.isEmpty() || values.length != rows * labels.size()) {
            throw json.wrong("there are " + values.length + " means for " + (bounds.length + 1) + " intervals, "
                    + numbers.length + " numbers and missing cells, " + labels.size() + " coordinates each");
        }
        return new IntervalMeans(column, labels, bounds, numbers, DoubleMatrix.of(rows, labels.size(), values));
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
        if (numbers.length > 0) {
            json.add("numbers", JsonView.array(numbers));
        }
        json.add("means", JsonView.array(values().values()));
        return json;
    }

    Writer writer(NumericColumn column) {
        return writer(i -> code(column.value(i)));
    }

    private int code(double value) {
        int number = Arrays.binarySearch(numbers, value);
        return number < 0 ? code(value, bounds) : bounds.length + 2 + number;
    }
}

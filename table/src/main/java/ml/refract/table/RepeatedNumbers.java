package ml.refract.table;

import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import ml.refract.linalg.Design;

/**
 * A numeric column whose numbers repeat, as levels: where rows of one number have something in common that rows of near numbers do not,
 * as with the numbers of shops or days. Stands beside the {@link NumericBlock} of the column, which counts missing cells. Numbers never
 * seen in training, and missing cells, are all zeros.
 */
final class RepeatedNumbers extends Block {
    /** Fewer are told apart by intervals. */
    private static final int LEAST_LEVELS = TargetSums.MOST_INTERVALS + 1;

    private static final int MOST_LEVELS = 1_000;
    /** Rows of one number in the mean. */
    private static final int LEAST_REPEATS = 2;
    /** A share of the variance of the targets that levels must explain beyond intervals; of few rows, the variance of some of them. */
    private static final double LEAST_EXPLAINED = 0.02;

    private static final double LEAST_EXPLAINED_ROWS = 20;

    /** Ascending. */
    private final double[] numbers;

    private RepeatedNumbers(SchemaColumn column, double[] numbers) {
        super(column);
        this.numbers = numbers;
    }

    /**
     * The levels of a column.
     *
     * @param explained share of the variance of targets that the levels of some rows explain in others, beyond what intervals do
     */
    record Fitted(RepeatedNumbers block, double explained) {}

    /** The levels of a column for which they explain some of the target that intervals do not. */
    static Optional<Fitted> fit(TrainingNumbers column, TrainingTargets training) {
        double[] numbers = column.different();
        if (numbers.length < LEAST_LEVELS
                || numbers.length > MOST_LEVELS
                || column.present() < LEAST_REPEATS * numbers.length) {
            return Optional.empty();
        }
        int[] codes = Arrays.stream(column.values())
                .mapToInt(value -> Double.isNaN(value) ? numbers.length : Arrays.binarySearch(numbers, value))
                .toArray();
        double explained = explained(codes, numbers.length + 1, training);
        return explained < Math.max(LEAST_EXPLAINED, LEAST_EXPLAINED_ROWS / codes.length)
                ? Optional.empty()
                : Optional.of(new Fitted(new RepeatedNumbers(column.column(), numbers), explained));
    }

    private static double explained(int[] codes, int count, TrainingTargets training) {
        double gain = 0;
        double squares = 0;
        for (int[] part : training.fifths()) {
            TargetSums learned = TargetSums.of(codes, count, training.without(part), training.centred());
            TargetSums held = TargetSums.of(codes, count, part, training.centred());
            int[] ends = learned.ends(learned.splits(TargetSums.MOST_INTERVALS, TargetSums.leastRows(codes.length)));
            gain += held.error(ends, learned) - held.errorOfCodes(ends, learned);
            squares += held.squares();
        }
        return gain / squares;
    }

    @Override
    int width() {
        return numbers.length;
    }

    @Override
    boolean knowsMissing() {
        return false;
    }

    @Override
    List<CoordinateRange> ranges(int start) {
        List<String> labels =
                Arrays.stream(numbers).mapToObj(number -> name() + "=" + number).toList();
        return List.of(new CoordinateRange(name(), CoordinateKind.LEVEL, start, labels));
    }

    Design.Group group(NumericColumn column) {
        int[] codes = IntStream.range(0, column.rows())
                .map(row -> Math.max(-1, Arrays.binarySearch(numbers, TrainingNumbers.number(column, row))))
                .toArray();
        return new Design.Group(codes, numbers.length);
    }

    static RepeatedNumbers fromJson(SchemaColumn column, JsonView json) {
        double[] numbers = json.ascending("numbers");
        if (numbers.length == 0) {
            throw json.wrong("there are no numbers");
        }
        return new RepeatedNumbers(column, numbers);
    }

    /** Whether a block of a model file is one of these. */
    static boolean describedBy(JsonView json) {
        return json.has("numbers");
    }

    @Override
    JsonObject toJson() {
        JsonObject json = json(this);
        json.add("numbers", JsonView.array(numbers));
        return json;
    }
}

package ml.refract.table;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import ml.refract.linalg.DoubleMatrix;

/**
 * A categorical column as numbers: the place of a level in the order of levels, or the mean target of a level. Stands beside the
 * {@link CategoricalBlock} of the column, which counts missing cells and unseen levels; the latter are zeros here.
 */
final class LevelNumbers extends CodedNumbers {
    /** With two levels a number says what the levels say. */
    private static final int LEAST_ORDERED = 3;
    /** Fewer levels are better told apart than averaged over. */
    private static final int LEAST_AVERAGED = 20;

    private LevelNumbers(SchemaColumn column, CoordinateKind kind, List<String> labels, DoubleMatrix values) {
        super(column, kind, labels, values);
    }

    /** The numbers of a column whose levels have an order or, where there are many, differ in their targets; else nothing. */
    static Optional<LevelNumbers> fit(
            String source,
            CategoricalColumn column,
            SchemaColumn known,
            Optional<KnownTargets> targets,
            int[] trainRows,
            EncoderOptions options) {
        Levels levels = known.levelIndex();
        List<String> given = options.orders().getOrDefault(column.name(), List.of());
        if (levels.size() < LEAST_ORDERED || (given.isEmpty() && !options.alternatives())) {
            return Optional.empty();
        }
        int[] codes = codes(column, levels, trainRows);
        Optional<int[]> places = given.isEmpty()
                ? LevelOrder.evident(levels.names())
                : Optional.of(LevelOrder.given(source, column.name(), levels, given));
        if (places.isPresent()) {
            return Optional.of(ordered(known, places.get(), codes));
        }
        if (levels.size() < LEAST_AVERAGED
                || targets.isEmpty()
                || !targets.get().haveMeans()) {
            return Optional.empty();
        }
        DoubleMatrix centred = targets.get().centred();
        return TargetMeans.LevelColumn.of(codes, levels.size() + 1, centred, 0)
                .map(means -> new LevelNumbers(
                        known, CoordinateKind.TARGET_MEAN, targets.get().labels(column.name()), means.over(centred)));
    }

    /** The column for {@link TargetMeans}, on the rows it was fitted to. */
    TargetMeans.Column means(CategoricalColumn column, int[] trainRows, DoubleMatrix targets, int first) {
        Levels levels = column().levelIndex();
        return TargetMeans.LevelColumn.of(codes(column, levels, trainRows), levels.size() + 1, targets, first)
                .orElseThrow(() -> new IllegalArgumentException(
                        "Column " + Where.name(name()) + " was given other rows than it was fitted to"));
    }

    /**
     * Places of levels, standardised over the training rows that have one; missing cells are at the mean.
     *
     * @param places the place of each level in their order
     * @param codes levels of training rows, the number of levels where missing
     */
    private static LevelNumbers ordered(SchemaColumn column, int[] places, int[] codes) {
        int[] ascending = Arrays.stream(places).sorted().toArray();
        double[] ranks = Arrays.stream(places)
                .mapToDouble(place -> Arrays.binarySearch(ascending, place))
                .toArray();
        double[] present = Arrays.stream(codes)
                .filter(code -> code < ranks.length)
                .mapToDouble(code -> ranks[code])
                .toArray();
        Scaling scaling = Scaling.fit(present, 0);
        DoubleMatrix values = DoubleMatrix.zeros(ranks.length + 1, 1);
        for (int level = 0; level < ranks.length; level++) {
            values.set(level, 0, scaling.standardise(ranks[level]));
        }
        return new LevelNumbers(column, CoordinateKind.ORDER, List.of("order of " + column.name()), values);
    }

    static LevelNumbers fromJson(SchemaColumn column, JsonView json) {
        CoordinateKind kind = json.constant("numbers", CoordinateKind.class);
        List<String> labels = json.texts("labels");
        double[] values = json.numbers("values");
        int levels = column.levels().size();
        if (labels.isEmpty() || values.length != (levels + 1) * labels.size()) {
            throw json.wrong("there are " + values.length + " values for " + levels + " levels and missing cells, "
                    + labels.size() + " coordinates each");
        }
        return new LevelNumbers(column, kind, labels, DoubleMatrix.of(levels + 1, labels.size(), values));
    }

    /** Whether a block of a model file is one of these. */
    static boolean describedBy(JsonView json) {
        return json.has("numbers");
    }

    @Override
    JsonObject toJson() {
        JsonObject json = json(this);
        json.addProperty("numbers", kind().name());
        JsonArray names = new JsonArray();
        labels().forEach(names::add);
        json.add("labels", names);
        json.add("values", JsonView.array(values().values()));
        return json;
    }

    /** Whether the numbers come from targets. */
    boolean comeFromTargets() {
        return kind() == CoordinateKind.TARGET_MEAN;
    }

    Writer writer(CategoricalColumn column) {
        int[] known = column().levelIndex().codes(column.levels());
        int missing = column().levels().size();
        return writer(i -> column.code(i) < 0 ? missing : known[column.code(i)]);
    }

    /** Levels of training rows, their number where missing. */
    private static int[] codes(CategoricalColumn column, Levels levels, int[] trainRows) {
        int[] known = levels.codes(column.levels());
        return Arrays.stream(trainRows)
                .map(row -> column.isMissing(row) ? levels.size() : known[column.code(row)])
                .toArray();
    }
}

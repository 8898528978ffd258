package ml.refract.table;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import ml.refract.engine.Precision;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.linalg.Rows;

/**
 * Turns typed columns into the coordinates learners work on, with everything that has to be learned from data learned
 * from training rows only.
 *
 * <ul>
 *   <li>Numbers: gaps are filled with the training median, then (x - mean) / sd with training mean and population
 *       standard deviation; with {@link EncoderOptions#alternatives}, columns that are skewed or have heavy tails have the
 *       normal score of the rank right after it. A column with gaps in training has a 0/1 indicator right after it, not scaled,
 *       unless targets were given and the gaps tell nothing about them. With alternatives and targets, columns have, behind all levels, the
 *       mean target of the interval their number is in, where that explains some of the target in other rows, and their numbers as levels
 *       where these explain more than intervals do.
 *   <li>Dates: the time like a number; sine and cosine of the place in year, week and day as far as they vary, not
 *       scaled; an indicator as above.
 *   <li>Categorical and boolean columns: a 0/1 coordinate for each level seen in training, in order, and one for missing
 *       cells if training had any. Unseen levels, and missing cells training did not have, are all zeros. A column of
 *       more than {@link EncoderOptions#maxOneHotLevels} coordinates becomes a {@link Design.Group} of codes.
 *       With {@link EncoderOptions#alternatives}, columns of three levels or more whose order is given or evident have the place in the
 *       order right after the levels, standardised; others of many levels the mean target of the level.
 *   <li>Columns that are empty or do not vary in training are dropped. If only presence varies, only that is kept.
 * </ul>
 *
 * <p>Order: numbers and dates in table order, then one-hot columns in table order, then mean targets of intervals, then coded groups in
 * table order, then numbers as levels.
 *
 * <p>Immutable and safe for use by several threads. Every row is encoded on its own: alone or in a batch, it gets the
 * same bits.
 */
public final class Encoder {
    private static final int VERSION = 1;
    private static final int TILE_ENTRIES = 1 << 15;
    private static final int MOST_TILE_ROWS = 4096;
    /** Mean targets of intervals: of more, those are kept that explain most. */
    private static final int MOST_INTERVAL_MEANS = 64;

    private static final int MOST_REPEATED_NUMBERS = 4;

    private final Schema schema;
    private final List<Block> dense;
    private final List<Block> coded;
    private final List<Dropped> dropped;
    private final Coordinates coordinates;
    private final int denseWidth;

    /**
     * A column that the encoder makes nothing of.
     *
     * @param column the name
     * @param reason why, in one sentence without a full stop
     */
    public record Dropped(String column, String reason) {}

    private Encoder(Schema schema, List<Block> blocks, List<Dropped> dropped) {
        this.schema = schema;
        this.dense = blocks.stream().filter(block -> !isCoded(block)).toList();
        this.coded = blocks.stream().filter(Encoder::isCoded).toList();
        this.dropped = List.copyOf(dropped);
        this.denseWidth = dense.stream().mapToInt(Block::width).sum();
        this.coordinates = coordinatesOf(dense, coded);
    }

    private static boolean isCoded(Block block) {
        return block instanceof RepeatedNumbers
                || (block instanceof CategoricalBlock categorical && categorical.isCoded());
    }

    private static Coordinates coordinatesOf(List<Block> dense, List<Block> coded) {
        List<Block> blocks = new ArrayList<>(dense);
        blocks.addAll(coded);
        List<CoordinateRange> ranges = new ArrayList<>();
        int start = 0;
        for (Block block : blocks) {
            ranges.addAll(block.ranges(start));
            start = Math.addExact(start, block.width());
        }
        return new Coordinates(ranges);
    }

    /**
     * Fits an encoder to some rows of a table of inputs; other rows have no influence. Leave the target out of the table
     * first.
     *
     * @param trainRows rows of the table, at least one; repeats count as often as they occur
     * @throws DataException when no column varies, or numbers are too large to be standardised
     * @throws IllegalArgumentException when there are no training rows
     */
    public static Encoder fit(Table inputs, int[] trainRows, EncoderOptions options) {
        return fit(inputs, Optional.empty(), trainRows, options);
    }

    /**
     * Fits an encoder for learning a target, whose values for the training rows decide which coordinates are worth having. Otherwise
     * as {@link #fit(Table, int[], EncoderOptions)}.
     *
     * @param target of all rows of the table
     */
    public static Encoder fit(Table inputs, TargetColumn target, int[] trainRows, EncoderOptions options) {
        if (target.rows() != inputs.rows()) {
            throw new IllegalArgumentException("There are " + inputs.rows() + " rows of inputs and " + target.rows()
                    + " targets, wanted one for each");
        }
        return fit(inputs, Optional.of(KnownTargets.of(target, trainRows)), trainRows, options);
    }

    private static Encoder fit(Table inputs, Optional<KnownTargets> targets, int[] trainRows, EncoderOptions options) {
        if (trainRows.length == 0) {
            throw new IllegalArgumentException("An encoder needs at least one training row");
        }
        options.orders().keySet().forEach(name -> requireLevels(inputs, name));
        List<Block> scaled = new ArrayList<>();
        List<Block> levels = new ArrayList<>();
        List<Dropped> dropped = new ArrayList<>();
        Map<String, SchemaColumn> kept = new HashMap<>();
        for (Column column : inputs.columns()) {
            Optional<? extends Block> block = fit(inputs, column, targets, trainRows, options);
            block.ifPresent(b -> (b instanceof CategoricalBlock ? levels : scaled).add(b));
            if (column instanceof CategoricalColumn categories && block.isPresent()) {
                SchemaColumn known = block.get().column();
                LevelNumbers.fit(inputs.source(), categories, known, targets, trainRows, options)
                        .ifPresent(levels::add);
            }
            block.ifPresent(b -> kept.put(b.name(), b.column()));
            if (block.isEmpty()) {
                dropped.add(new Dropped(column.name(), whyDropped(column, trainRows)));
            }
        }
        if (kept.isEmpty()) {
            throw new DataException(
                    inputs.source(),
                    "no input column varies over the training rows",
                    "check which columns were left out, and why, in the column report");
        }
        List<SchemaColumn> inOrder = inputs.columns().stream()
                .map(Column::name)
                .filter(kept::containsKey)
                .map(kept::get)
                .toList();
        scaled.addAll(levels);
        if (options.alternatives()) {
            targets.filter(KnownTargets::haveMeans)
                    .map(known -> extras(inputs, TrainingTargets.of(trainRows, known)))
                    .ifPresent(scaled::addAll);
        }
        return new Encoder(new Schema(inOrder, inputs.missingTokens()), scaled, dropped);
    }

    /** Further coordinates of the columns for which they explain most. */
    private static List<? extends Block> extras(Table inputs, TrainingTargets training) {
        List<IntervalMeans.Fitted> means = new ArrayList<>();
        List<RepeatedNumbers.Fitted> repeated = new ArrayList<>();
        for (Column column : inputs.columns()) {
            if (column instanceof NumericColumn numeric) {
                TrainingNumbers numbers = TrainingNumbers.of(numeric, training.rows());
                IntervalMeans.fit(numbers, training).ifPresent(means::add);
                RepeatedNumbers.fit(numbers, training).ifPresent(repeated::add);
            }
        }
        means.sort(Comparator.comparingDouble(IntervalMeans.Fitted::explained).reversed());
        repeated.sort(
                Comparator.comparingDouble(RepeatedNumbers.Fitted::explained).reversed());
        int most =
                means.isEmpty() ? 0 : MOST_INTERVAL_MEANS / means.get(0).block().width();
        return Stream.concat(
                        means.stream().limit(most).map(IntervalMeans.Fitted::block),
                        repeated.stream().limit(MOST_REPEATED_NUMBERS).map(RepeatedNumbers.Fitted::block))
                .toList();
    }

    private static void requireLevels(Table inputs, String ordered) {
        List<String> names = inputs.columns().stream().map(Column::name).toList();
        if (!names.contains(ordered)) {
            throw new DataException(
                    inputs.source(),
                    "there is no input column " + Where.name(ordered) + ", named as ordered"
                            + Where.didYouMean(ordered, names),
                    "use one of the input columns: " + Where.someOf(names));
        }
        ColumnType type = inputs.column(ordered).type();
        if (!type.hasLevels()) {
            throw new DataException(
                    Where.column(inputs.source(), ordered),
                    "the column is " + type + ", wanted categories to put in order",
                    "add --categorical " + ordered + ", or give no order");
        }
    }

    private static Optional<? extends Block> fit(
            Table inputs, Column column, Optional<KnownTargets> targets, int[] trainRows, EncoderOptions options) {
        Optional<KnownTargets> told = options.everyIndicator() ? Optional.empty() : targets;
        if (column instanceof NumericColumn numbers) {
            return NumericBlock.fit(inputs.source(), numbers, trainRows, told, options);
        }
        return column instanceof DateTimeColumn dates
                ? DateBlock.fit(inputs.source(), dates, trainRows, told)
                : CategoricalBlock.fit((CategoricalColumn) column, trainRows, options);
    }

    private static String whyDropped(Column column, int[] trainRows) {
        if (Arrays.stream(trainRows).allMatch(column::isMissing)) {
            return "every cell of the training rows is missing";
        }
        return Arrays.stream(trainRows).anyMatch(column::isMissing)
                ? "all cells present in training rows have the same value, and which are missing tells nothing about the target"
                : "all training rows have the same value";
    }

    /** The columns rows must have to be encoded, in table order; dropped columns are not among them. */
    public Schema schema() {
        return schema;
    }

    /** The columns of the training table that were dropped, and why. */
    public List<Dropped> dropped() {
        return dropped;
    }

    /** The columns that had missing cells in training which tell nothing about the target: these are filled, and have no indicator. */
    public List<String> withoutIndicator() {
        return dense.stream().filter(Block::leavesIndicatorOut).map(Block::name).toList();
    }

    /**
     * A choice of encodings where columns have several.
     *
     * @param ranks whether uneven numbers are looked at as ranks, in the place of values
     * @param levelNumbers whether categories are looked at as numbers, in the place of levels
     * @param repeatedNumbers whether numbers that repeat are looked at as levels, beside values
     * @param ignored coordinates that are not looked at then; coded group b is counted as one behind the last dense coordinate
     */
    public record View(boolean ranks, boolean levelNumbers, boolean repeatedNumbers, List<Integer> ignored) {
        /** Copies the list. */
        public View {
            ignored = List.copyOf(ignored);
        }
    }

    /**
     * Which coordinates models should look at together: values of numbers and levels of categories; where some columns have them,
     * ranks in the place of values and numbers in the place of levels; and, where numbers repeat, these as levels beside values. All
     * combinations would leave each too few settings. No view looks at mean targets of intervals.
     */
    public List<View> views() {
        List<Integer> values = new ArrayList<>();
        List<Integer> ranks = new ArrayList<>();
        List<Integer> levels = new ArrayList<>();
        List<Integer> numbers = new ArrayList<>();
        List<Integer> means = intervalMeans();
        List<Integer> repeated = repeatedNumbers();
        int start = 0;
        for (Block block : dense) {
            if (block instanceof NumericBlock numeric && numeric.isRanked()) {
                values.add(start);
                ranks.add(start + 1);
            } else if (block instanceof LevelNumbers) {
                IntStream.range(start, start + block.width()).forEach(numbers::add);
                levels.addAll(levelsOf(block.name()));
            }
            start += block.width();
        }
        List<View> views = new ArrayList<>();
        views.add(new View(false, false, false, union(ranks, numbers, means, repeated)));
        if (!ranks.isEmpty() || !numbers.isEmpty()) {
            List<Integer> ignored = union(values, levels, means, repeated);
            views.add(new View(!ranks.isEmpty(), !numbers.isEmpty(), false, ignored));
        }
        if (!repeated.isEmpty()) {
            views.add(new View(false, false, true, union(ranks, numbers, means)));
        }
        return views;
    }

    /** The mean targets of intervals, which models may look at beside any view. */
    public List<Integer> intervalMeans() {
        List<Integer> means = new ArrayList<>();
        int start = 0;
        for (Block block : dense) {
            if (block instanceof IntervalMeans) {
                IntStream.range(start, start + block.width()).forEach(means::add);
            }
            start += block.width();
        }
        return means;
    }

    /** The groups of numbers as levels, counted as in {@link View#ignored}. */
    private List<Integer> repeatedNumbers() {
        return IntStream.range(0, coded.size())
                .filter(b -> coded.get(b) instanceof RepeatedNumbers)
                .mapToObj(b -> denseWidth + b)
                .toList();
    }

    /** The columns whose numbers are levels beside values. */
    public List<String> repeatedNumberColumns() {
        return coded.stream()
                .filter(RepeatedNumbers.class::isInstance)
                .map(Block::name)
                .toList();
    }

    /** This encoder without numbers as levels; each takes a coordinate for every number. */
    public Encoder withoutRepeatedNumbers() {
        List<Block> others = Stream.concat(dense.stream(), coded.stream())
                .filter(block -> !(block instanceof RepeatedNumbers))
                .toList();
        return new Encoder(schema, others, dropped);
    }

    @SafeVarargs
    private static List<Integer> union(List<Integer>... lists) {
        return Arrays.stream(lists).flatMap(List::stream).toList();
    }

    /** The coordinates of the levels of a column, or the number that stands for its coded group. */
    private List<Integer> levelsOf(String column) {
        for (int b = 0; b < coded.size(); b++) {
            if (coded.get(b).name().equals(column)) {
                return List.of(denseWidth + b);
            }
        }
        return coordinates.of(column).stream()
                .filter(range -> range.kind() == CoordinateKind.LEVEL)
                .flatMap(range -> IntStream.range(range.start(), range.end()).boxed())
                .toList();
    }

    /**
     * Mean targets of levels and intervals as training rows may have them: from other rows. {@link #encode} gives them from all training rows, which
     * is right for rows that were not learned from. Empty where no coordinate is one.
     *
     * @param inputs the table the encoder was fitted to
     * @param trainRows the rows it was fitted to; what is returned numbers them from 0 in this order
     */
    public Optional<TargetMeans> targetMeans(Table inputs, TargetColumn target, int[] trainRows) {
        List<TargetMeans.Column> columns = new ArrayList<>();
        TrainingTargets training = TrainingTargets.of(trainRows, KnownTargets.of(target, trainRows));
        DoubleMatrix targets = training.centred();
        int start = 0;
        for (Block block : dense) {
            if (block instanceof LevelNumbers numbers && numbers.comeFromTargets()) {
                CategoricalColumn column = (CategoricalColumn) inputs.column(block.name());
                columns.add(numbers.means(column, trainRows, targets, start));
            } else if (block instanceof IntervalMeans) {
                NumericColumn column = (NumericColumn) inputs.column(block.name());
                columns.add(IntervalMeans.column(column, training, start));
            }
            start += block.width();
        }
        return columns.isEmpty() ? Optional.empty() : Optional.of(TargetMeans.of(targets, columns));
    }

    /** What each coordinate of a design stands for. */
    public Coordinates coordinates() {
        return coordinates;
    }

    /**
     * Encodes all rows of a table, which must have the columns of {@link #schema} with their types; other columns are
     * ignored. Cost: one pass over the rows, and memory for the design.
     *
     * @throws DataException when a column is absent or of another type, or a number is too far from the training values
     *     to be standardised
     */
    public Encoded encode(Table table, Precision precision) {
        requireColumns(table);
        List<EncodeReport.Counter> counters = new ArrayList<>();
        List<Block.Writer> writers = new ArrayList<>();
        for (Block block : dense) {
            writers.add(writer(block, table, precision, counters));
        }
        Rows rows = write(writers, table.rows(), precision);
        List<Design.Group> groups = new ArrayList<>();
        for (Block block : coded) {
            groups.add(group(block, table.column(block.name()), counters));
        }
        List<EncodeReport.ColumnCounts> counts = counters.stream()
                .filter(EncodeReport.Counter::counted)
                .map(EncodeReport.Counter::counts)
                .toList();
        return new Encoded(Design.of(rows, groups), new EncodeReport(table.rows(), counts));
    }

    private void requireColumns(Table table) {
        List<String> header = table.columns().stream().map(Column::name).toList();
        schema.locate(table.source(), header);
        for (SchemaColumn wanted : schema.columns()) {
            ColumnType found = table.column(wanted.name()).type();
            if (found != wanted.type() && !(found.hasLevels() && wanted.type().hasLevels())) {
                throw new DataException(
                        Where.column(table.source(), wanted.name()),
                        "the column is " + found + " here but " + wanted.type() + " in the model",
                        "read the rows under the schema of the model instead of inferring their types");
            }
        }
    }

    private static EncodeReport.Counter counter(Block block, List<EncodeReport.Counter> all) {
        EncodeReport.Counter counter = new EncodeReport.Counter(block.name(), block.knowsMissing());
        all.add(counter);
        return counter;
    }

    private static Design.Group group(Block block, Column column, List<EncodeReport.Counter> counters) {
        return block instanceof RepeatedNumbers numbers
                ? numbers.group((NumericColumn) column)
                : ((CategoricalBlock) block).group((CategoricalColumn) column, counter(block, counters));
    }

    private static Block.Writer writer(
            Block block, Table table, Precision precision, List<EncodeReport.Counter> counters) {
        Column column = table.column(block.name());
        if (block instanceof LevelNumbers numbers) {
            return numbers.writer((CategoricalColumn) column);
        }
        if (block instanceof IntervalMeans means) {
            return means.writer((NumericColumn) column);
        }
        EncodeReport.Counter counter = counter(block, counters);
        if (block instanceof NumericBlock numeric) {
            return numeric.writer(table, (NumericColumn) column, precision, counter);
        }
        return block instanceof DateBlock date
                ? date.writer((DateTimeColumn) column, counter)
                : ((CategoricalBlock) block).writer((CategoricalColumn) column, counter);
    }

    /** Fills the dense matrix some rows at a time, so that columns meet in the cache and not in main memory. */
    private Rows write(List<Block.Writer> writers, int rows, Precision precision) {
        int tileRows = Math.max(1, Math.min(MOST_TILE_ROWS, TILE_ENTRIES / Math.max(1, denseWidth)));
        double[] tile = new double[Math.min(tileRows, rows) * denseWidth];
        Sink sink = precision == Precision.FLOAT32
                ? new FloatSink(Matrix.zeros(rows, denseWidth))
                : new DoubleSink(DoubleMatrix.zeros(rows, denseWidth));
        for (int from = 0; from < rows; from += tileRows) {
            int to = Math.min(rows, from + tileRows);
            Arrays.fill(tile, 0);
            int offset = 0;
            for (int k = 0; k < writers.size(); k++) {
                writers.get(k).write(from, to, tile, offset, denseWidth);
                offset += dense.get(k).width();
            }
            sink.take(tile, from * denseWidth, (to - from) * denseWidth);
        }
        return sink.rows();
    }

    /** A matrix that takes finished tiles. */
    private interface Sink {
        void take(double[] tile, int at, int length);

        Rows rows();
    }

    private record FloatSink(Matrix rows) implements Sink {
        @Override
        public void take(double[] tile, int at, int length) {
            float[] values = rows.values();
            for (int i = 0; i < length; i++) {
                values[at + i] = (float) tile[i];
            }
        }
    }

    private record DoubleSink(DoubleMatrix rows) implements Sink {
        @Override
        public void take(double[] tile, int at, int length) {
            System.arraycopy(tile, 0, rows.values(), at, length);
        }
    }

    /** The encoder as JSON; {@link #fromJson} gives back one that encodes to the same bits. */
    public JsonObject toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("version", VERSION);
        json.add("schema", schema.toJson());
        JsonArray blocks = new JsonArray();
        dense.forEach(block -> blocks.add(block.toJson()));
        coded.forEach(block -> blocks.add(block.toJson()));
        json.add("blocks", blocks);
        JsonArray names = new JsonArray();
        for (Dropped column : dropped) {
            JsonObject entry = new JsonObject();
            entry.addProperty("column", column.column());
            entry.addProperty("reason", column.reason());
            names.add(entry);
        }
        json.add("dropped", names);
        return json;
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @throws DataException when the version is unknown or a field is not as expected
     */
    public static Encoder fromJson(JsonObject json) {
        JsonView view = new JsonView("encoder", json);
        view.requireVersion(VERSION);
        Schema schema = Schema.fromJson(view.object("schema").json());
        List<Block> blocks = new ArrayList<>();
        Set<String> described = new HashSet<>();
        int plain = 0;
        for (JsonView entry : view.objects("blocks")) {
            String name = entry.text("column");
            SchemaColumn column =
                    schema.column(name).orElseThrow(() -> view.wrong("the schema has no column " + Where.name(name)));
            Block block = block(column, entry);
            blocks.add(block);
            if (!(block instanceof CodedNumbers || block instanceof RepeatedNumbers)) {
                described.add(name);
                plain++;
            }
        }
        if (described.size() != plain || plain != schema.columns().size()) {
            throw view.wrong("the blocks do not match the columns of the schema one to one");
        }
        List<Dropped> dropped = view.objects("dropped").stream()
                .map(entry -> new Dropped(entry.text("column"), entry.text("reason")))
                .toList();
        return new Encoder(schema, blocks, dropped);
    }

    private static Block block(SchemaColumn column, JsonView json) {
        return switch (column.type()) {
            case NUMERIC ->
                IntervalMeans.describedBy(json)
                        ? IntervalMeans.fromJson(column, json)
                        : RepeatedNumbers.describedBy(json)
                                ? RepeatedNumbers.fromJson(column, json)
                                : NumericBlock.fromJson(column, json);
            case DATE_TIME -> DateBlock.fromJson(column, json);
            default ->
                LevelNumbers.describedBy(json)
                        ? LevelNumbers.fromJson(column, json)
                        : CategoricalBlock.fromJson(column, json);
        };
    }

    @Override
    public String toString() {
        return "Encoder[" + schema.columns().size() + " columns to " + coordinates.width() + " coordinates]";
    }
}

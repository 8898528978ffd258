package ml.refract.table.learn;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import ml.refract.engine.Execution;
import ml.refract.engine.Phase;
import ml.refract.engine.Precision;
import ml.refract.engine.Span;
import ml.refract.linalg.Design;
import ml.refract.rfm.Loss;
import ml.refract.table.DataException;
import ml.refract.table.Encoder;
import ml.refract.table.EncoderOptions;
import ml.refract.table.Split;
import ml.refract.table.Table;
import ml.refract.table.TableSource;
import ml.refract.table.TargetColumn;
import ml.refract.table.TaskKind;
import ml.refract.tune.SearchOptions;
import ml.refract.xrfm.MemoryPlan;

/**
 * A table made ready to learn from, and the memory that learning will take.
 *
 * @param origin the table as it was read
 * @param table its rows that have a target, or all of them
 * @param parts which of those rows train, choose and test
 * @param encoder fitted on the training rows
 * @param x all rows of {@code table}, encoded
 * @param targets targets of all rows of {@code table}
 * @param held the rows that choose the model, of the table or of another file
 * @param events what a user should know about it, in sentences without a full stop
 */
record PreparedData(
        TrainingData origin,
        Table table,
        TargetColumn target,
        Parts parts,
        Encoder encoder,
        Design x,
        Targets targets,
        Optional<EncodedRows> held,
        MemoryPlan memory,
        List<String> events) {

    /**
     * Infers what the options leave open, encodes and plans.
     *
     * @throws DataException when the data cannot be understood or learned from
     */
    static PreparedData of(TrainingData data, TrainingOptions options, Execution execution) {
        Table file = data.table();
        Table table = options.dropMissingTarget() ? withTarget(file, options.target()) : file;
        TargetColumn target = options.task()
                .map(task -> TargetColumn.of(table, options.target(), task))
                .orElseGet(() -> TargetColumn.of(table, options.target()));
        requireLearnable(table, target);
        requireLossFits(table, target, options);
        Parts parts = parts(file, table, target, options);
        // A search finds out which encodings serve better.
        EncoderOptions encoding =
                options.encoder().withAlternatives(options.search().isPresent());
        Typed typed = new Typed(data, table, target, parts, options, execution);
        PreparedData prepared =
                typed.encoded(inputs -> Encoder.fit(inputs, target, parts.train(), encoding), List.of());
        List<String> repeated = prepared.encoder().repeatedNumberColumns();
        return prepared.memory().firstThatFits().isPresent() || repeated.isEmpty()
                ? prepared
                : typed.encoded(
                        inputs -> prepared.encoder().withoutRepeatedNumbers(),
                        List.of(levelsDoNotFit(repeated, prepared.memory())));
    }

    private static String levelsDoNotFit(List<String> columns, MemoryPlan memory) {
        MemoryPlan.Strategy least = memory.strategies().get(memory.strategies().size() - 1);
        return "numbers that repeat were not tried as levels, in '" + String.join("', '", columns) + "': that takes "
                + MemoryPlan.text(least.bytes()) + " of memory, and " + MemoryPlan.text(memory.budget())
                + " may be taken";
    }

    /** A table of which is known what its columns and rows are for. */
    private record Typed(
            TrainingData origin,
            Table table,
            TargetColumn target,
            Parts parts,
            TrainingOptions options,
            Execution execution) {

        PreparedData encoded(Function<Table, Encoder> fitted, List<String> events) {
            Table inputs = table.without(options.target());
            Precision precision = execution.engine().precision();
            Encoder encoder;
            Design x;
            try (Span span = execution.begin(Phase.ENCODING)) {
                encoder = fitted.apply(inputs);
                x = encoder.encode(inputs, precision).design();
                span.covers(x.rows(), x.width(), 0);
            }
            Targets targets = Targets.of(target);
            requireEnoughRows(table, targets, parts.train());
            Optional<EncodedRows> held = options.heldOut() instanceof HeldOutRows.OtherFile other
                    ? Optional.of(read(other.file(), encoder, target, options, execution))
                    : Optional.of(new EncodedRows(x, targets).select(parts.validation()))
                            .filter(rows -> rows.count() > 0);
            MemoryPlan memory =
                    MemoryPlan.of(fit(x, targets, held), options.learner().xrfm(), precision, execution.memoryBudget());
            return new PreparedData(origin, table, target, parts, encoder, x, targets, held, memory, events);
        }

        private MemoryPlan.Fit fit(Design x, Targets targets, Optional<EncodedRows> held) {
            int train = parts.train().length;
            long unselected = train == x.rows()
                    ? 0
                    : x.rows() * x.rowBytes(execution.engine().precision().bytes());
            return new MemoryPlan.Fit(
                    parts.refit() ? x.rows() : train,
                    // A search copies the rows it divides.
                    options.search().isPresent()
                            ? train
                            : held.map(EncodedRows::count).orElse(0),
                    x,
                    targets.outputs(options.learner().codes()),
                    (table == origin.table() ? 0 : origin.table().bytes()) + table.bytes() + unselected,
                    options.search().map(SearchOptions::members).orElse(1));
        }
    }

    private static EncodedRows read(
            Path file, Encoder encoder, TargetColumn target, TrainingOptions options, Execution execution) {
        Table table;
        try (Span span = execution.begin(Phase.READING);
                TableSource source = TableSource.of(file)) {
            table = Table.read(source, options.csv(), encoder.schema().plus(target.schema()));
            span.covers(table.rows(), table.columns().size(), (double) source.bytes());
        }
        try (Span span = execution.begin(Phase.ENCODING)) {
            Design x = encoder.encode(
                            table.without(target.name()), execution.engine().precision())
                    .design();
            span.covers(x.rows(), x.width(), 0);
            return new EncodedRows(x, Targets.of(TargetColumn.of(table, target.schema())));
        }
    }

    /** All rows. */
    EncodedRows rows() {
        return new EncodedRows(x, targets);
    }

    /** The rows that test, if there are any. */
    Optional<EncodedRows> test() {
        return parts.test().length == 0 ? Optional.empty() : Optional.of(rows(parts.test()));
    }

    /** Some of the rows. */
    EncodedRows rows(int[] some) {
        return rows().select(some);
    }

    /** The rows whose target is not missing. */
    static Table withTarget(Table file, String target) {
        int[] kept = TargetColumn.rowsWithTarget(file, target);
        if (kept.length == 0) {
            throw new DataException(
                    file.source() + ", column '" + target + "'",
                    "the target is missing in every row",
                    "name another target");
        }
        return kept.length == file.rows() ? file : file.select(kept);
    }

    static void requireLearnable(Table table, TargetColumn target) {
        if (target.task() == TaskKind.CLASSIFICATION && target.labels().size() < 2) {
            throw new DataException(
                    table.source() + ", column '" + target.name() + "'",
                    "every row is of the one class \"" + target.labels().get(0) + "\", wanted at least two classes",
                    "name another target, or add rows of other classes");
        }
    }

    private static void requireLossFits(Table table, TargetColumn target, TrainingOptions options) {
        if (target.task() == TaskKind.REGRESSION
                && options.learner().xrfm().leaf().loss() == Loss.LOGISTIC) {
            throw new DataException(
                    table.source() + ", column '" + target.name() + "'",
                    "the target is predicted as a number, and the logistic loss is for classes",
                    "leave out --loss, or add --task classification");
        }
    }

    private static void requireEnoughRows(Table table, Targets targets, int[] train) {
        if (targets.isClasses() && train.length < targets.classes()) {
            throw new DataException(
                    table.source(),
                    "there are " + train.length + " training rows for " + targets.classes()
                            + " classes, wanted at least one row for each class",
                    "add rows, merge classes, or use --task regression if the classes are numbers");
        }
    }

    private static Parts parts(Table file, Table table, TargetColumn target, TrainingOptions options) {
        Parts parts = divided(file, table, target, options);
        if (options.search().isEmpty()) {
            return parts;
        }
        if (options.heldOut() instanceof HeldOutRows.OtherFile other) {
            throw new IllegalArgumentException(
                    "A search for settings holds rows out itself; validation rows from " + other.file()
                            + " are for settings that are given. Train without a search, or put the rows into one file");
        }
        return parts.allToTrain();
    }

    private static Parts divided(Table file, Table table, TargetColumn target, TrainingOptions options) {
        long seed = options.learner().xrfm().seed();
        if (options.heldOut() instanceof HeldOutRows.SplitFile split) {
            Split read = Split.read(split.file(), file.rows());
            int[] place = placeOfDataRow(file, table);
            return new Parts(
                    placed(read.train(), place), placed(read.validation(), place), placed(read.test(), place), false);
        }
        if (options.heldOut() instanceof HeldOutRows.Share share) {
            return Parts.holdOut(target, share.share(), seed);
        }
        if (options.heldOut() instanceof HeldOutRows.GroupShare share) {
            return Parts.refitted(Divisions.groups(table, share, seed));
        }
        if (options.heldOut() instanceof HeldOutRows.TimeShare share) {
            return Parts.refitted(Divisions.latest(table, share));
        }
        return new Parts(IntStream.range(0, table.rows()).toArray(), new int[0], new int[0], false);
    }

    /** Where each row of the file stands among the rows kept, -1 for those left out. */
    private static int[] placeOfDataRow(Table file, Table table) {
        int[] place = new int[file.rows()];
        Arrays.fill(place, -1);
        for (int i = 0; i < table.rows(); i++) {
            place[(int) table.dataRow(i)] = i;
        }
        return place;
    }

    private static int[] placed(int[] rows, int[] place) {
        return Arrays.stream(rows)
                .map(row -> place[row])
                .filter(row -> row >= 0)
                .toArray();
    }
}

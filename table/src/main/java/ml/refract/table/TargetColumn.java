package ml.refract.table;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The column to predict: numbers for regression, class labels for classification. Immutable.
 *
 * <p>The task is inferred when it is not given: text is classification; numbers are regression, unless all are integers
 * and at most ten different ones occur, which is classification. Classes are numbered in order of their labels: by value
 * when all labels are numbers, which are then written in one way ("1.0" is "1"), else by {@link String#compareTo}.
 */
public final class TargetColumn {
    private static final int MOST_INTEGER_CLASSES = 10;

    private final SchemaColumn schema;
    private final String reason;
    private final double[] values;
    private final int[] codes;

    private TargetColumn(SchemaColumn schema, String reason, double[] values, int[] codes) {
        this.schema = schema;
        this.reason = reason;
        this.values = values;
        this.codes = codes;
    }

    /**
     * The target of a table, its task inferred.
     *
     * @throws DataException when there is no such column, values are missing, or it holds dates
     */
    public static TargetColumn of(Table table, String name) {
        return of(table, name, Optional.empty());
    }

    /**
     * The target of a table for a given task.
     *
     * @throws DataException when there is no such column, values are missing, it holds dates, or regression is asked
     *     for text
     */
    public static TargetColumn of(Table table, String name, TaskKind task) {
        return of(table, name, Optional.of(task));
    }

    private static TargetColumn of(Table table, String name, Optional<TaskKind> task) {
        Column column = table.column(name);
        refuseDates(table, column);
        refuseMissing(table, column);
        if (column instanceof NumericColumn numbers) {
            double[] values = numbers.toArray();
            Inferred inferred = infer(values);
            TaskKind kind = task.orElse(inferred.task());
            String reason = task.isPresent() ? "the task was given" : inferred.reason();
            return kind == TaskKind.REGRESSION ? regression(name, values, reason) : classesOf(name, values, reason);
        }
        CategoricalColumn labels = (CategoricalColumn) column;
        if (task.equals(Optional.of(TaskKind.REGRESSION))) {
            throw new DataException(
                    Where.column(Where.row(table.source(), table.dataRow(0), 0), name),
                    "found the text " + Where.quote(labels.level(0).orElse("")) + ", wanted a number for regression",
                    "use --task classification, or name a numeric target");
        }
        return classesOf(labels, task.isPresent() ? "the task was given" : "the target holds text");
    }

    /**
     * The target of rows that a trained model is tested on. Labels are numbered as in training.
     *
     * @param trained the {@link #schema} of the training target
     * @throws DataException when there is no such column, values are missing, or a label did not occur in training
     */
    public static TargetColumn of(Table table, SchemaColumn trained) {
        Column column = table.column(trained.name());
        refuseMissing(table, column);
        boolean numeric = column instanceof NumericColumn;
        if (numeric != (trained.type() == ColumnType.NUMERIC) || column instanceof DateTimeColumn) {
            throw new DataException(
                    Where.column(table.source(), trained.name()),
                    "the target is " + column.type() + " here but " + trained.type() + " in the model",
                    "read the rows under the schema of the model plus its target");
        }
        if (column instanceof NumericColumn numbers) {
            return new TargetColumn(trained, "as in training", numbers.toArray(), new int[0]);
        }
        CategoricalColumn labels = (CategoricalColumn) column;
        int[] classOfLevel = trained.levelIndex().codes(labels.levels());
        int[] codes = new int[table.rows()];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = classOfLevel[labels.code(i)];
            if (codes[i] < 0) {
                throw unknownClass(table, trained, i, labels);
            }
        }
        return new TargetColumn(trained, "as in training", new double[0], codes);
    }

    private static DataException unknownClass(Table table, SchemaColumn trained, int row, CategoricalColumn labels) {
        return new DataException(
                Where.column(Where.row(table.source(), table.dataRow(row), 0), trained.name()),
                "found the class " + Where.quote(labels.level(row).orElse(""))
                        + ", which did not occur in training, wanted one of " + Where.someOf(trained.levels()),
                "correct the label, or train again with rows of that class");
    }

    /**
     * The rows whose target is not missing, in order: what to {@link Table#select} to leave the others out.
     *
     * @throws DataException when there is no such column
     */
    public static int[] rowsWithTarget(Table table, String name) {
        Column column = table.column(name);
        return IntStream.range(0, table.rows())
                .filter(row -> !column.isMissing(row))
                .toArray();
    }

    private static void refuseDates(Table table, Column column) {
        if (column instanceof DateTimeColumn) {
            throw new DataException(
                    Where.column(table.source(), column.name()),
                    "the target holds dates, wanted numbers or labels",
                    "name another target, or convert the dates to numbers");
        }
    }

    private static void refuseMissing(Table table, Column column) {
        RowKeys.refuseMissing(
                table, column, "the target", "fill it in, or leave these rows out with --drop-missing-target");
    }

    private record Inferred(TaskKind task, String reason) {}

    private static Inferred infer(double[] values) {
        for (double value : values) {
            if (value != Math.rint(value)) {
                return new Inferred(TaskKind.REGRESSION, "the target holds numbers that are not integers");
            }
        }
        long distinct =
                Arrays.stream(values).distinct().limit(MOST_INTEGER_CLASSES + 1).count();
        return distinct > MOST_INTEGER_CLASSES
                ? new Inferred(
                        TaskKind.REGRESSION,
                        "the target holds more than " + MOST_INTEGER_CLASSES
                                + " different integers; to take them for classes, add --task classification")
                : new Inferred(
                        TaskKind.CLASSIFICATION,
                        "the target holds " + distinct + " different integers; to predict them as numbers, add"
                                + " --task regression");
    }

    private static TargetColumn regression(String name, double[] values, String reason) {
        return new TargetColumn(SchemaColumn.numeric(name), reason, values, new int[0]);
    }

    private static TargetColumn classesOf(String name, double[] values, String reason) {
        // Adding zero makes one label of both zeros.
        double[] normal = Arrays.stream(values).map(value -> value + 0.0).toArray();
        double[] distinct = Arrays.stream(normal).sorted().distinct().toArray();
        List<String> labels =
                Arrays.stream(distinct).mapToObj(Decimal::canonical).toList();
        int[] codes = Arrays.stream(normal)
                .mapToInt(value -> Arrays.binarySearch(distinct, value))
                .toArray();
        return new TargetColumn(SchemaColumn.categorical(name, labels), reason, new double[0], codes);
    }

    /** Only the labels that occur are classes; a selection of rows may have lost some. */
    private static TargetColumn classesOf(CategoricalColumn column, String reason) {
        Levels levels = column.levelsIn(IntStream.range(0, column.rows()));
        int[] classOfLevel = levels.codes(column.levels());
        int[] codes =
                Arrays.stream(column.toArray()).map(code -> classOfLevel[code]).toArray();
        SchemaColumn schema = SchemaColumn.of(column.name(), column.type(), levels);
        return new TargetColumn(schema, reason, new double[0], codes);
    }

    /** The name of the column. */
    public String name() {
        return schema.name();
    }

    /** What is predicted. */
    public TaskKind task() {
        return schema.type() == ColumnType.NUMERIC ? TaskKind.REGRESSION : TaskKind.CLASSIFICATION;
    }

    /** Why this task, in one sentence without a full stop. */
    public String reason() {
        return reason;
    }

    /** How to read this target again: numeric for regression, else with the class labels as levels. */
    public SchemaColumn schema() {
        return schema;
    }

    /** Number of rows. */
    public int rows() {
        return task() == TaskKind.REGRESSION ? values.length : codes.length;
    }

    /**
     * A copy of the numbers to predict.
     *
     * @throws IllegalStateException when the task is classification
     */
    public double[] values() {
        requireTask(TaskKind.REGRESSION);
        return values.clone();
    }

    /**
     * The class labels in class order.
     *
     * @throws IllegalStateException when the task is regression
     */
    public List<String> labels() {
        requireTask(TaskKind.CLASSIFICATION);
        return schema.levels();
    }

    /**
     * A copy of the class of each row, as an index into {@link #labels}.
     *
     * @throws IllegalStateException when the task is regression
     */
    public int[] codes() {
        requireTask(TaskKind.CLASSIFICATION);
        return codes.clone();
    }

    private void requireTask(TaskKind wanted) {
        if (task() != wanted) {
            throw new IllegalStateException(
                    "The target " + Where.name(name()) + " is for " + task() + ", not " + wanted);
        }
    }

    @Override
    public String toString() {
        return "TargetColumn[" + schema + ", " + task() + ", " + rows() + " rows]";
    }
}

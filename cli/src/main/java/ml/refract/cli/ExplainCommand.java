package ml.refract.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import ml.refract.engine.Execution;
import ml.refract.explain.Direction;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.table.Coordinates;
import ml.refract.table.DataException;
import ml.refract.table.RowReader;
import ml.refract.table.Table;
import ml.refract.table.TableSource;
import ml.refract.table.learn.RowExplanation;
import ml.refract.table.learn.TableModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "explain",
        header = "Say what a model has learned, or why it predicts what it predicts.",
        description = {
            "",
            "Without data: how much each column matters, and the directions the model looks along, from the average outer product "
                    + "of its gradients (AGOP). With --row: what each column of that row contributes to the difference from an "
                    + "average row (integrated gradients), and the training rows that weigh most.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  refract explain houses.refract",
            "  refract explain houses.refract new.csv --row 17"
        })
final class ExplainCommand implements Callable<Integer> {
    private static final int MOST_DIRECTIONS = 5;
    private static final int MOST_LOADINGS = 6;
    private static final double LEAST_LOADING = 0.1;
    private static final int MOST_COLUMNS = 20;

    private final Console console;

    @Parameters(index = "0", paramLabel = "MODEL", description = "A model file that refract train wrote.")
    Path model = Path.of("");

    @Parameters(index = "1", arity = "0..1", paramLabel = "DATA", description = "A CSV file with the row to explain.")
    @Nullable
    String data;

    @Option(names = "--row", paramLabel = "N", description = "The data row to explain, counted from 0.")
    @Nullable
    Long row;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the explanation as JSON; - for standard output.")
    @Nullable
    String json;

    @ArgGroup(validate = false, heading = "%nReading the data:%n")
    ReadingOptions reading = new ReadingOptions();

    @ArgGroup(validate = false, heading = "%nMachine:%n")
    MachineOptions machine = new MachineOptions();

    @Mixin
    CommonOptions common = new CommonOptions();

    ExplainCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        String file = data;
        Long number = row;
        if ((file == null) != (number == null)) {
            throw new UsageException("A row is explained with both DATA and --row N; "
                    + (file == null ? "DATA" : "--row") + " is not given");
        }
        if (number != null && number < 0) {
            throw new UsageException("--row counts from 0, got " + number);
        }
        TableModel loaded = TableModel.load(model);
        try (Execution execution = machine.execution().build()) {
            if (file == null || number == null) {
                explainModel(loaded, execution);
            } else {
                explainRow(loaded, file, number, execution);
            }
        }
        return ExitCode.OK.code();
    }

    private boolean printsText() {
        return !common.quiet && !Outputs.STANDARD_OUTPUT.equals(json);
    }

    private void explainModel(TableModel loaded, Execution execution) {
        BlockSymmetric moment = loaded.featureMoment(execution);
        List<Direction> directions = Direction.of(moment, MOST_DIRECTIONS);
        double dimension = Direction.effectiveDimension(moment);
        Coordinates coordinates = loaded.encoder().coordinates();
        if (json != null) {
            JsonObject object = new JsonObject();
            object.add("importances", TrainingReport.importancesJson(loaded.importances()));
            object.addProperty("effectiveDimension", dimension);
            object.add("directions", directionsJson(directions, coordinates));
            Outputs.writeJson(json, object, console);
        }
        if (printsText()) {
            console.out().println("What " + loaded.target().name() + " depends on: shares of the squared gradient");
            console.out().println();
            console.out().print(TrainingReport.importances(loaded.importances()));
            console.out().println();
            console.out()
                    .println("Directions along which it changes; " + Text.number(dimension) + " of them in effect, for "
                            + Text.count(moment.size(), "coordinate"));
            console.out().println();
            TextTable table = new TextTable().row("share", "direction");
            directions.forEach(
                    direction -> table.row(Text.percent(direction.share()), loadings(direction, coordinates)));
            console.out().print(table.text());
        }
    }

    private static String loadings(Direction direction, Coordinates coordinates) {
        List<String> parts = new ArrayList<>();
        for (int k : largest(direction.loadings())) {
            double loading = direction.loadings()[k];
            if (parts.isEmpty() || Math.abs(loading) >= LEAST_LOADING) {
                parts.add(String.format(java.util.Locale.ROOT, "%+.2f %s", loading, coordinates.label(k)));
            }
        }
        return String.join("  ", parts);
    }

    private static int[] largest(double[] loadings) {
        return IntStream.range(0, loadings.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer k) -> -Math.abs(loadings[k])))
                .limit(MOST_LOADINGS)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static JsonArray directionsJson(List<Direction> directions, Coordinates coordinates) {
        JsonArray array = new JsonArray();
        for (Direction direction : directions) {
            JsonObject loadings = new JsonObject();
            Arrays.stream(largest(direction.loadings()))
                    .forEach(k ->
                            loadings.addProperty(coordinates.label(k), direction.loadings()[k]));
            JsonObject object = new JsonObject();
            object.addProperty("share", direction.share());
            object.add("largestLoadings", loadings);
            array.add(object);
        }
        return array;
    }

    private void explainRow(TableModel loaded, String file, long number, Execution execution) {
        Table one = readRow(loaded, file, number);
        RowExplanation explanation = loaded.explain(one, execution);
        if (json != null) {
            Outputs.writeJson(json, rowJson(explanation, number), console);
        }
        if (printsText()) {
            console.out().print(rowText(explanation, one, file, number, loaded));
        }
    }

    /** The data row of a number, found without keeping the ones before it. */
    private Table readRow(TableModel loaded, String file, long number) {
        long rows = 0;
        try (TableSource source = TableSource.of(file);
                RowReader reader = RowReader.open(source, reading.csv(), ModelInput.schema(loaded.schema(), reading))) {
            while (reader.hasNext()) {
                Table batch = reader.next();
                if (number < rows + batch.rows()) {
                    return batch.select(new int[] {(int) (number - rows)});
                }
                rows += batch.rows();
            }
        }
        throw new DataException(
                file, "there is no data row " + number + ", the rows are 0 to " + (rows - 1), "choose another --row");
    }

    private static String rowText(RowExplanation explanation, Table one, String file, long number, TableModel loaded) {
        StringBuilder text = new StringBuilder();
        text.append("Row ")
                .append(number)
                .append(" of ")
                .append(file)
                .append(": ")
                .append(explanation.of());
        text.append(' ').append(Text.number(explanation.prediction())).append(", an average row ");
        text.append(Text.number(explanation.baseline())).append("; the difference of ");
        text.append(Text.signed(explanation.prediction() - explanation.baseline()))
                .append(" comes from\n\n");
        TextTable columns = new TextTable().row("column", "value", "contribution");
        List<RowExplanation.Contribution> contributions = explanation.columns();
        for (RowExplanation.Contribution contribution :
                contributions.subList(0, Math.min(MOST_COLUMNS, contributions.size()))) {
            columns.row(
                    contribution.column(),
                    one.column(contribution.column()).text(0),
                    Text.signed(contribution.value()));
        }
        double others = contributions.stream()
                .skip(MOST_COLUMNS)
                .mapToDouble(RowExplanation.Contribution::value)
                .sum();
        if (contributions.size() > MOST_COLUMNS) {
            columns.row("other columns", "", Text.signed(others));
        }
        columns.row("not accounted for", "", Text.signed(explanation.residual()));
        text.append(columns.text()).append('\n');
        text.append("Training rows that weigh most, of ")
                .append(loaded.provenance().get("data").getAsString());
        text.append("\n\n");
        TextTable rows = new TextTable().row("row", "adds");
        explanation.rows().forEach(row -> rows.row(String.valueOf(row.row()), Text.signed(row.value())));
        return text.append(rows.text()).toString();
    }

    private static JsonObject rowJson(RowExplanation explanation, long number) {
        JsonObject object = new JsonObject();
        object.addProperty("row", number);
        object.addProperty("of", explanation.of());
        object.addProperty("prediction", explanation.prediction());
        object.addProperty("baseline", explanation.baseline());
        object.addProperty("residual", explanation.residual());
        JsonObject columns = new JsonObject();
        explanation.columns().forEach(column -> columns.addProperty(column.column(), column.value()));
        object.add("contributions", columns);
        JsonArray rows = new JsonArray();
        explanation.rows().forEach(row -> {
            JsonObject entry = new JsonObject();
            entry.addProperty("row", row.row());
            entry.addProperty("adds", row.value());
            rows.add(entry);
        });
        object.add("trainingRows", rows);
        return object;
    }
}

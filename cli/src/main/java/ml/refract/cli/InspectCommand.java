package ml.refract.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import ml.refract.machine.KernelMachine;
import ml.refract.table.CoordinateRange;
import ml.refract.table.SchemaColumn;
import ml.refract.table.TaskKind;
import ml.refract.table.learn.Scores;
import ml.refract.table.learn.TableModel;
import ml.refract.task.Classifier;
import ml.refract.task.Regressor;
import ml.refract.task.TargetScale;
import ml.refract.task.TargetTransform;
import ml.refract.xrfm.XrfmModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "inspect",
        header = "Show what is in a model file.",
        description = {"", "Columns, leaves, scores at training time, options, and where the model comes from.", ""},
        footer = {"", "Examples:", "  refract inspect houses.refract", "  refract inspect houses.refract --json -"})
final class InspectCommand implements Callable<Integer> {
    private static final int MOST_LEVELS = 8;

    private final Console console;

    @Parameters(index = "0", paramLabel = "MODEL", description = "A model file that refract train wrote.")
    Path model = Path.of("");

    @Option(names = "--json", paramLabel = "FILE", description = "Write it as JSON; - for standard output.")
    @Nullable
    String json;

    @Mixin
    CommonOptions common = new CommonOptions();

    InspectCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        TableModel loaded = TableModel.load(model);
        if (json != null) {
            Outputs.writeJson(json, json(loaded), console);
        }
        if (!common.quiet && !Outputs.STANDARD_OUTPUT.equals(json)) {
            console.out().print(text(loaded));
        }
        return ExitCode.OK.code();
    }

    private String text(TableModel loaded) {
        StringBuilder text = new StringBuilder();
        text.append(model).append(": predicts ").append(loaded.target().name()).append(", ");
        text.append(loaded.task().name().toLowerCase(Locale.ROOT)).append("\n\n");
        TextTable columns = new TextTable().row("column", "type", "");
        loaded.schema()
                .columns()
                .forEach(column -> columns.row(
                        column.name(),
                        type(column),
                        detail(column, loaded.encoder().coordinates().of(column.name()))));
        columns.row(loaded.target().name(), "target", detail(loaded.target()));
        text.append(columns.text()).append('\n');
        text.append(machines(loaded.predictor().model()));
        text.append(learned(loaded)).append('\n');
        text.append(scores(loaded.scores())).append('\n');
        text.append("  intervals: ")
                .append(loaded.errors().map(IntervalOptions::origin).orElse("no errors kept"))
                .append("\n\n");
        if (loaded.predictor() instanceof Classifier classifier) {
            text.append(ProbabilityReport.text(classifier, loaded.target().levels()));
        }
        TextTable provenance = new TextTable();
        addAll("", loaded.provenance(), provenance);
        return text.append(provenance.text()).toString();
    }

    private static String type(SchemaColumn column) {
        return column.type().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String detail(SchemaColumn column) {
        if (column.dateKind().isPresent()) {
            return "written " + column.dateKind().get().pattern();
        }
        return column.levels().isEmpty()
                ? ""
                : Text.count(column.levels().size(), "level") + ": " + Text.some(column.levels(), MOST_LEVELS);
    }

    private static String detail(SchemaColumn column, List<CoordinateRange> ranges) {
        return (detail(column) + alternatives(column, ranges)).replaceFirst("^; ", "");
    }

    /** The further forms that models may look at a column in. */
    private static String alternatives(SchemaColumn column, List<CoordinateRange> ranges) {
        return ranges.stream()
                .map(range -> switch (range.kind()) {
                    case RANK -> "; also as rank";
                    case ORDER -> "; also as place in the order of levels";
                    case TARGET_MEAN -> "; also as mean target";
                    case LEVEL -> column.levels().isEmpty() ? "; also as levels" : "";
                    default -> "";
                })
                .collect(Collectors.joining());
    }

    private static String machines(XrfmModel model) {
        TextTable table = new TextTable().row("tree", "weight", "leaf", "centers", "metric", "kernel");
        for (int t = 0; t < model.trees().size(); t++) {
            XrfmModel.Member tree = model.trees().get(t);
            List<KernelMachine> machines = tree.machines();
            for (int l = 0; l < machines.size(); l++) {
                KernelMachine machine = machines.get(l);
                table.row(
                        String.valueOf(t),
                        Text.percent(tree.weight()),
                        String.valueOf(l),
                        Text.count(machine.centers().rows()) + " x "
                                + Text.count(machine.centers().width()),
                        machine.metric().kind(),
                        TrainingReport.describe(machine.kernel()));
            }
        }
        StringBuilder text = new StringBuilder(table.text());
        for (int t = 0; t < model.trees().size(); t++) {
            XrfmModel.Member tree = model.trees().get(t);
            if (tree.shape().leaves() > 1) {
                text.append("  routing temperature of tree ")
                        .append(t)
                        .append(": ")
                        .append(Text.number(tree.temperature()))
                        .append('\n');
            }
        }
        return text.toString();
    }

    /** What is learned of a number that was transformed first. */
    private static String learned(TableModel loaded) {
        if (!(loaded.predictor() instanceof Regressor regressor)) {
            return "";
        }
        TargetScale scale = regressor.targets().get(0);
        if (scale.transform().kind() == TargetTransform.Kind.IDENTITY) {
            return "";
        }
        return "  learned: " + scale.transform().describe(loaded.target().name())
                + (scale.errors().length == 0 ? "" : "; a prediction is the mean over its errors") + "\n";
    }

    private static String scores(Map<String, Scores> parts) {
        TextTable table = new TextTable();
        parts.forEach((part, scores) -> {
            List<String> cells = new ArrayList<>(List.of(part));
            scores.values().forEach((name, value) -> cells.add(name + " " + Text.number(value)));
            table.row(cells.toArray(String[]::new));
        });
        return table.text();
    }

    /** Each value of a nested object on a line of its own. */
    private static void addAll(String prefix, JsonObject object, TextTable table) {
        for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
            String name = prefix.isEmpty() ? entry.getKey() : prefix + "." + entry.getKey();
            if (entry.getValue().isJsonObject()) {
                addAll(name, entry.getValue().getAsJsonObject(), table);
            } else {
                table.row(name, entry.getValue().getAsString());
            }
        }
    }

    private JsonObject json(TableModel loaded) {
        JsonObject object = new JsonObject();
        object.addProperty("model", model.toString());
        object.addProperty("task", loaded.task().name().toLowerCase(Locale.ROOT));
        object.addProperty("target", loaded.target().name());
        if (loaded.task() == TaskKind.CLASSIFICATION) {
            object.add("classes", TrainingReport.strings(loaded.target().levels()));
        }
        if (loaded.predictor() instanceof Regressor regressor) {
            object.addProperty(
                    "targetTransform",
                    regressor.targets().get(0).transform().kind().id());
        }
        object.add("schema", loaded.schema().toJson());
        JsonObject scores = new JsonObject();
        loaded.scores().forEach((part, values) -> scores.add(part, values.toJson()));
        object.add("scores", scores);
        loaded.errors().ifPresent(errors -> {
            JsonObject intervals = new JsonObject();
            intervals.addProperty("rows", errors.rows());
            intervals.addProperty("source", errors.source().id());
            intervals.addProperty("guaranteed", errors.source().isGuaranteed());
            object.add("intervals", intervals);
        });
        if (loaded.predictor() instanceof Classifier classifier) {
            object.add("probabilities", ProbabilityReport.json(classifier));
        }
        object.add("importances", TrainingReport.importancesJson(loaded.importances()));
        object.add("provenance", loaded.provenance());
        XrfmModel xrfm = loaded.predictor().model();
        object.add("trees", TrainingReport.treesJson(xrfm));
        JsonArray leaves = new JsonArray();
        for (int t = 0; t < xrfm.trees().size(); t++) {
            for (KernelMachine machine : xrfm.trees().get(t).machines()) {
                JsonObject leaf = new JsonObject();
                leaf.addProperty("tree", t);
                leaf.addProperty("centers", machine.centers().rows());
                leaf.addProperty("coordinates", machine.centers().width());
                leaf.addProperty("metric", machine.metric().kind());
                leaf.addProperty("kernel", machine.kernel().family().id());
                leaf.addProperty("bandwidth", machine.kernel().bandwidth());
                leaves.add(leaf);
            }
        }
        object.add("leaves", leaves);
        return object;
    }
}

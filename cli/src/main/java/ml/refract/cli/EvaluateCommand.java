package ml.refract.cli;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import ml.refract.engine.Execution;
import ml.refract.explain.Coverage;
import ml.refract.table.Table;
import ml.refract.table.TableSource;
import ml.refract.table.TargetColumn;
import ml.refract.table.TaskKind;
import ml.refract.table.learn.Evaluation;
import ml.refract.table.learn.IntervalScores;
import ml.refract.table.learn.PartScores;
import ml.refract.table.learn.TableModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "evaluate",
        header = "Score a model on rows whose target is known.",
        description = {"", "Prints the scores beside those of a model without inputs.", ""},
        footer = {
            "",
            "Examples:",
            "  refract evaluate houses.refract sold-since.csv",
            "  refract evaluate churn.refract june.csv --json june.json",
            "  refract evaluate houses.refract sold-since.csv --interval 0.9"
        })
final class EvaluateCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", paramLabel = "MODEL", description = "A model file that refract train wrote.")
    Path model = Path.of("");

    @Parameters(
            index = "1",
            paramLabel = "DATA",
            description = "A CSV file with the columns and the target of the model; - for standard input.")
    String data = "";

    @Option(names = "--drop-missing-target", description = "Leave out rows whose target is missing.")
    boolean dropMissingTarget;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the scores as JSON; - for standard output.")
    @Nullable
    String json;

    @ArgGroup(validate = false, heading = "%nIntervals:%n")
    IntervalOptions intervals = new IntervalOptions();

    @ArgGroup(validate = false, heading = "%nReading the data:%n")
    ReadingOptions reading = new ReadingOptions();

    @ArgGroup(validate = false, heading = "%nMachine:%n")
    MachineOptions machine = new MachineOptions();

    @Mixin
    CommonOptions common = new CommonOptions();

    EvaluateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        TableModel loaded = TableModel.load(model);
        Optional<Coverage> coverage = intervals.coverage();
        try (TableSource source = TableSource.of(data);
                Execution execution = machine.execution().build()) {
            Table all = Table.read(source, reading.csv(), ModelInput.schema(loaded.schemaWithTarget(), reading));
            Table rows = dropMissingTarget ? withTarget(all, loaded.target().name()) : all;
            Evaluation evaluation = coverage.map(wanted -> intervals
                            .prepared(loaded, model, wanted, reading, execution, console)
                            .evaluate(rows, wanted, execution))
                    .orElseGet(() -> loaded.evaluate(rows, execution));
            if (json != null) {
                Outputs.writeJson(json, toJson(evaluation, all.rows() - rows.rows()), console);
            }
            if (!common.quiet) {
                ModelInput.warnOfGaps(evaluation.report(), console);
            }
            if (!common.quiet && !Outputs.STANDARD_OUTPUT.equals(json)) {
                console.out()
                        .print(TrainingReport.scores(List.of(
                                new PartScores(data, evaluation.rows(), evaluation.scores(), evaluation.baseline()))));
                evaluation.intervals().ifPresent(scores -> console.out().print(text(scores, loaded.task())));
            }
        }
        return ExitCode.OK.code();
    }

    private static Table withTarget(Table all, String target) {
        int[] kept = TargetColumn.rowsWithTarget(all, target);
        return kept.length == all.rows() ? all : all.select(kept);
    }

    private static String text(IntervalScores scores, TaskKind task) {
        String wanted = " for " + Text.percent(scores.wanted().share()) + " of the rows hold ";
        String held = Text.percent(scores.covered());
        return "\n"
                + (task == TaskKind.REGRESSION
                        ? "Intervals" + wanted + held + ", mean width " + Text.number(scores.size())
                        : "Sets" + wanted + held + ", mean number of classes " + Text.number(scores.size()))
                + "\n";
    }

    private JsonObject toJson(Evaluation evaluation, int dropped) {
        JsonObject object = new JsonObject();
        object.addProperty("model", model.toString());
        object.addProperty("data", data);
        object.addProperty("rows", evaluation.rows());
        object.addProperty("droppedRows", dropped);
        object.add("scores", evaluation.scores().toJson());
        object.add("baseline", evaluation.baseline().toJson());
        evaluation.intervals().ifPresent(scores -> {
            JsonObject json = new JsonObject();
            json.addProperty("wanted", scores.wanted().share());
            json.addProperty("covered", scores.covered());
            if (Double.isFinite(scores.size())) {
                json.addProperty("meanSize", scores.size());
            } else {
                json.add("meanSize", JsonNull.INSTANCE);
            }
            object.add("intervals", json);
        });
        return object;
    }
}

package ml.refract.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import ml.refract.engine.Execution;
import ml.refract.lab.Picture;
import ml.refract.table.TableSource;
import ml.refract.table.TaskKind;
import ml.refract.table.learn.TableDiagnosis;
import ml.refract.table.learn.TrainingData;
import ml.refract.table.learn.TrainingOptions;
import ml.refract.theory.Diagnosis;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "diagnose",
        header = "Tell what learning from a table can be expected to bring.",
        description = {
            "",
            "Reads a CSV file as train does and answers, with numbers: would more rows help, does the ridge matter, is it safe to "
                    + "fit every target exactly, how much of the target is noise. It leaves rows out of kernel machines on parts "
                    + "of a sample, exactly and without a fit for each, and adds what theory says.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  refract diagnose houses.csv --target price",
            "  refract diagnose churn.csv --target churned --rows 4000 -o churn.svg --json churn.json",
            "  refract diagnose data.csv --target y --iterations 2"
        })
final class DiagnoseCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "DATA", description = "A CSV file with a header, plain or gzipped; - for standard input.")
    String data = "";

    @Option(
            names = {"-t", "--target"},
            required = true,
            paramLabel = "COL",
            description = "The column to predict.")
    String target = "";

    @Option(
            names = "--task",
            paramLabel = "KIND",
            description = "regression, classification, or auto: what the target looks like. Default: auto.")
    TrainCommand.Task task = TrainCommand.Task.AUTO;

    @Option(
            names = "--rows",
            paramLabel = "N",
            description =
                    "Rows looked at, drawn at random where there are more; time grows with the cube. Default: 2000.")
    int rows = 2_000;

    @Option(names = "--drop-missing-target", description = "Leave out rows whose target is missing.")
    boolean dropMissingTarget;

    @Option(
            names = {"-o", "--out"},
            paramLabel = "FILE",
            description = "Draw the curves into this SVG file.")
    @Nullable
    Path out;

    @Option(names = "--json", paramLabel = "FILE", description = "Write all of it as JSON; - for standard output.")
    @Nullable
    String json;

    @ArgGroup(validate = false, heading = "%nReading the data:%n")
    ReadingOptions reading = new ReadingOptions();

    @ArgGroup(validate = false, heading = "%nColumns, separated by commas:%n")
    ColumnTypeOptions columns = new ColumnTypeOptions();

    @ArgGroup(validate = false, heading = "%nThe kernel, as for train:%n")
    Settings settings = new Settings();

    @ArgGroup(validate = false, heading = "%nMachine:%n")
    MachineOptions machine = new MachineOptions();

    @Mixin
    CommonOptions common = new CommonOptions();

    /** The settings of a learner that matter here. */
    static final class Settings extends KernelOptions {
        @Option(
                names = "--iterations",
                paramLabel = "T",
                description =
                        "Times a metric is learned first, on rows that are not looked at later; half of the rows serve for that. "
                                + "Default: 0.")
        int iterations;

        @Option(
                names = "--one-hot-levels",
                paramLabel = "N",
                description =
                        "Categorical columns of more levels are looked up in tables instead of being spread over 0/1 "
                                + "columns. Default: 100.")
        @Nullable
        Integer oneHotLevels;

        @Option(names = "--seed", paramLabel = "N", description = "Drives every random choice. Default: 0.")
        long seed;

        /** The same settings as a learner takes them. */
        LearnerOptions learner() {
            LearnerOptions learner = new LearnerOptions();
            learner.set(this);
            learner.iterations = iterations;
            learner.oneHotLevels = oneHotLevels;
            learner.seed = seed;
            return learner;
        }
    }

    DiagnoseCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (rows < Diagnosis.LEAST_ROWS) {
            throw new UsageException("--rows must be at least " + Diagnosis.LEAST_ROWS + ", got " + rows);
        }
        TrainingOptions options = options();
        requireOutputs();
        return Interruption.during(interruption -> diagnose(options, interruption), "nothing", console, common.debug)
                .code();
    }

    private TrainingOptions options() {
        LearnerOptions learner = settings.learner();
        Optional<TaskKind> kind = task.kind();
        TrainingOptions options = TrainingOptions.forTarget(target)
                .withCsv(reading.csv())
                .withColumns(columns.columns(target, new DivisionOptions()))
                .withEncoder(columns.encoder(learner.encoder()))
                .withLearner(learner.task(kind));
        options = kind.isPresent() ? options.withTask(kind.get()) : options;
        return dropMissingTarget ? options.droppingMissingTarget() : options;
    }

    private void requireOutputs() {
        if (out != null) {
            if (out.toString().equals(Outputs.STANDARD_OUTPUT)) {
                throw new UsageException("--out must be a file; standard output is for words");
            }
            Outputs.requireWritable(out);
        }
        if (json != null && !json.equals(Outputs.STANDARD_OUTPUT)) {
            Path file = Path.of(json);
            if (out != null && file.toAbsolutePath().equals(out.toAbsolutePath())) {
                throw new UsageException("Options contradict each other: --json and --out name the same file " + json);
            }
            Outputs.requireWritable(file);
        }
    }

    private void diagnose(TrainingOptions options, Interruption interruption) {
        try (TableSource source = TableSource.of(data);
                Execution execution = machine.execution()
                        .cancelledWhen(interruption::requested)
                        .build()) {
            TrainingData read = TrainingData.read(source, options, execution);
            if (printsText()) {
                console.out().print(TrainingReport.columns(read.table()));
            }
            report(diagnose(read, options, execution), read.table().source());
        }
    }

    private TableDiagnosis diagnose(TrainingData read, TrainingOptions options, Execution execution) {
        if (common.quiet) {
            return TableDiagnosis.of(read, options, rows, execution);
        }
        try (ProgressMeter meter = new ProgressMeter(console)) {
            return TableDiagnosis.of(read, options, rows, execution.withProgress(meter));
        }
    }

    private void report(TableDiagnosis found, String source) {
        DiagnosisReport report = new DiagnosisReport(found);
        if (out != null) {
            String svg = Picture.svg("Diagnosis of " + target + " in " + source, report.panels());
            Outputs.write(out, console, writer -> writer.append(svg));
        }
        if (json != null) {
            Outputs.writeJson(json, report.json(source), console);
        }
        if (printsText()) {
            console.out().print(report.text());
            if (out != null) {
                console.out().println("Picture: " + out);
            }
        }
    }

    private boolean printsText() {
        return !common.quiet && !Outputs.STANDARD_OUTPUT.equals(json);
    }
}

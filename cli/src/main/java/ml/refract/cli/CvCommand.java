package ml.refract.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import ml.refract.engine.Execution;
import ml.refract.table.TableSource;
import ml.refract.table.TaskKind;
import ml.refract.table.learn.CrossValidation;
import ml.refract.table.learn.CrossValidationResult;
import ml.refract.table.learn.FoldChoice;
import ml.refract.table.learn.HeldOutRows;
import ml.refract.table.learn.TrainingData;
import ml.refract.table.learn.TrainingOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "cv",
        header = "Estimate by cross-validation how good a model of a table would be.",
        description = {
            "",
            "Divides the rows into folds, and for each fold trains a model on the other rows and scores it on those of the "
                    + "fold. Prints the scores of every fold, their mean and standard deviation, and the scores of all rows "
                    + "held out together beside those of models without inputs. Writes no model: see refract train.",
            ""
        },
        footer = {
            "",
            "Ctrl-C ends with the folds that are done.",
            "",
            "Examples:",
            "  refract cv houses.csv --target price",
            "  refract cv visits.csv --target cost --group patient_id --folds 10",
            "  refract cv sales.csv.gz --target sold --time date --predictions held-out.csv",
            "  refract cv data.csv --target y --time-limit 10m --json scores.json"
        })
final class CvCommand implements Callable<Integer> {
    private static final double DEFAULT_HELD_OUT = 0.2;
    private static final double MOST_HELD_OUT = 0.5;

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
            names = {"-k", "--folds"},
            paramLabel = "N",
            description = "How many folds. Default: 5.")
    int folds = 5;

    @Option(
            names = "--task",
            paramLabel = "KIND",
            description = "regression, classification, or auto: what the target looks like. Default: auto.")
    TrainCommand.Task task = TrainCommand.Task.AUTO;

    @Option(
            names = "--valid",
            paramLabel = "F",
            description =
                    "With --preset fast, share of the rows a fold learns from that choose its model, and are learned from "
                            + "afterwards. Default: 0.2. With 0 all are learned from at once and the last round is kept.")
    @Nullable
    Double valid;

    @Option(names = "--drop-missing-target", description = "Leave out rows whose target is missing.")
    boolean dropMissingTarget;

    @Option(
            names = "--time-limit",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "Time for all folds together, such as 60s, 5m or 1h. The first round of each is always done.")
    @Nullable
    Double timeLimit;

    @Option(
            names = "--predictions",
            paramLabel = "FILE",
            description =
                    "Write a CSV line for each row held out: its 0-based data row, its fold, its target, what was "
                            + "predicted, and the probability of each class.")
    @Nullable
    Path predictions;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the scores as JSON; - for standard output.")
    @Nullable
    String json;

    @ArgGroup(validate = false, heading = "%nReading the data:%n")
    ReadingOptions reading = new ReadingOptions();

    @ArgGroup(validate = false, heading = "%nColumns, separated by commas:%n")
    ColumnTypeOptions columns = new ColumnTypeOptions();

    @ArgGroup(validate = false, heading = "%nDividing the rows; without these at random, of every class alike:%n")
    DivisionOptions division = new DivisionOptions();

    @ArgGroup(validate = false, heading = "%nLearning:%n")
    LearnerOptions learner = new LearnerOptions();

    @ArgGroup(validate = false, heading = "%nMachine:%n")
    MachineOptions machine = new MachineOptions();

    @Mixin
    CommonOptions common = new CommonOptions();

    CvCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        FoldChoice choice = choice();
        TrainingOptions options = choice.within(options());
        requireOutputs();
        return Interruption.during(
                        interruption -> validate(options, choice, interruption),
                        "the folds that are done, if there are any",
                        console,
                        common.debug)
                .code();
    }

    private void validate(TrainingOptions options, FoldChoice choice, Interruption interruption) {
        Execution.Builder builder = machine.execution().cancelledWhen(interruption::requested);
        Optional.ofNullable(timeLimit).ifPresent(builder::timeLimitSeconds);
        try (TableSource source = TableSource.of(data);
                Execution execution = builder.build()) {
            TrainingData read = TrainingData.read(source, options, execution);
            if (printsText()) {
                console.out().print(TrainingReport.columns(read.table()));
            }
            CrossValidationResult result = validate(read, options, choice, execution);
            learner.warnOfUnused(result.task(), console);
            report(result, read);
        }
    }

    private CrossValidationResult validate(
            TrainingData read, TrainingOptions options, FoldChoice choice, Execution execution) {
        if (common.quiet) {
            return CrossValidation.run(read, options, choice, execution);
        }
        try (ProgressMeter meter = new ProgressMeter(console)) {
            return CrossValidation.run(read, options, choice, execution.withProgress(meter));
        }
    }

    private void report(CrossValidationResult result, TrainingData read) {
        if (predictions != null) {
            Outputs.write(predictions, console, writer -> {
                CvReport.predictions(result.predictions(), writer);
                return writer;
            });
        }
        if (json != null) {
            Outputs.writeJson(json, CvReport.json(result, read.table()), console);
        }
        if (printsText()) {
            console.out().print(CvReport.text(result, read.table()));
        }
    }

    private boolean printsText() {
        return !common.quiet && !Outputs.STANDARD_OUTPUT.equals(json);
    }

    private FoldChoice choice() {
        if (folds < 2) {
            throw new UsageException("--folds must be at least 2, got " + folds);
        }
        division.refuseContradictions();
        return new FoldChoice(
                folds, Optional.ofNullable(division.group), Optional.ofNullable(division.time), learner.seed);
    }

    private TrainingOptions options() {
        double share = valid == null ? DEFAULT_HELD_OUT : valid;
        if (!(share >= 0 && share <= MOST_HELD_OUT)) {
            throw new UsageException("--valid must be a share of the rows from 0 to 0.5, got " + valid);
        }
        Optional<TaskKind> kind = task.kind();
        TrainingOptions options = TrainingOptions.forTarget(target)
                .withCsv(reading.csv())
                .withColumns(columns.columns(target, division))
                .withEncoder(columns.encoder(learner.encoder()))
                .withLearner(learner.task(kind))
                .withHeldOut(new HeldOutRows.Share(share));
        options = kind.isPresent() ? options.withTask(kind.get()) : options;
        options = learner.search(valid == null ? List.of() : List.of("--valid"))
                .map(options::withSearch)
                .orElseGet(options::withoutSearch);
        return dropMissingTarget ? options.droppingMissingTarget() : options;
    }

    private void requireOutputs() {
        if (predictions != null) {
            if (predictions.toString().equals(Outputs.STANDARD_OUTPUT)) {
                throw new UsageException("--predictions must be a file; standard output is for scores");
            }
            Outputs.requireWritable(predictions);
        }
        if (json != null && !json.equals(Outputs.STANDARD_OUTPUT)) {
            Path file = Path.of(json);
            if (predictions != null && file.toAbsolutePath().equals(predictions.toAbsolutePath())) {
                throw new UsageException(
                        "Options contradict each other: --json and --predictions name the same file " + json);
            }
            Outputs.requireWritable(file);
        }
    }
}

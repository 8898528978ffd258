package ml.refract.cli;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import ml.refract.engine.Execution;
import ml.refract.engine.Phase;
import ml.refract.engine.Profile;
import ml.refract.engine.Span;
import ml.refract.table.Costs;
import ml.refract.table.TableSource;
import ml.refract.table.TaskKind;
import ml.refract.table.learn.DecisionRule;
import ml.refract.table.learn.HeldOutRows;
import ml.refract.table.learn.TableTrainer;
import ml.refract.table.learn.TrainingData;
import ml.refract.table.learn.TrainingOptions;
import ml.refract.table.learn.TrainingResult;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "train",
        header = "Learn to predict a column of a table.",
        description = {
            "",
            "Reads a CSV file, finds out what each column holds, learns, and writes one model file. Prints what it inferred, "
                    + "how good the model is on rows it has not learned from, and which columns matter most.",
            ""
        },
        footer = {
            "",
            "Ctrl-C ends the search and feature learning and keeps the best model so far.",
            "",
            "Examples:",
            "  refract train houses.csv --target price",
            "  refract train churn.csv.gz --target churned --preset best --ignore customer_name --categorical zip",
            "  refract train data.csv --target y --split parts.csv --json scores.json --model y.refract",
            "  refract train visits.csv --target cost --group patient_id",
            "  refract train fraud.csv --target fraud --decide costs.csv",
            "  refract train data.csv --target y --preset fast --kernel lpq --bandwidth 5",
            "  zcat big.csv.gz | refract train - --target y --time-limit 10m --memory 8g"
        })
final class TrainCommand implements Callable<Integer> {
    private static final double DEFAULT_HELD_OUT = 0.2;
    private static final double MOST_HELD_OUT = 0.5;
    private static final String MODEL_ENDING = ".refract";

    /** What to learn. */
    enum Task {
        AUTO,
        REGRESSION,
        CLASSIFICATION;

        /** The task that was named, if one was. */
        Optional<TaskKind> kind() {
            return switch (this) {
                case AUTO -> Optional.empty();
                case REGRESSION -> Optional.of(TaskKind.REGRESSION);
                case CLASSIFICATION -> Optional.of(TaskKind.CLASSIFICATION);
            };
        }
    }

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
            names = {"-m", "--model"},
            paramLabel = "FILE",
            description =
                    "Where the model goes. Default: the name of the data file, ending in .refract, in this folder.")
    @Nullable
    Path model;

    @Option(
            names = "--task",
            paramLabel = "KIND",
            description = "regression, classification, or auto: what the target looks like. Default: auto.")
    Task task = Task.AUTO;

    @Option(
            names = "--valid",
            paramLabel = "FILE|F",
            description =
                    "With --preset fast, rows that choose the model: another file, or a share of the rows, which are "
                            + "learned from afterwards. Default: 0.2. With 0 all rows are learned from at once and the last "
                            + "round is kept. A search holds rows out in turn instead.")
    @Nullable
    String valid;

    @Option(
            names = "--split",
            paramLabel = "FILE",
            description =
                    "A CSV file row,part that gives 0-based data rows to train, val or test; others are not used. "
                            + "Rows of val choose the model; a search learns from them too.")
    @Nullable
    Path split;

    @Option(
            names = "--decide",
            paramLabel = "RULE|FILE",
            description =
                    "How classes are decided on: most-probable; f1, of two classes the second from the probability on that "
                            + "gives it the largest F1 score on rows held out; or a CSV file of costs, a row for each true class "
                            + "and a column for each predicted one. Default: most-probable.")
    String decide = "most-probable";

    @Option(names = "--drop-missing-target", description = "Leave out rows whose target is missing.")
    boolean dropMissingTarget;

    @Option(
            names = "--time-limit",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "Return the best model found by then, such as 60s, 5m or 1h. The first round is always done.")
    @Nullable
    Double timeLimit;

    @Option(names = "--json", paramLabel = "FILE", description = "Write all of it as JSON; - for standard output.")
    @Nullable
    String json;

    @Option(
            names = "--profile",
            description = "Print how long each kind of work took, and how fast it went; in the JSON too.")
    boolean profile;

    @Option(
            names = "--explain-plan",
            description = "Print the memory that each way to train would take, and train nothing.")
    boolean explainPlan;

    @ArgGroup(validate = false, heading = "%nReading the data:%n")
    ReadingOptions reading = new ReadingOptions();

    @ArgGroup(validate = false, heading = "%nColumns, separated by commas:%n")
    ColumnTypeOptions columns = new ColumnTypeOptions();

    @ArgGroup(validate = false, heading = "%nRows that choose the model:%n")
    DivisionOptions division = new DivisionOptions();

    @ArgGroup(validate = false, heading = "%nLearning:%n")
    LearnerOptions learner = new LearnerOptions();

    @ArgGroup(validate = false, heading = "%nMachine:%n")
    MachineOptions machine = new MachineOptions();

    @Mixin
    CommonOptions common = new CommonOptions();

    TrainCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        TrainingOptions options = options();
        Path modelFile = model == null ? defaultModel() : model;
        if (!explainPlan) {
            Outputs.requireWritableModel(modelFile);
        }
        requireJson(modelFile);
        return Interruption.during(
                        interruption -> train(options, modelFile, interruption),
                        "the best model so far, if there is one",
                        console,
                        common.debug)
                .code();
    }

    private void train(TrainingOptions options, Path modelFile, Interruption interruption) {
        Profile times = new Profile();
        Execution.Builder builder =
                machine.execution().cancelledWhen(interruption::requested).profile(times);
        Optional.ofNullable(timeLimit).ifPresent(builder::timeLimitSeconds);
        try (TableSource source = TableSource.of(data);
                Execution execution = builder.build()) {
            TrainingData read = TrainingData.read(source, options, execution);
            if (printsText()) {
                console.out().print(TrainingReport.columns(read.table()));
            }
            if (explainPlan) {
                explain(TableTrainer.plan(read, options, execution));
                return;
            }
            TrainingResult result = learn(read, options, execution);
            learner.warnOfUnused(result.model().task(), console);
            save(result, modelFile, execution);
            report(result, modelFile, times);
        }
    }

    private void explain(TableTrainer.Plan plan) {
        if (json != null) {
            JsonObject all = MemoryReport.json(plan.memory());
            all.add("events", TrainingReport.strings(plan.events()));
            Outputs.writeJson(json, all, console);
        }
        if (printsText()) {
            console.out().print(MemoryReport.text(plan.memory()) + TrainingReport.notes(plan.events()));
        }
        plan.memory().chosen();
    }

    private TrainingResult learn(TrainingData read, TrainingOptions options, Execution execution) {
        if (common.quiet) {
            return TableTrainer.train(read, options, execution);
        }
        try (ProgressMeter meter = new ProgressMeter(console)) {
            return TableTrainer.train(read, options, execution.withProgress(meter));
        }
    }

    private static void save(TrainingResult result, Path modelFile, Execution execution) {
        try (Span span = execution.begin(Phase.MODEL_FILE)) {
            result.model().save(modelFile);
            span.covers(result.rows(), result.columns().size(), (double) TrainingReport.size(modelFile));
        }
    }

    private void report(TrainingResult result, Path modelFile, Profile times) {
        Optional<ProfileReport> where = profile ? Optional.of(ProfileReport.of(times)) : Optional.empty();
        if (json != null) {
            JsonObject all = TrainingReport.json(result, modelFile);
            where.ifPresent(report -> all.add("profile", report.json()));
            Outputs.writeJson(json, all, console);
        }
        if (printsText()) {
            console.out().print(TrainingReport.text(result, modelFile));
        }
        if (where.isPresent() && !Outputs.STANDARD_OUTPUT.equals(json)) {
            console.out().print((printsText() ? "\n" : "") + where.get().text());
        }
    }

    private boolean printsText() {
        return !common.quiet && !Outputs.STANDARD_OUTPUT.equals(json);
    }

    private TrainingOptions options() {
        Optional<TaskKind> kind = task.kind();
        TrainingOptions options = TrainingOptions.forTarget(target)
                .withCsv(reading.csv())
                .withColumns(columns.columns(target, division))
                .withEncoder(columns.encoder(learner.encoder()))
                .withLearner(learner.task(kind))
                .withDecision(decision())
                .withHeldOut(heldOut());
        options = kind.isPresent() ? options.withTask(kind.get()) : options;
        options = learner.search(valid == null ? List.of() : List.of("--valid"))
                .map(options::withSearch)
                .orElseGet(options::withoutSearch);
        return dropMissingTarget ? options.droppingMissingTarget() : options;
    }

    private DecisionRule decision() {
        return switch (decide) {
            case "most-probable" -> new DecisionRule.MostProbable();
            case "f1" -> new DecisionRule.LargestF1();
            default -> new DecisionRule.LeastCost(Costs.read(Path.of(decide)));
        };
    }

    private HeldOutRows heldOut() {
        if (split != null && valid != null) {
            throw new UsageException(
                    "Options contradict each other: --split and --valid both say which rows choose the "
                            + "model; give one of them");
        }
        division.refuseContradictions();
        if (split != null) {
            refuseDivision("--split");
            return new HeldOutRows.SplitFile(split);
        }
        double share;
        try {
            share = valid == null ? DEFAULT_HELD_OUT : Double.parseDouble(valid);
        } catch (NumberFormatException e) {
            refuseDivision("a file of --valid");
            return new HeldOutRows.OtherFile(Path.of(String.valueOf(valid)));
        }
        if (!(share >= 0 && share <= MOST_HELD_OUT)) {
            throw new UsageException("--valid must be a file, or a share of the rows from 0 to 0.5, got " + valid);
        }
        if (division.group != null) {
            return new HeldOutRows.GroupShare(share, division.group);
        }
        return division.time != null ? new HeldOutRows.TimeShare(share, division.time) : new HeldOutRows.Share(share);
    }

    private void refuseDivision(String given) {
        if (division.group != null || division.time != null) {
            throw new UsageException("Options contradict each other: " + (division.group != null ? "--group" : "--time")
                    + " is for rows held out of the data, not for " + given);
        }
    }

    private Path defaultModel() {
        if (data.equals("-")) {
            return Path.of("model" + MODEL_ENDING);
        }
        String name = String.valueOf(Path.of(data).getFileName());
        return Path.of(name.replaceFirst("(\\.csv|\\.tsv|\\.txt)?(\\.gz)?$", "") + MODEL_ENDING);
    }

    private void requireJson(Path modelFile) {
        if (json != null && !json.equals(Outputs.STANDARD_OUTPUT)) {
            Path file = Path.of(json);
            if (file.toAbsolutePath().equals(modelFile.toAbsolutePath())) {
                throw new UsageException(
                        "Options contradict each other: --json and --model name the same file " + json);
            }
            Outputs.requireWritable(file);
        }
    }
}

package ml.refract.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import ml.refract.concept.Method;
import ml.refract.kernel.DualActivation;
import ml.refract.kernel.Kernel;
import ml.refract.model.LibraryVersion;
import ml.refract.rfm.Loss;
import ml.refract.rfm.MetricForm;
import ml.refract.rfm.MomentKind;
import ml.refract.task.ClassCoding;
import ml.refract.task.TuningScore;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code refract} command. */
@Command(
        name = "refract",
        versionProvider = Refract.Version.class,
        header = "Feature-learning kernel machines for tables.",
        description = {"", "From a CSV file and a column to predict to an accurate model in one file.", ""},
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "refract COMMAND --help explains a command.",
            "",
            "Exit codes: 0 done; 1 a fault of Refract; 2 a command line that makes no sense; 3 data, a model or an output "
                    + "that cannot be used; 4 not enough memory; 130 interrupted.",
            "",
            "Examples:",
            "  refract train penguins.csv --target species",
            "  refract predict penguins.refract new.csv -o predicted.csv"
        })
public final class Refract implements Callable<Integer> {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version and exit.")
    boolean version;

    @Spec
    CommandSpec spec = CommandSpec.create();

    private final Console console;

    private Refract(Console console) {
        this.console = console;
    }

    /** Runs a command and ends the JVM with its exit code. */
    public static void main(String[] args) {
        Console console = Console.ofProcess();
        console.eraseWarningOfJvm();
        System.exit(run(console, args));
    }

    /** Runs a command. */
    static int run(Console console, String... args) {
        CommandLine line = commandLine(console, args);
        line.setOut(new PrintWriter(console.out(), true));
        line.setErr(new PrintWriter(console.err(), true));
        line.setParameterExceptionHandler((failure, arguments) -> usage(failure, console));
        line.setExecutionExceptionHandler((failure, command, parsed) -> report(failure, console, args));
        try {
            return line.execute(args);
        } catch (Error e) { // out of memory, a class that is not there: picocli lets them pass
            return report(e, console, args);
        }
    }

    private static int report(Throwable failure, Console console, String... args) {
        return Failures.report(failure, console, Arrays.asList(args).contains("--debug"))
                .code();
    }

    /** The commands in the order of the help. */
    static Map<String, Function<Console, Object>> commands() {
        Map<String, Function<Console, Object>> commands = new LinkedHashMap<>();
        commands.put("train", TrainCommand::new);
        commands.put("cv", CvCommand::new);
        commands.put("diagnose", DiagnoseCommand::new);
        commands.put("predict", PredictCommand::new);
        commands.put("evaluate", EvaluateCommand::new);
        commands.put("explain", ExplainCommand::new);
        commands.put("inspect", InspectCommand::new);
        commands.put("concept", ConceptCommand::new);
        commands.put("ansatz", AnsatzCommand::new);
        commands.put("complete", CompleteCommand::new);
        commands.put("doctor", DoctorCommand::new);
        commands.put("lab", Refract::labCommands);
        return commands;
    }

    /**
     * The command line of a command, or of all of them where the first argument is the name of none. Reading the options of
     * all would take a third of the time of a short command.
     */
    private static CommandLine commandLine(Console console, String... args) {
        CommandLine line = new CommandLine(new Refract(console));
        Map<String, Function<Console, Object>> commands = commands();
        if (args.length > 0 && commands.containsKey(args[0])) {
            commands.keySet().retainAll(Set.of(args[0]));
        }
        commands.forEach((name, command) -> line.addSubcommand(name, command.apply(console)));
        readNames(line);
        line.setUsageHelpAutoWidth(true);
        line.setUsageHelpLongOptionsMaxWidth(28);
        keepOrderOfOptions(line);
        return line;
    }

    /** Has names of settings read as the library spells them. */
    static void readNames(CommandLine line) {
        line.registerConverter(Kernel.Family.class, named(Kernel.Family::of));
        line.registerConverter(DualActivation.class, named(DualActivation::of));
        line.registerConverter(MetricForm.class, named(MetricForm::of));
        line.registerConverter(MomentKind.class, named(MomentKind::of));
        line.registerConverter(Loss.class, named(Loss::of));
        line.registerConverter(ClassCoding.Kind.class, named(ClassCoding.Kind::of));
        line.registerConverter(Method.class, named(Method::of));
        line.registerConverter(TuningScore.class, named(Refract::tuningScore));
        line.setCaseInsensitiveEnumValuesAllowed(true);
    }

    private static CommandLine labCommands(Console console) {
        return new CommandLine(new LabCommand(console))
                .addSubcommand(new LabListCommand(console))
                .addSubcommand(new LabRunCommand(console))
                .addSubcommand(new LabCheckCommand(console));
    }

    private static void keepOrderOfOptions(CommandLine line) {
        for (CommandLine sub : line.getSubcommands().values()) {
            sub.getCommandSpec().usageMessage().sortOptions(false);
            keepOrderOfOptions(sub);
        }
    }

    private static <T> ITypeConverter<T> named(Function<String, T> finder) {
        return text -> {
            try {
                return finder.apply(text.toLowerCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        };
    }

    private static TuningScore tuningScore(String id) {
        return Arrays.stream(TuningScore.values())
                .filter(score ->
                        score.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "There is no score '" + id + "'; there are mse, mae, brier, log-loss, accuracy, auc and f1"));
    }

    private static int usage(ParameterException failure, Console console) {
        console.warn(String.valueOf(failure.getMessage()));
        UnmatchedArgumentException.printSuggestions(
                failure, failure.getCommandLine().getErr());
        console.err()
                .println("Try '" + failure.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.USAGE.code();
    }

    /** Without a command there is nothing to do but to say which there are. */
    @Override
    public Integer call() {
        spec.commandLine().usage(console.err());
        return ExitCode.USAGE.code();
    }

    /** The version of the library and the engine it would use. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {
                "refract " + LibraryVersion.get() + ", "
                        + MachineOptions.chooseEngine().engine().description()
            };
        }
    }
}

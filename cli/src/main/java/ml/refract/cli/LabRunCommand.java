package ml.refract.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import ml.refract.engine.Execution;
import ml.refract.lab.Claim;
import ml.refract.lab.Experiment;
import ml.refract.lab.LabFiles;
import ml.refract.lab.LabRun;
import ml.refract.lab.LabSettings;
import ml.refract.lab.Numbers;
import ml.refract.lab.experiment.Experiments;
import ml.refract.table.NearestName;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "run",
        header = "Run an experiment.",
        description = {
            "",
            "Writes ID.csv (its curves), ID.svg (its picture) and ID.json (its claims). Exit code 1 when a claim fails; the "
                    + "files are written all the same.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  refract lab run low-rank-polynomial",
            "  refract lab run low-rank-polynomial --full --seed 7 --out results"
        })
final class LabRunCommand implements Callable<Integer> {
    private final Console console;
    private ExitCode result = ExitCode.OK;

    @Parameters(paramLabel = "ID", description = "An experiment; see refract lab list.")
    String id = "";

    @Option(
            names = {"-o", "--out"},
            paramLabel = "DIR",
            description = "The folder for the files, made when it is not there. Default: the current one.")
    Path out = Path.of("");

    @ArgGroup(validate = false)
    LabOptions lab = new LabOptions();

    @ArgGroup(validate = false, heading = "%nMachine:%n")
    MachineOptions machine = new MachineOptions();

    @Mixin
    CommonOptions common = new CommonOptions();

    LabRunCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Experiment experiment = find(id);
        LabSettings settings = lab.settings();
        ExitCode ended = Interruption.during(
                interruption -> run(experiment, settings, interruption), "nothing written", console, common.debug);
        return (ended == ExitCode.OK ? result : ended).code();
    }

    private static Experiment find(String id) {
        List<Experiment> all = Experiments.all();
        return all.stream().filter(one -> one.id().equals(id)).findFirst().orElseThrow(() -> {
            String nearest = NearestName.of(id, all.stream().map(Experiment::id).toList())
                    .map(name -> ". Did you mean " + name + "?")
                    .orElse(". See refract lab list");
            return new UsageException("There is no experiment '" + id + "'" + nearest);
        });
    }

    private void run(Experiment experiment, LabSettings settings, Interruption interruption) {
        try (Execution execution =
                machine.execution().cancelledWhen(interruption::requested).build()) {
            LabRun run = measure(experiment, settings, execution);
            List<Path> files = LabFiles.write(run, out);
            if (!common.quiet) {
                console.out().print(text(run));
                files.forEach(file -> console.out().println("Written: " + file));
            }
            result = run.result().pass() ? ExitCode.OK : ExitCode.BUG;
        } catch (IOException e) {
            throw new OutputException(out.toString(), e);
        }
    }

    private LabRun measure(Experiment experiment, LabSettings settings, Execution execution) {
        if (common.quiet) {
            return LabRun.of(experiment, settings, execution);
        }
        try (ProgressMeter meter = new ProgressMeter(console)) {
            return LabRun.of(experiment, settings, execution.withProgress(meter));
        }
    }

    private static String text(LabRun run) {
        StringBuilder text = new StringBuilder(run.experiment().title()).append("\n\n");
        TextTable table = new TextTable().row("", "measured", "wanted", "claim");
        for (Claim claim : run.result().claims()) {
            table.row(claim.pass() ? "pass" : "FAIL", Numbers.text(claim.measured()), claim.wanted(), claim.text());
        }
        text.append(table.text());
        run.result()
                .notReproduced()
                .forEach(line -> text.append("  not reproduced: ").append(line).append('\n'));
        return text.append("\nAfter ")
                .append(Seconds.text(run.seconds()))
                .append('\n')
                .toString();
    }
}

package ml.refract.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import ml.refract.engine.Execution;
import ml.refract.engine.Progress;
import ml.refract.lab.Claim;
import ml.refract.lab.Experiment;
import ml.refract.lab.LabFiles;
import ml.refract.lab.LabRun;
import ml.refract.lab.LabSettings;
import ml.refract.lab.Numbers;
import ml.refract.lab.experiment.Experiments;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "check",
        header = "Run all experiments and check their claims.",
        description = {
            "",
            "Prints a line for each experiment, and each claim that fails. Exit code 1 when one does.",
            ""
        },
        footer = {"", "Examples:", "  refract lab check --quick", "  refract lab check --full --docs docs"})
final class LabCheckCommand implements Callable<Integer> {
    private final Console console;
    private ExitCode result = ExitCode.OK;

    @Option(
            names = "--docs",
            paramLabel = "DIR",
            description = "Write the page that shows all experiments, DIR/lab.md, and its pictures, DIR/lab/ID.svg.")
    @Nullable
    Path docs;

    @ArgGroup(validate = false)
    LabOptions lab = new LabOptions();

    @ArgGroup(validate = false, heading = "%nMachine:%n")
    MachineOptions machine = new MachineOptions();

    @Mixin
    CommonOptions common = new CommonOptions();

    LabCheckCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        LabSettings settings = lab.settings();
        ExitCode ended = Interruption.during(
                interruption -> check(settings, interruption), "nothing written", console, common.debug);
        return (ended == ExitCode.OK ? result : ended).code();
    }

    private void check(LabSettings settings, Interruption interruption) {
        try (Execution execution =
                machine.execution().cancelledWhen(interruption::requested).build()) {
            List<LabRun> runs = runAll(settings, execution);
            if (!common.quiet) {
                console.out().print(text(runs));
            }
            if (docs != null) {
                write(runs, docs);
            }
            result = runs.stream().allMatch(run -> run.result().pass()) ? ExitCode.OK : ExitCode.BUG;
        }
    }

    private List<LabRun> runAll(LabSettings settings, Execution execution) {
        if (common.quiet) {
            return runAll(settings, execution, Progress.none());
        }
        try (ProgressMeter meter = new ProgressMeter(console)) {
            return runAll(settings, execution, meter);
        }
    }

    private static List<LabRun> runAll(LabSettings settings, Execution execution, Progress progress) {
        List<Experiment> experiments = Experiments.all();
        List<LabRun> runs = new ArrayList<>();
        double share = 1.0 / experiments.size();
        for (Experiment experiment : experiments) {
            execution.requireNotCancelled();
            double from = runs.size() * share;
            Progress part =
                    (activity, fraction) -> progress.report(experiment.id() + ": " + activity, from + fraction * share);
            runs.add(LabRun.of(experiment, settings, execution.withProgress(part)));
        }
        return runs;
    }

    private static void write(List<LabRun> runs, Path folder) {
        try {
            LabFiles.writePage(runs, folder);
        } catch (IOException e) {
            throw new OutputException(folder.toString(), e);
        }
    }

    private static String text(List<LabRun> runs) {
        TextTable table = new TextTable().row("experiment", "", "claims", "time");
        StringBuilder failed = new StringBuilder();
        double seconds = 0;
        for (LabRun run : runs) {
            List<Claim> claims = run.result().claims();
            long passed = claims.stream().filter(Claim::pass).count();
            table.row(
                    run.experiment().id(),
                    run.result().pass() ? "pass" : "FAIL",
                    passed + " of " + claims.size(),
                    Seconds.text(run.seconds()));
            claims.stream()
                    .filter(claim -> !claim.pass())
                    .forEach(claim -> failed.append("FAIL ")
                            .append(run.experiment().id())
                            .append(": ")
                            .append(claim.text())
                            .append(" is ")
                            .append(Numbers.text(claim.measured()))
                            .append(", wanted ")
                            .append(claim.wanted())
                            .append('\n'));
            seconds += run.seconds();
        }
        return table.text() + failed + "After " + Seconds.text(seconds) + "\n";
    }
}

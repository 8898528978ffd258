package ml.refract.cli;

import java.util.concurrent.Callable;
import ml.refract.lab.experiment.Experiments;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "list", header = "List the experiments.", description = "")
final class LabListCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    CommonOptions common = new CommonOptions();

    LabListCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        TextTable table = new TextTable().row("experiment", "shows", "from");
        Experiments.all().forEach(one -> table.row(one.id(), one.title(), one.source()));
        console.out().print(table.text());
        return ExitCode.OK.code();
    }
}

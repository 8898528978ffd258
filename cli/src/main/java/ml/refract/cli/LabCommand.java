package ml.refract.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "lab",
        header = "Run claims of the papers again.",
        description = {
            "",
            "Each experiment measures numbers and holds them against a closed form, an identity, or a figure of a paper.",
            ""
        },
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Examples:",
            "  refract lab list",
            "  refract lab run low-rank-polynomial --out results",
            "  refract lab check --quick"
        })
final class LabCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    CommonOptions common = new CommonOptions();

    LabCommand(Console console) {
        this.console = console;
    }

    /** Without a command there is nothing to do but to say which there are. */
    @Override
    public Integer call() {
        spec.commandLine().usage(console.err());
        return ExitCode.USAGE.code();
    }
}

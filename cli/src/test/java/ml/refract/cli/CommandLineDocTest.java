package ml.refract.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/command-line.md} to what {@code --help} prints. */
class CommandLineDocTest {
    private static final List<String> LAB_COMMANDS = List.of("lab list", "lab run", "lab check");
    private static final Path DOCUMENT = Path.of("..", "docs", "command-line.md");

    @Test
    void theDocumentIsTheHelp() throws IOException {
        StringBuilder text =
                new StringBuilder("# The command line\n\nWhat `--help` prints. Every option with its default and "
                        + "effect; the library calls them by the same names.\n");
        List<String> commands = new ArrayList<>(List.of(""));
        commands.addAll(Refract.commands().keySet());
        commands.addAll(LAB_COMMANDS);
        for (String command : commands) {
            Cli.Result help = Cli.run((Object[]) (command + " --help").strip().split(" "));
            text.append("\n## refract").append(command.isEmpty() ? "" : " " + command);
            text.append("\n\n```\n")
                    .append(help.out().replaceAll("(?m) +$", ""))
                    .append("```\n");
        }
        Path fresh = Files.writeString(Path.of("target", "command-line.md"), text);
        assertThat(Files.exists(DOCUMENT) ? Files.readString(DOCUMENT) : "")
                .as(
                        "docs/command-line.md is out of date; copy %s there",
                        fresh.toAbsolutePath().normalize())
                .isEqualTo(text.toString());
    }
}

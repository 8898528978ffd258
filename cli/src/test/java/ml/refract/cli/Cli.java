package ml.refract.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** Runs the command in this JVM. */
final class Cli {
    /** Small real data sets that come with the sources. */
    static final Path DATA = Path.of("..", "examples", "data");

    private Cli() {}

    /** What a run left behind. */
    record Result(int code, String out, String err) {
        /** The lines of standard output. */
        String[] lines() {
            return out.split("\n");
        }
    }

    static Result run(Object... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                0);
        int code = Refract.run(
                console, Arrays.stream(arguments).map(String::valueOf).toArray(String[]::new));
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}

package ml.refract.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import ml.refract.engine.Engines;
import ml.refract.model.LibraryVersion;

/** What a measurement was made on, for the head of its document. */
final class Machine {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private Machine() {}

    /** A paragraph naming processor, JVM, engine and the command that makes the document. */
    static String describe(String command) {
        return "Made by `" + command + "` with Refract " + LibraryVersion.get() + " on " + processors() + ", " + jdk()
                + ", engine " + Engines.choose().engine().description() + ".\n\n";
    }

    static String jdk() {
        return System.getProperty("java.vm.name") + " " + System.getProperty("java.version");
    }

    static String processors() {
        return processor() + ", " + Runtime.getRuntime().availableProcessors() + " processors";
    }

    /** Version, and commit where the launcher knows it. */
    static String version() {
        return (LibraryVersion.get() + " " + System.getProperty("refract.commit", "")).trim();
    }

    /** Name, family and model: virtual machines of different generations share a name. */
    private static String processor() {
        try {
            List<String> lines = Files.readAllLines(CPU_INFO);
            return entry(lines, "model name")
                    .map(name -> name + " (family " + entry(lines, "cpu family").orElse("?") + ", model "
                            + entry(lines, "model").orElse("?") + ")")
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }

    private static Optional<String> entry(List<String> lines, String key) {
        return lines.stream()
                .filter(line ->
                        line.substring(0, Math.max(0, line.indexOf(':'))).trim().equals(key))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst();
    }
}

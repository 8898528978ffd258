package ml.refract.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import ml.refract.engine.Engines;
import ml.refract.model.LibraryVersion;

/** What a measurement was made on, for the head of its document. */
final class Machine {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private Machine() {}

    /** A paragraph naming processor, JVM, engine and the command that makes the document. */
    static String describe(String command) {
        return "Made by `" + command + "` with Refract " + LibraryVersion.get() + " on " + processor() + ", "
                + Runtime.getRuntime().availableProcessors() + " processors, " + System.getProperty("java.vm.name")
                + " "
                + System.getProperty("java.version") + ", engine "
                + Engines.choose().engine().description() + ".\n\n";
    }

    private static String processor() {
        try {
            return Files.readAllLines(CPU_INFO).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }
}

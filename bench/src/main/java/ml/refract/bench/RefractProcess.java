package ml.refract.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs commands of {@code refract}, each in a JVM of its own, by the launcher. */
final class RefractProcess {
    private static final int POLL_MILLIS = 10;

    private final Path launcher = Path.of(System.getProperty("refract.home", "."), "refract");
    private final Path errors;

    /**
     * Starts once, which makes later starts what they are from the second on.
     *
     * @param scratch folder for what the command says
     */
    RefractProcess(Path scratch) throws IOException, InterruptedException {
        this.errors = scratch.resolve("errors.txt");
        run(List.of("doctor"));
    }

    /**
     * What a command took.
     *
     * @param seconds from the start of the JVM to its end
     * @param peakBytes the most memory it had; zero where the system does not tell
     */
    record Usage(double seconds, double peakBytes) {}

    /**
     * Runs a command to its end.
     *
     * @throws IllegalStateException when it fails
     */
    Usage run(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("REFRACT_JAVA_HOME", System.getProperty("java.home"));
        long start = System.nanoTime();
        Process process = builder.redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(errors.toFile())
                .start();
        double peak = watch(process);
        double seconds = (System.nanoTime() - start) * 1e-9;
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", arguments) + ": " + Files.readString(errors));
        }
        return new Usage(seconds, peak);
    }

    private static double watch(Process process) throws InterruptedException {
        Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
        double peak = 0;
        while (process.isAlive()) {
            try {
                for (String line : Files.readAllLines(status)) {
                    if (line.startsWith("VmHWM:")) {
                        peak = 1024 * Double.parseDouble(line.replaceAll("[^0-9]", ""));
                    }
                }
            } catch (IOException e) {
                break; // it ended in between
            }
            Thread.sleep(POLL_MILLIS);
        }
        process.waitFor();
        return peak;
    }
}

package ml.refract.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordingFile;
import ml.refract.engine.EngineProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The built program, started by the launcher in a process of its own. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LauncherIT {
    private static final Path LAUNCHER =
            Path.of("..", "refract").toAbsolutePath().normalize();
    private static final Path PENGUINS =
            Cli.DATA.resolve("penguins.csv").toAbsolutePath().normalize();
    private static final String JVM_WARNING = "WARNING: Using incubator modules: jdk.incubator.vector\n";
    private static final int INTERRUPTED = 130;

    @TempDir
    private Path folder;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void endWhatStillRuns() {
        started.forEach(Process::destroyForcibly);
    }

    private ProcessBuilder refract(Object... arguments) {
        List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("REFRACT_JAVA_HOME", System.getProperty("java.home"));
        builder.environment().remove("REFRACT_OPTS");
        builder.environment().remove("REFRACT_CLASSPATH");
        return builder;
    }

    private Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private record Result(int code, String out, String err) {}

    private Result run(ProcessBuilder builder) throws Exception {
        Path out = Files.createTempFile("refract", ".out");
        Path err = Files.createTempFile("refract", ".err");
        try {
            Process process = start(builder.redirectOutput(out.toFile()).redirectError(err.toFile()));
            int code = process.waitFor();
            return new Result(code, Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    private static void interrupt(Process process) throws Exception {
        assertThat(new ProcessBuilder("kill", "-INT", String.valueOf(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private static void waitFor(BufferedReader reader, String word) throws IOException {
        StringBuilder seen = new StringBuilder();
        while (seen.indexOf(word) < 0) {
            int c = reader.read();
            assertThat(c)
                    .as("the program ended before it said '%s': %s", word, seen)
                    .isNotNegative();
            seen.append((char) c);
        }
    }

    private static BufferedReader errorsOf(Process process) {
        return new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
    }

    /** Rows of noise, whose metric does not settle for long. */
    private Path noise(int rows, int columns) throws IOException {
        SplittableRandom random = new SplittableRandom(rows);
        Path file = folder.resolve("noise.csv");
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            for (int j = 0; j < columns; j++) {
                writer.write("x" + j + ",");
            }
            writer.write("y\n");
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j <= columns; j++) {
                    writer.write(String.format(Locale.ROOT, j < columns ? "%.4f," : "%.4f\n", random.nextDouble()));
                }
            }
        }
        return file;
    }

    @Test
    void trainsPredictsAndEvaluatesOnRealData() throws Exception {
        Result trained = run(refract("train", "--preset", "fast", PENGUINS, "--target", "species"));
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.err())
                .as("nothing but results on standard output, nothing but this on the other")
                .isEqualTo(JVM_WARNING);
        assertThat(trained.out()).contains("Model: penguins.refract");
        assertThat(folder.toFile().list()).containsExactly("penguins.refract");

        Result predicted = run(refract("predict", "penguins.refract", PENGUINS));
        assertThat(predicted.err()).isEqualTo(JVM_WARNING);
        assertThat(predicted.out().lines()).hasSize(345).startsWith("species", "Adelie");

        Result scored = run(refract("evaluate", "penguins.refract", PENGUINS, "--json", "-"));
        assertThat(JsonParser.parseString(scored.out())
                        .getAsJsonObject()
                        .getAsJsonObject("scores")
                        .get("accuracy")
                        .getAsDouble())
                .isGreaterThan(0.95);
    }

    @Test
    void readsAPipe() throws Exception {
        ProcessBuilder builder = refract("train", "--preset", "fast", "-", "-t", "species", "--quiet", "--json", "-");
        Result result = run(builder.redirectInput(PENGUINS.toFile()));
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(JsonParser.parseString(result.out())
                        .getAsJsonObject()
                        .get("model")
                        .getAsString())
                .isEqualTo("model.refract");
    }

    @Test
    void failuresAreOneLineWithoutAStackTraceUnlessAsked() throws Exception {
        Result plain = run(refract("predict", "nothing.refract", PENGUINS));
        assertThat(plain.code()).isEqualTo(3);
        assertThat(plain.out()).isEmpty();
        assertThat(plain.err()).isEqualTo(JVM_WARNING + "refract: There is no model file nothing.refract\n");
        Result debug = run(refract("predict", "nothing.refract", PENGUINS, "--debug"));
        assertThat(debug.err()).contains("\tat ml.refract.");
    }

    @Test
    void classesComeFromTheArchiveThatTheFirstStartMade() throws Exception {
        assertThat(run(refract("doctor")).code()).isZero();
        Path loaded = folder.resolve("loaded");
        ProcessBuilder builder = refract("--version");
        builder.environment().put("REFRACT_OPTS", "-Xlog:class+load:file=" + loaded);
        Result result = run(builder);
        assertThat(result.err()).isEqualTo(JVM_WARNING);
        assertThat(Files.readAllLines(loaded))
                .filteredOn(line -> line.contains("ml.refract.cli.Refract "))
                .singleElement()
                .asString()
                .endsWith("source: shared objects file");
    }

    @Test
    void theHeapFollowsTheMemoryOption() throws Exception {
        Result result = run(refract(
                "train",
                "--preset",
                "fast",
                PENGUINS,
                "-t",
                "species",
                "--memory",
                "300m",
                "--quiet",
                "--json",
                "-",
                "-m",
                "m"));
        assertThat(result.code()).as(result.err()).isZero();
        long budget = JsonParser.parseString(result.out())
                .getAsJsonObject()
                .getAsJsonObject("memory")
                .get("budget")
                .getAsLong();
        assertThat(budget).isBetween((long) (0.7 * (284 << 20)), (long) (0.8 * (284 << 20)));
    }

    @Test
    void aJavaThatIsNoneIsNamed() throws Exception {
        ProcessBuilder builder = refract("doctor");
        builder.environment().put("REFRACT_JAVA_HOME", "/nowhere");
        Result result = run(builder);
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .isEqualTo(
                        "refract: REFRACT_JAVA_HOME is /nowhere, where there is no Java 17 or newer. Point it at one\n");
    }

    @Test
    void withoutTheVectorModuleTheScalarEngineServes() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        Path.of("target", "refract.jar").toAbsolutePath().toString(),
                        "doctor")
                .directory(folder.toFile());
        Result result = run(builder);
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out())
                .contains("scalar (float64, plain Java): vector engine not used: the JVM was started without "
                        + "--add-modules jdk.incubator.vector");
    }

    /** Recording from the start, so that Flight Recorder sees the events' classes while they are loaded. */
    @Test
    void flightRecorderIsToldThePhases() throws Exception {
        ProcessBuilder builder = refract(
                "train", "--preset", "fast", PENGUINS, "-t", "species", "--quiet", "-m", "m", "--iterations", 2);
        builder.environment()
                .put("REFRACT_OPTS", "-XX:StartFlightRecording=filename=train.jfr -Xlog:jfr+startup=error");
        Result result = run(builder);
        assertThat(result.code()).as(result.out() + result.err()).isZero();
        assertThat(result.out()).isEmpty();
        Map<String, Long> counts = RecordingFile.readAllEvents(folder.resolve("train.jfr")).stream()
                .map(event -> event.getEventType().getName())
                .filter(name -> name.startsWith("ml.refract."))
                .collect(Collectors.groupingBy(name -> name, Collectors.counting()));
        assertThat(counts)
                .containsEntry("ml.refract.Reading", 1L)
                .containsEntry("ml.refract.Encoding", 1L)
                .containsEntry("ml.refract.Learning", 1L)
                .containsEntry("ml.refract.Kernel", 4L)
                .containsEntry("ml.refract.Factorisation", 4L)
                .containsEntry("ml.refract.Refit", 1L)
                .containsEntry("ml.refract.ModelFile", 1L);
    }

    @Test
    void withoutFlightRecorderTrainingGoesOn() throws Exception {
        ProcessBuilder builder =
                refract("train", "--preset", "fast", PENGUINS, "-t", "species", "--quiet", "-m", "m", "--profile");
        builder.environment().put("REFRACT_OPTS", "--limit-modules=java.base,java.management,jdk.incubator.vector");
        Result result = run(builder);
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.err()).isEqualTo(JVM_WARNING);
        assertThat(result.out()).contains("factorisation");
    }

    @Test
    void enginesOfFurtherJarsAreFoundAndOneThatCannotRunIsAUsageError() throws Exception {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(EngineProvider.class.getName()), BrokenEngineProvider.class.getName());
        for (String[] command : new String[][] {
            {"doctor"}, {"train", PENGUINS.toString(), "-t", "species", "--quiet"},
        }) {
            ProcessBuilder builder = refract((Object[]) command);
            builder.environment()
                    .put(
                            "REFRACT_CLASSPATH",
                            folder
                                    + File.pathSeparator
                                    + Path.of("target", "test-classes").toAbsolutePath());
            builder.environment().put("REFRACT_OPTS", "-Drefract.engine=broken");
            Result result = run(builder);
            assertThat(result.code()).isEqualTo(2);
            assertThat(result.err())
                    .isEqualTo(JVM_WARNING + "refract: The engine 'broken' cannot run here: it is meant to fail. "
                            + "The property refract.engine asked for it\n");
        }
    }

    /** A hundred thousand rows of sixty numbers are 48 MB as doubles; the heap is 40 MB. */
    @Test
    void predictionNeedsNoMoreMemoryForMoreRows() throws Exception {
        Path train = noise(200, 60);
        assertThat(run(refract("train", "--preset", "fast", train, "-t", "y", "--quiet", "-m", "m", "--iterations", 1))
                        .code())
                .isZero();
        Path many = noise(100_000, 60);
        ProcessBuilder builder = refract("predict", "m", many, "-o", "predicted.csv");
        builder.environment().put("REFRACT_OPTS", "-Xmx40m");
        Result result = run(builder);
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).isEqualTo("100,000 rows predicted: predicted.csv\n");
        try (var lines = Files.lines(folder.resolve("predicted.csv"))) {
            assertThat(lines.count()).isEqualTo(100_001);
        }
    }

    @Test
    void interruptedTrainingKeepsTheBestModelSoFar() throws Exception {
        ProcessBuilder builder = refract(
                "train",
                "--preset",
                "fast",
                noise(4000, 20),
                "-t",
                "y",
                "-m",
                "m.refract",
                "--iterations",
                1000,
                "--metric",
                "diag");
        builder.environment().put("REFRACT_OPTS", "-Drefract.columns=200"); // progress as on a terminal
        Process process = start(builder.redirectOutput(folder.resolve("out.txt").toFile()));
        try (BufferedReader errors = errorsOf(process)) {
            waitFor(errors, "solving round 2");
            interrupt(process);
            waitFor(errors, "refract: interrupted; ending with the best model so far, if there is one");
            errors.transferTo(java.io.Writer.nullWriter());
        }
        assertThat(process.waitFor()).isEqualTo(INTERRUPTED);
        assertThat(Files.readString(folder.resolve("out.txt")))
                .contains("note: feature learning was cancelled after round")
                .contains("Model: m.refract");
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("noise.csv", "out.txt", "m.refract");
        assertThat(run(refract("predict", "m.refract", "noise.csv", "-o", "p.csv"))
                        .code())
                .isZero();
    }

    @Test
    void interruptedBeforeThereIsAModelNothingIsLeft() throws Exception {
        ProcessBuilder builder = refract("train", "--preset", "fast", noise(6000, 20), "-t", "y", "-m", "m.refract");
        builder.environment().put("REFRACT_OPTS", "-Drefract.columns=200 -Drefract.engine=scalar");
        Process process = start(builder.redirectOutput(ProcessBuilder.Redirect.DISCARD));
        try (BufferedReader errors = errorsOf(process)) {
            waitFor(errors, "solving round 0");
            interrupt(process);
            waitFor(errors, "refract: interrupted; nothing was written");
            errors.transferTo(java.io.Writer.nullWriter());
        }
        assertThat(process.waitFor()).isEqualTo(INTERRUPTED);
        assertThat(folder.toFile().list()).containsExactly("noise.csv");
    }

    @Test
    void interruptedCrossValidationTellsTheFoldsThatWereDone() throws Exception {
        ProcessBuilder builder = refract(
                "cv", noise(3000, 20), "-t", "y", "--predictions", "p.csv", "--json", "s.json", "--iterations", 2);
        builder.environment().put("REFRACT_OPTS", "-Drefract.columns=200");
        Process process = start(builder.redirectOutput(folder.resolve("out.txt").toFile()));
        try (BufferedReader errors = errorsOf(process)) {
            waitFor(errors, "fold 2 of 5, solving");
            interrupt(process);
            waitFor(errors, "refract: interrupted; ending with the folds that are done, if there are any");
            errors.transferTo(java.io.Writer.nullWriter());
        }
        assertThat(process.waitFor()).isEqualTo(INTERRUPTED);
        assertThat(Files.readString(folder.resolve("out.txt")))
                .contains("Incomplete: interrupted after 1 of 5 folds; the scores are of these alone");
        assertThat(Files.readString(folder.resolve("s.json"))).contains("\"complete\": false");
        assertThat(Files.readAllLines(folder.resolve("p.csv"))).hasSize(601);
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("noise.csv", "out.txt", "p.csv", "s.json");
    }

    @Test
    void interruptedPredictionLeavesNothingHalfWritten() throws Exception {
        assertThat(run(refract("train", "--preset", "fast", PENGUINS, "-t", "species", "--quiet", "-m", "m"))
                        .code())
                .isZero();
        Process process = start(refract("predict", "m", "-", "-o", "out.csv"));
        List<String> lines = Files.readAllLines(PENGUINS);
        OutputStream input = process.getOutputStream();
        input.write((lines.get(0) + "\n").getBytes(StandardCharsets.UTF_8));
        for (int times = 0; times < 100; times++) { // more than any buffer on the way holds, and no end
            input.write((String.join("\n", lines.subList(1, lines.size())) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        input.flush();
        while (folder.toFile().list((place, name) -> name.endsWith(".tmp")).length == 0) {
            assertThat(process.isAlive()).isTrue();
            Thread.sleep(20);
        }
        interrupt(process);
        assertThat(process.waitFor()).isEqualTo(INTERRUPTED);
        assertThat(folder.toFile().list()).containsExactly("m");
    }
}

package ml.refract.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Times {@code refract train} as a whole process, from the start of the JVM to the model file, on the sets and splits whose fit
 * was timed with the reference implementation ({@code peer_timing.csv}), and watches its memory. Writes
 * {@code training-time.md}.
 *
 * <p>Arguments: data folder, output folder, and optionally names of sets.
 */
public final class TrainingTime {
    private static final int RUNS = 5;
    private static final double MIB = 1 << 20;
    private static final int POLL_MILLIS = 10;

    private final Path data;
    private final Path jar = Path.of(System.getProperty("refract.home", "."), "cli", "target", "refract.jar");
    private final Path scratch;

    private TrainingTime(Path data) throws IOException {
        this.data = data;
        this.scratch = Files.createTempDirectory("refract-bench");
    }

    /** Runs the measurement. */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length < 2) {
            throw new IllegalArgumentException("wanted: DATA_FOLDER OUTPUT_FOLDER [SET ...]");
        }
        new TrainingTime(Path.of(args[0]))
                .run(Path.of(args[1]), Arrays.asList(args).subList(2, args.length));
    }

    /** A fit of the reference. */
    private record Peer(String set, int rows, int threads, double fitSeconds, double testError) {}

    /** One run of ours. */
    private record Run(double wallSeconds, double fitSeconds, double peakBytes, double testError) {}

    /** The runs of one line, of which medians are told. */
    private record Line(Peer peer, List<Run> runs) {
        double median(ToDoubleFunction<Run> value) {
            double[] sorted = runs.stream().mapToDouble(value).sorted().toArray();
            return sorted[sorted.length / 2];
        }

        double kernelBytes() {
            return 4.0 * peer.rows() * peer.rows();
        }
    }

    private void run(Path output, List<String> only) throws IOException, InterruptedException {
        Files.createDirectories(output);
        Map<String, DataSet> sets =
                DataSet.all(data).stream().collect(Collectors.toMap(DataSet::name, Function.identity()));
        List<Line> lines = new ArrayList<>();
        for (Peer peer : peers()) {
            if (only.isEmpty() || only.contains(peer.set())) {
                List<Run> runs = new ArrayList<>();
                for (int k = 0; k < RUNS; k++) {
                    runs.add(train(Objects.requireNonNull(sets.get(peer.set())), peer.threads()));
                }
                lines.add(new Line(peer, runs));
                System.out.println(row(lines.get(lines.size() - 1)));
            }
        }
        Files.writeString(output.resolve("training-time.md"), document(lines));
    }

    private List<Peer> peers() throws IOException {
        List<Peer> peers = new ArrayList<>();
        try (CsvReader<NamedCsvRecord> reader = CsvReader.builder().ofNamedCsvRecord(data.resolve("peer_timing.csv"))) {
            for (NamedCsvRecord row : reader) {
                peers.add(new Peer(
                        row.getField("dataset"),
                        Integer.parseInt(row.getField("n_train")),
                        Integer.parseInt(row.getField("threads")),
                        Double.parseDouble(row.getField("fit_s")),
                        Double.parseDouble(row.getField("test_error"))));
            }
        }
        return peers;
    }

    private Run train(DataSet set, int threads) throws IOException, InterruptedException {
        Path json = scratch.resolve("result.json");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "-XX:+UseSerialGC",
                "-jar",
                jar.toString(),
                "train",
                set.file().toString(),
                "--target",
                set.target(),
                "--task",
                set.isRegression() ? "regression" : "classification",
                "--split",
                set.split(0).toString(),
                "--threads",
                String.valueOf(threads),
                "--model",
                scratch.resolve("model.refract").toString(),
                "--json",
                json.toString(),
                "--quiet"));
        if (!set.categorical().isEmpty()) {
            command.addAll(List.of("--categorical", String.join(",", set.categorical())));
        }
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(scratch.resolve("errors.txt").toFile())
                .start();
        double peak = watch(process);
        double wall = (System.nanoTime() - start) * 1e-9;
        if (process.waitFor() != 0) {
            throw new IllegalStateException(set.name() + ": " + Files.readString(scratch.resolve("errors.txt")));
        }
        JsonObject result = JsonParser.parseString(Files.readString(json)).getAsJsonObject();
        JsonObject test = result.getAsJsonObject("scores").getAsJsonObject("test");
        return new Run(
                wall,
                fitSeconds(result),
                peak,
                test.get(set.isRegression() ? "rmse" : "logLoss").getAsDouble());
    }

    /** Waits for a process to end and returns the most memory it had, in bytes; zero where the system does not tell. */
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

    /** What corresponds to the reference's fit: kernels, solves, scores on validation rows, moments. */
    private static double fitSeconds(JsonObject result) {
        double seconds = 0;
        for (JsonElement leaf : result.getAsJsonArray("leaves")) {
            for (JsonElement round : leaf.getAsJsonObject().getAsJsonArray("rounds")) {
                seconds += round.getAsJsonObject().get("solveSeconds").getAsDouble()
                        + round.getAsJsonObject().get("momentSeconds").getAsDouble();
            }
        }
        return seconds;
    }

    private static String document(List<Line> lines) {
        StringBuilder text = new StringBuilder("# Training time and memory\n\n")
                .append(Machine.describe("bench/run TrainingTime DATA docs/benchmarks"))
                .append("Medians of ")
                .append(RUNS)
                .append(
                        " runs. Reference: `fit_s` of the Python implementation in `peer_timing.csv`, measured on an idle ")
                .append(
                        "machine of the same kind; it counts neither the start of Python nor reading. Refract, fit: the same ")
                .append("work. Refract, process: all of `refract train`, from starting the JVM over reading, fitting, ")
                .append(
                        "scoring every part and importances to the model file. Memory: the process's peak (VmHWM), and how ")
                .append("many float32 kernel matrices of the training rows that is.\n\n")
                .append(
                        "| set | rows | threads | reference fit | Refract fit | ratio | Refract process | ratio | memory | ")
                .append("kernel matrices | test error | reference |\n")
                .append("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
        lines.forEach(line -> text.append(row(line)).append('\n'));
        text.append(String.format(
                Locale.ROOT,
                "%nGeometric mean of the ratios: fit %.1f, process %.1f.%n",
                geometricMean(lines, Run::fitSeconds),
                geometricMean(lines, Run::wallSeconds)));
        return text.toString();
    }

    private static double geometricMean(List<Line> lines, ToDoubleFunction<Run> seconds) {
        return Math.exp(lines.stream()
                .mapToDouble(line -> Math.log(line.peer().fitSeconds() / line.median(seconds)))
                .average()
                .orElse(Double.NaN));
    }

    private static String row(Line line) {
        double fit = line.median(Run::fitSeconds);
        double wall = line.median(Run::wallSeconds);
        double peak = line.median(Run::peakBytes);
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %.2f s | %.2f s | %.1f | %.2f s | %.1f | %.0f MiB | %.1f | %.5g | %.5g |",
                line.peer().set(),
                line.peer().rows(),
                line.peer().threads(),
                line.peer().fitSeconds(),
                fit,
                line.peer().fitSeconds() / fit,
                wall,
                line.peer().fitSeconds() / wall,
                peak / MIB,
                peak / line.kernelBytes(),
                line.median(Run::testError),
                line.peer().testError());
    }
}

package ml.refract.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import ml.refract.engine.Execution;
import ml.refract.table.learn.TableTrainer;

/**
 * Times {@code refract train} as a whole process, from the start of the JVM to the model file, on the sets and splits whose fit
 * was timed with the reference implementation ({@code peer_timing.csv}), and watches its memory. Fits the same in a JVM that has
 * compiled its loops already, too. Writes {@code training-time.md}.
 *
 * <p>Arguments: data folder, output folder, and optionally names of sets.
 */
public final class TrainingTime {
    private static final int RUNS = 3;
    /** Fits before the warm ones: HotSpot has compiled all their loops then. */
    private static final int WARM_UP_SECONDS = 5;

    private static final double MIB = 1 << 20;

    private final Arguments arguments;
    private final Path scratch;
    private final RefractProcess process;

    private TrainingTime(Arguments arguments) throws IOException, InterruptedException {
        this.arguments = arguments;
        this.scratch = Files.createTempDirectory("refract-bench");
        this.process = new RefractProcess(scratch);
    }

    /** Runs the measurement. */
    public static void main(String[] args) throws IOException, InterruptedException {
        new TrainingTime(Arguments.parse(args)).run();
    }

    /** One run of a process. */
    private record Run(double wallSeconds, double fitSeconds, double peakBytes, double testError) {}

    /** The runs of one line, of which medians are told. */
    private record Line(PeerTiming peer, List<Run> runs, double warmSeconds) {
        double median(ToDoubleFunction<Run> value) {
            return Averages.median(runs.stream().mapToDouble(value).toArray());
        }

        /** Peak of memory in float32 kernel matrices of the training rows. */
        double kernels() {
            return median(Run::peakBytes) / (4.0 * peer.trainingRows() * peer.trainingRows());
        }
    }

    private void run() throws IOException, InterruptedException {
        Load load = Load.watch();
        Map<String, DataSet> sets = DataSet.byName(arguments.data());
        List<Line> lines = new ArrayList<>();
        for (PeerTiming peer : PeerTiming.read(arguments.data())) {
            if (arguments.wants(peer.set())) {
                DataSet set = Objects.requireNonNull(sets.get(peer.set()));
                List<Run> runs = new ArrayList<>();
                for (int k = 0; k < RUNS; k++) {
                    runs.add(train(set, peer.threads()));
                }
                lines.add(new Line(peer, runs, warmSeconds(set, peer.threads())));
                System.out.println(row(lines.get(lines.size() - 1)));
            }
        }
        Files.writeString(arguments.output().resolve("training-time.md"), document(lines, load));
    }

    private Run train(DataSet set, int threads) throws IOException, InterruptedException {
        Path json = scratch.resolve("result.json");
        List<String> arguments = new ArrayList<>(List.of(
                "train",
                set.file().toString(),
                "--target",
                set.target(),
                "--task",
                set.isRegression() ? "regression" : "classification",
                "--split",
                set.split(0).toString(),
                "--ridge",
                "0.001",
                "--threads",
                String.valueOf(threads),
                "--model",
                scratch.resolve("model.refract").toString(),
                "--json",
                json.toString(),
                "--quiet"));
        if (!set.categorical().isEmpty()) {
            arguments.addAll(List.of("--categorical", String.join(",", set.categorical())));
        }
        RefractProcess.Usage usage = process.run(arguments);
        JsonObject result = JsonParser.parseString(Files.readString(json)).getAsJsonObject();
        JsonObject test = result.getAsJsonObject("scores").getAsJsonObject("test");
        return new Run(
                usage.seconds(),
                fitSeconds(result),
                usage.peakBytes(),
                test.get(set.isRegression() ? "rmse" : "logLoss").getAsDouble());
    }

    /** Median seconds of the same fit in this JVM, after others. */
    private static double warmSeconds(DataSet set, int threads) throws IOException {
        double[] seconds = new double[RUNS];
        try (Execution execution = Execution.builder().threads(threads).build()) {
            long start = System.nanoTime();
            while (System.nanoTime() - start < WARM_UP_SECONDS * 1e9) {
                TableTrainer.train(set.file(), set.options(0), execution);
            }
            for (int k = 0; k < RUNS; k++) {
                seconds[k] = TableTrainer.train(set.file(), set.options(0), execution).fit().leaves().stream()
                        .flatMap(leaf -> leaf.rounds().stream())
                        .mapToDouble(round -> round.solveSeconds() + round.momentSeconds())
                        .sum();
            }
        }
        return Averages.median(seconds);
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

    private String document(List<Line> lines, Load load) {
        StringBuilder text = new StringBuilder("# Training time and memory\n\n")
                .append(Machine.describe(arguments.command(TrainingTime.class)))
                .append(load.sentence())
                .append("\n\nMedians of ")
                .append(RUNS)
                .append(
                        " runs. Reference: `fit_s` of the Python implementation in `peer_timing.csv`, measured on an idle ")
                .append(PeerTiming.MACHINE)
                .append(
                        "; it counts neither the start of Python nor reading. Refract, fit: the same work in a new process. Warm: the same in a JVM that has done it for 5 seconds, its loops compiled. Refract, process: all of `refract train`, from starting the JVM over reading, fitting, ")
                .append(
                        "scoring every part and importances to the model file. Memory: the process's peak (VmHWM), and how ")
                .append("many float32 kernel matrices of the training rows that is.\n\n")
                .append(
                        "| set | rows | threads | reference fit | Refract fit | ratio | warm | ratio | Refract process | ratio | memory | ")
                .append("kernel matrices | test error | reference |\n")
                .append("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
        lines.forEach(line -> text.append(row(line)).append('\n'));
        text.append(String.format(
                Locale.ROOT,
                "%nGeometric mean of the ratios: fit %.1f, warm %.1f, process %.1f.%n",
                geometricMean(lines, line -> line.median(Run::fitSeconds)),
                geometricMean(lines, Line::warmSeconds),
                geometricMean(lines, line -> line.median(Run::wallSeconds))));
        int most = lines.stream()
                .mapToInt(line -> line.peer().trainingRows())
                .max()
                .orElseThrow();
        double kernels = lines.stream()
                .filter(line -> line.peer().trainingRows() == most)
                .mapToDouble(Line::kernels)
                .max()
                .orElseThrow();
        return text.append(Target.section(List.of(Target.atMost(
                        "memory for " + most + " rows, in float32 kernel matrices (two triangles each)",
                        "%.1f",
                        1.2,
                        kernels))))
                .toString();
    }

    private static double geometricMean(List<Line> lines, ToDoubleFunction<Line> seconds) {
        return Averages.geometricMean(lines.stream()
                .mapToDouble(line -> line.peer().fitSeconds() / seconds.applyAsDouble(line))
                .toArray());
    }

    private static String row(Line line) {
        double fit = line.median(Run::fitSeconds);
        double wall = line.median(Run::wallSeconds);
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %.2f s | %.2f s | %.1f | %.2f s | %.1f | %.2f s | %.1f | %.0f MiB | %.1f | %.5g | %.5g |",
                line.peer().set(),
                line.peer().trainingRows(),
                line.peer().threads(),
                line.peer().fitSeconds(),
                fit,
                line.peer().fitSeconds() / fit,
                line.warmSeconds(),
                line.peer().fitSeconds() / line.warmSeconds(),
                wall,
                line.peer().fitSeconds() / wall,
                line.median(Run::peakBytes) / MIB,
                line.kernels(),
                line.median(Run::testError),
                line.peer().testError());
    }
}

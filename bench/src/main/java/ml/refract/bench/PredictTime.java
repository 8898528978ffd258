package ml.refract.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import ml.refract.engine.Execution;
import ml.refract.linalg.Design;
import ml.refract.table.CsvOptions;
import ml.refract.table.Split;
import ml.refract.table.Table;
import ml.refract.table.TableSource;
import ml.refract.table.learn.TableModel;
import ml.refract.table.learn.TableTrainer;
import ml.refract.task.Classifier;
import ml.refract.task.Regressor;

/**
 * Times predictions of the test rows of the sets and splits whose prediction was timed with the reference implementation
 * ({@code peer_timing.csv}): of encoded rows and of a table in a warm JVM, and by {@code refract predict} as a whole process.
 * Writes {@code predict-time.md}.
 *
 * <p>Arguments: data folder, output folder, and optionally names of sets.
 */
public final class PredictTime {
    private static final int RUNS = 3;
    private static final int STARTS = 9;
    /** Calls in a warm JVM are repeated for this long, once for HotSpot and once to be timed. */
    private static final double REPEAT_SECONDS = 0.5;

    private final Arguments arguments;
    private final Path scratch;
    private final RefractProcess process;

    private PredictTime(Arguments arguments) throws IOException, InterruptedException {
        this.arguments = arguments;
        this.scratch = Files.createTempDirectory("refract-bench");
        this.process = new RefractProcess(scratch);
    }

    /** Runs the measurement. */
    public static void main(String[] args) throws IOException, InterruptedException {
        new PredictTime(Arguments.parse(args)).run();
    }

    /** Median seconds to predict the test rows. */
    private record Line(PeerTiming peer, double encoded, double table, double process) {}

    /** A trained model, its file, and the rows to predict, in memory and as a file. */
    private record Prepared(TableModel model, Path modelFile, Table rows, Path rowsFile) {}

    private void run() throws IOException, InterruptedException {
        Load load = Load.watch();
        Map<String, DataSet> sets = DataSet.byName(arguments.data());
        Map<String, Prepared> prepared = new HashMap<>();
        List<Line> lines = new ArrayList<>();
        for (PeerTiming peer : PeerTiming.read(arguments.data())) {
            if (arguments.wants(peer.set())) {
                if (!prepared.containsKey(peer.set())) {
                    prepared.put(peer.set(), prepare(Objects.requireNonNull(sets.get(peer.set()))));
                }
                lines.add(measure(peer, Objects.requireNonNull(prepared.get(peer.set()))));
                System.out.println(row(lines.get(lines.size() - 1)));
            }
        }
        Files.writeString(arguments.output().resolve("predict-time.md"), document(lines, startSeconds(), load));
    }

    private Prepared prepare(DataSet set) throws IOException {
        Path modelFile = scratch.resolve(set.name() + ".refract");
        try (Execution execution = Execution.defaults()) {
            TableTrainer.train(set.file(), set.options(0), execution).model().save(modelFile);
        }
        TableModel model = TableModel.load(modelFile);
        List<String> text = Files.readAllLines(set.file());
        if (text.size() != set.rows() + 1) {
            throw new IllegalStateException(set.file() + " has " + text.size() + " lines for " + set.rows() + " rows");
        }
        List<String> picked = new ArrayList<>(List.of(text.get(0)));
        for (int row : Split.read(set.split(0), set.rows()).test()) {
            picked.add(text.get(1 + row));
        }
        Path rowsFile = Files.write(scratch.resolve(set.name() + ".csv"), picked);
        try (TableSource source = TableSource.of(rowsFile)) {
            Table rows = Table.read(source, CsvOptions.defaults(), model.schema());
            return new Prepared(model, modelFile, rows, rowsFile);
        }
    }

    private Line measure(PeerTiming peer, Prepared prepared) throws IOException, InterruptedException {
        TableModel model = prepared.model();
        try (Execution execution = Execution.builder().threads(peer.threads()).build()) {
            Design design = model.encoder()
                    .encode(prepared.rows(), execution.engine().precision())
                    .design();
            double encoded = warmSeconds(() -> predict(model, design, execution));
            double table = warmSeconds(() -> model.predict(prepared.rows(), execution));
            return new Line(peer, encoded, table, processSeconds(peer, prepared));
        }
    }

    private static Object predict(TableModel model, Design rows, Execution execution) {
        return model.predictor() instanceof Regressor regressor
                ? regressor.predict(rows, execution)
                : ((Classifier) model.predictor()).predict(rows, execution);
    }

    private static double warmSeconds(Supplier<?> call) {
        repeat(call);
        return Averages.median(repeat(call));
    }

    private static double[] repeat(Supplier<?> call) {
        List<Double> seconds = new ArrayList<>();
        for (double sum = 0; sum < REPEAT_SECONDS; sum += seconds.get(seconds.size() - 1)) {
            long start = System.nanoTime();
            Objects.requireNonNull(call.get());
            seconds.add((System.nanoTime() - start) * 1e-9);
        }
        return seconds.stream().mapToDouble(value -> value).toArray();
    }

    private double processSeconds(PeerTiming peer, Prepared prepared) throws IOException, InterruptedException {
        return processSeconds(prepared.modelFile(), prepared.rowsFile(), peer.threads(), RUNS);
    }

    /** The median from the start of the launcher to its end, for one row and the model of a small example. */
    private double startSeconds() throws IOException, InterruptedException {
        Path table = Path.of(System.getProperty("refract.home", "."), "examples", "data", "penguins.csv");
        Path model = scratch.resolve("small.refract");
        process.run(List.of("train", table.toString(), "--target", "species", "--model", model.toString()));
        Path row = Files.write(
                scratch.resolve("row.csv"), Files.readAllLines(table).subList(0, 2));
        return processSeconds(model, row, Runtime.getRuntime().availableProcessors(), STARTS);
    }

    private double processSeconds(Path model, Path rows, int threads, int runs)
            throws IOException, InterruptedException {
        double[] seconds = new double[runs];
        for (int run = 0; run < runs; run++) {
            seconds[run] = process.run(List.of(
                            "predict",
                            model.toString(),
                            rows.toString(),
                            "--output",
                            scratch.resolve("predictions.csv").toString(),
                            "--threads",
                            String.valueOf(threads),
                            "--quiet"))
                    .seconds();
        }
        return Averages.median(seconds);
    }

    private String document(List<Line> lines, double startSeconds, Load load) {
        StringBuilder text = new StringBuilder("# Prediction time\n\n")
                .append(Machine.describe(arguments.command(PredictTime.class)))
                .append(load.sentence())
                .append(
                        "\n\nThe test rows of a set, predicted together by a model fitted at the settings of the reference. Reference: "
                                + "`predict_s` of the Python implementation in `peer_timing.csv`, measured on an idle ")
                .append(PeerTiming.MACHINE)
                .append(
                        ", encoded rows in memory. Refract, encoded: the same work, in a warm JVM. Refract, table: with encoding. "
                                + "Refract, process: all of `refract predict`, from starting the JVM over reading the model and the rows "
                                + "to the file of predictions. Medians.\n\n"
                                + "| set | centers | rows | threads | reference | Refract, encoded | ratio | per row | Refract, table | "
                                + "Refract, process |\n"
                                + "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
        lines.forEach(line -> text.append(row(line)).append('\n'));
        return text.append(String.format(
                        Locale.ROOT,
                        "%nGeometric mean of the ratios: %.1f.%n",
                        Averages.geometricMean(
                                lines.stream().mapToDouble(PredictTime::ratio).toArray())))
                .append(Target.section(List.of(
                        Target.atLeast(
                                "smallest of the ratios",
                                "%.1f",
                                5,
                                lines.stream()
                                        .mapToDouble(PredictTime::ratio)
                                        .min()
                                        .orElseThrow()),
                        Target.atMost(
                                "`refract predict` of one row by a small model, from start to end, in seconds",
                                "%.2f",
                                0.6,
                                startSeconds))))
                .toString();
    }

    private static double ratio(Line line) {
        return line.peer().predictSeconds() / line.encoded();
    }

    private static String row(Line line) {
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %d | %.1f ms | %.1f ms | %.1f | %.1f µs | %.1f ms | %.2f s |",
                line.peer().set(),
                line.peer().trainingRows(),
                line.peer().predictedRows(),
                line.peer().threads(),
                1e3 * line.peer().predictSeconds(),
                1e3 * line.encoded(),
                ratio(line),
                1e6 * line.encoded() / line.peer().predictedRows(),
                1e3 * line.table(),
                line.process());
    }
}

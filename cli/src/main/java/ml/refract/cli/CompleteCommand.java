package ml.refract.cli;

import com.google.gson.JsonObject;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import ml.refract.engine.Execution;
import ml.refract.engine.MemoryBudgetException;
import ml.refract.model.LibraryVersion;
import ml.refract.rfm.linear.Completion;
import ml.refract.rfm.linear.CompletionFit;
import ml.refract.rfm.linear.CompletionModel;
import ml.refract.rfm.linear.CompletionOptions;
import ml.refract.rfm.linear.Entries;
import ml.refract.table.DataException;
import ml.refract.table.TableSource;
import ml.refract.table.Triples;
import ml.refract.xrfm.MemoryPlan;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "complete",
        header = "Complete a matrix of low rank from some of its entries.",
        description = {
            "",
            "Reads lines of row, column and value, finds the matrix of low rank they come from (lin-RFM), and predicts the "
                    + "entries of other rows and columns. Some entries are held out to choose how closely the others are "
                    + "followed; their error is printed.",
            ""
        },
        footer = {
            "",
            "Ctrl-C ends with the best matrix so far.",
            "",
            "Examples:",
            "  refract complete ratings.csv",
            "  refract complete ratings.csv --predict wanted.csv -o predicted.csv",
            "  refract complete log.csv --row user --column item --value stars --rank 40"
        })
final class CompleteCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            paramLabel = "TRIPLES",
            description =
                    "A CSV file with a header and a row, a column and a value in each line, plain or gzipped; - for "
                            + "standard input. Rows and columns are named by any text; no position may be given twice.")
    String data = "";

    @Option(
            names = "--row",
            paramLabel = "COL",
            description = "The column that names the row. Default: the first of three.")
    @Nullable
    String row;

    @Option(
            names = "--column",
            paramLabel = "COL",
            description = "The column that names the column. Default: the second of three.")
    @Nullable
    String column;

    @Option(
            names = "--value",
            paramLabel = "COL",
            description = "The column that holds the value. Default: the third of three.")
    @Nullable
    String value;

    @Option(
            names = "--predict",
            paramLabel = "PAIRS",
            description =
                    "Predict the entries of this CSV file, which has the columns that name row and column. Where one of "
                            + "them has no entry to learn from, the prediction is left empty.")
    @Nullable
    String pairs;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where predictions go. Default: -, standard output.")
    @Nullable
    Path output;

    @Option(names = "--json", paramLabel = "FILE", description = "Write what was found as JSON; - for standard output.")
    @Nullable
    String json;

    @Option(
            names = "--time-limit",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "Time for the search, such as 60s, 5m or 1h. The first sweep is always done.")
    @Nullable
    Double timeLimit;

    @ArgGroup(validate = false, heading = "%nFinding the matrix:%n")
    Settings settings = new Settings();

    @ArgGroup(validate = false, heading = "%nReading the data:%n")
    ReadingOptions reading = new ReadingOptions();

    @ArgGroup(validate = false, heading = "%nMachine:%n")
    MachineOptions machine = new MachineOptions();

    @Mixin
    CommonOptions common = new CommonOptions();

    /** How the matrix is sought. */
    static final class Settings {
        @Option(
                names = "--rank",
                paramLabel = "N",
                description =
                        "Most directions kept, above the rank of the matrix, which need not be known. Default: 20.")
        int rank = CompletionOptions.defaults().rank();

        @Option(
                names = "--power",
                paramLabel = "A",
                description =
                        "Power of the metric: 0.25 penalises the sum of the singular values, 0.5 that of their logarithms, "
                                + "more is more concave. Default: 0.5.")
        double power = CompletionOptions.defaults().power();

        @Option(
                names = "--decay",
                paramLabel = "F",
                description =
                        "Factor of the smoothing from sweep to sweep, below 1; nearer to 1 finds more from few entries and "
                                + "takes longer. Default: 0.95.")
        double decay = CompletionOptions.defaults().decay();

        @Option(names = "--sweeps", paramLabel = "N", description = "Most sweeps. Default: 500.")
        int sweeps = CompletionOptions.defaults().sweeps();

        @Option(
                names = "--valid",
                paramLabel = "F",
                description = "Share of the entries that are held out, and learned from in the end. Default: 0.05.")
        double valid = CompletionOptions.defaults().heldOut();

        @Option(
                names = "--no-centre",
                description =
                        "Do not subtract the mean of the entries first: for matrices that are of low rank as they are.")
        boolean noCentre;

        @Option(names = "--seed", paramLabel = "N", description = "Seed of all that is random. Default: 0.")
        long seed;

        CompletionOptions options() {
            try {
                return CompletionOptions.defaults().toBuilder()
                        .rank(rank)
                        .power(power)
                        .decay(decay)
                        .sweeps(sweeps)
                        .heldOut(valid)
                        .centred(!noCentre)
                        .seed(seed)
                        .build();
            } catch (IllegalArgumentException e) {
                throw new UsageException(String.valueOf(e.getMessage()).replace("heldOut", "--valid"));
            }
        }
    }

    CompleteCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        output = Outputs.file(output);
        CompletionOptions options = settings.options();
        requireOutputs();
        return Interruption.during(
                        interruption -> complete(options, interruption),
                        "the best matrix so far, if there is one",
                        console,
                        common.debug)
                .code();
    }

    private void requireOutputs() {
        if (output != null && pairs == null) {
            throw new UsageException("--output is for predictions; name the entries to predict with --predict");
        }
        if (pairs != null && output == null && Outputs.STANDARD_OUTPUT.equals(json)) {
            throw new UsageException("Predictions and --json - both want standard output; give one of them a file");
        }
        if ("-".equals(data) && "-".equals(pairs)) {
            throw new UsageException("TRIPLES and --predict cannot both be standard input");
        }
        if (output != null) {
            Outputs.requireWritable(output);
        }
        if (json != null && !json.equals(Outputs.STANDARD_OUTPUT)) {
            Outputs.requireWritable(Path.of(json));
        }
    }

    private void complete(CompletionOptions options, Interruption interruption) {
        Execution.Builder builder = machine.execution().cancelledWhen(interruption::requested);
        Optional.ofNullable(timeLimit).ifPresent(builder::timeLimitSeconds);
        try (TableSource source = TableSource.of(data);
                Execution execution = builder.build()) {
            Triples.Columns columns = new Triples.Columns(
                    Optional.ofNullable(row), Optional.ofNullable(column), Optional.ofNullable(value));
            Triples triples = Triples.read(source, reading.csv(), columns);
            Triples wanted = pairs == null ? null : readPairs(pairs, triples);
            CompletionFit fit = fit(triples, options, execution);
            if (wanted != null) {
                predict(wanted, triples, fit.model());
            }
            if (json != null) {
                Outputs.writeJson(json, json(fit, triples), console);
            }
            if (printsText()) {
                console.out().print(text(fit, triples));
            }
        }
    }

    private boolean printsText() {
        boolean taken = pairs != null && output == null || Outputs.STANDARD_OUTPUT.equals(json);
        return !common.quiet && !taken;
    }

    private Triples readPairs(String file, Triples triples) {
        try (TableSource source = TableSource.of(file)) {
            return Triples.readPairs(source, reading.csv(), triples.names().subList(0, 2));
        }
    }

    private CompletionFit fit(Triples triples, CompletionOptions options, Execution execution) {
        int n = triples.rowIds().size();
        int d = triples.columnIds().size();
        if (triples.size() == 1 && options.heldOut() > 0) {
            throw new DataException(
                    triples.source(), "there is one entry only", "give more entries, or hold none out with --valid 0");
        }
        long bytes = Completion.bytes(n, d, triples.size(), options);
        if (bytes > execution.memoryBudget()) {
            throw new MemoryBudgetException(
                    Text.count(triples.size()) + " entries of a " + n + " x " + d + " matrix need "
                            + MemoryPlan.text(bytes) + "; " + MemoryPlan.text(execution.memoryBudget())
                            + " are allowed. Allow more with --memory, or lower --rank");
        }
        Entries entries = Entries.of(n, d, triples.rows(), triples.columns(), triples.values());
        if (common.quiet) {
            return Completion.fit(entries, options, execution);
        }
        try (ProgressMeter meter = new ProgressMeter(console)) {
            return Completion.fit(entries, options, execution.withProgress(meter));
        }
    }

    private void predict(Triples wanted, Triples known, CompletionModel model) {
        int unknown = Outputs.write(output, console, writer -> write(wanted, known, model, writer));
        warnOfUnknown(unknown, known);
    }

    private void warnOfUnknown(int unknown, Triples known) {
        if (unknown > 0 && !common.quiet) {
            console.warn(Text.count(unknown, "prediction") + " left empty: the row or the column has no entry in "
                    + known.source());
        }
    }

    /** Writes a line for each pair, in order, and returns how many could not be predicted. */
    private static int write(Triples wanted, Triples known, CompletionModel model, Writer target) throws IOException {
        Map<String, Integer> rows = numbers(known.rowIds());
        Map<String, Integer> columns = numbers(known.columnIds());
        int unknown = 0;
        try {
            CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(target);
            csv.writeRecord(known.names());
            for (int e = 0; e < wanted.size(); e++) {
                String rowId = wanted.rowIds().get(wanted.rows()[e]);
                String columnId = wanted.columnIds().get(wanted.columns()[e]);
                Integer i = rows.get(rowId);
                Integer j = columns.get(columnId);
                String predicted = i == null || j == null ? "" : Double.toString(model.predict(i, j));
                unknown += predicted.isEmpty() ? 1 : 0;
                csv.writeRecord(List.of(rowId, columnId, predicted));
            }
            csv.flush();
            return unknown;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static Map<String, Integer> numbers(List<String> ids) {
        Map<String, Integer> numbers = new HashMap<>();
        ids.forEach(id -> numbers.put(id, numbers.size()));
        return numbers;
    }

    private String text(CompletionFit fit, Triples triples) {
        int n = triples.rowIds().size();
        int d = triples.columnIds().size();
        double share = triples.size() / ((double) n * d);
        StringBuilder text = new StringBuilder()
                .append("Completes ")
                .append(triples.names().get(2))
                .append(" by ")
                .append(triples.names().get(0))
                .append(" (")
                .append(Text.count(n))
                .append(") and ")
                .append(triples.names().get(1))
                .append(" (")
                .append(Text.count(d))
                .append(") from ")
                .append(Text.count(triples.size()))
                .append(" entries, ")
                .append(Text.percent(share))
                .append('\n');
        text.append("  ")
                .append(Text.count(fit.model().rank(), "direction"))
                .append(" after ")
                .append(Text.count(fit.sweeps().size(), "sweep"))
                .append(", ended: ")
                .append(words(fit.stop()))
                .append('\n');
        if (fit.heldOutEntries() > 0) {
            text.append('\n')
                    .append(new TextTable()
                            .row("", "entries", "rmse")
                            .row("held out", Text.count(fit.heldOutEntries()), Text.number(fit.heldOutError()))
                            .row("  " + baseline(), "", Text.number(fit.baselineError()))
                            .text());
        }
        if (output != null) {
            text.append("Predictions: ").append(output).append('\n');
        }
        return text.toString();
    }

    private String baseline() {
        return settings.noCentre ? "predicting 0" : "predicting the mean";
    }

    private static String words(CompletionFit.Stop stop) {
        return switch (stop) {
            case CONVERGED -> "what is left is as good as nothing";
            case NO_IMPROVEMENT -> "no better on the entries held out";
            case COMPLETED -> "all sweeps done";
            case TIME_LIMIT -> "time limit";
            case CANCELLED -> "interrupted";
        };
    }

    private static JsonObject json(CompletionFit fit, Triples triples) {
        JsonObject json = new JsonObject();
        json.addProperty("refract", LibraryVersion.get());
        json.addProperty("data", triples.source());
        json.addProperty("rows", triples.rowIds().size());
        json.addProperty("columns", triples.columnIds().size());
        json.addProperty("entries", triples.size());
        json.addProperty("rank", fit.model().rank());
        json.addProperty("centre", fit.model().centre());
        json.addProperty("sweeps", fit.sweeps().size());
        json.addProperty("bestSweep", fit.bestSweep());
        json.addProperty("stop", fit.stop().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        json.addProperty("heldOutEntries", fit.heldOutEntries());
        boolean scored = fit.heldOutEntries() > 0;
        json.addProperty("heldOutRmse", scored ? fit.heldOutError() : null);
        json.addProperty("baselineRmse", scored ? fit.baselineError() : null);
        return json;
    }
}

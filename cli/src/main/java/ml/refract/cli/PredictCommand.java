package ml.refract.cli;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import ml.refract.engine.Execution;
import ml.refract.model.internal.WholeFile;
import ml.refract.table.EncodeReport;
import ml.refract.table.RowReader;
import ml.refract.table.TableSource;
import ml.refract.table.TaskKind;
import ml.refract.table.learn.Predictions;
import ml.refract.table.learn.TableModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "predict",
        header = "Predict the rows of a table.",
        description = {
            "",
            "Writes a CSV line for each data row, in order. Rows are read, predicted and written in batches, so that files of any "
                    + "length need the same memory. A row is predicted the same alone and among others.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  refract predict houses.refract new.csv -o predictions.csv",
            "  refract predict churn.refract customers.csv --proba > scored.csv",
            "  zcat big.csv.gz | refract predict y.refract - -o big-predicted.csv"
        })
final class PredictCommand implements Callable<Integer> {
    private static final int PROGRESS_ROWS = 1_000_000;

    private final Console console;

    @Parameters(index = "0", paramLabel = "MODEL", description = "A model file that refract train wrote.")
    Path model = Path.of("");

    @Parameters(
            index = "1",
            paramLabel = "DATA",
            description = "A CSV file with the columns of the model, plain or gzipped; - for standard input.")
    String data = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where predictions go; the file appears when all rows are done. Default: standard output.")
    @Nullable
    Path output;

    @Option(names = "--proba", description = "Add a column with the probability of each class.")
    boolean probabilities;

    @ArgGroup(validate = false, heading = "%nReading the data:%n")
    ReadingOptions reading = new ReadingOptions();

    @ArgGroup(validate = false, heading = "%nMachine:%n")
    MachineOptions machine = new MachineOptions();

    @Mixin
    CommonOptions common = new CommonOptions();

    PredictCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        TableModel loaded = TableModel.load(model);
        if (probabilities && loaded.task() == TaskKind.REGRESSION) {
            throw new UsageException("--proba is for classification; " + model + " predicts numbers");
        }
        try (TableSource source = TableSource.of(data);
                RowReader rows = RowReader.open(source, reading.csv(), ModelInput.schema(loaded.schema(), reading));
                Execution execution = machine.execution().build()) {
            EncodeReport report = output == null
                    ? toStandardOutput(loaded, rows, execution)
                    : toFile(output, loaded, rows, execution);
            if (!common.quiet) {
                ModelInput.warnOfGaps(report, console);
                if (output != null) {
                    console.out().println(Text.count(report.rows(), "row") + " predicted: " + output);
                }
            }
        }
        return ExitCode.OK.code();
    }

    private EncodeReport toStandardOutput(TableModel loaded, RowReader rows, Execution execution) {
        try {
            Writer writer = new OutputStreamWriter(console.out(), StandardCharsets.UTF_8);
            EncodeReport report = write(loaded, rows, execution, writer);
            writer.flush();
            if (console.out().checkError()) {
                throw new IOException("the reader of the pipe went away");
            }
            return report;
        } catch (IOException e) {
            throw new OutputException("standard output", e);
        }
    }

    private EncodeReport toFile(Path file, TableModel loaded, RowReader rows, Execution execution) {
        try (WholeFile whole = WholeFile.create(file);
                Writer writer =
                        new OutputStreamWriter(Channels.newOutputStream(whole.channel()), StandardCharsets.UTF_8)) {
            EncodeReport report = write(loaded, rows, execution, writer);
            writer.flush();
            whole.commit();
            return report;
        } catch (IOException e) {
            throw new OutputException(file.toString(), e);
        }
    }

    private EncodeReport write(TableModel loaded, RowReader rows, Execution execution, Writer target)
            throws IOException {
        EncodeReport report = EncodeReport.empty();
        try {
            CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(target);
            csv.writeRecord(heading(loaded));
            long told = 0;
            while (rows.hasNext()) {
                Predictions batch = loaded.predict(rows.next(), execution);
                write(batch, csv);
                report = report.plus(batch.report());
                if (!common.quiet && report.rows() >= told + PROGRESS_ROWS) {
                    told = report.rows();
                    console.err().println(Text.count(told) + " rows predicted");
                }
            }
            csv.flush();
            return report;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private List<String> heading(TableModel loaded) {
        List<String> names = new ArrayList<>();
        names.add(loaded.target().name());
        if (probabilities) {
            loaded.target().levels().forEach(label -> names.add("probability of " + label));
        }
        return names;
    }

    private void write(Predictions batch, CsvWriter csv) {
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < batch.rows(); i++) {
            cells.clear();
            if (batch instanceof Predictions.Numbers numbers) {
                cells.add(Double.toString(numbers.values()[i]));
            } else {
                Predictions.Classes classes = (Predictions.Classes) batch;
                cells.add(classes.label(i));
                for (int k = 0; probabilities && k < classes.classes().size(); k++) {
                    cells.add(Double.toString(classes.probabilities().get(i, k)));
                }
            }
            csv.writeRecord(cells);
        }
    }
}

package ml.refract.cli;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import ml.refract.engine.Execution;
import ml.refract.explain.ClassSets;
import ml.refract.explain.Coverage;
import ml.refract.explain.Interval;
import ml.refract.explain.Tails;
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
            "",
            "With --interval a number is followed by the bounds TARGET_lower and TARGET_upper, a class by TARGET_set: the classes it "
                    + "may be, joined by | (a | or \\ in a label has a \\ before it).",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  refract predict houses.refract new.csv -o predictions.csv",
            "  refract predict churn.refract customers.csv --proba > scored.csv",
            "  refract predict houses.refract new.csv --interval 0.9 -o with-bounds.csv",
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
            description = "Where predictions go; the file appears when all rows are done. Default: -, standard output.")
    @Nullable
    Path output;

    @Option(names = "--proba", description = "Add a column with the probability of each class.")
    boolean probabilities;

    @ArgGroup(validate = false, heading = "%nIntervals:%n")
    IntervalOptions intervals = new IntervalOptions();

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
        output = Outputs.file(output);
        TableModel loaded = TableModel.load(model);
        if (probabilities && loaded.task() == TaskKind.REGRESSION) {
            throw new UsageException("--proba is for classification; " + model + " predicts numbers");
        }
        Optional<Coverage> coverage = intervals.coverage();
        try (TableSource source = TableSource.of(data);
                RowReader rows = RowReader.open(source, reading.csv(), ModelInput.schema(loaded.schema(), reading));
                Execution execution = machine.execution().build()) {
            TableModel used = coverage.map(
                            wanted -> intervals.prepared(loaded, model, wanted, reading, execution, console))
                    .orElse(loaded);
            Lines lines = new Lines(used, probabilities, coverage);
            EncodeReport report = Outputs.write(output, console, writer -> write(lines, rows, execution, writer));
            if (!common.quiet) {
                ModelInput.warnOfGaps(report, console);
                if (output != null) {
                    console.out().println(Text.count(report.rows(), "row") + " predicted: " + output);
                    coverage.flatMap(wanted -> used.errors())
                            .ifPresent(
                                    errors -> console.out().println("  intervals " + IntervalOptions.origin(errors)));
                }
            }
        }
        return ExitCode.OK.code();
    }

    private EncodeReport write(Lines lines, RowReader rows, Execution execution, Writer target) throws IOException {
        EncodeReport report = EncodeReport.empty();
        try {
            CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(target);
            csv.writeRecord(lines.heading());
            long told = 0;
            while (rows.hasNext()) {
                Predictions batch = lines.model().predict(rows.next(), execution);
                lines.of(batch).forEach(csv::writeRecord);
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

    /** What is written for predictions. */
    private record Lines(TableModel model, boolean probabilities, Optional<Coverage> coverage) {

        List<String> heading() {
            List<String> names = new ArrayList<>();
            String target = model.target().name();
            names.add(target);
            if (coverage.isPresent()) {
                names.addAll(
                        model.task() == TaskKind.REGRESSION
                                ? List.of(target + "_lower", target + "_upper")
                                : List.of(target + "_set"));
            }
            if (probabilities) {
                model.target().levels().forEach(label -> names.add("probability of " + label));
            }
            return names;
        }

        List<List<String>> of(Predictions batch) {
            return batch instanceof Predictions.Numbers numbers ? of(numbers) : of((Predictions.Classes) batch);
        }

        private List<List<String>> of(Predictions.Numbers numbers) {
            List<Interval> bounds = coverage.map(wanted -> model.intervals(numbers, wanted, Tails.SYMMETRIC))
                    .orElse(List.of());
            List<List<String>> lines = new ArrayList<>();
            for (int i = 0; i < numbers.rows(); i++) {
                String value = Double.toString(numbers.values()[i]);
                lines.add(
                        bounds.isEmpty()
                                ? List.of(value)
                                : List.of(
                                        value,
                                        Double.toString(bounds.get(i).lower()),
                                        Double.toString(bounds.get(i).upper())));
            }
            return lines;
        }

        private List<List<String>> of(Predictions.Classes classes) {
            List<List<String>> sets = coverage.map(
                            wanted -> model.sets(classes, wanted, ClassSets.Kind.LEAST_AMBIGUOUS))
                    .orElse(List.of());
            List<List<String>> lines = new ArrayList<>();
            for (int i = 0; i < classes.rows(); i++) {
                List<String> cells = new ArrayList<>();
                cells.add(classes.label(i));
                if (!sets.isEmpty()) {
                    cells.add(Text.joined(sets.get(i)));
                }
                for (int k = 0; probabilities && k < classes.classes().size(); k++) {
                    cells.add(Double.toString(classes.probabilities().get(i, k)));
                }
                lines.add(cells);
            }
            return lines;
        }
    }
}

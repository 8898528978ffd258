package ml.refract.bench;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/** A file of results that grows by a row whenever a run has ended, and goes on where an earlier command stopped. */
final class ResultsFile {
    /** Those of {@code peer_results.csv}, and what it was measured with and why it failed. */
    private static final List<String> COLUMNS = List.of(
            "dataset",
            "task",
            "rows",
            "n_train",
            "n_val",
            "n_test",
            "d",
            "classes",
            "seed",
            "method",
            "rmse",
            "r2",
            "mae",
            "accuracy",
            "logloss",
            "auc",
            "brier",
            "fit_s",
            "predict_s",
            "n_configs",
            "config",
            "best_iter",
            "version",
            "jdk",
            "machine",
            "events",
            "error");

    private final Path file;

    private ResultsFile(Path file) {
        this.file = file;
    }

    /**
     * Opens or begins a file. A last line without an end, of a command that was killed while it wrote, is removed.
     *
     * @throws IllegalArgumentException when the file has other columns
     */
    static ResultsFile open(Path file) throws IOException {
        ResultsFile results = new ResultsFile(file);
        String text = Files.exists(file) ? Files.readString(file) : "";
        String whole = text.substring(0, text.lastIndexOf('\n') + 1);
        if (whole.isEmpty()) {
            Files.writeString(file, line(COLUMNS));
        } else if (!whole.startsWith(line(COLUMNS))) {
            throw new IllegalArgumentException(
                    file + ", line 1: found other columns than " + COLUMNS + "; name a new file");
        } else if (whole.length() < text.length()) {
            Files.writeString(file, whole);
        }
        return results;
    }

    Results read() {
        return Results.read(file);
    }

    /** Adds a row; columns without an entry stay empty. */
    void append(Map<String, String> row) throws IOException {
        List<String> fields = COLUMNS.stream()
                .map(column -> row.getOrDefault(column, "").replaceAll("\\s+", " "))
                .toList();
        Files.writeString(file, line(fields), StandardOpenOption.APPEND);
    }

    private static String line(List<String> fields) throws IOException {
        StringWriter text = new StringWriter();
        try (CsvWriter writer =
                CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(text)) {
            writer.writeRecord(fields);
        }
        return text.toString();
    }
}

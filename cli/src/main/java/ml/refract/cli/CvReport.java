package ml.refract.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import ml.refract.model.LibraryVersion;
import ml.refract.table.Table;
import ml.refract.table.TaskKind;
import ml.refract.table.learn.CrossValidationResult;
import ml.refract.table.learn.FoldChoice;
import ml.refract.table.learn.FoldResult;
import ml.refract.table.learn.OutOfFold;
import ml.refract.table.learn.Predictions;
import ml.refract.table.learn.Scores;

/** What a cross-validation came to, for people, as JSON, and row by row. */
final class CvReport {
    private CvReport() {}

    /** The scores of folds, and what they come to. */
    static String text(CrossValidationResult result, Table table) {
        StringBuilder text = new StringBuilder("Predicts ")
                .append(result.target().name())
                .append(": ")
                .append(TrainingReport.task(result.task(), result.target()))
                .append(" (")
                .append(result.taskReason())
                .append(")\n  ")
                .append(division(result, table))
                .append('\n');
        if (result.droppedRows() > 0) {
            text.append("  ").append(Text.count(result.droppedRows(), "row")).append(" without a target left out\n");
        }
        text.append(TrainingReport.notes(result.notes()));
        text.append('\n').append(scores(result)).append('\n');
        if (!result.complete()) {
            text.append("Incomplete: interrupted after ")
                    .append(result.folds().size())
                    .append(" of ")
                    .append(Text.count(result.choice().folds(), "fold"))
                    .append("; the scores are of these alone\n");
        }
        return text.append("After ")
                .append(Seconds.text(result.seconds()))
                .append('\n')
                .toString();
    }

    private static String division(CrossValidationResult result, Table table) {
        FoldChoice choice = result.choice();
        String folds = Text.count(choice.folds(), "fold");
        if (choice.group().isPresent()) {
            String column = choice.group().get();
            return folds + " that part no group of " + column + (table.has(column) ? "" : ", which is no input");
        }
        return choice.time()
                .map(column ->
                        folds + " in order of " + column + ": each learns from all rows before those it holds out")
                .orElse(folds + " at random"
                        + (result.task() == TaskKind.CLASSIFICATION ? ", with equal shares of every class" : ""));
    }

    private static String scores(CrossValidationResult result) {
        List<String> heading = new ArrayList<>(List.of("", "learned from", "rows"));
        heading.addAll(result.pooled().scores().values().keySet());
        TextTable table = new TextTable().row(heading.toArray(String[]::new));
        for (FoldResult fold : result.folds()) {
            row(table, "fold " + fold.fold(), Text.count(fold.trainRows()), Text.count(fold.rows()), fold.scores());
        }
        row(table, "mean over folds", "", "", result.mean());
        row(table, "standard deviation", "", "", result.deviation());
        row(
                table,
                "all rows held out",
                "",
                Text.count(result.pooled().rows()),
                result.pooled().scores());
        row(table, "  without inputs", "", "", result.pooled().baseline());
        return table.text();
    }

    private static void row(TextTable table, String name, String trainRows, String rows, Scores scores) {
        List<String> cells = new ArrayList<>(List.of(name, trainRows, rows));
        scores.values().values().forEach(value -> cells.add(Text.number(value)));
        table.row(cells.toArray(String[]::new));
    }

    /** All of it but the predictions as JSON. */
    static JsonObject json(CrossValidationResult result, Table table) {
        JsonObject json = new JsonObject();
        json.addProperty("refract", LibraryVersion.get());
        json.addProperty("data", table.source());
        json.addProperty("target", result.target().name());
        json.addProperty("task", result.task().name().toLowerCase(Locale.ROOT));
        json.addProperty("taskReason", result.taskReason());
        if (result.task() == TaskKind.CLASSIFICATION) {
            json.add("classes", TrainingReport.strings(result.target().levels()));
        }
        FoldChoice choice = result.choice();
        JsonObject division = new JsonObject();
        division.addProperty("folds", choice.folds());
        choice.group().ifPresent(column -> division.addProperty("group", column));
        choice.time().ifPresent(column -> division.addProperty("time", column));
        division.addProperty("seed", choice.seed());
        json.add("division", division);
        json.addProperty("complete", result.complete());
        JsonObject rows = new JsonObject();
        rows.addProperty("file", result.rows());
        rows.addProperty("withoutTarget", result.droppedRows());
        rows.addProperty("heldOut", result.pooled().rows());
        json.add("rows", rows);
        JsonArray folds = new JsonArray();
        result.folds().forEach(fold -> folds.add(json(fold)));
        json.add("folds", folds);
        json.add("mean", result.mean().toJson());
        json.add("standardDeviation", result.deviation().toJson());
        JsonObject pooled = new JsonObject();
        pooled.add("scores", result.pooled().scores().toJson());
        pooled.add("baseline", result.pooled().baseline().toJson());
        json.add("pooled", pooled);
        json.add("notes", TrainingReport.strings(result.notes()));
        json.addProperty("seconds", result.seconds());
        return json;
    }

    private static JsonObject json(FoldResult fold) {
        JsonObject json = new JsonObject();
        json.addProperty("fold", fold.fold());
        json.addProperty("trainRows", fold.trainRows());
        json.addProperty("rows", fold.rows());
        json.add("scores", fold.scores().toJson());
        json.add("baseline", fold.baseline().toJson());
        json.addProperty("seconds", fold.seconds());
        return json;
    }

    /** A CSV line for each row that was held out: where it is, its fold, its target, and what was predicted. */
    static void predictions(OutOfFold rows, Writer target) throws IOException {
        try {
            CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(target);
            List<String> cells = new ArrayList<>(List.of("row", "fold", "truth", "predicted"));
            if (rows.predictions() instanceof Predictions.Classes classes) {
                classes.classes().forEach(label -> cells.add("probability of " + label));
            }
            csv.writeRecord(cells);
            for (int i = 0; i < rows.rows(); i++) {
                cells.clear();
                cells.add(String.valueOf(rows.dataRows()[i]));
                cells.add(String.valueOf(rows.folds()[i]));
                cells.add(rows.truth().get(i));
                addPrediction(rows.predictions(), i, cells);
                csv.writeRecord(cells);
            }
            csv.flush();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void addPrediction(Predictions predictions, int row, List<String> cells) {
        if (predictions instanceof Predictions.Numbers numbers) {
            cells.add(Double.toString(numbers.values()[row]));
            return;
        }
        Predictions.Classes classes = (Predictions.Classes) predictions;
        cells.add(classes.label(row));
        for (int k = 0; k < classes.classes().size(); k++) {
            cells.add(Double.toString(classes.probabilities().get(row, k)));
        }
    }
}

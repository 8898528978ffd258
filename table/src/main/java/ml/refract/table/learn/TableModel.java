package ml.refract.table.learn;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ml.refract.engine.Execution;
import ml.refract.engine.Phase;
import ml.refract.engine.Span;
import ml.refract.explain.FeatureMoment;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.model.ModelFile;
import ml.refract.model.ModelFileException;
import ml.refract.table.DataException;
import ml.refract.table.Encoded;
import ml.refract.table.Encoder;
import ml.refract.table.Schema;
import ml.refract.table.SchemaColumn;
import ml.refract.table.Table;
import ml.refract.table.TargetColumn;
import ml.refract.table.TaskKind;
import ml.refract.task.ClassPredictions;
import ml.refract.task.Classifier;
import ml.refract.task.Predictor;
import ml.refract.task.Regressor;
import org.jspecify.annotations.Nullable;

/**
 * A trained model together with all it needs to read rows the way it was trained: column types, encoder, class labels.
 * One file holds it. Immutable; predictions may run from several threads at once.
 */
public final class TableModel {
    private final Predictor predictor;
    private final Encoder encoder;
    private final SchemaColumn target;
    private final JsonObject provenance;
    private final Map<String, Scores> scores;
    private final List<Importance> importances;

    TableModel(
            Predictor predictor,
            Encoder encoder,
            SchemaColumn target,
            JsonObject provenance,
            Map<String, Scores> scores,
            List<Importance> importances) {
        this.predictor = predictor;
        this.encoder = encoder;
        this.target = target;
        this.provenance = provenance;
        this.scores = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(scores));
        this.importances = List.copyOf(importances);
    }

    /** What it predicts. */
    public TaskKind task() {
        return predictor instanceof Regressor ? TaskKind.REGRESSION : TaskKind.CLASSIFICATION;
    }

    /** The target column; its levels are the class labels. */
    public SchemaColumn target() {
        return target;
    }

    /** The columns rows must have; other columns are ignored. */
    public Schema schema() {
        return encoder.schema();
    }

    /** The encoder. */
    public Encoder encoder() {
        return encoder;
    }

    /** The model on encoded rows. */
    public Predictor predictor() {
        return predictor;
    }

    /** Where the model comes from: data, options, versions, engine. A copy. */
    public JsonObject provenance() {
        return provenance.deepCopy();
    }

    /** Scores by part (train, val, test), as they were when the model was trained. */
    public Map<String, Scores> scores() {
        return scores;
    }

    /** Importances of all input columns, largest first. */
    public List<Importance> importances() {
        return importances;
    }

    /**
     * Predicts the rows of a table, which must have the columns of {@link #schema}; see
     * {@link ml.refract.table.RowReader} for rows of a file and {@link Table#ofRows} for rows of a program.
     *
     * @throws DataException when a column is absent or of another type
     */
    public Predictions predict(Table rows, Execution execution) {
        Encoded encoded = encode(rows, execution);
        if (predictor instanceof Regressor regressor) {
            return new Predictions.Numbers(
                    regressor.predict(encoded.design(), execution).col(0), encoded.report());
        }
        ClassPredictions classes = ((Classifier) predictor).predict(encoded.design(), execution);
        return new Predictions.Classes(target.levels(), classes.labels(), classes.probabilities(), encoded.report());
    }

    /** Predicts one row given by column names, on the calling thread; a missing value is null, but must be named. */
    public Predictions predictRow(Map<String, ? extends @Nullable Object> row) {
        try (Execution execution = Execution.singleThreaded()) {
            return predict(Table.ofRows(List.of(row), schema()), execution);
        }
    }

    Encoded encode(Table rows, Execution execution) {
        try (Span span = execution.begin(Phase.ENCODING)) {
            span.covers(rows.rows(), encoder.coordinates().width(), 0);
            return encoder.encode(rows, execution.engine().precision());
        }
    }

    /** The columns rows must have to be scored: those of {@link #schema} and the target. */
    public Schema schemaWithTarget() {
        return schema().plus(target);
    }

    /**
     * Scores the model on rows whose target is known.
     *
     * @param rows with the columns of {@link #schemaWithTarget}
     * @throws DataException when a column is absent or of another type, or a target is missing or of an unknown class
     */
    public Evaluation evaluate(Table rows, Execution execution) {
        Targets targets = Targets.of(TargetColumn.of(rows, target));
        Encoded encoded = encode(rows.without(target.name()), execution);
        PartScores scores = new EncodedRows(encoded.design(), targets).score("evaluation", predictor, execution);
        return new Evaluation(scores.rows(), scores.scores(), scores.baseline(), encoded.report());
    }

    /** The average gradient outer product of the model over its training rows, in coordinates of the encoder. */
    public BlockSymmetric featureMoment(Execution execution) {
        return FeatureMoment.of(predictor.model(), execution);
    }

    /** Explains the prediction of one row. */
    public RowExplanation explain(Table row, Execution execution) {
        Design design = encode(row, execution).design();
        return RowExplanation.of(this, design, execution);
    }

    /**
     * Writes the model to a file, replacing one that is there only when all is written.
     *
     * @throws ModelFileException when it cannot be written
     */
    public void save(Path file) {
        JsonObject attachments = new JsonObject();
        attachments.add("encoder", encoder.toJson());
        attachments.add("target", new Schema(List.of(target), List.of()).toJson());
        attachments.add("provenance", provenance);
        JsonObject parts = new JsonObject();
        scores.forEach((part, values) -> parts.add(part, values.toJson()));
        attachments.add("scores", parts);
        JsonArray shares = new JsonArray();
        importances.forEach(importance -> {
            JsonObject json = new JsonObject();
            json.addProperty("column", importance.column());
            json.addProperty("share", importance.share());
            shares.add(json);
        });
        attachments.add("importances", shares);
        ModelFile.write(file, predictor, attachments);
    }

    /**
     * Reads a model file.
     *
     * @throws ModelFileException when it is missing, damaged, from a newer version, or not a model of a table
     */
    public static TableModel load(Path file) {
        ModelFile.Contents contents = ModelFile.read(file);
        JsonObject attachments = contents.attachments();
        if (!attachments.has("encoder")) {
            throw new ModelFileException(
                    file + " holds a model of numbers without column names; it was not trained on a table");
        }
        try {
            Map<String, Scores> scores = new LinkedHashMap<>();
            attachments
                    .getAsJsonObject("scores")
                    .entrySet()
                    .forEach(entry -> scores.put(
                            entry.getKey(), Scores.fromJson(entry.getValue().getAsJsonObject())));
            List<Importance> importances = new ArrayList<>();
            for (JsonElement element : attachments.getAsJsonArray("importances")) {
                JsonObject json = element.getAsJsonObject();
                importances.add(new Importance(
                        json.get("column").getAsString(), json.get("share").getAsDouble()));
            }
            return new TableModel(
                    contents.predictor(),
                    Encoder.fromJson(attachments.getAsJsonObject("encoder")),
                    Schema.fromJson(attachments.getAsJsonObject("target"))
                            .columns()
                            .get(0),
                    attachments.getAsJsonObject("provenance"),
                    scores,
                    importances);
        } catch (DataException | IllegalStateException | NullPointerException | ClassCastException e) {
            throw new ModelFileException(
                    file + " is damaged: what is attached to the model cannot be understood (" + e.getMessage()
                            + "). Train the model again",
                    e);
        }
    }
}

package ml.refract.table.learn;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import ml.refract.engine.Execution;
import ml.refract.engine.Phase;
import ml.refract.engine.Span;
import ml.refract.explain.ClassSets;
import ml.refract.explain.Conformal;
import ml.refract.explain.Coverage;
import ml.refract.explain.ErrorSource;
import ml.refract.explain.FeatureMoment;
import ml.refract.explain.Interval;
import ml.refract.explain.ResidualIntervals;
import ml.refract.explain.Tails;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.model.ModelFile;
import ml.refract.model.ModelFileException;
import ml.refract.table.DataException;
import ml.refract.table.EncodeReport;
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
    private final Optional<Conformal> errors;

    TableModel(
            Predictor predictor,
            Encoder encoder,
            SchemaColumn target,
            JsonObject provenance,
            Map<String, Scores> scores,
            List<Importance> importances) {
        this(predictor, encoder, target, provenance, scores, importances, Optional.empty());
    }

    private TableModel(
            Predictor predictor,
            Encoder encoder,
            SchemaColumn target,
            JsonObject provenance,
            Map<String, Scores> scores,
            List<Importance> importances,
            Optional<Conformal> errors) {
        this.errors = errors;
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

    /** The same model with errors on rows it had not learned from: what intervals come from. */
    TableModel withErrors(Conformal known) {
        return new TableModel(predictor, encoder, target, provenance, scores, importances, Optional.of(known));
    }

    /**
     * The model's errors on rows it had not learned from, which intervals and sets of classes come from. Empty when nothing was held
     * out in training, and in files of versions that did not keep them; {@link #calibrated} finds some.
     */
    public Optional<Conformal> errors() {
        return errors;
    }

    /**
     * The same model with its errors on rows whose target is known. When the model has not learned from these rows and was not chosen
     * by them, intervals and sets hold a new row drawn like them with the wanted probability, guaranteed (split conformal prediction).
     *
     * @param rows with the columns of {@link #schemaWithTarget}
     * @throws DataException when a column is absent or of another type, or a target is missing or of an unknown class
     */
    public TableModel calibrated(Table rows, Execution execution) {
        EncodedRows known = encodeWithTarget(rows, execution).rows();
        return withErrors(known.errors(known.predict(predictor, execution), ErrorSource.UNSEEN));
    }

    /**
     * Intervals around predicted numbers.
     *
     * @throws IllegalStateException when {@link #errors} is empty
     */
    public List<Interval> intervals(Predictions.Numbers predictions, Coverage coverage, Tails tails) {
        Interval range = errors(ResidualIntervals.class).errors(0, coverage, tails);
        return Arrays.stream(predictions.values()).mapToObj(range::plus).toList();
    }

    /**
     * For each row the labels of the classes that the true one is among, in class order; never none.
     *
     * @throws IllegalStateException when {@link #errors} is empty
     */
    public List<List<String>> sets(Predictions.Classes predictions, Coverage coverage, ClassSets.Kind kind) {
        List<List<String>> sets = new ArrayList<>();
        for (boolean[] set : errors(ClassSets.class).of(predictions.probabilities(), coverage, kind)) {
            sets.add(IntStream.range(0, set.length)
                    .filter(k -> set[k])
                    .mapToObj(predictions.classes()::get)
                    .toList());
        }
        return sets;
    }

    private <T extends Conformal> T errors(Class<T> type) {
        return type.cast(errors.orElseThrow(() -> new IllegalStateException(
                "The model keeps no errors on rows it had not learned from, which intervals come from. Find some with "
                        + "calibrated(rows), or train it again with rows held out")));
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
        return evaluate(rows, Optional.empty(), execution);
    }

    /**
     * Scores the model and its intervals, or sets of classes, on rows whose target is known: intervals with equal tails, sets of the
     * least ambiguous kind.
     *
     * @param rows with the columns of {@link #schemaWithTarget}
     * @throws DataException when a column is absent or of another type, or a target is missing or of an unknown class
     * @throws IllegalStateException when {@link #errors} is empty
     */
    public Evaluation evaluate(Table rows, Coverage coverage, Execution execution) {
        return evaluate(rows, Optional.of(coverage), execution);
    }

    private Evaluation evaluate(Table rows, Optional<Coverage> coverage, Execution execution) {
        Known known = encodeWithTarget(rows, execution);
        Predicted predicted = known.rows().predict(predictor, execution);
        PartScores scores = known.rows().score("evaluation", predictor, predicted);
        return new Evaluation(
                scores.rows(),
                scores.scores(),
                scores.baseline(),
                coverage.map(wanted -> score(known.rows().targets(), predicted, wanted)),
                known.report());
    }

    private IntervalScores score(Targets targets, Predicted predicted, Coverage wanted) {
        int rows = predicted.values().rows();
        double covered = 0;
        double size = 0;
        if (targets.isClasses()) {
            boolean[][] sets = errors(ClassSets.class).of(predicted.values(), wanted, ClassSets.Kind.LEAST_AMBIGUOUS);
            for (int i = 0; i < rows; i++) {
                boolean[] set = sets[i];
                covered += set[targets.codes()[i]] ? 1 : 0;
                size += IntStream.range(0, set.length).filter(k -> set[k]).count();
            }
        } else {
            Interval range = errors(ResidualIntervals.class).errors(0, wanted, Tails.SYMMETRIC);
            for (int i = 0; i < rows; i++) {
                covered += range.contains(
                                targets.values().get(i, 0) - predicted.values().get(i, 0))
                        ? 1
                        : 0;
            }
            size = rows * range.width();
        }
        return new IntervalScores(wanted, covered / rows, size / rows);
    }

    /** Encoded rows with their targets. */
    private record Known(EncodedRows rows, EncodeReport report) {}

    private Known encodeWithTarget(Table rows, Execution execution) {
        Targets targets = Targets.of(TargetColumn.of(rows, target));
        Encoded encoded = encode(rows.without(target.name()), execution);
        return new Known(new EncodedRows(encoded.design(), targets), encoded.report());
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
        ModelFile.write(file, new ModelFile.Contents(predictor, errors, attachments));
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
                    importances,
                    contents.conformal());
        } catch (DataException | IllegalStateException | NullPointerException | ClassCastException e) {
            throw new ModelFileException(
                    file + " is damaged: what is attached to the model cannot be understood (" + e.getMessage()
                            + "). Train the model again",
                    e);
        }
    }
}

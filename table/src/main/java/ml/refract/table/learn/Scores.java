package ml.refract.table.learn;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import ml.refract.task.ClassificationScores;
import ml.refract.task.RegressionScores;

/**
 * Scores by name, in the order they are shown: rmse, mae, r2 for regression; accuracy, balancedAccuracy, logLoss, brier, auc for
 * classification, and f1 of the second of two classes, or macroF1 and weightedF1 of more. NaN where a score is undefined.
 *
 * @param values an unmodifiable map
 */
public record Scores(Map<String, Double> values) {
    public Scores {
        values = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    static Scores of(RegressionScores scores) {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("rmse", scores.rmse());
        values.put("mae", scores.mae());
        values.put("r2", scores.r2());
        return new Scores(values);
    }

    static Scores of(ClassificationScores scores) {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("accuracy", scores.accuracy());
        values.put("balancedAccuracy", scores.balancedAccuracy());
        values.put("logLoss", scores.logLoss());
        values.put("brier", scores.brier());
        values.put("auc", scores.auc());
        if (scores.classes() == 2) {
            values.put("f1", scores.f1());
        } else {
            values.put("macroF1", scores.macroF1());
            values.put("weightedF1", scores.weightedF1());
        }
        return new Scores(values);
    }

    /** The score of a name. */
    public double get(String name) {
        Double value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("There is no score " + name + " among " + values.keySet());
        }
        return value;
    }

    /** The scores as a JSON object; undefined ones are null. */
    public JsonObject toJson() {
        JsonObject json = new JsonObject();
        values.forEach((name, value) -> {
            if (Double.isFinite(value)) {
                json.addProperty(name, value);
            } else {
                json.add(name, JsonNull.INSTANCE);
            }
        });
        return json;
    }

    static Scores fromJson(JsonObject json) {
        Map<String, Double> values = new LinkedHashMap<>();
        json.entrySet()
                .forEach(entry -> values.put(
                        entry.getKey(),
                        entry.getValue().isJsonNull()
                                ? Double.NaN
                                : entry.getValue().getAsDouble()));
        return new Scores(values);
    }
}

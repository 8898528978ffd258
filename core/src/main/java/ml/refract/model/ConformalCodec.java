package ml.refract.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import ml.refract.explain.ClassSets;
import ml.refract.explain.Conformal;
import ml.refract.explain.ErrorSource;
import ml.refract.explain.ResidualIntervals;
import ml.refract.explain.SortedErrors;

/** Errors on rows that a model had not learned from, as JSON and tensors. */
final class ConformalCodec {
    private static final String RESIDUALS = "residuals";
    private static final String LEAST_AMBIGUOUS = "leastAmbiguous";
    private static final String ADAPTIVE = "adaptive";

    private ConformalCodec() {}

    static JsonObject write(Conformal conformal, Map<String, Tensor> tensors) {
        JsonObject json = new JsonObject();
        json.addProperty("rows", conformal.rows());
        json.addProperty("source", conformal.source().id());
        if (conformal instanceof ResidualIntervals intervals) {
            json.add(RESIDUALS, write(RESIDUALS, intervals.columns(), tensors));
        } else {
            ClassSets sets = (ClassSets) conformal;
            json.add(LEAST_AMBIGUOUS, write(LEAST_AMBIGUOUS, sets.leastAmbiguous(), tensors));
            json.add(ADAPTIVE, write(ADAPTIVE, sets.adaptive(), tensors));
        }
        return json;
    }

    static Conformal read(JsonObject json, Map<String, Tensor> tensors) {
        int rows = json.get("rows").getAsInt();
        ErrorSource source = ErrorSource.of(json.get("source").getAsString());
        return json.has(RESIDUALS)
                ? new ResidualIntervals(rows, source, read(RESIDUALS, json, tensors))
                : new ClassSets(rows, source, read(LEAST_AMBIGUOUS, json, tensors), read(ADAPTIVE, json, tensors));
    }

    private static String tensor(String name) {
        return "intervals." + name;
    }

    /** How many errors each list stands for and keeps; the kept ones go to one tensor, list after list. */
    private static JsonArray write(String name, List<SortedErrors> lists, Map<String, Tensor> tensors) {
        JsonArray sizes = new JsonArray();
        for (SortedErrors errors : lists) {
            JsonObject size = new JsonObject();
            size.addProperty("count", errors.count());
            size.addProperty("kept", errors.values().length);
            sizes.add(size);
        }
        double[] all = lists.stream()
                .flatMapToDouble(errors -> Arrays.stream(errors.values()))
                .toArray();
        tensors.put(tensor(name), new Tensor.Doubles(new int[] {all.length}, all));
        return sizes;
    }

    private static List<SortedErrors> read(String name, JsonObject json, Map<String, Tensor> tensors) {
        Tensor.Doubles stored = PredictorCodec.tensor(tensor(name), Tensor.Doubles.class, tensors);
        List<SortedErrors> lists = new ArrayList<>();
        int at = 0;
        for (JsonElement size : json.getAsJsonArray(name)) {
            int kept = size.getAsJsonObject().get("kept").getAsInt();
            if (kept < 0 || kept > stored.length() - at) {
                throw new IllegalArgumentException("tensor " + tensor(name) + " is too short");
            }
            double[] values = Arrays.copyOfRange(stored.values(), at, at + kept);
            lists.add(new SortedErrors(size.getAsJsonObject().get("count").getAsInt(), values));
            at += kept;
        }
        return lists;
    }
}

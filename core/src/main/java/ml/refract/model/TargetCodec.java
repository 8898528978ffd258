package ml.refract.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import ml.refract.task.CurvedTargets;
import ml.refract.task.StandardTargets;
import ml.refract.task.TargetCurve;
import ml.refract.task.TargetScale;
import ml.refract.task.TargetTransform;
import ml.refract.task.TargetTransform.Kind;

/**
 * How outputs of a regression are read. Targets that are only standardised are two lists; others are written in another place, so
 * that a reader that does not know transforms fails instead of reading wrong numbers.
 */
final class TargetCodec {
    private TargetCodec() {}

    static void write(List<TargetScale> targets, JsonObject json, Map<String, Tensor> tensors) {
        if (targets.stream().allMatch(target -> target.transform().kind() == Kind.IDENTITY)) {
            json.add(
                    "targetMeans", array(targets.stream().map(TargetScale::mean).toList()));
            json.add(
                    "targetDeviations",
                    array(targets.stream().map(TargetScale::deviation).toList()));
            return;
        }
        JsonArray all = new JsonArray();
        for (TargetScale target : targets) {
            String name = "target" + all.size();
            JsonObject one = new JsonObject();
            one.addProperty("mean", target.mean());
            one.addProperty("deviation", target.deviation());
            one.addProperty("transform", target.transform().kind().id());
            write(target.transform(), one);
            double[] errors = target.errors();
            tensors.put(name + ".errors", new Tensor.Doubles(new int[] {errors.length}, errors));
            all.add(one);
        }
        json.add("targets", all);
    }

    private static void write(TargetTransform transform, JsonObject json) {
        if (transform instanceof CurvedTargets curved) {
            if (curved.curve() instanceof TargetCurve.YeoJohnson power) {
                json.addProperty("center", power.center());
                json.addProperty("scale", power.scale());
                json.addProperty("lambda", power.lambda());
            }
            json.addProperty("curveMean", curved.mean());
            json.addProperty("curveDeviation", curved.deviation());
            json.add("low", end(curved.low()));
            json.add("high", end(curved.high()));
        }
    }

    static List<TargetScale> read(JsonObject json, Map<String, Tensor> tensors) {
        List<TargetScale> targets = new ArrayList<>();
        if (json.has("targetMeans")) {
            double[] means = PredictorCodec.doubles(json.getAsJsonArray("targetMeans"));
            double[] deviations = PredictorCodec.doubles(json.getAsJsonArray("targetDeviations"));
            for (int l = 0; l < means.length; l++) {
                StandardTargets standard = new StandardTargets(means[l], deviations[l]);
                targets.add(new TargetScale(means[l], deviations[l], standard, new double[0]));
            }
            return targets;
        }
        for (JsonElement element : json.getAsJsonArray("targets")) {
            JsonObject one = element.getAsJsonObject();
            String name = "target" + targets.size();
            targets.add(new TargetScale(
                    number(one, "mean"),
                    number(one, "deviation"),
                    transform(one),
                    PredictorCodec.tensor(name + ".errors", Tensor.Doubles.class, tensors)
                            .values()));
        }
        return targets;
    }

    private static TargetTransform transform(JsonObject json) {
        Kind kind = Kind.of(json.get("transform").getAsString());
        return switch (kind) {
            case IDENTITY -> new StandardTargets(number(json, "mean"), number(json, "deviation"));
            case LOG -> curved(new TargetCurve.Log(), json);
            case YEO_JOHNSON ->
                curved(
                        new TargetCurve.YeoJohnson(
                                number(json, "center"), number(json, "scale"), number(json, "lambda")),
                        json);
        };
    }

    private static CurvedTargets curved(TargetCurve curve, JsonObject json) {
        return new CurvedTargets(
                curve,
                number(json, "curveMean"),
                number(json, "curveDeviation"),
                end(json.getAsJsonArray("low")),
                end(json.getAsJsonArray("high")));
    }

    private static JsonArray end(CurvedTargets.End end) {
        return array(List.of(end.target(), end.value(), end.slope()));
    }

    private static CurvedTargets.End end(JsonArray json) {
        double[] numbers = PredictorCodec.doubles(json);
        return new CurvedTargets.End(numbers[0], numbers[1], numbers[2]);
    }

    private static JsonArray array(List<Double> values) {
        return PredictorCodec.array(
                values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private static double number(JsonObject json, String name) {
        return json.get(name).getAsDouble();
    }
}

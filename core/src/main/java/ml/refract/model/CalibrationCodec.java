package ml.refract.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.task.Calibration;
import ml.refract.task.Calibrator;
import ml.refract.task.Decision;
import ml.refract.task.Reliability;

/** Calibrations and decisions of classifiers as JSON and tensors. */
final class CalibrationCodec {
    private static final String CURVE = "calibration.curve";
    private static final String COSTS = "decision.costs";

    private CalibrationCodec() {}

    static JsonObject write(Calibration calibration, Map<String, Tensor> tensors) {
        JsonObject json = write(calibration.form(), tensors);
        json.addProperty("source", calibration.source().id());
        json.addProperty("rows", calibration.rows());
        json.addProperty("uncalibratedLogLoss", calibration.uncalibratedLogLoss());
        json.addProperty("logLoss", calibration.logLoss());
        json.addProperty("standardError", calibration.standardError());
        json.add("reliability", write(calibration.reliability()));
        return json;
    }

    static Calibration read(JsonObject json, Map<String, Tensor> tensors) {
        return new Calibration(
                readForm(json, tensors),
                Calibration.Source.of(json.get("source").getAsString()),
                json.get("rows").getAsInt(),
                json.get("uncalibratedLogLoss").getAsDouble(),
                json.get("logLoss").getAsDouble(),
                json.get("standardError").getAsDouble(),
                readReliability(json.getAsJsonObject("reliability")));
    }

    private static JsonObject write(Calibrator form, Map<String, Tensor> tensors) {
        if (form instanceof Calibrator.Floor kept) {
            JsonObject json = write(kept.form(), tensors);
            json.addProperty("floor", kept.floor());
            return json;
        }
        JsonObject json = new JsonObject();
        json.addProperty("form", form.id());
        if (form instanceof Calibrator.Temperature temperature) {
            json.addProperty("temperature", temperature.temperature());
        } else if (form instanceof Calibrator.Platt platt) {
            json.addProperty("slope", platt.slope());
            json.addProperty("offset", platt.offset());
        } else if (form instanceof Calibrator.Vector vector) {
            json.addProperty("slope", vector.slope());
            json.add("offsets", PredictorCodec.array(vector.offsets()));
        } else if (form instanceof Calibrator.Isotonic isotonic) {
            json.addProperty("curves", isotonic.curves().size());
            for (int k = 0; k < isotonic.curves().size(); k++) {
                tensors.put(CURVE + k, curve(isotonic.curves().get(k)));
            }
        }
        return json;
    }

    private static Tensor curve(Calibrator.Curve curve) {
        int knots = curve.scores().length;
        double[] values = new double[2 * knots];
        System.arraycopy(curve.scores(), 0, values, 0, knots);
        System.arraycopy(curve.probabilities(), 0, values, knots, knots);
        return new Tensor.Doubles(new int[] {2, knots}, values);
    }

    /** Floors came later than forms: without one the clamp of the form counts. */
    private static Calibrator readForm(JsonObject json, Map<String, Tensor> tensors) {
        Calibrator form = readBareForm(json, tensors);
        return json.has("floor") ? new Calibrator.Floor(form, json.get("floor").getAsDouble()) : form;
    }

    private static Calibrator readBareForm(JsonObject json, Map<String, Tensor> tensors) {
        String form = json.get("form").getAsString();
        return switch (form) {
            case "none" -> new Calibrator.None();
            case "identity" -> new Calibrator.Identity();
            case "temperature" ->
                new Calibrator.Temperature(json.get("temperature").getAsDouble());
            case "platt" ->
                new Calibrator.Platt(
                        json.get("slope").getAsDouble(), json.get("offset").getAsDouble());
            case "vector" ->
                new Calibrator.Vector(
                        json.get("slope").getAsDouble(), PredictorCodec.doubles(json.getAsJsonArray("offsets")));
            case "isotonic" -> {
                List<Calibrator.Curve> curves = new ArrayList<>();
                for (int k = 0; k < json.get("curves").getAsInt(); k++) {
                    DoubleMatrix curve = matrix(CURVE + k, tensors);
                    curves.add(new Calibrator.Curve(curve.row(0), curve.row(1)));
                }
                yield new Calibrator.Isotonic(curves);
            }
            default -> throw new IllegalArgumentException("unknown form of calibration '" + form + "'");
        };
    }

    private static JsonObject write(Reliability reliability) {
        JsonObject json = new JsonObject();
        JsonArray bins = new JsonArray();
        reliability.bins().forEach(bin -> {
            JsonObject entry = new JsonObject();
            entry.addProperty("rows", bin.rows());
            entry.addProperty("predicted", bin.predicted());
            entry.addProperty("observed", bin.observed());
            bins.add(entry);
        });
        json.add("bins", bins);
        json.addProperty("error", reliability.error());
        json.addProperty("standardError", reliability.standardError());
        return json;
    }

    private static Reliability readReliability(JsonObject json) {
        List<Reliability.Bin> bins = new ArrayList<>();
        for (JsonElement element : json.getAsJsonArray("bins")) {
            JsonObject bin = element.getAsJsonObject();
            bins.add(new Reliability.Bin(
                    bin.get("rows").getAsDouble(),
                    bin.get("predicted").getAsDouble(),
                    bin.get("observed").getAsDouble()));
        }
        return new Reliability(
                bins, json.get("error").getAsDouble(), json.get("standardError").getAsDouble());
    }

    static JsonObject write(Decision decision, Map<String, Tensor> tensors) {
        JsonObject json = new JsonObject();
        json.addProperty("kind", decision.id());
        if (decision instanceof Decision.Threshold threshold) {
            json.addProperty("threshold", threshold.threshold());
        } else if (decision instanceof Decision.LeastCost least) {
            DoubleMatrix costs = least.costs();
            tensors.put(COSTS, new Tensor.Doubles(new int[] {costs.rows(), costs.cols()}, costs.values()));
        }
        return json;
    }

    static Decision readDecision(JsonObject json, Map<String, Tensor> tensors) {
        String kind = json.get("kind").getAsString();
        return switch (kind) {
            case "most-probable" -> new Decision.MostProbable();
            case "threshold" -> new Decision.Threshold(json.get("threshold").getAsDouble());
            case "least-cost" -> new Decision.LeastCost(matrix(COSTS, tensors));
            default -> throw new IllegalArgumentException("unknown decision '" + kind + "'");
        };
    }

    private static DoubleMatrix matrix(String name, Map<String, Tensor> tensors) {
        if (tensors.get(name) instanceof Tensor.Doubles doubles && doubles.shape().length == 2) {
            return DoubleMatrix.of(doubles.shape()[0], doubles.shape()[1], doubles.values());
        }
        throw new IllegalArgumentException("tensor " + name + " is missing or of another type");
    }
}

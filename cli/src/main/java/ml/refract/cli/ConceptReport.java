package ml.refract.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import ml.refract.concept.Concept;
import ml.refract.concept.ConceptStudy;
import ml.refract.concept.ConceptStudy.Detection;
import ml.refract.concept.ConceptTargets;
import ml.refract.concept.Method;
import ml.refract.concept.ProbeTrial;
import ml.refract.model.LibraryVersion;

/** What an extraction came to, for people and as JSON. */
final class ConceptReport {
    private ConceptReport() {}

    static String text(
            List<ConceptStudy.MethodResult> results,
            ConceptTargets targets,
            List<ConceptStudy.Division> divisions,
            String labels,
            double seconds) {
        StringBuilder text = new StringBuilder(labels).append(": ");
        if (targets.isBinary()) {
            text.append("the concept is present in ")
                    .append(Text.count(
                            (long) Arrays.stream(targets.matrix().values()).sum()))
                    .append(" of ")
                    .append(Text.count(targets.rows(), "row"));
        } else {
            text.append("a number for each of ").append(Text.count(targets.rows(), "row"));
        }
        text.append('\n').append(division(divisions)).append("\n\n");
        return text.append(table(results, targets.isBinary()).text())
                .append("\nAfter ")
                .append(Seconds.text(seconds))
                .append('\n')
                .toString();
    }

    private static String division(List<ConceptStudy.Division> divisions) {
        ConceptStudy.Division last = divisions.get(divisions.size() - 1);
        String found = "Directions from " + Text.count(last.parts().train().length, "row") + ", chosen on "
                + Text.count(last.parts().heldOut().length);
        if (divisions.size() > 1) {
            return found + "; scores are means over " + Text.count(divisions.size() - 1, "fold")
                    + ", each extracted from the other rows";
        }
        return last.test().length == 0
                ? found + "; none are left to score"
                : found + "; scored on " + Text.count(last.test().length) + " others";
    }

    private static TextTable table(List<ConceptStudy.MethodResult> results, boolean binary) {
        String score = binary ? "AUC" : "correlation";
        TextTable table = binary
                ? new TextTable().row("layer", "method", "of the vector", score, "accuracy", "chosen")
                : new TextTable().row("layer", "method", "of the vector", score, "chosen");
        int layers = results.get(0).layers().size();
        for (int k = 0; k < layers; k++) {
            for (ConceptStudy.MethodResult result : results) {
                ConceptStudy.LayerResult layer = result.layers().get(k);
                row(table, layer.layer(), result.method(), layer.detections(), binary, chosen(layer.concept()));
            }
        }
        for (ConceptStudy.MethodResult result : results) {
            if (!result.together().isEmpty()) {
                row(table, "all layers", result.method(), result.together(), binary, "");
            }
        }
        return table;
    }

    private static void row(
            TextTable table, String layer, Method method, List<Detection> detections, boolean binary, String chosen) {
        Detection mean = Detection.mean(detections);
        List<String> cells =
                new ArrayList<>(List.of(layer, method.id(), Text.number(mean.first()), Text.number(mean.score())));
        if (binary) {
            cells.add(Text.number(mean.accuracy()));
        }
        cells.add(chosen);
        table.row(cells.toArray(String[]::new));
    }

    /** The settings that were chosen, in words. */
    private static String chosen(Concept concept) {
        ProbeTrial trial = concept.chosen();
        List<String> words = new ArrayList<>();
        if (concept.method() == Method.RFM) {
            words.add("bandwidth " + Text.setting(trial.bandwidth()));
            words.add("iteration " + trial.iterations());
            words.add(trial.centredGradients() ? "centred gradients" : "plain gradients");
        }
        if (!Double.isNaN(trial.penalty())) {
            words.add((concept.method() == Method.LOGISTIC ? "C " : "ridge ") + Text.setting(trial.penalty()));
        }
        if (trial.unitRows()) {
            words.add("unit rows");
        }
        return String.join(", ", words);
    }

    static JsonObject json(
            List<ConceptStudy.MethodResult> results,
            ConceptTargets targets,
            List<ConceptStudy.Division> divisions,
            String labels,
            double seconds) {
        JsonObject json = new JsonObject();
        json.addProperty("refract", LibraryVersion.get());
        json.addProperty("labels", labels);
        json.addProperty("rows", targets.rows());
        json.addProperty("binary", targets.isBinary());
        json.addProperty("score", targets.isBinary() ? "auc" : "correlation");
        JsonArray divided = new JsonArray();
        for (ConceptStudy.Division division : divisions) {
            JsonObject counts = new JsonObject();
            counts.addProperty("train", division.parts().train().length);
            counts.addProperty("validation", division.parts().heldOut().length);
            counts.addProperty("test", division.test().length);
            divided.add(counts);
        }
        json.add("divisions", divided);
        JsonArray methods = new JsonArray();
        for (ConceptStudy.MethodResult result : results) {
            JsonObject method = new JsonObject();
            method.addProperty("method", result.method().id());
            JsonArray layers = new JsonArray();
            result.layers().forEach(layer -> layers.add(json(layer)));
            method.add("layers", layers);
            method.add("allLayers", json(result.together()));
            methods.add(method);
        }
        json.add("methods", methods);
        json.addProperty("seconds", seconds);
        return json;
    }

    private static JsonObject json(ConceptStudy.LayerResult layer) {
        Concept concept = layer.concept();
        JsonObject json = new JsonObject();
        json.addProperty("layer", layer.layer());
        json.addProperty("columns", concept.mean().length);
        json.addProperty("directions", concept.directions().rows());
        JsonArray eigenvalues = new JsonArray();
        Arrays.stream(concept.eigenvalues()).forEach(eigenvalues::add);
        json.add("eigenvalues", eigenvalues);
        json.add("chosen", json(concept.chosen()));
        json.add("detection", json(layer.detections()));
        JsonArray trials = new JsonArray();
        concept.trials().forEach(trial -> trials.add(json(trial)));
        json.add("trials", trials);
        return json;
    }

    private static JsonObject json(ProbeTrial trial) {
        JsonObject json = new JsonObject();
        json.addProperty("unitRows", trial.unitRows());
        if (trial.iterations() > 0) {
            json.addProperty("centredGradients", trial.centredGradients());
            json.addProperty("bandwidth", trial.bandwidth());
            json.addProperty("iterations", trial.iterations());
            json.addProperty("ridge", trial.ridge());
        }
        add(json, "penalty", trial.penalty());
        add(json, "score", trial.score());
        return json;
    }

    private static JsonObject json(List<Detection> detections) {
        JsonObject json = new JsonObject();
        if (!detections.isEmpty()) {
            add(json, Detection.mean(detections));
            JsonArray folds = new JsonArray();
            for (Detection detection : detections) {
                JsonObject fold = new JsonObject();
                add(fold, detection);
                folds.add(fold);
            }
            json.add("divisions", folds);
        }
        return json;
    }

    private static void add(JsonObject json, Detection detection) {
        add(json, "validation", detection.validation());
        add(json, "vector", detection.first());
        add(json, "readout", detection.score());
        add(json, "accuracy", detection.accuracy());
    }

    /** JSON knows no NaN: what is not defined is left out. */
    private static void add(JsonObject json, String name, double value) {
        if (!Double.isNaN(value)) {
            json.addProperty(name, value);
        }
    }
}

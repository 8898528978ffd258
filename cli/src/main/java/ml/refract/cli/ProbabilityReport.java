package ml.refract.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.task.Calibration;
import ml.refract.task.Calibrator;
import ml.refract.task.Classifier;
import ml.refract.task.Decision;
import ml.refract.task.Reliability;

/** How a model turns scores into probabilities and those into classes, as text and as JSON. */
final class ProbabilityReport {
    private ProbabilityReport() {}

    /** Nothing for a model without calibration that predicts the most probable class. */
    static String text(Classifier classifier, List<String> labels) {
        StringBuilder text = new StringBuilder();
        classifier.calibration().ifPresent(calibration -> text.append(text(calibration, labels)));
        if (!(classifier.decision() instanceof Decision.MostProbable)) {
            text.append("  classes: ")
                    .append(describe(classifier.decision(), labels))
                    .append('\n');
        }
        return text.isEmpty() ? "" : text.append('\n').toString();
    }

    private static String text(Calibration calibration, List<String> labels) {
        Reliability reliability = calibration.reliability();
        String judged = labels.size() == 2 ? "probability of " + labels.get(1) : "largest probability";
        TextTable bins = new TextTable().row(judged, "observed", "rows");
        reliability
                .bins()
                .forEach(bin -> bins.row(
                        Text.percent(bin.predicted()),
                        Text.percent(bin.observed()),
                        Text.count(Math.round(bin.rows()))));
        return "  calibration: " + describe(calibration.form()) + ", "
                + calibration.source().id() + " on "
                + Text.count(calibration.rows(), "row") + "\n  log loss "
                + Text.number(calibration.uncalibratedLogLoss()) + " without, "
                + Text.number(calibration.logLoss()) + " with it\n  calibration error "
                + Text.percent(reliability.error()) + " +- " + Text.percent(reliability.standardError()) + "\n\n"
                + bins.text();
    }

    private static String describe(Calibrator form) {
        if (form instanceof Calibrator.Floor kept) {
            return describe(kept.form()) + ", kept " + Text.number(kept.floor()) + " from 0 and 1";
        }
        if (form instanceof Calibrator.Temperature temperature) {
            return "temperature " + Text.number(temperature.temperature());
        }
        return form.id();
    }

    private static String describe(Decision decision, List<String> labels) {
        if (decision instanceof Decision.Threshold threshold) {
            return labels.get(1) + " from a probability of " + Text.number(threshold.threshold()) + " on";
        }
        return decision instanceof Decision.LeastCost ? "of the least expected cost" : "the most probable";
    }

    static JsonObject json(Classifier classifier) {
        JsonObject object = new JsonObject();
        classifier.calibration().ifPresent(calibration -> object.add("calibration", json(calibration)));
        JsonObject decision = new JsonObject();
        decision.addProperty("kind", classifier.decision().id());
        if (classifier.decision() instanceof Decision.Threshold threshold) {
            decision.addProperty("threshold", threshold.threshold());
        } else if (classifier.decision() instanceof Decision.LeastCost least) {
            decision.add("costs", rows(least.costs()));
        }
        object.add("decision", decision);
        return object;
    }

    private static JsonArray rows(DoubleMatrix matrix) {
        JsonArray rows = new JsonArray();
        for (int i = 0; i < matrix.rows(); i++) {
            JsonArray row = new JsonArray();
            for (double value : matrix.row(i)) {
                row.add(value);
            }
            rows.add(row);
        }
        return rows;
    }

    private static JsonObject json(Calibration calibration) {
        JsonObject object = new JsonObject();
        object.addProperty("form", calibration.form().id());
        if (calibration.form() instanceof Calibrator.Floor kept) {
            object.addProperty("floor", kept.floor());
        }
        object.addProperty("source", calibration.source().id());
        object.addProperty("rows", calibration.rows());
        object.addProperty("uncalibratedLogLoss", calibration.uncalibratedLogLoss());
        object.addProperty("logLoss", calibration.logLoss());
        object.addProperty("standardError", calibration.standardError());
        object.addProperty("calibrationError", calibration.reliability().error());
        object.addProperty(
                "calibrationErrorStandardError", calibration.reliability().standardError());
        JsonArray bins = new JsonArray();
        calibration.reliability().bins().forEach(bin -> {
            JsonObject entry = new JsonObject();
            entry.addProperty("rows", bin.rows());
            entry.addProperty("predicted", bin.predicted());
            entry.addProperty("observed", bin.observed());
            bins.add(entry);
        });
        object.add("bins", bins);
        return object;
    }
}

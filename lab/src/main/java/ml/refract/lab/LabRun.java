package ml.refract.lab;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Locale;
import ml.refract.engine.Execution;
import ml.refract.model.LibraryVersion;

/**
 * An experiment that was run.
 *
 * @param experiment which
 * @param settings how
 * @param result what came out
 * @param seconds how long it took
 */
public record LabRun(Experiment experiment, LabSettings settings, LabResult result, double seconds) {
    /** Runs an experiment. */
    public static LabRun of(Experiment experiment, LabSettings settings, Execution execution) {
        double start = execution.elapsedSeconds();
        LabResult result = experiment.run(settings, execution);
        return new LabRun(experiment, settings, result, execution.elapsedSeconds() - start);
    }

    /** The record of its claims as JSON, without what was drawn. A number that is not finite is written as null. */
    public JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("refract", LibraryVersion.get());
        json.addProperty("id", experiment.id());
        json.addProperty("title", experiment.title());
        json.addProperty("source", experiment.source());
        json.addProperty("size", settings.size().name().toLowerCase(Locale.ROOT));
        json.addProperty("seed", settings.seed());
        JsonObject setup = new JsonObject();
        result.setup().forEach(setup::addProperty);
        json.add("settings", setup);
        JsonArray claims = new JsonArray();
        result.claims().forEach(claim -> claims.add(json(claim)));
        json.add("claims", claims);
        JsonArray missed = new JsonArray();
        result.notReproduced().forEach(missed::add);
        json.add("notReproduced", missed);
        json.addProperty("pass", result.pass());
        json.addProperty("seconds", seconds);
        return json;
    }

    private static JsonObject json(Claim claim) {
        JsonObject json = new JsonObject();
        json.addProperty("text", claim.text());
        json.addProperty("measured", Double.isFinite(claim.measured()) ? claim.measured() : null);
        json.addProperty(
                "relation", claim.relation().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        json.addProperty("target", claim.target());
        json.addProperty("tolerance", claim.tolerance());
        json.addProperty("basis", claim.basis().words());
        json.addProperty("source", claim.source());
        json.addProperty("pass", claim.pass());
        return json;
    }

    /** All curves and matrices as a CSV table with columns panel, series, x, y; a row of a matrix is a series. */
    public String csv() {
        StringBuilder text = new StringBuilder("panel,series,x,y\n");
        for (Panel panel : result.panels()) {
            if (panel instanceof Panel.Chart chart) {
                chart.curves().forEach(curve -> append(text, chart.title(), curve));
            } else if (panel instanceof Panel.HeatMap map) {
                for (int i = 0; i < map.values().rows(); i++) {
                    append(
                            text,
                            map.title(),
                            Curve.line("row " + i, map.values().row(i)));
                }
            }
        }
        return text.toString();
    }

    private static void append(StringBuilder text, String panel, Curve curve) {
        String start = cell(panel) + ',' + cell(curve.name()) + ',';
        for (int i = 0; i < curve.x().length; i++) {
            text.append(start)
                    .append(curve.x()[i])
                    .append(',')
                    .append(curve.y()[i])
                    .append('\n');
        }
    }

    private static String cell(String text) {
        return text.matches("[^,\"\\r\\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    /** The picture. */
    public String svg() {
        return Picture.svg(experiment.title(), result.panels());
    }

    /** The JSON record as text, ended by a line feed. */
    String jsonText() {
        return new GsonBuilder()
                        .setPrettyPrinting()
                        .serializeNulls()
                        .disableHtmlEscaping()
                        .create()
                        .toJson(json()) + "\n";
    }
}

package ml.refract.testing;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import ml.refract.kernel.Kernel;
import ml.refract.kernel.Metric;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;

/** Reads the golden numbers; see {@code golden/README.md} among the test resources for their conventions. */
public final class Golden {
    private Golden() {}

    /** The object a golden file holds. */
    public static JsonObject read(String file) {
        try (Reader reader = new InputStreamReader(
                Objects.requireNonNull(Golden.class.getResourceAsStream("/golden/" + file), file),
                StandardCharsets.UTF_8)) {
            return JsonParser.parseReader(reader).getAsJsonObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The objects of an array. */
    public static List<JsonObject> objects(JsonObject parent, String key) {
        List<JsonObject> result = new ArrayList<>();
        parent.getAsJsonArray(key).forEach(element -> result.add(element.getAsJsonObject()));
        return result;
    }

    /** All numbers of a nested list in order. */
    public static double[] numbers(JsonObject parent, String key) {
        List<Double> result = new ArrayList<>();
        flatten(parent.getAsJsonArray(key), result);
        return result.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static void flatten(JsonArray list, List<Double> target) {
        for (JsonElement element : list) {
            if (element.isJsonArray()) {
                flatten(element.getAsJsonArray(), target);
            } else {
                target.add(element.getAsDouble());
            }
        }
    }

    /** A list of lists as a matrix. */
    public static DoubleMatrix matrix(JsonObject parent, String key) {
        int rows = parent.getAsJsonArray(key).size();
        double[] values = numbers(parent, key);
        return DoubleMatrix.of(rows, values.length / rows, values);
    }

    /** A list of lists as a design without coded groups. */
    public static Design design(JsonObject parent, String key) {
        return Design.of(matrix(parent, key));
    }

    /** The entry under {@code key_closed_form} where there is one, else under {@code key}. */
    public static String closedForm(JsonObject record, String key) {
        return record.has(key + "_closed_form") ? key + "_closed_form" : key;
    }

    /** The kernel of a record. */
    public static Kernel kernel(JsonObject record) {
        double bandwidth = record.get("bandwidth").getAsDouble();
        return switch (record.get("family").getAsString()) {
            case "l2", "l2_high_dim" -> Kernel.laplace(bandwidth, number(record, "exponent"));
            case "l1" -> Kernel.product(bandwidth, number(record, "exponent"));
            case "lpq" -> Kernel.lpq(bandwidth, number(record, "p"), number(record, "q"));
            case "sum_power_laplace" ->
                Kernel.sumPower(
                        bandwidth,
                        number(record, "exponent"),
                        number(record, "const_mix"),
                        record.get("power").getAsInt());
            default -> throw new IllegalArgumentException(record.toString());
        };
    }

    /** The metric of a record: the stored transform squared, but for {@code l2_high_dim} the stored transform itself. */
    public static Metric metric(JsonObject file, JsonObject record) {
        boolean isMetric = record.get("family").getAsString().equals("l2_high_dim");
        return switch (record.get("transform").getAsString()) {
            case "none" -> Metric.identity();
            case "diag" -> {
                double[] v = numbers(file, "transform_diag");
                for (int i = 0; i < v.length && !isMetric; i++) {
                    v[i] *= v[i];
                }
                yield Metric.of(BlockSymmetric.diagonal(v));
            }
            case "full" -> Metric.of(BlockSymmetric.full(matrix(file, "transform_full_M")));
            default -> throw new IllegalArgumentException(record.toString());
        };
    }

    /** What distinguishes a record, for messages. */
    public static String describe(JsonObject record) {
        StringBuilder result = new StringBuilder();
        record.entrySet().stream()
                .filter(entry -> entry.getValue().isJsonPrimitive())
                .forEach(entry -> result.append(entry.getKey())
                        .append('=')
                        .append(entry.getValue())
                        .append(' '));
        return result.toString();
    }

    private static double number(JsonObject record, String key) {
        return record.get(key).getAsDouble();
    }
}

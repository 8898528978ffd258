package ml.refract.table;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads the fields of a JSON object of a model file; whatever is not as expected is a {@link DataException}. */
final class JsonView {
    private final String what;
    private final JsonObject json;

    JsonView(String what, JsonObject json) {
        this.what = what;
        this.json = json;
    }

    /** Refuses every version but one. */
    void requireVersion(int known) {
        int found = integer("version");
        if (found != known) {
            throw new DataException(
                    what,
                    "version " + found + " is unknown; this release reads version " + known,
                    "use the release of Refract that wrote it, or a newer one");
        }
    }

    JsonObject json() {
        return json;
    }

    boolean has(String field) {
        return json.has(field);
    }

    String text(String field) {
        return primitive(field, "a text", JsonPrimitive::isString).getAsString();
    }

    boolean flag(String field) {
        return primitive(field, "true or false", JsonPrimitive::isBoolean).getAsBoolean();
    }

    int integer(String field) {
        JsonPrimitive value = primitive(field, "an integer", JsonPrimitive::isNumber);
        try {
            return Integer.parseInt(value.getAsString());
        } catch (NumberFormatException e) {
            throw wrong("field '" + field + "' is not an integer");
        }
    }

    double number(String field) {
        double value = primitive(field, "a number", JsonPrimitive::isNumber).getAsDouble();
        if (!Double.isFinite(value)) {
            throw wrong("field '" + field + "' is not a finite number");
        }
        return value;
    }

    <E extends Enum<E>> E constant(String field, Class<E> type) {
        return constant(field, text(field), type);
    }

    <E extends Enum<E>> List<E> constants(String field, Class<E> type) {
        return texts(field).stream().map(name -> constant(field, name, type)).toList();
    }

    private <E extends Enum<E>> E constant(String field, String name, Class<E> type) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equals(name))
                .findFirst()
                .orElseThrow(() -> wrong("field '" + field + "' holds the unknown word " + Where.quote(name)));
    }

    List<String> texts(String field) {
        List<String> result = new ArrayList<>();
        for (JsonElement element : array(field)) {
            if (!(element instanceof JsonPrimitive text) || !text.isString()) {
                throw wrong("field '" + field + "' is not a list of texts");
            }
            result.add(text.getAsString());
        }
        return result;
    }

    double[] numbers(String field) {
        List<Double> result = new ArrayList<>();
        for (JsonElement element : array(field)) {
            if (!(element instanceof JsonPrimitive number)
                    || !number.isNumber()
                    || !Double.isFinite(number.getAsDouble())) {
                throw wrong("field '" + field + "' is not a list of finite numbers");
            }
            result.add(number.getAsDouble());
        }
        return result.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** Numbers of which each is above the one before. */
    double[] ascending(String field) {
        double[] values = numbers(field);
        for (int i = 1; i < values.length; i++) {
            if (!(values[i] > values[i - 1])) {
                throw wrong(field + " do not ascend at place " + i);
            }
        }
        return values;
    }

    JsonView object(String field) {
        return of(field, json.get(field));
    }

    List<JsonView> objects(String field) {
        List<JsonView> result = new ArrayList<>();
        for (JsonElement element : array(field)) {
            result.add(of(field, element));
        }
        return result;
    }

    private JsonView of(String field, @Nullable JsonElement element) {
        if (element instanceof JsonObject object) {
            return new JsonView(what, object);
        }
        throw wrong("field '" + field + "' is not an object");
    }

    /** Numbers as {@link #numbers} reads them. */
    static JsonArray array(double[] numbers) {
        JsonArray array = new JsonArray();
        Arrays.stream(numbers).forEach(array::add);
        return array;
    }

    private Iterable<JsonElement> array(String field) {
        JsonElement element = json.get(field);
        if (element == null || !element.isJsonArray()) {
            throw wrong("field '" + field + "' is not a list");
        }
        return element.getAsJsonArray();
    }

    private JsonPrimitive primitive(String field, String wanted, Predicate<JsonPrimitive> fits) {
        if (json.get(field) instanceof JsonPrimitive value && fits.test(value)) {
            return value;
        }
        throw wrong("field '" + field + "' is not " + wanted);
    }

    /** The exception for a description that cannot be true. */
    DataException wrong(String found) {
        return new DataException(what, found, "the model file is damaged; write it again");
    }
}

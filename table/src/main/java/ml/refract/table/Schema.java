package ml.refract.table;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The columns rows must have, and the texts that mean "missing" in them: what a model needs to know to read rows the way
 * its training data were read. Immutable.
 */
public final class Schema {
    private static final int VERSION = 1;

    private final List<SchemaColumn> columns;
    private final Set<String> missingTokens;

    /**
     * A schema of the given columns.
     *
     * @param missingTokens texts that mean "missing", compared exactly after trimming; an empty cell always does
     * @throws IllegalArgumentException when two columns have the same name
     */
    public Schema(List<SchemaColumn> columns, Collection<String> missingTokens) {
        this.columns = List.copyOf(columns);
        this.missingTokens = MissingTokens.normalised(missingTokens);
        Set<String> names = new HashSet<>();
        for (SchemaColumn column : columns) {
            if (!names.add(column.name())) {
                throw new IllegalArgumentException("Column " + Where.name(column.name()) + " is described twice");
            }
        }
    }

    /** The columns of a table, with the missing tokens it was read with. */
    public static Schema of(Table table) {
        return new Schema(table.columns().stream().map(Column::schema).toList(), table.missingTokens());
    }

    /** The columns, in the order they are encoded. */
    public List<SchemaColumn> columns() {
        return columns;
    }

    /** The names of the columns. */
    public List<String> names() {
        return columns.stream().map(SchemaColumn::name).toList();
    }

    /** The description of a column, if there is one of this name. */
    public Optional<SchemaColumn> column(String name) {
        return columns.stream().filter(column -> column.name().equals(name)).findFirst();
    }

    /** The texts that mean "missing"; an empty cell always does. */
    public Set<String> missingTokens() {
        return missingTokens;
    }

    /**
     * This schema with one more column, for example the target when rows are read to evaluate a model.
     *
     * @throws IllegalArgumentException when there is a column of this name
     */
    public Schema plus(SchemaColumn column) {
        List<SchemaColumn> more = new ArrayList<>(columns);
        more.add(column);
        return new Schema(more, missingTokens);
    }

    /** This schema with other missing tokens in place of the present ones. */
    public Schema withMissingTokens(Collection<String> tokens) {
        return new Schema(columns, tokens);
    }

    /** The schema as JSON; {@link #fromJson} gives back an equal one. */
    public JsonObject toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("version", VERSION);
        JsonArray described = new JsonArray(columns.size());
        columns.forEach(column -> described.add(column.toJson()));
        json.add("columns", described);
        JsonArray tokens = new JsonArray(missingTokens.size());
        missingTokens.forEach(tokens::add);
        json.add("missingTokens", tokens);
        return json;
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @throws DataException when the version is unknown or a field is not as expected
     */
    public static Schema fromJson(JsonObject json) {
        JsonView view = new JsonView("schema", json);
        view.requireVersion(VERSION);
        List<SchemaColumn> columns =
                view.objects("columns").stream().map(SchemaColumn::fromJson).toList();
        try {
            return new Schema(columns, view.texts("missingTokens"));
        } catch (IllegalArgumentException e) {
            throw view.wrong(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Where each column stands in a header; refuses a header that lacks any.
     *
     * @return for each column of this schema its index in the header
     */
    int[] locate(String source, List<String> header) {
        Map<String, Integer> positions = new HashMap<>();
        header.forEach(name -> positions.put(name, positions.size()));
        int[] fields = new int[columns.size()];
        List<String> absent = new ArrayList<>();
        for (int k = 0; k < fields.length; k++) {
            String name = columns.get(k).name();
            fields[k] = positions.getOrDefault(name, -1);
            if (fields[k] < 0) {
                absent.add(name);
            }
        }
        requireNoneAbsent(source, absent, header);
        return fields;
    }

    /** Refuses rows that lack columns, naming all of them and the names that may have been meant. */
    static void requireNoneAbsent(String source, List<String> absent, List<String> header) {
        if (absent.isEmpty()) {
            return;
        }
        List<String> described = absent.stream()
                .map(name -> Where.name(name) + Where.didYouMean(name, header))
                .toList();
        throw new DataException(
                source,
                (absent.size() == 1 ? "a column the model needs is absent: " : "columns the model needs are absent: ")
                        + String.join(", ", described),
                "rename or add " + (absent.size() == 1 ? "it" : "them") + "; single cells may be empty");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Schema s && s.columns.equals(columns) && s.missingTokens.equals(missingTokens);
    }

    @Override
    public int hashCode() {
        return columns.hashCode();
    }

    @Override
    public String toString() {
        return "Schema" + columns;
    }
}

package ml.refract.table;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The description of one column: name, type, and what the type needs to understand a cell. Immutable. */
public final class SchemaColumn {
    private static final Levels NO_LEVELS = Levels.of(ColumnType.CATEGORICAL, List.of());

    private final String name;
    private final ColumnType type;
    private final Levels levels;
    private final @Nullable DateKind dateKind;

    private SchemaColumn(String name, ColumnType type, Levels levels, @Nullable DateKind dateKind) {
        this.name = name;
        this.type = type;
        this.levels = levels;
        this.dateKind = dateKind;
    }

    /** A column of finite numbers. */
    public static SchemaColumn numeric(String name) {
        return new SchemaColumn(name, ColumnType.NUMERIC, NO_LEVELS, null);
    }

    /** A column of the given levels, which are put in order and merged where they spell the same number. */
    public static SchemaColumn categorical(String name, List<String> levels) {
        return of(name, ColumnType.CATEGORICAL, Levels.of(ColumnType.CATEGORICAL, levels));
    }

    /** A column of dates or times written in one way. */
    public static SchemaColumn date(String name, DateKind kind) {
        return new SchemaColumn(name, ColumnType.DATE_TIME, NO_LEVELS, kind);
    }

    static SchemaColumn of(String name, ColumnType type, Levels levels) {
        return new SchemaColumn(name, type, levels, null);
    }

    /** The name in the header. */
    public String name() {
        return name;
    }

    /** The type, one that {@link ColumnType#isUsed() is used}. */
    public ColumnType type() {
        return type;
    }

    /** The known levels in order; empty unless categorical or boolean. */
    public List<String> levels() {
        return levels.names();
    }

    /** How dates are written; empty unless a date column. */
    public Optional<DateKind> dateKind() {
        return Optional.ofNullable(dateKind);
    }

    Levels levelIndex() {
        return levels;
    }

    /** What a cell must be, as messages say it. */
    String wanted() {
        return switch (type) {
            case NUMERIC -> "a finite number";
            case DATE_TIME ->
                "a date or time written " + Objects.requireNonNull(dateKind).pattern();
            default -> "a level";
        };
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("name", name);
        json.addProperty("type", type.name());
        if (type.hasLevels()) {
            JsonArray names = new JsonArray(levels.size());
            levels.names().forEach(names::add);
            json.add("levels", names);
        }
        if (dateKind != null) {
            json.addProperty("dateKind", dateKind.name());
        }
        return json;
    }

    static SchemaColumn fromJson(JsonView json) {
        String name = json.text("name");
        ColumnType type = json.constant("type", ColumnType.class);
        return switch (type) {
            case NUMERIC -> numeric(name);
            case DATE_TIME -> date(name, json.constant("dateKind", DateKind.class));
            case BOOLEAN, CATEGORICAL -> of(name, type, Levels.of(type, json.texts("levels")));
            case TEXT, IDENTIFIER, CONSTANT, IGNORED ->
                throw json.wrong("type " + type + " is no type of an input column");
        };
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SchemaColumn c
                && c.name.equals(name)
                && c.type == type
                && c.levels.equals(levels)
                && c.dateKind == dateKind;
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, type, levels, dateKind);
    }

    @Override
    public String toString() {
        return name + " " + type + (type.hasLevels() ? " of " + levels.size() + " levels" : "");
    }
}

package ml.refract.table;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rows that a program passes as maps from column name to value. */
final class MapRows implements RowCursor {
    static final String SOURCE = "rows";

    private final List<? extends Map<String, ? extends @Nullable Object>> rows;
    private final List<String> header;
    private final Row row = new Row();
    private int next;

    MapRows(List<? extends Map<String, ? extends @Nullable Object>> rows, Collection<String> header) {
        this.rows = rows;
        this.header = List.copyOf(header);
    }

    /** All rows under the union of their names, in order of appearance. */
    static MapRows ofUnion(List<? extends Map<String, ? extends @Nullable Object>> rows) {
        Set<String> names = new LinkedHashSet<>();
        rows.forEach(row -> names.addAll(row.keySet()));
        if (rows.isEmpty() || names.isEmpty()) {
            throw new DataException(SOURCE, "there are no values", "pass at least one row with one column");
        }
        if (names.stream().anyMatch(String::isBlank)) {
            throw new DataException(SOURCE, "a column has no name", "name every value");
        }
        return new MapRows(rows, names);
    }

    @Override
    public String source() {
        return SOURCE;
    }

    @Override
    public List<String> header() {
        return header;
    }

    @Override
    public Optional<Character> delimiter() {
        return Optional.empty();
    }

    @Override
    public boolean next() {
        if (next == rows.size()) {
            return false;
        }
        row.begin(next, 0);
        Map<String, ? extends @Nullable Object> values = rows.get(next++);
        for (String name : header) {
            row.add(CellText.of(values.get(name), Where.cell(SOURCE, row, name)));
        }
        return true;
    }

    @Override
    public Row row() {
        return row;
    }

    @Override
    public void close() {
        // Nothing is held open.
    }
}

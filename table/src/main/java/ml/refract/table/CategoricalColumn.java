package ml.refract.table;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Levels as integer codes; -1 stands for a missing cell. Boolean columns are categorical columns of at most two levels.
 *
 * <p>In a table whose types were inferred the levels are all that occur, in order: by value when all are numbers, else
 * by {@link String#compareTo}. In rows read under a {@link Schema} the levels of the schema come first, in its order,
 * and levels it does not know follow as they appear.
 */
public final class CategoricalColumn extends Column {
    private final ColumnType type;
    private final Levels known;
    private final List<String> unknown;
    private final int[] codes;

    /** Takes the list and the array over; nobody may write to them any more. */
    CategoricalColumn(String name, ColumnType type, Levels known, List<String> unknown, int[] codes) {
        super(name);
        this.type = type;
        this.known = known;
        this.unknown = unknown;
        this.codes = codes;
    }

    /**
     * The column of texts that were numbered as they appeared, merged and put in order.
     *
     * @param codes numbers of texts, -1 where missing; taken over and rewritten
     */
    static CategoricalColumn ordered(String name, ColumnType type, List<String> texts, int[] codes) {
        Levels levels = Levels.of(type, texts);
        int[] level = levels.codes(texts);
        for (int i = 0; i < codes.length; i++) {
            codes[i] = codes[i] < 0 ? -1 : level[codes[i]];
        }
        return new CategoricalColumn(name, type, levels, List.of(), codes);
    }

    @Override
    public ColumnType type() {
        return type;
    }

    @Override
    public int rows() {
        return codes.length;
    }

    /** The levels; an unmodifiable list. */
    public List<String> levels() {
        return known.followedBy(unknown);
    }

    /** The level of a row as an index into {@link #levels}, or -1 when missing. */
    public int code(int row) {
        return codes[row];
    }

    /** The level of a row, or empty when missing. */
    public Optional<String> level(int row) {
        return codes[row] < 0 ? Optional.empty() : Optional.of(levels().get(codes[row]));
    }

    /** A copy of all codes, -1 where missing. */
    public int[] toArray() {
        return codes.clone();
    }

    @Override
    public boolean isMissing(int row) {
        return codes[row] < 0;
    }

    /** The levels that are ordered and can be looked up; codes from their number on are levels a schema did not know. */
    Levels known() {
        return known;
    }

    /** The levels that occur in some rows, in order. */
    Levels levelsIn(IntStream rows) {
        List<String> all = levels();
        boolean[] occurs = new boolean[all.size()];
        rows.filter(row -> codes[row] >= 0).forEach(row -> occurs[codes[row]] = true);
        List<String> found = IntStream.range(0, occurs.length)
                .filter(code -> occurs[code])
                .mapToObj(all::get)
                .toList();
        return unknown.isEmpty() && found.size() == all.size() ? known : Levels.of(type, found);
    }

    @Override
    String presentText(int row) {
        return levels().get(codes[row]);
    }

    @Override
    SchemaColumn schema() {
        return SchemaColumn.of(name(), type, known);
    }

    @Override
    CategoricalColumn select(int[] rows) {
        return new CategoricalColumn(name(), type, known, unknown, RowSelection.of(codes, rows));
    }
}

package ml.refract.table;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the caller says about columns, which goes before anything inferred. A column may be named in one set only; the
 * target may also be named categorical or numeric.
 */
public final class ColumnOptions {
    private static final ColumnOptions DEFAULTS =
            new ColumnOptions(Set.of(), Set.of(), Set.of(), Set.of(), Set.of(), null, null, null);

    private final Set<String> categorical;
    private final Set<String> ordered;
    private final Set<String> numeric;
    private final Set<String> dates;
    private final Set<String> ignored;
    private final @Nullable String target;
    private final @Nullable String group;
    private final @Nullable String time;

    private ColumnOptions(
            Collection<String> categorical,
            Collection<String> ordered,
            Collection<String> numeric,
            Collection<String> dates,
            Collection<String> ignored,
            @Nullable String target,
            @Nullable String group,
            @Nullable String time) {
        this.categorical = copy(categorical);
        this.ordered = copy(ordered);
        this.numeric = copy(numeric);
        this.dates = copy(dates);
        this.ignored = copy(ignored);
        this.target = target;
        this.group = group;
        this.time = time;
        refuseContradictions();
    }

    private static Set<String> copy(Collection<String> names) {
        return Collections.unmodifiableSet(new LinkedHashSet<>(names));
    }

    private void refuseContradictions() {
        Map<String, String> roles = new LinkedHashMap<>();
        for (Map.Entry<String, Set<String>> set : named().entrySet()) {
            for (String column : set.getValue()) {
                String earlier = roles.putIfAbsent(column, set.getKey());
                if (earlier != null) {
                    throw new IllegalArgumentException("Column " + Where.name(column) + " is named both " + earlier
                            + " and " + set.getKey() + "; name it once");
                }
            }
        }
        if (target != null) {
            refuseAsTarget(target, ignored.contains(target), "ignored");
            refuseAsTarget(target, target.equals(group), "group");
            refuseAsTarget(target, target.equals(time), "time");
        }
    }

    private static void refuseAsTarget(String column, boolean named, String role) {
        if (named) {
            throw new IllegalArgumentException(
                    "Column " + Where.name(column) + " is named both target and " + role + "; name it once");
        }
    }

    private Map<String, Set<String>> named() {
        Map<String, Set<String>> result = new LinkedHashMap<>();
        result.put("categorical", categorical);
        result.put("ordered", ordered);
        result.put("numeric", numeric);
        result.put("date", dates);
        result.put("ignored", ignored);
        return result;
    }

    /** Everything is inferred, and no column is the target. */
    public static ColumnOptions defaults() {
        return DEFAULTS;
    }

    /**
     * These options with the columns to take as categorical.
     *
     * @throws IllegalArgumentException when a column is named in another set too; so in the methods below
     */
    public ColumnOptions withCategorical(Collection<String> columns) {
        return new ColumnOptions(columns, ordered, numeric, dates, ignored, target, group, time);
    }

    /** These options with the columns to take as categorical because their levels have an order. */
    public ColumnOptions withOrdered(Collection<String> columns) {
        return new ColumnOptions(categorical, columns, numeric, dates, ignored, target, group, time);
    }

    /** These options with the columns that must be numeric. */
    public ColumnOptions withNumeric(Collection<String> columns) {
        return new ColumnOptions(categorical, ordered, columns, dates, ignored, target, group, time);
    }

    /** These options with the columns that must be dates or times. */
    public ColumnOptions withDates(Collection<String> columns) {
        return new ColumnOptions(categorical, ordered, numeric, columns, ignored, target, group, time);
    }

    /** These options with the columns to leave out. */
    public ColumnOptions withIgnored(Collection<String> columns) {
        return new ColumnOptions(categorical, ordered, numeric, dates, columns, target, group, time);
    }

    /** These options with the column to predict, which is kept whatever it looks like. */
    public ColumnOptions withTarget(String column) {
        return new ColumnOptions(categorical, ordered, numeric, dates, ignored, column, group, time);
    }

    /**
     * These options with the column whose cells tell groups of rows apart. Unless it is also named categorical, numeric or a
     * date, it is no input, but {@link Table#keyColumn} has it.
     */
    public ColumnOptions withGroup(String column) {
        return new ColumnOptions(categorical, ordered, numeric, dates, ignored, target, column, time);
    }

    /**
     * These options with the column that puts the rows in order of time. It is an input or not as without this, and
     * {@link Table#keyColumn} has it in any case.
     */
    public ColumnOptions withTime(String column) {
        return new ColumnOptions(categorical, ordered, numeric, dates, ignored, target, group, column);
    }

    /** The column to predict, if it is named. */
    public Optional<String> target() {
        return Optional.ofNullable(target);
    }

    boolean isTarget(String column) {
        return column.equals(target);
    }

    boolean isGroup(String column) {
        return column.equals(group);
    }

    boolean isTime(String column) {
        return column.equals(time);
    }

    /** The type the caller gave a column, if any. */
    Optional<ColumnType> type(String column) {
        if (ignored.contains(column)) {
            return Optional.of(ColumnType.IGNORED);
        }
        if (categorical.contains(column) || ordered.contains(column)) {
            return Optional.of(ColumnType.CATEGORICAL);
        }
        if (numeric.contains(column)) {
            return Optional.of(ColumnType.NUMERIC);
        }
        return dates.contains(column) ? Optional.of(ColumnType.DATE_TIME) : Optional.empty();
    }

    /** Refuses names that the header does not have. */
    void requireColumns(String source, List<String> header) {
        named().forEach((role, columns) -> columns.forEach(column -> requireColumn(source, header, role, column)));
        target().ifPresent(column -> requireColumn(source, header, "target", column));
        Optional.ofNullable(group).ifPresent(column -> requireColumn(source, header, "group", column));
        Optional.ofNullable(time).ifPresent(column -> requireColumn(source, header, "time", column));
    }

    private static void requireColumn(String source, List<String> header, String role, String column) {
        if (!header.contains(column)) {
            throw new DataException(
                    source,
                    "there is no column " + Where.name(column) + ", named as " + role
                            + Where.didYouMean(column, header),
                    "use a name from the header: " + Where.someOf(header));
        }
    }
}

package ml.refract.table;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What rows are divided by: the groups they belong to, or their order in time. */
public final class RowKeys {
    private static final int MOST_ROWS_NAMED = 5;

    private RowKeys() {}

    /**
     * The group of each row: rows with equal cells are in one group. Groups are numbered from 0 in order of appearance.
     *
     * @param column a {@link Table#keyColumn}
     * @throws DataException when there is no such column, or cells are missing
     */
    public static int[] groups(Table table, String column) {
        Column cells = table.keyColumn(column);
        refuseMissing(table, cells, "the group", "fill it in, or remove these rows");
        Map<Object, Integer> numbers = new HashMap<>();
        int[] groups = new int[table.rows()];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = numbers.computeIfAbsent(key(cells, i), cell -> numbers.size());
        }
        return groups;
    }

    private static Object key(Column cells, int row) {
        if (cells instanceof CategoricalColumn levels) {
            return levels.code(row);
        }
        return number(cells, row) + 0.0; // makes one group of both zeros
    }

    /**
     * The time of each row: a number, or for dates the seconds since 1970-01-01T00:00.
     *
     * @param column a {@link Table#keyColumn} of numbers or dates
     * @throws DataException when there is no such column, it holds text, or cells are missing
     */
    public static double[] times(Table table, String column) {
        Column cells = table.keyColumn(column);
        if (cells instanceof CategoricalColumn) {
            throw new DataException(
                    Where.column(table.source(), column),
                    "the column holds text, wanted numbers or dates that put the rows in order of time",
                    "name another column, or write its dates as yyyy-MM-dd or yyyy-MM-dd HH:mm:ss");
        }
        refuseMissing(table, cells, "the time", "fill it in, or remove these rows");
        double[] times = new double[table.rows()];
        for (int i = 0; i < times.length; i++) {
            times[i] = number(cells, i);
        }
        return times;
    }

    private static double number(Column cells, int row) {
        return cells instanceof DateTimeColumn dates ? dates.seconds(row) : ((NumericColumn) cells).value(row);
    }

    static void refuseMissing(Table table, Column column, String what, String remedy) {
        List<Long> first = new ArrayList<>();
        int missing = 0;
        for (int i = 0; i < table.rows(); i++) {
            if (column.isMissing(i)) {
                missing++;
                if (first.size() < MOST_ROWS_NAMED) {
                    first.add(table.dataRow(i));
                }
            }
        }
        if (missing > 0) {
            throw new DataException(
                    Where.column(table.source(), column.name()),
                    what + " is missing in " + missing + " of " + table.rows() + " rows: " + Where.rows(first, missing),
                    remedy);
        }
    }
}

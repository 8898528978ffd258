package ml.refract.table;

import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Dates and times as seconds since 1970-01-01T00:00; NaN stands for a missing cell.
 *
 * <p>A cell with a zone or offset is converted to UTC, one without is kept as its clock shows. Times without a date lie
 * on 1970-01-01.
 */
public final class DateTimeColumn extends Column {
    private final DateKind kind;
    private final double[] seconds;

    /** Takes the array over; nobody may write to it any more. */
    DateTimeColumn(String name, DateKind kind, double[] seconds) {
        super(name);
        this.kind = kind;
        this.seconds = seconds;
    }

    @Override
    public ColumnType type() {
        return ColumnType.DATE_TIME;
    }

    /** How the dates are written in the source. */
    public DateKind kind() {
        return kind;
    }

    @Override
    public int rows() {
        return seconds.length;
    }

    /** Seconds since 1970-01-01T00:00, NaN when missing. */
    public double seconds(int row) {
        return seconds[row];
    }

    /** A copy of all seconds, NaN where missing. */
    public double[] toArray() {
        return seconds.clone();
    }

    @Override
    public boolean isMissing(int row) {
        return Double.isNaN(seconds[row]);
    }

    @Override
    String presentText(int row) {
        long whole = (long) Math.floor(seconds[row]);
        int nanos = (int) Math.min(999_999_999, Math.round((seconds[row] - whole) * 1e3) * 1_000_000);
        return LocalDateTime.ofEpochSecond(whole, nanos, ZoneOffset.UTC).toString();
    }

    @Override
    SchemaColumn schema() {
        return SchemaColumn.date(name(), kind);
    }

    @Override
    DateTimeColumn select(int[] rows) {
        return new DateTimeColumn(name(), kind, RowSelection.of(seconds, rows));
    }
}

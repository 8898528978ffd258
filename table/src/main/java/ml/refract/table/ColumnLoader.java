package ml.refract.table;

import java.util.ArrayList;
import java.util.Arrays;

/** Collects the cells of one column as typed values, row after row. */
abstract sealed class ColumnLoader {
    private final String source;
    final String name;

    /** Number of rows loaded so far. */
    int rows;

    private ColumnLoader(String source, String name) {
        this.source = source;
        this.name = name;
    }

    /** Takes whatever levels appear. */
    static ColumnLoader inferred(String source, String name, TypeRules.Decision decision, int capacity) {
        return switch (decision.type()) {
            case NUMERIC -> new Numbers(source, SchemaColumn.numeric(name), capacity);
            case DATE_TIME ->
                new Dates(source, SchemaColumn.date(name, decision.dateKind().orElseThrow()), capacity);
            default -> new NewLevels(source, name, decision.type(), capacity);
        };
    }

    /** Takes the cells a schema allows; unknown levels are kept apart. */
    static ColumnLoader described(String source, SchemaColumn column, int capacity) {
        return switch (column.type()) {
            case NUMERIC -> new Numbers(source, column, capacity);
            case DATE_TIME -> new Dates(source, column, capacity);
            default -> new KnownLevels(source, column, capacity);
        };
    }

    final void load(Row row, int field, MissingTokens missingTokens) {
        if (missingTokens.contains(row, field)) {
            addMissing();
        } else {
            add(row, field);
        }
        rows++;
    }

    abstract void addMissing();

    abstract void add(Row row, int field);

    /** The column of the rows loaded; the loader is of no use afterwards. */
    abstract Column finish();

    final DataException unfit(Row row, int field, String wanted) {
        return new DataException(
                Where.cell(source, row, name),
                "found " + Where.quote(row.text(field)) + ", wanted " + wanted,
                "correct the cell, or leave it empty if the value is missing");
    }

    private static double[] trimmed(double[] values, int rows) {
        return rows == values.length ? values : Arrays.copyOf(values, rows);
    }

    private static int[] trimmed(int[] codes, int rows) {
        return rows == codes.length ? codes : Arrays.copyOf(codes, rows);
    }

    private static final class Numbers extends ColumnLoader {
        private final Decimal decimal = new Decimal();
        private final SchemaColumn column;
        private final double[] values;

        Numbers(String source, SchemaColumn column, int capacity) {
            super(source, column.name());
            this.column = column;
            this.values = new double[capacity];
        }

        @Override
        void addMissing() {
            values[rows] = Double.NaN;
        }

        @Override
        void add(Row row, int field) {
            double value = decimal.read(row.chars(), row.start(field), row.end(field)) ? decimal.value() : Double.NaN;
            if (!Double.isFinite(value)) {
                throw unfit(row, field, column.wanted());
            }
            values[rows] = value;
        }

        @Override
        Column finish() {
            return new NumericColumn(name, trimmed(values, rows));
        }
    }

    private static final class Dates extends ColumnLoader {
        private final DateText dateText = new DateText();
        private final SchemaColumn column;
        private final DateKind kind;
        private final double[] seconds;

        Dates(String source, SchemaColumn column, int capacity) {
            super(source, column.name());
            this.column = column;
            this.kind = column.dateKind().orElseThrow();
            this.seconds = new double[capacity];
        }

        @Override
        void addMissing() {
            seconds[rows] = Double.NaN;
        }

        @Override
        void add(Row row, int field) {
            double value = dateText.read(kind, row.chars(), row.start(field), row.end(field));
            if (Double.isNaN(value)) {
                throw unfit(row, field, column.wanted());
            }
            seconds[rows] = value;
        }

        @Override
        Column finish() {
            return new DateTimeColumn(name, kind, trimmed(seconds, rows));
        }
    }

    /** Numbers texts as they appear; {@link #finish} merges and orders them. */
    private static final class NewLevels extends ColumnLoader {
        private final ColumnType type;
        private final TextIndex texts = new TextIndex();
        private final int[] codes;

        NewLevels(String source, String name, ColumnType type, int capacity) {
            super(source, name);
            this.type = type;
            this.codes = new int[capacity];
        }

        @Override
        void addMissing() {
            codes[rows] = -1;
        }

        @Override
        void add(Row row, int field) {
            codes[rows] = texts.add(row.chars(), row.start(field), row.end(field));
        }

        @Override
        Column finish() {
            return CategoricalColumn.ordered(name, type, texts.texts(), trimmed(codes, rows));
        }
    }

    /** Finds the level of a schema; texts that are none are numbered behind them. */
    private static final class KnownLevels extends ColumnLoader {
        private final SchemaColumn column;
        private final TextIndex unknown = new TextIndex();
        private final int[] codes;

        KnownLevels(String source, SchemaColumn column, int capacity) {
            super(source, column.name());
            this.column = column;
            this.codes = new int[capacity];
        }

        @Override
        void addMissing() {
            codes[rows] = -1;
        }

        @Override
        void add(Row row, int field) {
            Levels levels = column.levelIndex();
            int known = levels.code(row.chars(), row.start(field), row.end(field));
            codes[rows] =
                    known >= 0 ? known : levels.size() + unknown.add(row.chars(), row.start(field), row.end(field));
        }

        @Override
        Column finish() {
            return new CategoricalColumn(
                    name, column.type(), column.levelIndex(), new ArrayList<>(unknown.texts()), trimmed(codes, rows));
        }
    }
}

package ml.refract.table;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Decides the type of a column from its scan; the rules are stated at {@link ColumnType}. */
final class TypeRules {
    /** Shares of a column mean something from this many cells on. */
    private static final int CELLS_FOR_SHARES = 20;

    private static final double MOSTLY = 0.9;
    private static final double NEARLY_ALL_DISTINCT = 0.9;
    private static final double HALF_DISTINCT = 0.5;
    private static final int LONG_TEXT = 60;

    private final String source;
    private final ColumnOptions options;

    TypeRules(String source, ColumnOptions options) {
        this.source = source;
        this.options = options;
    }

    /**
     * The outcome for one column.
     *
     * @param dateKind how dates are written; empty unless the type is DATE_TIME
     */
    record Decision(ColumnType type, String reason, Optional<DateKind> dateKind) {
        static Decision of(ColumnType type, String reason) {
            return new Decision(type, reason, Optional.empty());
        }

        static Decision date(DateKind kind, String reason) {
            return new Decision(ColumnType.DATE_TIME, reason, Optional.of(kind));
        }
    }

    /** The type of a column. */
    Decision decide(ColumnScan column) {
        Optional<ColumnType> given = options.type(column.name());
        if (given.isEmpty() && options.isGroup(column.name())) {
            return Decision.of(
                    ColumnType.IGNORED,
                    "it tells groups of rows apart; to use it as an input too, add --categorical " + column.name());
        }
        Decision decision = given.isPresent() ? given(column, given.get()) : inferred(column);
        return options.isTarget(column.name()) && !decision.type().isUsed() ? keptAsTarget(column) : decision;
    }

    /** How a column that divides the rows is read for that, where it is no input or an input of another type. */
    Optional<Decision> asKey(ColumnScan column, ColumnType input) {
        if (options.isGroup(column.name()) && !input.isUsed()) {
            return Optional.of(Decision.of(ColumnType.CATEGORICAL, "it tells groups of rows apart"));
        }
        boolean ordered = input == ColumnType.NUMERIC || input == ColumnType.DATE_TIME;
        return options.isTime(column.name()) && !ordered ? Optional.of(time(column)) : Optional.empty();
    }

    private Decision time(ColumnScan column) {
        String reason = "it puts the rows in order of time";
        if (column.numbers() == column.filled()) {
            return Decision.of(ColumnType.NUMERIC, reason);
        }
        refuseAmbiguousDates(column);
        return allDates(column)
                .map(kind -> Decision.date(kind, reason))
                .orElseGet(() -> Decision.of(ColumnType.CATEGORICAL, "its values are text"));
    }

    private static Decision keptAsTarget(ColumnScan column) {
        boolean numbers = column.numbers() == column.filled();
        return Decision.of(
                numbers ? ColumnType.NUMERIC : ColumnType.CATEGORICAL,
                "it is the target, and " + (numbers ? "all its values are numbers" : "its values are text"));
    }

    private Decision given(ColumnScan column, ColumnType type) {
        if (type == ColumnType.IGNORED) {
            return Decision.of(type, "left out on request");
        }
        if (column.filled() == 0) {
            return Decision.of(ColumnType.CONSTANT, "every cell is missing");
        }
        return switch (type) {
            case NUMERIC -> requireNumbers(column);
            case DATE_TIME -> requireDates(column);
            default -> Decision.of(type, "named categorical");
        };
    }

    private Decision requireNumbers(ColumnScan column) {
        if (column.numbers() < column.filled()) {
            throw new DataException(
                    Where.column(source, column.name()),
                    "the column is named numeric, but "
                            + places(column.notNumbers(), column.filled() - column.numbers()) + " no finite number",
                    "correct these cells, or name their text missing with --missing TOKEN");
        }
        return Decision.of(ColumnType.NUMERIC, "named numeric");
    }

    private Decision requireDates(ColumnScan column) {
        refuseAmbiguousDates(column);
        return allDates(column)
                .map(kind -> Decision.date(kind, "named a date; written " + kind.pattern()))
                .orElseThrow(() -> notAllDates(column));
    }

    private DataException notAllDates(ColumnScan column) {
        int others = column.filled() - column.anyDates();
        String found = others == 0
                ? "its dates are not all written the same way"
                : places(column.notDates(), others) + " no date";
        return new DataException(
                Where.column(source, column.name()),
                "the column is named a date, but " + found,
                "write all dates as yyyy-MM-dd or yyyy-MM-dd HH:mm:ss");
    }

    private Decision inferred(ColumnScan column) {
        if (column.filled() == 0) {
            return Decision.of(ColumnType.CONSTANT, "every cell is missing");
        }
        if (column.numbers() + column.infinities() == column.filled() && column.numbers() > 0) {
            refuseInfinities(column);
            return numbers(column);
        }
        if (column.distinct().count() == 1 && column.missing() == 0) {
            return Decision.of(ColumnType.CONSTANT, "all values are the same");
        }
        refuseAmbiguousDates(column);
        Optional<DateKind> dates = allDates(column);
        if (dates.isPresent()) {
            return Decision.date(
                    dates.get(),
                    "all values are dates or times, written " + dates.get().pattern());
        }
        refuseCommas(column);
        refuseMixedTypes(column);
        return text(column);
    }

    private Decision numbers(ColumnScan column) {
        DistinctCounter distinct = column.distinct();
        if (distinct.count() == 1 && column.missing() == 0) {
            return Decision.of(ColumnType.CONSTANT, "all values are the same");
        }
        if (column.allIntegers() && column.hugeIntegers()) {
            String reason = "its integers are too large to be held exactly as numbers";
            return distinct.share() > NEARLY_ALL_DISTINCT
                    ? Decision.of(ColumnType.IDENTIFIER, reason + ", and nearly all differ")
                    : Decision.of(ColumnType.CATEGORICAL, reason);
        }
        if (column.countsUp() && column.filled() >= CELLS_FOR_SHARES) {
            return Decision.of(ColumnType.IDENTIFIER, "it counts the rows; to use it, add --numeric " + column.name());
        }
        if (column.allIntegers() && column.namedLikeIdentifier() && neverRepeats(column)) {
            return Decision.of(ColumnType.IDENTIFIER, unique(column, "--numeric"));
        }
        return Decision.of(
                ColumnType.NUMERIC,
                "all values are numbers"
                        + (column.leadingZeros()
                                ? "; some begin with a zero as codes do, then add --categorical " + column.name()
                                : ""));
    }

    private static Decision text(ColumnScan column) {
        if (column.isBoolean()) {
            return Decision.of(ColumnType.BOOLEAN, "all values are words for yes and no");
        }
        if (column.namedLikeIdentifier() && neverRepeats(column)) {
            return Decision.of(ColumnType.IDENTIFIER, unique(column, "--categorical"));
        }
        if (column.filled() >= CELLS_FOR_SHARES) {
            double share = column.distinct().share();
            String remedy = "; to use it, add --categorical " + column.name();
            if (share > NEARLY_ALL_DISTINCT) {
                return Decision.of(ColumnType.TEXT, "more than 90 % of its texts differ" + remedy);
            }
            if (share > HALF_DISTINCT && column.meanLength() > LONG_TEXT) {
                return Decision.of(ColumnType.TEXT, "its texts are long, and more than half of them differ" + remedy);
            }
        }
        return Decision.of(ColumnType.CATEGORICAL, "its values are text");
    }

    private static String unique(ColumnScan column, String option) {
        return "its name says identifier and no value repeats; to use it, add " + option + " " + column.name();
    }

    private static boolean neverRepeats(ColumnScan column) {
        return column.filled() > 1 && column.distinct().share() == 1;
    }

    private static Optional<DateKind> allDates(ColumnScan column) {
        for (DateKind kind : DateKind.values()) {
            if (column.dates(kind) == column.filled()) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    private void refuseInfinities(ColumnScan column) {
        if (column.infinities() == 0) {
            return;
        }
        ColumnScan.Sample first = column.infinite().get(0);
        throw new DataException(
                Where.column(Where.row(source, first.row(), first.line()), column.name()),
                "found " + Where.quote(first.text()) + " among numbers, wanted finite numbers",
                "if it stands for a missing value, add --missing " + first.text() + "; else "
                        + categoricalOrIgnored(column));
    }

    private void refuseAmbiguousDates(ColumnScan column) {
        int dayFirst = column.dates(DateKind.DAY_FIRST);
        if (dayFirst == column.filled() && column.dates(DateKind.MONTH_FIRST) == dayFirst) {
            throw new DataException(
                    Where.column(source, column.name()),
                    "dates like " + Where.quote(column.examples().get(0))
                            + " can be read day first or month first, and no value of the column tells which",
                    "write them as yyyy-MM-dd, or " + categoricalOrIgnored(column));
        }
    }

    private void refuseCommas(ColumnScan column) {
        if (column.commaNumbers() > 0 && column.commaNumbers() + column.numbers() == column.filled()) {
            throw new DataException(
                    Where.column(source, column.name()),
                    "the numbers are written with commas, such as "
                            + Where.quote(column.notNumbers().get(0).text()),
                    "write them with a decimal point and nothing between thousands, or "
                            + categoricalOrIgnored(column));
        }
    }

    private void refuseMixedTypes(ColumnScan column) {
        if (column.filled() < CELLS_FOR_SHARES) {
            return;
        }
        if (column.numbers() >= MOSTLY * column.filled()) {
            throw mixedTypes(column, column.numbers(), "numbers", column.notNumbers());
        }
        if (column.anyDates() < column.filled() && column.anyDates() >= MOSTLY * column.filled()) {
            throw mixedTypes(column, column.anyDates(), "dates", column.notDates());
        }
    }

    private DataException mixedTypes(ColumnScan column, int usual, String kind, List<ColumnScan.Sample> offenders) {
        int unusual = column.filled() - usual;
        return new DataException(
                Where.column(source, column.name()),
                "mixed types: " + usual + " cells are " + kind + ", but " + places(offenders, unusual) + " not",
                "if that text stands for a missing value, add --missing TOKEN; else " + categoricalOrIgnored(column));
    }

    /** How to use a column as it is, or to do without it; the target is needed. */
    private String categoricalOrIgnored(ColumnScan column) {
        String name = column.name();
        return "add --categorical " + name + (options.isTarget(name) ? "" : " or --ignore " + name);
    }

    /** "x cells, among them "a" (line 3, data row 1), are" in the right number. */
    private static String places(List<ColumnScan.Sample> samples, int total) {
        String shown = samples.stream()
                .map(cell -> Where.quote(cell.text()) + " in "
                        + (cell.line() > 0
                                ? "line " + cell.line() + " (data row " + cell.row() + ")"
                                : "data row " + cell.row()))
                .collect(Collectors.joining(", "));
        return shown
                + (total > samples.size() ? " and " + (total - samples.size()) + " more" : "")
                + (total == 1 ? " is" : " are");
    }
}

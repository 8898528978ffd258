package ml.refract.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import ml.refract.table.ColumnOptions;
import ml.refract.table.EncoderOptions;
import picocli.CommandLine.Option;

/** What the user says about columns, where inference would see it otherwise. */
final class ColumnTypeOptions {
    @Option(
            names = "--categorical",
            split = ",",
            paramLabel = "COL",
            description = "Columns to take as categories, such as zip codes.")
    List<String> categorical = new ArrayList<>();

    @Option(names = "--numeric", split = ",", paramLabel = "COL", description = "Columns that must be numbers.")
    List<String> numeric = new ArrayList<>();

    @Option(names = "--date", split = ",", paramLabel = "COL", description = "Columns that must be dates or times.")
    List<String> dates = new ArrayList<>();

    @Option(names = "--ignore", split = ",", paramLabel = "COL", description = "Columns to leave out.")
    List<String> ignored = new ArrayList<>();

    @Option(
            names = "--ordered",
            paramLabel = "COL=L1,L2,...",
            description =
                    "Levels of a category in ascending order, such as size=small,medium,large; again for every column. "
                            + "Numbers and stretches such as 10-19 need none.")
    Map<String, String> ordered = new LinkedHashMap<>();

    /** Options of the encoder with the orders of levels. */
    EncoderOptions encoder(EncoderOptions options) {
        Map<String, List<String>> orders = new LinkedHashMap<>();
        ordered.forEach((column, levels) -> orders.put(
                column, Arrays.stream(levels.split(",")).map(String::strip).toList()));
        try {
            return options.withOrders(orders);
        } catch (IllegalArgumentException e) {
            throw new UsageException("Invalid option --ordered: " + e.getMessage());
        }
    }

    ColumnOptions columns(String target, DivisionOptions division) {
        try {
            ColumnOptions columns = ColumnOptions.defaults()
                    .withCategorical(withoutOrder())
                    .withOrdered(ordered.keySet())
                    .withNumeric(numeric)
                    .withDates(dates)
                    .withIgnored(ignored)
                    .withTarget(target);
            columns = division.group == null ? columns : columns.withGroup(division.group);
            return division.time == null ? columns : columns.withTime(division.time);
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    /** What has an order is a category anyway, even if its levels look like numbers. */
    private Set<String> withoutOrder() {
        Set<String> categories = new LinkedHashSet<>(categorical);
        categories.removeAll(ordered.keySet());
        return categories;
    }
}

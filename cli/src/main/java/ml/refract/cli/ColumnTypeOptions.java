package ml.refract.cli;

import java.util.ArrayList;
import java.util.List;
import ml.refract.table.ColumnOptions;
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

    ColumnOptions columns(String target, DivisionOptions division) {
        try {
            ColumnOptions columns = ColumnOptions.defaults()
                    .withCategorical(categorical)
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
}

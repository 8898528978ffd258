package ml.refract.table;

import java.util.List;

/**
 * What was found in one column and what it was taken for.
 *
 * @param name the column
 * @param type what it was taken for
 * @param reason why, in one sentence without a full stop
 * @param missing number of missing cells
 * @param distinct number of distinct values; a lower bound unless {@code distinctExact}
 * @param distinctExact whether all distinct values were counted; counting stops above 1,000 where the type is clear without
 *     it, and above 1,000,000 elsewhere
 * @param examples up to three distinct values, in order of appearance
 */
public record ColumnReport(
        String name,
        ColumnType type,
        String reason,
        int missing,
        int distinct,
        boolean distinctExact,
        List<String> examples) {

    /** Copies the examples. */
    public ColumnReport {
        examples = List.copyOf(examples);
    }

    /** The number of distinct values in words: "12", or "> 1000" when counting stopped. */
    public String distinctText() {
        return distinctExact ? String.valueOf(distinct) : "> " + (distinct - 1);
    }
}

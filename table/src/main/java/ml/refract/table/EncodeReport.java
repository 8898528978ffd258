package ml.refract.table;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What had to be made up or passed over while rows were encoded.
 *
 * @param rows number of rows encoded
 * @param columns the columns in which cells were missing or levels unseen, in order of the design
 */
public record EncodeReport(long rows, List<ColumnCounts> columns) {
    private static final int MOST_EXAMPLES = 5;

    /**
     * The counts of one column.
     *
     * @param column the name
     * @param missing number of missing cells; numbers were imputed, levels left all zero or given the missing level
     * @param missingInTraining whether the column had missing cells in training, so that the model knows what they mean
     * @param unseen number of cells whose level did not occur in training; they are encoded as all zeros
     * @param unseenExamples up to five of those levels
     */
    public record ColumnCounts(
            String column, long missing, boolean missingInTraining, long unseen, List<String> unseenExamples) {
        /** Copies the examples. */
        public ColumnCounts {
            unseenExamples = List.copyOf(unseenExamples);
        }

        private ColumnCounts plus(ColumnCounts other) {
            Set<String> examples = new LinkedHashSet<>(unseenExamples);
            examples.addAll(other.unseenExamples);
            return new ColumnCounts(
                    column,
                    missing + other.missing,
                    missingInTraining,
                    unseen + other.unseen,
                    examples.stream().limit(MOST_EXAMPLES).toList());
        }
    }

    /** Copies the list. */
    public EncodeReport {
        columns = List.copyOf(columns);
    }

    /** The report of no rows at all, to add others to. */
    public static EncodeReport empty() {
        return new EncodeReport(0, List.of());
    }

    /** This report and one of further rows together. */
    public EncodeReport plus(EncodeReport other) {
        Map<String, ColumnCounts> sums = new LinkedHashMap<>();
        columns.forEach(counts -> sums.put(counts.column(), counts));
        other.columns.forEach(counts -> sums.merge(counts.column(), counts, ColumnCounts::plus));
        return new EncodeReport(rows + other.rows, new ArrayList<>(sums.values()));
    }

    /** Counts while one column is encoded. */
    static final class Counter {
        private final String column;
        private final boolean missingInTraining;
        private final Set<String> examples = new LinkedHashSet<>();
        private long missing;
        private long unseen;

        Counter(String column, boolean missingInTraining) {
            this.column = column;
            this.missingInTraining = missingInTraining;
        }

        void missing() {
            missing++;
        }

        void unseen(String level) {
            unseen++;
            if (examples.size() < MOST_EXAMPLES) {
                examples.add(level);
            }
        }

        boolean counted() {
            return missing + unseen > 0;
        }

        ColumnCounts counts() {
            return new ColumnCounts(column, missing, missingInTraining, unseen, List.copyOf(examples));
        }
    }
}

package ml.refract.table.learn;

import java.util.Optional;
import ml.refract.engine.Execution;
import ml.refract.engine.Phase;
import ml.refract.engine.Span;
import ml.refract.table.ColumnOptions;
import ml.refract.table.DataException;
import ml.refract.table.Table;
import ml.refract.table.TableSource;

/**
 * A table to train on.
 *
 * @param table read with its target named, so that the target is in use whatever it looks like
 * @param sha256 what the model remembers the data by; none for rows of a program
 */
public record TrainingData(Table table, Optional<String> sha256) {
    /**
     * Reads and hashes a source, which is not closed.
     *
     * @throws DataException when it cannot be read or understood
     */
    public static TrainingData read(TableSource source, TrainingOptions options, Execution execution) {
        try (Span span = execution.begin(Phase.READING)) {
            Table table = Table.read(source, options.csv(), columns(options));
            Optional<String> hash = Optional.of(source.sha256());
            span.covers(table.rows(), table.columns().size(), (double) source.bytes());
            return new TrainingData(table, hash);
        }
    }

    /** The columns as the options want them read, also those that divide the rows. */
    private static ColumnOptions columns(TrainingOptions options) {
        ColumnOptions columns = options.columns().withTarget(options.target());
        if (options.heldOut() instanceof HeldOutRows.GroupShare share) {
            return columns.withGroup(share.column());
        }
        return options.heldOut() instanceof HeldOutRows.TimeShare share ? columns.withTime(share.column()) : columns;
    }
}

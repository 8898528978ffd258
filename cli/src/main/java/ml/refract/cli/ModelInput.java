package ml.refract.cli;

import java.util.LinkedHashSet;
import java.util.Set;
import ml.refract.table.EncodeReport;
import ml.refract.table.Schema;

/** What the commands that use a model have in common. */
final class ModelInput {
    private ModelInput() {}

    /** The schema rows are read under: missing tokens of the command line join those of the training. */
    static Schema schema(Schema trained, ReadingOptions reading) {
        if (reading.missing.isEmpty()) {
            return trained;
        }
        Set<String> tokens = new LinkedHashSet<>(trained.missingTokens());
        tokens.addAll(reading.missing);
        return trained.withMissingTokens(tokens);
    }

    /** Says which cells of the rows had to be made up. */
    static void warnOfGaps(EncodeReport report, Console console) {
        for (EncodeReport.ColumnCounts column : report.columns()) {
            if (column.missing() > 0 && !column.missingInTraining()) {
                console.warn("column " + column.column() + ": " + Text.count(column.missing(), "missing cell")
                        + ", though training had none; taken as the training median, or as no level");
            }
            if (column.unseen() > 0) {
                console.warn("column " + column.column() + ": " + Text.count(column.unseen(), "cell")
                        + " of levels that did not occur in training, such as "
                        + String.join(", ", column.unseenExamples()) + "; taken as no level");
            }
        }
    }
}

package ml.refract.table.learn;

import java.util.List;
import java.util.Optional;
import ml.refract.table.ColumnReport;
import ml.refract.table.Encoder;
import ml.refract.xrfm.MemoryPlan;
import ml.refract.xrfm.XrfmFit;

/**
 * A trained model and what there is to know about its training.
 *
 * @param model the model
 * @param columns what was found in every column of the file
 * @param delimiter the character between cells, given or detected; empty for rows of a program
 * @param dropped columns that do not vary over the training rows, and why they were dropped
 * @param taskReason why the task is what it is
 * @param rows rows of the file
 * @param droppedRows rows left out because their target is missing
 * @param unusedRows rows left out by the split file
 * @param parts scores by part: train, val, test, those there are
 * @param refitted whether held-out rows joined after the model was chosen; scores of these rows are from before
 * @param search what a search tried and chose, if there was one
 * @param fit the fit behind the model: leaves and their rounds
 * @param events what a user should know: why it ended early, what was hard to solve; usually nothing
 * @param memory the memory plan that was followed
 * @param seconds from the start of the execution to here
 */
public record TrainingResult(
        TableModel model,
        List<ColumnReport> columns,
        Optional<Character> delimiter,
        List<Encoder.Dropped> dropped,
        String taskReason,
        int rows,
        int droppedRows,
        int unusedRows,
        List<PartScores> parts,
        boolean refitted,
        Optional<SearchReport> search,
        XrfmFit fit,
        List<String> events,
        MemoryPlan memory,
        double seconds) {

    /** The scores of a part, when there are rows in it. */
    public Optional<PartScores> part(String name) {
        return parts.stream().filter(part -> part.part().equals(name)).findFirst();
    }
}

package ml.refract.table.learn;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ml.refract.table.SchemaColumn;
import ml.refract.table.TaskKind;

/**
 * How well models trained on a part of a table do on the rest of it.
 *
 * @param choice how the rows were divided
 * @param task what was predicted
 * @param taskReason why the task is what it is
 * @param target the target column; its levels are the classes
 * @param rows rows of the file
 * @param droppedRows rows left out because their target is missing
 * @param folds the folds that were done, all of them unless the work was cancelled
 * @param pooled scores over all rows that were held out, each predicted by the model of its fold
 * @param predictions of these rows
 * @param notes what a user should know, in sentences without a full stop; usually nothing
 * @param seconds from the start of the execution to here
 */
public record CrossValidationResult(
        FoldChoice choice,
        TaskKind task,
        String taskReason,
        SchemaColumn target,
        int rows,
        int droppedRows,
        List<FoldResult> folds,
        PartScores pooled,
        OutOfFold predictions,
        List<String> notes,
        double seconds) {

    /** Whether all folds were done. */
    public boolean complete() {
        return folds.size() == choice.folds();
    }

    /** The mean of each score over the folds, each counted once; NaN where a fold's score is undefined. */
    public Scores mean() {
        Map<String, Double> means = new LinkedHashMap<>();
        for (String name : pooled.scores().values().keySet()) {
            means.put(
                    name,
                    folds.stream()
                            .mapToDouble(fold -> fold.scores().get(name))
                            .average()
                            .orElse(Double.NaN));
        }
        return new Scores(means);
    }

    /**
     * The standard deviation of each score over the folds, divisor folds - 1; NaN where there is one fold or a fold's score is
     * undefined. It tells how much folds differ; it is no error bar of the mean, since folds share training rows.
     */
    public Scores deviation() {
        Scores mean = mean();
        Map<String, Double> result = new LinkedHashMap<>();
        for (String name : mean.values().keySet()) {
            double sum = 0;
            for (FoldResult fold : folds) {
                sum += Math.pow(fold.scores().get(name) - mean.get(name), 2);
            }
            result.put(name, folds.size() < 2 ? Double.NaN : Math.sqrt(sum / (folds.size() - 1)));
        }
        return new Scores(result);
    }
}

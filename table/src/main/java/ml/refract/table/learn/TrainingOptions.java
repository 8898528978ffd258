package ml.refract.table.learn;

import java.util.Optional;
import ml.refract.table.ColumnOptions;
import ml.refract.table.CsvOptions;
import ml.refract.table.EncoderOptions;
import ml.refract.table.TaskKind;
import ml.refract.task.TaskOptions;
import ml.refract.tune.SearchOptions;

/**
 * Settings of a training run. Immutable; the withers change one setting each.
 *
 * @param target name of the column to predict
 * @param task what is predicted; inferred from the target when empty
 * @param csv how the file is written
 * @param columns types given by the caller
 * @param encoder how columns become coordinates
 * @param heldOut rows that choose the model
 * @param dropMissingTarget whether rows without a target are left out instead of being an error
 * @param learner settings of the learner; where a search is wanted, the first it tries
 * @param decision how the predicted class comes from the probabilities
 * @param search how many settings are tried, or nothing to fit the given ones alone
 */
public record TrainingOptions(
        String target,
        Optional<TaskKind> task,
        CsvOptions csv,
        ColumnOptions columns,
        EncoderOptions encoder,
        HeldOutRows heldOut,
        boolean dropMissingTarget,
        TaskOptions learner,
        DecisionRule decision,
        Optional<SearchOptions> search) {

    /** The defaults for a target: everything inferred, settings searched for. */
    public static TrainingOptions forTarget(String target) {
        return new TrainingOptions(
                target,
                Optional.empty(),
                CsvOptions.defaults(),
                ColumnOptions.defaults(),
                EncoderOptions.defaults(),
                new HeldOutRows.Share(0.2),
                false,
                TaskOptions.defaults(),
                new DecisionRule.MostProbable(),
                Optional.of(SearchOptions.standard()));
    }

    /** The same for a given task. */
    public TrainingOptions withTask(TaskKind value) {
        return new TrainingOptions(
                target,
                Optional.of(value),
                csv,
                columns,
                encoder,
                heldOut,
                dropMissingTarget,
                learner,
                decision,
                search);
    }

    /** The same for a file written otherwise. */
    public TrainingOptions withCsv(CsvOptions value) {
        return new TrainingOptions(
                target, task, value, columns, encoder, heldOut, dropMissingTarget, learner, decision, search);
    }

    /** The same with types given for some columns. */
    public TrainingOptions withColumns(ColumnOptions value) {
        return new TrainingOptions(
                target, task, csv, value, encoder, heldOut, dropMissingTarget, learner, decision, search);
    }

    /** The same with another encoding. */
    public TrainingOptions withEncoder(EncoderOptions value) {
        return new TrainingOptions(
                target, task, csv, columns, value, heldOut, dropMissingTarget, learner, decision, search);
    }

    /** The same with other rows choosing the model. */
    public TrainingOptions withHeldOut(HeldOutRows value) {
        return new TrainingOptions(
                target, task, csv, columns, encoder, value, dropMissingTarget, learner, decision, search);
    }

    /** The same, leaving out rows without a target. */
    public TrainingOptions droppingMissingTarget() {
        return new TrainingOptions(target, task, csv, columns, encoder, heldOut, true, learner, decision, search);
    }

    /** The same with other settings of the learner. */
    public TrainingOptions withLearner(TaskOptions value) {
        return new TrainingOptions(
                target, task, csv, columns, encoder, heldOut, dropMissingTarget, value, decision, search);
    }

    /** The same with another rule of decision. */
    public TrainingOptions withDecision(DecisionRule value) {
        return new TrainingOptions(
                target, task, csv, columns, encoder, heldOut, dropMissingTarget, learner, value, search);
    }

    /** The same with settings searched for. */
    public TrainingOptions withSearch(SearchOptions value) {
        return new TrainingOptions(
                target, task, csv, columns, encoder, heldOut, dropMissingTarget, learner, decision, Optional.of(value));
    }

    /** The same with the settings of the learner as they are given. */
    public TrainingOptions withoutSearch() {
        return new TrainingOptions(
                target, task, csv, columns, encoder, heldOut, dropMissingTarget, learner, decision, Optional.empty());
    }
}

package ml.refract.task;

import java.util.ArrayList;
import java.util.List;
import ml.refract.rfm.Loss;
import ml.refract.xrfm.XrfmOptions;

/**
 * Settings of a regression or classification fit. Immutable.
 *
 * @param xrfm the learner
 * @param holdOut share of the rows that sit out to choose the iterate when no validation rows are given; afterwards the
 *     chosen model is solved again on all rows. 0 keeps the last iterate and uses all rows from the start
 * @param coding class coding for squared loss; for logistic loss it is {@link ClassCoding.Kind#LOGIT} whatever is given here
 * @param regressionScore score that chooses the iterate in regression
 * @param classificationScore score that chooses the iterate in classification
 */
public record TaskOptions(
        XrfmOptions xrfm,
        double holdOut,
        ClassCoding.Kind coding,
        TuningScore regressionScore,
        TuningScore classificationScore) {

    /**
     * @throws IllegalArgumentException naming every option out of range
     */
    public TaskOptions {
        List<String> faults = new ArrayList<>();
        if (!(holdOut >= 0 && holdOut <= 0.5)) {
            faults.add("holdOut must be between 0 and 0.5, got " + holdOut);
        }
        if (coding == ClassCoding.Kind.LOGIT && xrfm.leaf().loss() != Loss.LOGISTIC) {
            faults.add("coding logit is for the loss logistic, got the loss "
                    + xrfm.leaf().loss().id());
        }
        if (regressionScore.isForClassification()) {
            faults.add("regressionScore must score numbers, got " + regressionScore);
        }
        if (!classificationScore.isForClassification()) {
            faults.add("classificationScore must score classes, got " + classificationScore);
        }
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException("Invalid options: " + String.join("; ", faults));
        }
    }

    /** The default learner, a fifth of the rows held out, squared error and Brier score. */
    public static TaskOptions defaults() {
        return of(XrfmOptions.defaults());
    }

    /** These settings around the given learner. */
    public static TaskOptions of(XrfmOptions xrfm) {
        return new TaskOptions(xrfm, 0.2, ClassCoding.Kind.ZERO_ONE, TuningScore.MSE, TuningScore.BRIER);
    }

    /** The class coding that the loss asks for. */
    public ClassCoding.Kind codes() {
        return xrfm.leaf().loss() == Loss.LOGISTIC ? ClassCoding.Kind.LOGIT : coding;
    }

    /**
     * Refuses what only classes can be learned with.
     *
     * @throws IllegalArgumentException for logistic loss
     */
    public void requireForNumbers() {
        if (xrfm.leaf().loss() == Loss.LOGISTIC) {
            throw new IllegalArgumentException(
                    "The loss logistic is for classes, and the targets are numbers; take the loss squared");
        }
    }

    /** The same with other settings of the learner. */
    public TaskOptions withXrfm(XrfmOptions value) {
        return new TaskOptions(value, holdOut, coding, regressionScore, classificationScore);
    }

    /** The same with another class coding. */
    public TaskOptions withCoding(ClassCoding.Kind value) {
        return new TaskOptions(xrfm, holdOut, value, regressionScore, classificationScore);
    }

    /** The same with another share held out. */
    public TaskOptions withHoldOut(double value) {
        return new TaskOptions(xrfm, value, coding, regressionScore, classificationScore);
    }

    /** The same with another score for the task it belongs to. */
    public TaskOptions withScore(TuningScore value) {
        return value.isForClassification()
                ? new TaskOptions(xrfm, holdOut, coding, regressionScore, value)
                : new TaskOptions(xrfm, holdOut, coding, value, classificationScore);
    }
}

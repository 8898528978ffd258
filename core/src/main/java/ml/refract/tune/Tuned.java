package ml.refract.tune;

import java.util.ArrayList;
import java.util.List;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.task.Predictor;
import ml.refract.xrfm.LeafReport;

/**
 * What a search made.
 *
 * @param predictor the average of the models of the chosen settings, each learned from all rows
 * @param leaves reports of the fits behind it, model by model
 * @param members the settings that were chosen, the heaviest first
 * @param heldOut rows of the training data that the last scores are for, some of them more than once where folds were drawn
 *     more than once
 * @param outputs for each of those rows, the average of the raw outputs of models that had not learned from it
 * @param crossFitted whether these come from folds, and not from one part held out
 * @param tried number of settings tried
 * @param events what a user should know; usually nothing
 */
public record Tuned<P extends Predictor>(
        P predictor,
        List<LeafReport> leaves,
        List<Member> members,
        int[] heldOut,
        DoubleMatrix outputs,
        boolean crossFitted,
        int tried,
        List<String> events) {

    /**
     * A setting whose model is part of the average.
     *
     * @param weight of its model, above 0; the weights of all members sum to 1
     */
    public record Member(Trial trial, double weight) {}

    /** The same with another predictor, such as a calibrated one. */
    Tuned<P> withPredictor(P other) {
        return new Tuned<>(other, leaves, members, heldOut, outputs, crossFitted, tried, events);
    }

    /** The same with events that came before. */
    Tuned<P> withEvents(List<String> earlier) {
        List<String> all = new ArrayList<>(earlier);
        all.addAll(events);
        return new Tuned<>(predictor, leaves, members, heldOut, outputs, crossFitted, tried, List.copyOf(all));
    }
}

package ml.refract.table.learn;

import java.util.Optional;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.table.Costs;
import ml.refract.table.DataException;
import ml.refract.table.TargetColumn;
import ml.refract.table.TaskKind;
import ml.refract.task.Classifier;
import ml.refract.task.Decision;
import ml.refract.task.Predictor;
import ml.refract.task.Thresholds;

/** How the predicted class is to come from the probabilities. */
public sealed interface DecisionRule {
    /** The most probable class. */
    record MostProbable() implements DecisionRule {}

    /** Of two classes the second from that probability on which gives it the largest F1 score on rows held out. */
    record LargestF1() implements DecisionRule {}

    /** The class of the least expected cost. */
    record LeastCost(Costs costs) implements DecisionRule {}

    /** A name for reports. */
    default String id() {
        if (this instanceof LeastCost least) {
            return "costs of " + least.costs().source();
        }
        return this instanceof LargestF1 ? "f1" : "most-probable";
    }

    /**
     * Refuses a rule that does not fit what is predicted.
     *
     * @param source name of the data
     * @param heldOut whether rows are held out
     * @throws DataException when the target is a number, a threshold is wanted between more than two classes or with no rows held out, or
     *     costs are for other classes
     */
    default void requireFits(String source, TargetColumn target, boolean heldOut) {
        if (this instanceof MostProbable) {
            return;
        }
        String where = source + ", column '" + target.name() + "'";
        if (target.task() == TaskKind.REGRESSION) {
            throw new DataException(
                    where,
                    "the target is predicted as a number, there are no classes to decide between by " + id(),
                    "leave out --decide, or add --task classification");
        }
        if (this instanceof LeastCost least) {
            least.costs().of(target.labels());
        } else if (target.labels().size() != 2) {
            throw new DataException(
                    where,
                    "there are " + target.labels().size() + " classes; a threshold of the largest F1 score is for two",
                    "give --decide a file of costs");
        } else if (!heldOut) {
            throw new DataException(
                    where,
                    "no rows are held out to choose the threshold of the largest F1 score on",
                    "hold some out with --valid, or search for settings");
        }
    }

    /**
     * The predictor with its decision.
     *
     * @param target what is predicted
     * @param held rows that the predictor has not learned from, with what it predicts for them, if there are any
     */
    default Predictor applied(Predictor predictor, TargetColumn target, Optional<Held> held) {
        if (this instanceof MostProbable) {
            return predictor;
        }
        Decision decision = this instanceof LeastCost least
                ? new Decision.LeastCost(least.costs().of(target.labels()))
                : held.map(rows -> Thresholds.maximisingF1(rows.labels(), rows.probabilities()))
                        .orElseThrow(() -> new IllegalArgumentException("No rows are held out"));
        return ((Classifier) predictor).withDecision(decision);
    }

    /** Rows not learned from. */
    record Held(int[] labels, DoubleMatrix probabilities) {}
}

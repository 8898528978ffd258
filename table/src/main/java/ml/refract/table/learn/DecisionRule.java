package ml.refract.table.learn;

import java.util.Optional;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.table.Costs;
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
     * @throws IllegalArgumentException when the target is a number, or a threshold is wanted between more than two classes
     * @throws ml.refract.table.DataException when costs are for other classes
     */
    default void requireFits(TargetColumn target) {
        if (this instanceof MostProbable) {
            return;
        }
        if (target.task() == TaskKind.REGRESSION) {
            throw new IllegalArgumentException("A rule of decision (" + id() + ") is for classes, but the target '"
                    + target.name() + "' is predicted as a number");
        }
        if (this instanceof LeastCost least) {
            least.costs().of(target.labels());
        } else if (target.labels().size() != 2) {
            throw new IllegalArgumentException("A threshold of the largest F1 score is for two classes, the target '"
                    + target.name() + "' has " + target.labels().size() + "; give a file of costs instead");
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
                        .orElseThrow(() -> new IllegalArgumentException(
                                "A threshold of the largest F1 score needs rows held out; none are"));
        return ((Classifier) predictor).withDecision(decision);
    }

    /** Rows not learned from. */
    record Held(int[] labels, DoubleMatrix probabilities) {}
}

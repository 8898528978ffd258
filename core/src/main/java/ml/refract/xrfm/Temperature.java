package ml.refract.xrfm;

import java.util.ArrayList;
import java.util.List;
import ml.refract.engine.Execution;
import ml.refract.engine.Phase;
import ml.refract.engine.Span;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.Validation;

/**
 * Chooses the routing temperature on validation rows: 0 and twenty values from 0.025 to 4.5, strictly best score wins
 * (specification of xRFM, section 13). Every leaf is evaluated once on every row; only the weights change.
 */
final class Temperature {
    private static final int CANDIDATES = 20;
    private static final double LOWEST = 0.025;
    private static final double HIGHEST = 4.5;

    private Temperature() {}

    /** 0 and the log-spaced candidates. */
    static double[] candidates() {
        double[] result = new double[CANDIDATES + 1];
        for (int k = 0; k < CANDIDATES; k++) {
            result[k + 1] = LOWEST * Math.pow(HIGHEST / LOWEST, (double) k / (CANDIDATES - 1));
        }
        return result;
    }

    static XrfmModel tune(XrfmModel model, Validation validation, Execution execution) {
        try (Span span = execution.begin(Phase.TEMPERATURE)) {
            span.covers(validation.rows().rows(), model.leaves(), 0);
            return best(model, validation, execution);
        }
    }

    private static XrfmModel best(XrfmModel model, Validation validation, Execution execution) {
        List<List<DoubleMatrix>> outputs = new ArrayList<>();
        for (XrfmModel.Member member : model.trees()) {
            List<DoubleMatrix> leaves = new ArrayList<>();
            for (var machine : member.machines()) {
                execution.requireNotCancelled();
                leaves.add(validation.score().readout().apply(machine.predict(validation.rows(), execution)));
            }
            outputs.add(leaves);
        }
        double best = 0;
        double bestScore = Double.NaN;
        for (double temperature : candidates()) {
            double score = validation.score().of(blend(model, outputs, validation, temperature));
            if (Double.isNaN(bestScore) || validation.score().isBetter(score, bestScore)) {
                best = temperature;
                bestScore = score;
            }
        }
        return model.withTemperature(best);
    }

    private static DoubleMatrix blend(
            XrfmModel model, List<List<DoubleMatrix>> outputs, Validation validation, double temperature) {
        int rows = validation.rows().rows();
        DoubleMatrix sum = DoubleMatrix.zeros(rows, outputs.get(0).get(0).cols());
        for (int t = 0; t < outputs.size(); t++) {
            XrfmModel.Member tree = model.trees().get(t);
            double[][] weights =
                    tree.shape().weights(validation.rows(), temperature, model.keepFraction(), model.maxLeavesPerRow());
            for (int l = 0; l < outputs.get(t).size(); l++) {
                int[] members = XrfmModel.membersOf(weights, l);
                XrfmModel.addWeighted(outputs.get(t).get(l).select(members), members, weights, l, tree.weight(), sum);
            }
        }
        return sum;
    }
}

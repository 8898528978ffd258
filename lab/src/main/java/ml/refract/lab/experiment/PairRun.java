package ml.refract.lab.experiment;

import java.util.function.ToDoubleFunction;
import ml.refract.engine.Execution;
import ml.refract.lab.algebra.FeatureStructure;
import ml.refract.lab.algebra.PairTask;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.exact.ExactFit;
import ml.refract.rfm.exact.ExactMachine;
import ml.refract.rfm.exact.ExactOptions;
import ml.refract.rfm.exact.ExactRfm;

/**
 * One run of RFM on an operation on pairs, round by round.
 *
 * @param accuracy of the pairs held out
 * @param structure what was asked of each metric
 * @param fit the last machine
 */
record PairRun(double[] accuracy, double[] structure, ExactFit fit) {
    /** Runs it from the identity. */
    static PairRun of(
            PairTask task,
            PairTask.Split split,
            ExactOptions options,
            ToDoubleFunction<ExactMachine> structure,
            Execution execution) {
        return of(task, split, options, DoubleMatrix.identity(2 * task.values()), structure, execution);
    }

    /** As the other, from a metric. */
    static PairRun of(
            PairTask task,
            PairTask.Split split,
            ExactOptions options,
            DoubleMatrix metric,
            ToDoubleFunction<ExactMachine> structure,
            Execution execution) {
        double[] accuracy = new double[options.rounds() + 1];
        double[] structures = new double[options.rounds() + 1];
        DoubleMatrix held = task.inputs(split.test());
        ExactFit fit = ExactRfm.fitFrom(
                metric,
                task.inputs(split.train()),
                task.targets(split.train()),
                options,
                round -> {
                    DoubleMatrix outputs = round.machine().predict(held, execution);
                    accuracy[round.index()] = task.accuracy(outputs, split.test());
                    structures[round.index()] = structure.applyAsDouble(round.machine());
                },
                execution);
        return new PairRun(accuracy, structures, fit);
    }

    /** The block of a metric between the first and the second value of a pair: row b, column a. */
    static DoubleMatrix between(DoubleMatrix metric) {
        int v = metric.rows() / 2;
        return FeatureStructure.block(metric, v, 0, v);
    }

    /** How far the block between both values is from one that is the same along its lines; NaN for the identity. */
    static double deviation(DoubleMatrix metric, FeatureStructure.Lines lines) {
        return FeatureStructure.deviation(between(metric), lines);
    }
}

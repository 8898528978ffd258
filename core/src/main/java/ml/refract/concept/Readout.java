package ml.refract.concept;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import ml.refract.engine.Execution;
import ml.refract.engine.Progress;
import ml.refract.kernel.Kernel;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleKernels;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.machine.KernelMachine;
import ml.refract.rfm.Rfm;
import ml.refract.rfm.RfmOptions;
import ml.refract.rfm.Validation;
import ml.refract.task.Calibrator;
import ml.refract.task.Scores;

/**
 * Turns projections on directions, of one matrix or of several side by side, into one score that grows with the concept
 * (specification of the concept probe, section 1.6). Scores of binary targets are calibrated to probabilities on validation
 * rows. Immutable.
 */
public final class Readout {
    private static final double[] RIDGES = {1e-4, 1e-3, 1e-2, 0.1, 1, 10};
    private static final double[] COSTS = {100, 10, 1, 0.1, 0.01};
    private static final double[] SMALL_RIDGES = {1e-4, 1e-3, 1e-2};
    private static final double SMALL_BANDWIDTH = 10;
    private static final int SMALL_ITERATIONS = 10;

    /** Models that read projections. */
    public enum Kind {
        /** Ridge regression. */
        RIDGE,
        /** Logistic regression; binary targets only. */
        LOGISTIC,
        /** A recursive feature machine: bandwidth 10, up to 10 iterations. */
        RFM
    }

    /** A function of projections (m x p). */
    private interface Scorer {
        double[] of(DoubleMatrix projections);
    }

    private final Kind kind;
    private final double penalty;
    private final double validationScore;
    private final Scorer scorer;
    private final Optional<Calibrator.Platt> calibration;

    private Readout(
            Kind kind, double penalty, double validationScore, Scorer scorer, Optional<Calibrator.Platt> calibration) {
        this.kind = kind;
        this.penalty = penalty;
        this.validationScore = validationScore;
        this.scorer = scorer;
        this.calibration = calibration;
    }

    /** Rows that a read-out learns from or is chosen on: projections, n x p, and what they should say. */
    public record Rows(DoubleMatrix projections, ConceptTargets targets) {
        /**
         * @throws IllegalArgumentException when the numbers of rows differ
         */
        public Rows {
            if (projections.rows() != targets.rows()) {
                throw new IllegalArgumentException(
                        "There are " + projections.rows() + " rows of projections and " + targets.rows() + " targets");
            }
        }

        double score(double[] scores) {
            return targets.isBinary()
                    ? Scores.auc(targets.labels(), scores, 1)
                    : Scores.correlation(scores, targets.matrix().col(0));
        }
    }

    /**
     * Fits models of some kinds with several penalties on training rows, and keeps the one whose scores have the largest area
     * under the ROC curve on the validation rows, or for numbers the largest correlation; the first of equals.
     *
     * @param kinds what to try; logistic regressions are passed over unless targets are binary
     * @throws ConstantTargetsException when the targets of a part do not vary
     * @throws IllegalArgumentException when nothing can be tried, or there are several columns of targets
     */
    public static Readout fit(Rows train, Rows validation, List<Kind> kinds, Execution execution) {
        if (train.targets().matrix().cols() > 1) {
            throw new IllegalArgumentException("A read-out has one column of targets, got "
                    + train.targets().matrix().cols());
        }
        train.targets().requireVaried("rows to learn from");
        validation.targets().requireVaried("rows held out to choose a read-out");
        Readout best = null;
        for (Readout tried : candidates(train, validation, kinds, execution)) {
            if (best == null || tried.validationScore > best.validationScore) {
                best = tried;
            }
        }
        if (best == null) {
            throw new IllegalArgumentException("No kind of read-out suits these targets, of " + kinds);
        }
        return train.targets().isBinary() ? best.calibrated(validation) : best;
    }

    private static List<Readout> candidates(Rows train, Rows validation, List<Kind> kinds, Execution execution) {
        List<Readout> result = new ArrayList<>();
        for (Kind kind : kinds) {
            if (kind == Kind.LOGISTIC && !train.targets().isBinary()) {
                continue;
            }
            double[] penalties = switch (kind) {
                case RIDGE -> RIDGES;
                case LOGISTIC -> COSTS;
                case RFM -> SMALL_RIDGES;
            };
            for (double penalty : penalties) {
                execution.requireNotCancelled();
                Scorer scorer = switch (kind) {
                    case RIDGE -> ridge(train, penalty);
                    case LOGISTIC -> logistic(train, penalty);
                    case RFM -> machine(train, validation, penalty, execution);
                };
                double score = validation.score(scorer.of(validation.projections()));
                result.add(new Readout(kind, penalty, score, scorer, Optional.empty()));
            }
        }
        return result;
    }

    private static Scorer ridge(Rows train, double ridge) {
        return LinearReadout.ridge(train.projections(), train.targets().matrix().values(), ridge)::of;
    }

    private static Scorer logistic(Rows train, double cost) {
        Standardised scaling = Standardised.of(train.projections());
        DoubleMatrix z = withConstant(scaling.apply(train.projections()));
        double[] b = LogisticRegression.fit(
                z.times(z.transpose()),
                train.targets().matrix().values(),
                cost,
                DoubleKernels.plain(),
                ParallelFor.serial());
        DoubleMatrix weights = DoubleMatrix.of(1, b.length, b).times(z).transpose();
        return projections ->
                withConstant(scaling.apply(projections)).times(weights).values();
    }

    private static DoubleMatrix withConstant(DoubleMatrix features) {
        int p = features.cols();
        DoubleMatrix result = DoubleMatrix.zeros(features.rows(), p + 1);
        for (int i = 0; i < features.rows(); i++) {
            features.copyRow(i, result.values(), i * (p + 1));
            result.set(i, p, 1);
        }
        return result;
    }

    private static Scorer machine(Rows train, Rows validation, double ridge, Execution execution) {
        Standardised scaling = Standardised.of(train.projections());
        RfmOptions options = RfmOptions.reference().toBuilder()
                .kernel(Kernel.laplace(SMALL_BANDWIDTH, 1))
                .ridge(ridge)
                .iterations(SMALL_ITERATIONS)
                .build();
        KernelMachine machine = Rfm.fit(
                        Design.of(scaling.apply(train.projections())),
                        train.targets().matrix(),
                        Optional.of(new Validation(
                                Design.of(scaling.apply(validation.projections())),
                                new ConceptScore(validation.targets()))),
                        options,
                        execution.withProgress(Progress.none()))
                .machine();
        return projections -> machine.predict(Design.of(scaling.apply(projections)), execution)
                .values();
    }

    private Readout calibrated(Rows validation) {
        Calibrator.Platt platt = Calibrator.Platt.fit(
                scorer.of(validation.projections()), validation.targets().labels());
        return new Readout(kind, penalty, validationScore, scorer, Optional.of(platt));
    }

    /** What was chosen. */
    public Kind kind() {
        return kind;
    }

    /** The penalty that was chosen: a ridge, or C of a logistic regression. */
    public double penalty() {
        return penalty;
    }

    /** Area under the ROC curve, or correlation, on the validation rows, which chose it. */
    public double validationScore() {
        return validationScore;
    }

    /** Scores of rows by their projections (m x p), larger with more of the concept. */
    public double[] scores(DoubleMatrix projections) {
        return scorer.of(projections);
    }

    /**
     * Calibrated probabilities that rows have the concept.
     *
     * @throws IllegalStateException when the targets were no labels
     */
    public double[] probabilities(DoubleMatrix projections) {
        Calibrator.Platt platt = calibration.orElseThrow(
                () -> new IllegalStateException("Only a read-out of binary targets has probabilities"));
        return Arrays.stream(scores(projections)).map(platt::of).toArray();
    }
}

package ml.refract.concept;

import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleKernels;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.linalg.Rows;
import ml.refract.task.HoldOut;
import org.jspecify.annotations.Nullable;

/**
 * The rows one extraction learns from and those that choose among its candidates, centred by the mean of the former, with the
 * inner products every dual form needs: S = X X' (n x n) and of the validation rows (m x n), made when first asked for. Used
 * by one thread.
 */
final class Sample {
    private final CentredRows train;
    private final CentredRows validation;
    private final ConceptTargets targets;
    private final ConceptTargets validationTargets;
    private final Execution execution;
    private @Nullable DoubleMatrix gram;
    private @Nullable DoubleMatrix validationGram;

    Sample(Rows rows, ConceptTargets all, HoldOut.Parts parts, double[] mean, boolean unitRows, Execution execution) {
        this.train = new CentredRows(rows, parts.train(), mean, unitRows);
        this.validation = new CentredRows(rows, parts.heldOut(), mean, unitRows);
        this.targets = all.select(parts.train());
        this.validationTargets = all.select(parts.heldOut());
        this.execution = execution;
    }

    CentredRows train() {
        return train;
    }

    CentredRows validation() {
        return validation;
    }

    ConceptTargets targets() {
        return targets;
    }

    ConceptTargets validationTargets() {
        return validationTargets;
    }

    Execution execution() {
        return execution;
    }

    DoubleKernels kernels() {
        return execution.engine().doubleKernels();
    }

    ParallelFor parallel() {
        return execution.workers();
    }

    DoubleMatrix times(DoubleMatrix a, DoubleMatrix b) {
        return a.times(b, kernels(), parallel());
    }

    DoubleMatrix gram() {
        DoubleMatrix known = gram;
        if (known == null) {
            known = train.times(train, kernels(), parallel());
            gram = known;
        }
        return known;
    }

    DoubleMatrix validationGram() {
        DoubleMatrix known = validationGram;
        if (known == null) {
            known = validation.times(train, kernels(), parallel());
            validationGram = known;
        }
        return known;
    }
}

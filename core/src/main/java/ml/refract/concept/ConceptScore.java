package ml.refract.concept;

import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.Score;
import ml.refract.task.Scores;

/** Area under the ROC curve of one output, or its correlation with targets that are numbers. */
record ConceptScore(ConceptTargets targets) implements Score {
    @Override
    public ml.refract.rfm.Readout readout() {
        return ml.refract.rfm.Readout.identity();
    }

    @Override
    public double of(DoubleMatrix read) {
        return targets.isBinary()
                ? Scores.auc(targets.labels(), read.values(), 1)
                : Scores.correlation(read.col(0), targets.matrix().col(0));
    }

    @Override
    public boolean higherIsBetter() {
        return true;
    }

    @Override
    public Score select(int[] rows) {
        return new ConceptScore(targets.select(rows));
    }
}

package ml.refract.table.learn;

import java.util.Arrays;
import java.util.stream.IntStream;
import ml.refract.engine.Execution;
import ml.refract.engine.Phase;
import ml.refract.engine.Span;
import ml.refract.explain.ClassSets;
import ml.refract.explain.Conformal;
import ml.refract.explain.ErrorSource;
import ml.refract.explain.ResidualIntervals;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.task.ClassPredictions;
import ml.refract.task.ClassificationScores;
import ml.refract.task.Classifier;
import ml.refract.task.Predictor;
import ml.refract.task.RegressionScores;
import ml.refract.task.Regressor;
import ml.refract.tune.Tuned;

/** Encoded rows with their targets. */
record EncodedRows(Design x, Targets targets) {

    int count() {
        return x.rows();
    }

    /** The given rows, ascending; all of them when there are as many. */
    EncodedRows select(int[] rows) {
        return rows.length == x.rows() ? this : new EncodedRows(x.select(rows), targets.select(rows));
    }

    Regressor.Data asRegression() {
        return new Regressor.Data(x, targets.values());
    }

    Classifier.Data asClassification() {
        return new Classifier.Data(x, targets.codes(), targets.classes());
    }

    /** What a model predicts for these rows. */
    Predicted predict(Predictor predictor, Execution execution) {
        try (Span span = execution.begin(Phase.SCORING)) {
            span.covers(x.rows(), x.width(), 0);
            return Predicted.of(predictor, x, execution);
        }
    }

    /** Scores a model on these rows, beside what the mean or the class shares of its training rows would get. */
    PartScores score(String part, Predictor predictor, Execution execution) {
        return score(part, predictor, predict(predictor, execution));
    }

    /** As {@link #score(String, Predictor, Execution)}, from the model's predictions for these rows. */
    PartScores score(String part, Predictor predictor, Predicted predicted) {
        int count = x.rows();
        if (predictor instanceof Regressor regressor) {
            double[] mean = new double[count];
            Arrays.fill(mean, regressor.means()[0]);
            DoubleMatrix truth = targets.values();
            return new PartScores(
                    part,
                    count,
                    Scores.of(RegressionScores.of(truth, predicted.values())),
                    Scores.of(RegressionScores.of(truth, DoubleMatrix.column(mean))));
        }
        Classifier classifier = (Classifier) predictor;
        return new PartScores(
                part,
                count,
                Scores.of(ClassificationScores.of(targets.codes(), predicted.classes())),
                Scores.of(ClassificationScores.of(targets.codes(), shares(classifier, count))));
    }

    /**
     * Scores what models that had not learned from these rows say of them.
     *
     * @param rows the rows, some perhaps more than once
     * @param outputs raw outputs for each of them
     */
    PartScores scoreOutputs(String part, Predictor predictor, int[] rows, DoubleMatrix outputs) {
        EncodedRows some = new EncodedRows(x.select(rows), targets.select(rows));
        PartScores scores = some.score(part, predictor, Predicted.read(predictor, outputs));
        int different = (int) Arrays.stream(rows).distinct().count();
        return new PartScores(part, different, scores.scores(), scores.baseline());
    }

    /** The errors of predictions for these rows by a model that had not learned from them. */
    Conformal errors(Predicted predicted, ErrorSource source) {
        return errors(IntStream.range(0, count()).toArray(), predicted, source);
    }

    /** The errors of a search on those of these rows that it held out. */
    Conformal errors(Tuned<?> tuned) {
        Predicted predicted = Predicted.read(tuned.predictor(), tuned.outputs());
        ErrorSource source = tuned.crossFitted() ? ErrorSource.CROSS_FITTED : ErrorSource.CHOOSING;
        return errors(tuned.heldOut(), predicted, source);
    }

    private Conformal errors(int[] rows, Predicted predicted, ErrorSource source) {
        return targets.isClasses()
                ? ClassSets.of(targets.codes(), rows, predicted.values(), source)
                : ResidualIntervals.of(targets.values(), rows, predicted.values(), source);
    }

    /** What a model without inputs predicts: the class shares of the training rows, for every row. */
    private static ClassPredictions shares(Classifier classifier, int count) {
        double[] priors = classifier.coding().priors();
        DoubleMatrix probabilities = DoubleMatrix.zeros(count, priors.length);
        for (int i = 0; i < count; i++) {
            System.arraycopy(priors, 0, probabilities.values(), i * priors.length, priors.length);
        }
        return new ClassPredictions(ml.refract.task.Scores.argmax(probabilities, priors.length), probabilities);
    }
}

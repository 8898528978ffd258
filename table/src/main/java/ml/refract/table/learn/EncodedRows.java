package ml.refract.table.learn;

import java.util.Arrays;
import ml.refract.engine.Execution;
import ml.refract.engine.Phase;
import ml.refract.engine.Span;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.task.ClassPredictions;
import ml.refract.task.ClassificationScores;
import ml.refract.task.Classifier;
import ml.refract.task.Predictor;
import ml.refract.task.RegressionScores;
import ml.refract.task.Regressor;

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

    /** Scores a model on these rows, beside what the mean or the class shares of its training rows would get. */
    PartScores score(String part, Predictor predictor, Execution execution) {
        try (Span span = execution.begin(Phase.SCORING)) {
            span.covers(x.rows(), x.width(), 0);
            return scores(part, predictor, execution);
        }
    }

    private PartScores scores(String part, Predictor predictor, Execution execution) {
        return predictor instanceof Regressor regressor
                ? scores(part, regressor, regressor.predict(x, execution))
                : scores(part, (Classifier) predictor, ((Classifier) predictor).predict(x, execution));
    }

    /**
     * Scores what models that had not learned from these rows say of them.
     *
     * @param rows the rows, some perhaps more than once
     * @param outputs raw outputs for each of them
     */
    PartScores scoreOutputs(String part, Predictor predictor, int[] rows, DoubleMatrix outputs) {
        EncodedRows some = new EncodedRows(x.select(rows), targets.select(rows));
        PartScores scores = predictor instanceof Regressor regressor
                ? some.scores(part, regressor, regressor.read(outputs))
                : some.scores(part, (Classifier) predictor, ((Classifier) predictor).read(outputs));
        int different = (int) Arrays.stream(rows).distinct().count();
        return new PartScores(part, different, scores.scores(), scores.baseline());
    }

    private PartScores scores(String part, Regressor regressor, DoubleMatrix predicted) {
        double[] mean = new double[x.rows()];
        Arrays.fill(mean, regressor.means()[0]);
        DoubleMatrix truth = targets.values();
        return new PartScores(
                part,
                x.rows(),
                Scores.of(RegressionScores.of(truth, predicted)),
                Scores.of(RegressionScores.of(truth, DoubleMatrix.column(mean))));
    }

    private PartScores scores(String part, Classifier classifier, ClassPredictions predicted) {
        return new PartScores(
                part,
                x.rows(),
                Scores.of(ClassificationScores.of(targets.codes(), predicted)),
                Scores.of(ClassificationScores.of(targets.codes(), shares(classifier, x.rows()))));
    }

    /** What a model without inputs predicts: the class shares of the training rows, for every row. */
    private static ClassPredictions shares(Classifier classifier, int count) {
        double[] priors = classifier.coding().priors();
        int most = 0;
        DoubleMatrix probabilities = DoubleMatrix.zeros(count, priors.length);
        for (int k = 0; k < priors.length; k++) {
            most = priors[k] > priors[most] ? k : most;
            for (int i = 0; i < count; i++) {
                probabilities.set(i, k, priors[k]);
            }
        }
        int[] labels = new int[count];
        Arrays.fill(labels, most);
        return new ClassPredictions(labels, probabilities);
    }
}

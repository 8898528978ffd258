package ml.refract.table.learn;

import ml.refract.engine.Execution;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.task.ClassPredictions;
import ml.refract.task.Classifier;
import ml.refract.task.Predictor;
import ml.refract.task.Regressor;

/**
 * What a model predicts for some rows.
 *
 * @param values numbers, n x 1, or the probability of each class
 * @param labels most probable classes; empty for numbers
 */
record Predicted(DoubleMatrix values, int[] labels) {

    static Predicted of(Predictor predictor, Design x, Execution execution) {
        return predictor instanceof Regressor regressor
                ? new Predicted(regressor.predict(x, execution), new int[0])
                : of(((Classifier) predictor).predict(x, execution));
    }

    /** What raw outputs of the model's xRFM say. */
    static Predicted read(Predictor predictor, DoubleMatrix outputs) {
        return predictor instanceof Regressor regressor
                ? new Predicted(regressor.read(outputs), new int[0])
                : of(((Classifier) predictor).read(outputs));
    }

    private static Predicted of(ClassPredictions classes) {
        return new Predicted(classes.probabilities(), classes.labels());
    }

    ClassPredictions classes() {
        return new ClassPredictions(labels, values);
    }
}

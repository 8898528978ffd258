package ml.refract.bench;

import java.util.Map;
import java.util.Optional;
import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.task.Classifier;
import ml.refract.task.Predictor;
import ml.refract.task.Regressor;
import ml.refract.task.TaskOptions;

/** Refract at its default settings. */
final class RefractLearner implements Learner {

    @Override
    public String name() {
        return "Refract";
    }

    @Override
    public Learner.Model fit(LabelledRows train, LabelledRows validation, int threads) {
        Execution execution = Execution.builder().threads(threads).build();
        TaskOptions options = TaskOptions.defaults();
        return new Model(
                train.isRegression()
                        ? Regressor.fit(
                                        train.asRegression(),
                                        Optional.of(validation.asRegression()),
                                        options,
                                        execution)
                                .predictor()
                        : Classifier.fit(
                                        train.asClassification(),
                                        Optional.of(validation.asClassification()),
                                        options,
                                        execution)
                                .predictor(),
                execution,
                Map.of());
    }

    record Model(Predictor predictor, Execution execution, Map<String, String> details) implements Learner.Model {
        @Override
        public DoubleMatrix predict(LabelledRows rows) {
            return predictor instanceof Regressor regressor
                    ? regressor.predict(rows.x(), execution)
                    : ((Classifier) predictor).predict(rows.x(), execution).probabilities();
        }

        @Override
        public void close() {
            execution.close();
        }
    }
}

package ml.refract.bench;

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
                        ? Regressor.fit(regression(train), Optional.of(regression(validation)), options, execution)
                                .predictor()
                        : Classifier.fit(classes(train), Optional.of(classes(validation)), options, execution)
                                .predictor(),
                execution);
    }

    private static Regressor.Data regression(LabelledRows rows) {
        return new Regressor.Data(rows.x(), rows.numbers());
    }

    private static Classifier.Data classes(LabelledRows rows) {
        return new Classifier.Data(rows.x(), rows.labels(), rows.classes());
    }

    private record Model(Predictor predictor, Execution execution) implements Learner.Model {
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

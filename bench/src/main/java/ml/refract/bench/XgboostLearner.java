package ml.refract.bench;

import java.util.HashMap;
import java.util.Map;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;
import ml.refract.linalg.DoubleMatrix;

/** Gradient-boosted trees of XGBoost: histograms, small steps, the number of trees chosen by the validation rows. */
final class XgboostLearner implements Learner {
    private static final int MOST_TREES = 500;
    private static final int PATIENCE = 50;
    private static final Map<String, Object> SETTINGS = Map.of(
            "tree_method",
            "hist",
            "eta",
            0.05,
            "max_depth",
            6,
            "verbosity",
            0,
            "verbose_eval",
            "false"); // as text: a boolean is not understood

    @Override
    public String name() {
        return "XGBoost";
    }

    /** The settings, for a document. */
    static String description() {
        return "`hist`, at most " + MOST_TREES
                + " trees (of each class), `eta` 0.05, `max_depth` 6, early stopping after " + PATIENCE
                + " rounds without a better validation score, otherwise defaults";
    }

    @Override
    public Learner.Model fit(LabelledRows train, LabelledRows validation, int threads) {
        Map<String, Object> settings = new HashMap<>(SETTINGS);
        settings.put("nthread", threads);
        if (train.isRegression()) {
            settings.put("objective", "reg:squarederror");
        } else if (train.classes() == 2) {
            settings.put("objective", "binary:logistic");
        } else {
            settings.put("objective", "multi:softprob");
            settings.put("num_class", train.classes());
        }
        try {
            DMatrix rows = matrix(train);
            DMatrix held = matrix(validation);
            Booster booster =
                    XGBoost.train(rows, settings, MOST_TREES, Map.of("validation", held), null, null, null, PATIENCE);
            rows.dispose();
            held.dispose();
            int best = Integer.parseInt(booster.getAttr("best_iteration"));
            return new Model(booster, new int[] {0, best + 1});
        } catch (XGBoostError e) {
            throw new IllegalStateException(e);
        }
    }

    private static DMatrix matrix(LabelledRows rows) throws XGBoostError {
        DMatrix matrix = new DMatrix(rows.dense(), rows.rows(), rows.width(), Float.NaN);
        float[] labels = new float[rows.rows()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (float) rows.targets()[i];
        }
        matrix.setLabel(labels);
        return matrix;
    }

    private record Model(Booster booster, int[] trees) implements Learner.Model {
        @Override
        public DoubleMatrix predict(LabelledRows rows) {
            try {
                return widened(
                        booster.inplace_predict(rows.dense(), rows.rows(), rows.width(), Float.NaN, trees),
                        rows.classes());
            } catch (XGBoostError e) {
                throw new IllegalStateException(e);
            }
        }

        /** As double; with two classes, beside the probability of the other one. */
        private static DoubleMatrix widened(float[][] predicted, int classes) {
            DoubleMatrix result = DoubleMatrix.zeros(predicted.length, Math.max(1, classes));
            for (int i = 0; i < predicted.length; i++) {
                if (classes == 2) {
                    result.set(i, 0, 1 - predicted[i][0]);
                    result.set(i, 1, predicted[i][0]);
                } else {
                    for (int k = 0; k < result.cols(); k++) {
                        result.set(i, k, predicted[i][k]);
                    }
                }
            }
            return result;
        }

        @Override
        public void close() {
            booster.dispose();
        }
    }
}

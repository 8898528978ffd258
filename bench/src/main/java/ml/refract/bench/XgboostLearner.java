package ml.refract.bench;

import java.util.HashMap;
import java.util.Map;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;
import ml.refract.linalg.DoubleMatrix;

/**
 * Gradient-boosted trees of XGBoost by histograms, the number of trees chosen by the validation rows.
 *
 * @param settings what is not left at XGBoost's defaults
 * @param mostTrees rounds at which it ends if the validation rows do not end it
 */
record XgboostLearner(Map<String, Object> settings, int mostTrees) implements Learner {
    /** Rounds without a better validation score. */
    static final int PATIENCE = 50;

    private static final int MOST_TREES = 500;

    /** Small steps and otherwise defaults. */
    XgboostLearner() {
        this(Map.of("eta", 0.05, "max_depth", 6), MOST_TREES);
    }

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
    public Model fit(LabelledRows train, LabelledRows validation, int threads) {
        try {
            DMatrix rows = matrix(train);
            DMatrix held = matrix(validation);
            Map<String, DMatrix> watched = Map.of("validation", held);
            Booster booster =
                    XGBoost.train(rows, parameters(train, threads), mostTrees, watched, null, null, null, PATIENCE);
            rows.dispose();
            held.dispose();
            return new Model(booster, 1 + Integer.parseInt(booster.getAttr("best_iteration")), Map.of());
        } catch (XGBoostError e) {
            throw new IllegalStateException(e);
        }
    }

    /** A given number of rounds on training and validation rows. */
    Model refit(LabelledRows train, LabelledRows validation, int trees, int threads) {
        try {
            DMatrix rows = matrix(train, validation);
            Booster booster = XGBoost.train(rows, parameters(train, threads), trees, Map.of(), null, null);
            rows.dispose();
            return new Model(booster, trees, Map.of());
        } catch (XGBoostError e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, Object> parameters(LabelledRows train, int threads) {
        Map<String, Object> parameters = new HashMap<>(settings);
        parameters.put("tree_method", "hist");
        parameters.put("verbosity", 0);
        parameters.put("verbose_eval", "false"); // as text: a boolean is not understood
        parameters.put("nthread", threads);
        if (train.isRegression()) {
            parameters.put("objective", "reg:squarederror");
        } else if (train.classes() == 2) {
            parameters.put("objective", "binary:logistic");
        } else {
            parameters.put("objective", "multi:softprob");
            parameters.put("num_class", train.classes());
        }
        return parameters;
    }

    private static DMatrix matrix(LabelledRows... parts) throws XGBoostError {
        int width = parts[0].width();
        int count = 0;
        for (LabelledRows part : parts) {
            count += part.rows();
        }
        float[] dense = new float[count * width];
        float[] labels = new float[count];
        int first = 0;
        for (LabelledRows part : parts) {
            System.arraycopy(part.dense(), 0, dense, first * width, part.rows() * width);
            for (double target : part.targets()) {
                labels[first] = (float) target;
                first++;
            }
        }
        DMatrix matrix = new DMatrix(dense, count, width, Float.NaN);
        matrix.setLabel(labels);
        return matrix;
    }

    /**
     * Trees.
     *
     * @param count rounds that predictions use
     */
    record Model(Booster booster, int count, Map<String, String> details) implements Learner.Model {
        Model with(Map<String, String> value) {
            return new Model(booster, count, value);
        }

        @Override
        public DoubleMatrix predict(LabelledRows rows) {
            try {
                int[] trees = {0, count};
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

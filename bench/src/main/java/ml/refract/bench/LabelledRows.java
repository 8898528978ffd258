package ml.refract.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.table.TargetColumn;
import ml.refract.table.TaskKind;
import ml.refract.task.Classifier;
import ml.refract.task.Regressor;
import ml.refract.task.Scores;
import ml.refract.tune.Views;

/**
 * Encoded rows with what is to be predicted, in the forms that learners ask for.
 *
 * @param x the rows as Refract takes them
 * @param searched the same as a search takes them, with ranks of uneven columns
 * @param views of those
 * @param dense the same, n x d, row by row, coded groups spelled out as zeros and ones
 * @param targets numbers, or classes 0 .. classes - 1
 * @param classes number of classes, 0 for numbers
 */
record LabelledRows(Design x, Design searched, Views views, float[] dense, double[] targets, int classes) {

    private static final double CLIP = 1e-15;

    /** Rows with their targets. */
    static LabelledRows of(Design x, Design searched, Views views, TargetColumn target) {
        if (target.task() == TaskKind.REGRESSION) {
            return new LabelledRows(x, searched, views, dense(x), target.values(), 0);
        }
        double[] classes = Arrays.stream(target.codes()).asDoubleStream().toArray();
        return new LabelledRows(
                x, searched, views, dense(x), classes, target.labels().size());
    }

    private static float[] dense(Design x) {
        int width = x.width();
        float[] dense = new float[Math.multiplyExact(x.rows(), width)];
        for (int i = 0; i < x.rows(); i++) {
            for (int s = 0; s < x.dense().cols(); s++) {
                dense[i * width + s] = (float) x.dense().get(i, s);
            }
            int first = x.dense().cols();
            for (Design.Group group : x.groups()) {
                int level = group.codes()[i];
                if (level >= 0) {
                    dense[i * width + first + level] = 1;
                }
                first += group.levels();
            }
        }
        return dense;
    }

    LabelledRows select(int[] rows) {
        Design picked = x.select(rows);
        return new LabelledRows(
                picked,
                searched.select(rows),
                views,
                dense(picked),
                Arrays.stream(rows).mapToDouble(row -> targets[row]).toArray(),
                classes);
    }

    /** The same, with what a search takes in the place of plain rows. */
    LabelledRows asSearched() {
        return new LabelledRows(searched, searched, views, dense, targets, classes);
    }

    int rows() {
        return x.rows();
    }

    int width() {
        return x.width();
    }

    boolean isRegression() {
        return classes == 0;
    }

    Regressor.Data asRegression() {
        return new Regressor.Data(x, numbers());
    }

    Classifier.Data asClassification() {
        return new Classifier.Data(x, labels(), classes);
    }

    DoubleMatrix numbers() {
        return DoubleMatrix.column(targets);
    }

    int[] labels() {
        return Arrays.stream(targets).mapToInt(label -> (int) label).toArray();
    }

    /** Names of {@link #errors}. */
    List<String> errorNames() {
        return isRegression() ? List.of("RMSE") : List.of("log loss", "wrong");
    }

    /**
     * Errors of predictions for these rows: RMSE, or log loss and share of wrong classes.
     *
     * @param predicted n x 1 numbers, or n x classes probabilities
     */
    double[] errors(DoubleMatrix predicted) {
        Map<String, Double> scores = scores(predicted);
        return isRegression()
                ? new double[] {scores.getOrDefault("rmse", Double.NaN)}
                : new double[] {
                    scores.getOrDefault("logloss", Double.NaN), 1 - scores.getOrDefault("accuracy", Double.NaN)
                };
    }

    /**
     * Scores of predictions for these rows as the methods of {@code peer_results.csv} were scored, by its columns: the log loss of
     * probabilities within [1e-15, 1 - 1e-15], the Brier score as a mean over rows and classes, an area under the curve only
     * when every class is among these rows.
     */
    Map<String, Double> scores(DoubleMatrix predicted) {
        if (isRegression()) {
            DoubleMatrix truth = numbers();
            return Map.of(
                    "rmse", Scores.rmse(truth, predicted),
                    "r2", Scores.r2(truth, predicted),
                    "mae", Scores.mae(truth, predicted));
        }
        int[] labels = labels();
        DoubleMatrix clipped = predicted.copy();
        Arrays.setAll(clipped.values(), i -> Math.min(1 - CLIP, Math.max(CLIP, clipped.values()[i])));
        boolean all = Arrays.stream(labels).distinct().count() == classes;
        return Map.of(
                "accuracy", Scores.accuracy(labels, Scores.argmax(predicted, classes)),
                "logloss", Scores.logLoss(labels, clipped),
                "auc", all ? Scores.auc(labels, predicted) : Double.NaN,
                "brier", Scores.brier(labels, predicted));
    }
}

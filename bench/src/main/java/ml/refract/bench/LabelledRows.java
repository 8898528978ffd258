package ml.refract.bench;

import java.util.Arrays;
import java.util.List;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.table.TargetColumn;
import ml.refract.table.TaskKind;
import ml.refract.task.Scores;

/**
 * Encoded rows with what is to be predicted, in the forms that learners ask for.
 *
 * @param x the rows as Refract takes them
 * @param dense the same, n x d, row by row, coded groups spelled out as zeros and ones
 * @param targets numbers, or classes 0 .. classes - 1
 * @param classes number of classes, 0 for numbers
 */
record LabelledRows(Design x, float[] dense, double[] targets, int classes) {

    /** Rows with their targets. */
    static LabelledRows of(Design x, TargetColumn target) {
        if (target.task() == TaskKind.REGRESSION) {
            return new LabelledRows(x, dense(x), target.values(), 0);
        }
        double[] classes = Arrays.stream(target.codes()).asDoubleStream().toArray();
        return new LabelledRows(x, dense(x), classes, target.labels().size());
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
                dense(picked),
                Arrays.stream(rows).mapToDouble(row -> targets[row]).toArray(),
                classes);
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
        if (isRegression()) {
            return new double[] {Scores.rmse(numbers(), predicted)};
        }
        int[] labels = labels();
        int wrong = 0;
        for (int i = 0; i < labels.length; i++) {
            wrong += mostProbable(predicted.row(i)) == labels[i] ? 0 : 1;
        }
        return new double[] {Scores.logLoss(labels, predicted), (double) wrong / labels.length};
    }

    private static int mostProbable(double[] probabilities) {
        int most = 0;
        for (int k = 1; k < probabilities.length; k++) {
            most = probabilities[k] > probabilities[most] ? k : most;
        }
        return most;
    }
}

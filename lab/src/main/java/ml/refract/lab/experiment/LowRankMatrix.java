package ml.refract.lab.experiment;

import java.util.SplittableRandom;
import ml.refract.engine.Seeds;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.linear.Entries;

/**
 * A random d x d matrix of rank r, entries of mean square 1, of which some are observed without noise: the setting of the
 * authors' script for lin-RFM.
 */
record LowRankMatrix(DoubleMatrix truth, Entries entries) {
    static LowRankMatrix draw(int d, int rank, int observed, SplittableRandom random) {
        DoubleMatrix truth = normal(d, rank, random).times(normal(rank, d, random));
        double square = 0;
        for (double value : truth.values()) {
            square += value * value;
        }
        double scale = d / Math.sqrt(square);
        for (int k = 0; k < d * d; k++) {
            truth.values()[k] *= scale;
        }
        int[] picked = Seeds.sample(d * d, observed, random);
        int[] row = new int[observed];
        int[] col = new int[observed];
        double[] value = new double[observed];
        for (int e = 0; e < observed; e++) {
            row[e] = picked[e] / d;
            col[e] = picked[e] % d;
            value[e] = truth.values()[picked[e]];
        }
        return new LowRankMatrix(truth, Entries.of(d, d, row, col, value));
    }

    private static DoubleMatrix normal(int rows, int cols, SplittableRandom random) {
        DoubleMatrix result = DoubleMatrix.zeros(rows, cols);
        for (int k = 0; k < rows * cols; k++) {
            result.values()[k] = random.nextGaussian();
        }
        return result;
    }

    /** Numbers that fix a d x d matrix of rank r. */
    static int degreesOfFreedom(int d, int rank) {
        return rank * (2 * d - rank);
    }

    /** Mean squared error over the entries that were not observed. */
    double hiddenError(Prediction prediction) {
        boolean[] seen = new boolean[truth.values().length];
        int d = truth.cols();
        for (int e = 0; e < entries.size(); e++) {
            seen[entries.row(e) * d + entries.col(e)] = true;
        }
        double sum = 0;
        for (int k = 0; k < seen.length; k++) {
            if (!seen[k]) {
                sum += Math.pow(truth.values()[k] - prediction.at(k / d, k % d), 2);
            }
        }
        return sum / (seen.length - entries.size());
    }

    /** An entry of a completed matrix. */
    @FunctionalInterface
    interface Prediction {
        double at(int row, int col);
    }
}

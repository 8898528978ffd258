package ml.refract.rfm.linear;

import java.util.SplittableRandom;
import ml.refract.engine.Seeds;
import ml.refract.linalg.DoubleMatrix;

/** A random matrix of low rank and unit mean square, some of whose entries are observed. */
record LowRank(DoubleMatrix truth, Entries entries) {
    static LowRank draw(int rows, int cols, int rank, int observed, double noise, long seed) {
        SplittableRandom random = Seeds.stream(seed, "low-rank", 0);
        DoubleMatrix left = normal(rows, rank, random);
        DoubleMatrix truth = left.times(normal(rank, cols, random));
        double square = 0;
        for (double value : truth.values()) {
            square += value * value / truth.values().length;
        }
        for (int k = 0; k < truth.values().length; k++) {
            truth.values()[k] /= Math.sqrt(square);
        }
        int[] picked = Seeds.sample(rows * cols, observed, random);
        int[] row = new int[observed];
        int[] col = new int[observed];
        double[] value = new double[observed];
        for (int e = 0; e < observed; e++) {
            row[e] = picked[e] / cols;
            col[e] = picked[e] % cols;
            value[e] = truth.get(row[e], col[e]) + noise * random.nextGaussian();
        }
        return new LowRank(truth, Entries.of(rows, cols, row, col, value));
    }

    private static DoubleMatrix normal(int rows, int cols, SplittableRandom random) {
        DoubleMatrix result = DoubleMatrix.zeros(rows, cols);
        for (int k = 0; k < result.values().length; k++) {
            result.values()[k] = random.nextGaussian();
        }
        return result;
    }

    /** Mean square of truth minus prediction over all entries. */
    double error(CompletionModel model) {
        double sum = 0;
        for (int i = 0; i < truth.rows(); i++) {
            for (int j = 0; j < truth.cols(); j++) {
                sum += Math.pow(truth.get(i, j) - model.predict(i, j), 2);
            }
        }
        return sum / truth.values().length;
    }
}

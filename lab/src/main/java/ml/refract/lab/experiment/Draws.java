package ml.refract.lab.experiment;

import java.util.SplittableRandom;
import ml.refract.linalg.DoubleMatrix;

/** Random matrices that experiments share. */
final class Draws {
    private Draws() {}

    /** Independent standard normal numbers. */
    static DoubleMatrix normal(int rows, int cols, SplittableRandom random) {
        DoubleMatrix result = DoubleMatrix.zeros(rows, cols);
        for (int k = 0; k < result.values().length; k++) {
            result.values()[k] = random.nextGaussian();
        }
        return result;
    }

    /** Points uniform on the d-dimensional sphere in d + 1 coordinates. */
    static DoubleMatrix sphere(int rows, int d, SplittableRandom random) {
        DoubleMatrix result = normal(rows, d + 1, random);
        for (int i = 0; i < rows; i++) {
            double squares = 0;
            for (int s = 0; s <= d; s++) {
                squares += Math.pow(result.get(i, s), 2);
            }
            for (int s = 0; s <= d; s++) {
                result.set(i, s, result.get(i, s) / Math.sqrt(squares));
            }
        }
        return result;
    }
}

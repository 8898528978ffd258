package ml.refract.engine.vector;

import static ml.refract.linalg.Panels.ROWS;

import ml.refract.engine.GroupTable;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;

/**
 * Turns the inner products of a strip of pairs into values or weights of a function of their angle, in double. One instance
 * serves one call on one thread.
 */
final class AngleFunctions {
    /** Complements of cosines below this have lost digits in float products and are recomputed from differences. */
    private static final double NEAR = 1e-2;

    private final Points<float[]> rows;
    private final Points<float[]> cols;
    private final PairFunction function;
    private final PairFunction.Output output;
    private final double bias;
    private final double[] rowLengths = new double[ROWS];

    AngleFunctions(Points<float[]> rows, Points<float[]> cols, PairFunction function, PairFunction.Output output) {
        this.rows = rows;
        this.cols = cols;
        this.function = function;
        this.output = output;
        this.bias = function.bias();
    }

    /** One strip: a panel of rows against {@code count} columns. */
    void apply(int row, int col, int count, float[] products, float[] tile, int at) {
        for (int r = 0; r < ROWS; r++) {
            rowLengths[r] = Math.sqrt(bias + rows.squaredNorms()[row + r]);
        }
        for (int j = 0; j < count; j++) {
            double b = Math.sqrt(bias + cols.squaredNorms()[col + j]);
            for (int r = 0; r < ROWS; r++) {
                double a = rowLengths[r];
                double complement = 1 - (bias + products[j * ROWS + r]) / (a * b);
                if (complement < NEAR) {
                    complement = fromDifferences(row + r, a, col + j, b);
                }
                tile[at + j * ROWS + r] = (float) function.ofCosine(output, Math.min(2, complement), a, b);
            }
        }
    }

    /** |x/a - z/b|^2 / 2 for points with their bias: exactly 0 for equal ones. */
    private double fromDifferences(int row, double a, int col, double b) {
        int rowAt = rows.panelStart(row) + row % ROWS;
        int colAt = cols.panelStart(col) + col % ROWS;
        double difference = 1 / a - 1 / b;
        double sum = bias * difference * difference;
        for (int s = 0; s < rows.width(); s++) {
            difference = rows.coordinates()[rowAt + s * ROWS] / a - cols.coordinates()[colAt + s * ROWS] / b;
            sum += difference * difference;
        }
        for (int g = 0; g < rows.groups(); g++) {
            GroupTable table = cols.projection().tables()[g];
            int one = rows.levels(g)[row];
            int other = cols.levels(g)[col];
            sum += (table.sum(one, one) / (a * a) + table.sum(other, other) / (b * b))
                    - 2 * (table.sum(one, other) / (a * b));
        }
        return Math.max(0, sum / 2);
    }
}

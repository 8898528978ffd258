package ml.refract.engine.scalar;

import ml.refract.engine.GroupTable;
import ml.refract.engine.Points;
import ml.refract.linalg.Panels;

/** The angle of two points that a constant coordinate, the bias, was added to. */
final class InnerPairs {
    /** Complements below this are taken from differences: 1 minus a cosine has lost digits there. */
    private static final double NEAR = 4e-3;

    private InnerPairs() {}

    /**
     * 1 - cos of the angle, from 0 to 2, exactly 0 for equal points.
     *
     * @param a length of the row with the bias
     * @param b length of the column with the bias
     * @param bias square of the constant coordinate
     */
    static double complement(
            Points<double[]> rows, int row, double a, Points<double[]> cols, int col, double b, double bias) {
        int rowAt = rows.panelStart(row) + row % Panels.ROWS;
        int colAt = cols.panelStart(col) + col % Panels.ROWS;
        double product = bias;
        for (int s = 0; s < rows.width(); s++) {
            product += rows.coordinates()[rowAt + s * Panels.ROWS] * cols.coordinates()[colAt + s * Panels.ROWS];
        }
        for (int g : cols.projection().addingGroups()) {
            product += cols.projection().tables()[g].sum(rows.levels(g)[row], cols.levels(g)[col]);
        }
        double complement = 1 - product / (a * b);
        return complement < NEAR ? fromDifferences(rows, row, a, cols, col, b, bias) : Math.min(2, complement);
    }

    /** |x/a - z/b|^2 / 2 for points with their bias. */
    private static double fromDifferences(
            Points<double[]> rows, int row, double a, Points<double[]> cols, int col, double b, double bias) {
        int rowAt = rows.panelStart(row) + row % Panels.ROWS;
        int colAt = cols.panelStart(col) + col % Panels.ROWS;
        double difference = 1 / a - 1 / b;
        double sum = bias * difference * difference;
        for (int s = 0; s < rows.width(); s++) {
            difference =
                    rows.coordinates()[rowAt + s * Panels.ROWS] / a - cols.coordinates()[colAt + s * Panels.ROWS] / b;
            sum += difference * difference;
        }
        for (int g : cols.projection().addingGroups()) {
            GroupTable table = cols.projection().tables()[g];
            int one = rows.levels(g)[row];
            int other = cols.levels(g)[col];
            sum += (table.sum(one, one) / (a * a) + table.sum(other, other) / (b * b))
                    - 2 * (table.sum(one, other) / (a * b));
        }
        return Math.max(0, sum / 2);
    }
}

package ml.refract.xrfm;

import ml.refract.linalg.Design;
import ml.refract.linalg.Rows;

/**
 * An inner node's question: is v'x <= threshold? Yes goes left.
 *
 * @param direction v, one entry per coordinate of the design
 * @param threshold b
 * @param scale interquartile range of the training projections at the node, at least 1e-6; the unit of the routing
 *     temperature
 */
public record Split(double[] direction, double threshold, double scale) {

    /** v'x of every row. */
    public double[] project(Design rows) {
        return project(rows, direction);
    }

    static double[] project(Design rows, double[] direction) {
        Rows dense = rows.dense();
        double[] row = new double[dense.cols()];
        double[] result = new double[rows.rows()];
        for (int i = 0; i < result.length; i++) {
            if (row.length > 0) {
                dense.copyRow(i, row, 0);
            }
            double sum = 0;
            for (int s = 0; s < row.length; s++) {
                sum += direction[s] * row[s];
            }
            int offset = row.length;
            for (Design.Group group : rows.groups()) {
                int code = group.codes()[i];
                sum += code < 0 ? 0 : direction[offset + code];
                offset += group.levels();
            }
            result[i] = sum;
        }
        return result;
    }
}

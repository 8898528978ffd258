package ml.refract.wide;

import ml.refract.linalg.DoubleMatrix;

/** Rows with their classes, checked. */
final class Sample {
    private Sample() {}

    /**
     * A column of zeros and ones for each class.
     *
     * @param labels 0 to classes - 1
     */
    static DoubleMatrix oneHot(DoubleMatrix x, int[] labels, int classes) {
        if (x.rows() == 0 || labels.length != x.rows()) {
            throw new IllegalArgumentException("There are " + x.rows() + " rows and " + labels.length
                    + " labels; both need the same number, at least one");
        }
        if (classes < 1) {
            throw new IllegalArgumentException("There must be at least one class, got " + classes);
        }
        requireFinite(x, x.cols());
        DoubleMatrix result = DoubleMatrix.zeros(x.rows(), classes);
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classes) {
                throw new IllegalArgumentException("The label of row " + i + " is " + labels[i]
                        + "; labels must be between 0 and " + (classes - 1));
            }
            result.set(i, labels[i], 1);
        }
        return result;
    }

    static void requireFinite(DoubleMatrix x, int width) {
        if (x.cols() != width) {
            throw new IllegalArgumentException(
                    "The rows have " + x.cols() + " columns, those learned from had " + width);
        }
        for (int k = 0; k < x.values().length; k++) {
            if (!Double.isFinite(x.values()[k])) {
                throw new IllegalArgumentException("Row " + k / width + " holds a number that is not finite");
            }
        }
    }

    static double squaredDistance(double[] x, double[] z) {
        double sum = 0;
        for (int s = 0; s < x.length; s++) {
            sum += (x[s] - z[s]) * (x[s] - z[s]);
        }
        return sum;
    }
}

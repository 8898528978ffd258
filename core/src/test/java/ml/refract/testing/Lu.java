package ml.refract.testing;

import ml.refract.linalg.DoubleMatrix;

/** Gaussian elimination with partial pivoting in double: an oracle that shares nothing with the code under test. */
public final class Lu {
    private Lu() {}

    /** The X of A X = B. */
    public static DoubleMatrix solve(DoubleMatrix matrix, DoubleMatrix rightHandSides) {
        int n = matrix.rows();
        DoubleMatrix a = matrix.copy();
        DoubleMatrix x = rightHandSides.copy();
        for (int k = 0; k < n; k++) {
            int pivot = k;
            for (int i = k + 1; i < n; i++) {
                pivot = Math.abs(a.get(i, k)) > Math.abs(a.get(pivot, k)) ? i : pivot;
            }
            swapRows(a, k, pivot);
            swapRows(x, k, pivot);
            for (int i = k + 1; i < n; i++) {
                double factor = a.get(i, k) / a.get(k, k);
                subtractRow(a, i, k, factor);
                subtractRow(x, i, k, factor);
            }
        }
        for (int i = n - 1; i >= 0; i--) {
            for (int k = i + 1; k < n; k++) {
                subtractRow(x, i, k, a.get(i, k));
            }
            for (int l = 0; l < x.cols(); l++) {
                x.set(i, l, x.get(i, l) / a.get(i, i));
            }
        }
        return x;
    }

    private static void swapRows(DoubleMatrix m, int i, int j) {
        for (int l = 0; l < m.cols(); l++) {
            double held = m.get(i, l);
            m.set(i, l, m.get(j, l));
            m.set(j, l, held);
        }
    }

    private static void subtractRow(DoubleMatrix m, int target, int source, double factor) {
        for (int l = 0; l < m.cols(); l++) {
            m.set(target, l, m.get(target, l) - factor * m.get(source, l));
        }
    }
}

package ml.refract.linalg;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/**
 * Eigenvalues and orthonormal eigenvectors of a symmetric d x d matrix, largest eigenvalue first. The sign of each
 * vector is fixed: its largest entry in absolute value (the first of equals) is positive.
 *
 * <p>Cost about 10 d^3 flops on one thread. Immutable.
 */
public final class SymmetricEigen {
    private final double[] values;
    private final double[][] vectors;

    private SymmetricEigen(double[] values, double[][] vectors) {
        this.values = values;
        this.vectors = vectors;
    }

    /**
     * Decomposes a symmetric matrix; only its symmetric part (A + A')/2 is used.
     *
     * @throws IllegalArgumentException when the matrix is not square or holds a number that is not finite
     * @throws ArithmeticException when the iteration does not converge
     */
    public static SymmetricEigen of(DoubleMatrix a) {
        int n = a.rows();
        if (a.cols() != n) {
            throw new IllegalArgumentException("Eigenvalues need a square matrix, got " + n + " x " + a.cols());
        }
        DMatrixRMaj work = new DMatrixRMaj(n, n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double value = 0.5 * (a.get(i, j) + a.get(j, i));
                if (!Double.isFinite(value)) {
                    throw new IllegalArgumentException(
                            "Eigenvalues need finite numbers, entry (" + i + ", " + j + ") is " + value);
                }
                work.set(i, j, value);
            }
        }
        if (n == 0) {
            return new SymmetricEigen(new double[0], new double[0][]);
        }
        EigenDecomposition_F64<DMatrixRMaj> decomposition = DecompositionFactory_DDRM.eig(n, true, true);
        if (!decomposition.decompose(work)) {
            throw new ArithmeticException("The symmetric eigenvalue iteration did not converge for order " + n);
        }
        return sorted(decomposition, n);
    }

    private static SymmetricEigen sorted(EigenDecomposition_F64<DMatrixRMaj> decomposition, int n) {
        Integer[] order = new Integer[n];
        double[] raw = new double[n];
        for (int k = 0; k < n; k++) {
            order[k] = k;
            raw[k] = decomposition.getEigenvalue(k).real;
        }
        java.util.Arrays.sort(order, (x, y) -> Double.compare(raw[y], raw[x]));
        double[] values = new double[n];
        double[][] vectors = new double[n][];
        for (int k = 0; k < n; k++) {
            values[k] = raw[order[k]];
            vectors[k] =
                    withFixedSign(decomposition.getEigenVector(order[k]).data.clone());
        }
        return new SymmetricEigen(values, vectors);
    }

    /** Flips a vector in place so that its largest entry in absolute value is positive, and returns it. */
    public static double[] withFixedSign(double[] vector) {
        int largest = 0;
        for (int i = 1; i < vector.length; i++) {
            if (Math.abs(vector[i]) > Math.abs(vector[largest])) {
                largest = i;
            }
        }
        if (vector.length > 0 && vector[largest] < 0) {
            for (int i = 0; i < vector.length; i++) {
                vector[i] = -vector[i];
            }
        }
        return vector;
    }

    /** Order of the matrix. */
    public int size() {
        return values.length;
    }

    /** The k-th largest eigenvalue. */
    public double value(int k) {
        return values[k];
    }

    /** A copy of the unit eigenvector of the k-th largest eigenvalue. */
    public double[] vector(int k) {
        return vectors[k].clone();
    }

    /** V f(Lambda) V': the matrix whose eigenvalues are mapped by the given function. Cost 2 d^3. */
    public DoubleMatrix map(java.util.function.DoubleUnaryOperator function) {
        int n = values.length;
        DoubleMatrix scaled = DoubleMatrix.zeros(n, n);
        DoubleMatrix basis = DoubleMatrix.zeros(n, n);
        for (int k = 0; k < n; k++) {
            double mapped = function.applyAsDouble(values[k]);
            for (int i = 0; i < n; i++) {
                basis.set(k, i, vectors[k][i]);
                scaled.set(i, k, vectors[k][i] * mapped);
            }
        }
        return scaled.times(basis);
    }
}

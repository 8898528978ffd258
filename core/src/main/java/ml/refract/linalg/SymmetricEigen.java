package ml.refract.linalg;

import java.util.function.DoubleConsumer;
import java.util.function.DoubleUnaryOperator;

/**
 * Eigenvalues and orthonormal eigenvectors of a symmetric n x n matrix: A = V diag(values) V', largest eigenvalue first. The
 * sign of each vector is fixed: its largest entry in absolute value (the first of equals) is positive.
 *
 * <p>Computed in double by this library's own code, never by a native one: A is reduced to a tridiagonal matrix by
 * Householder reflections in blocks ({@code TridiagonalReduction}), that one is decomposed by divide and conquer
 * ({@code TridiagonalEigen}), and the reflections are applied to its vectors ({@code Reflections}). Values are those of a
 * matrix that differs from A by some units in the last place of its norm, and vectors are orthogonal to the same precision,
 * also for repeated eigenvalues and at any scale; eigenvalues much smaller than the largest have no correct digits of their
 * own beyond that.
 *
 * <p>Cost at most 4/3 + 4/3 + 2 n^3 flops, much less in the second part for spectra that decay. Memory beside A: 2 n^2
 * doubles, of which half is kept, and 256 n for each thread. The bits of a result depend on the {@link DoubleKernels}, not on
 * the number of threads. Immutable.
 */
public final class SymmetricEigen {
    /** Roughly the shares of time of the first two parts. */
    private static final double REDUCTION = 0.5;

    private static final double INNER = 0.2;

    private final double[] values;
    private final DoubleMatrix vectors;

    private SymmetricEigen(double[] values, DoubleMatrix vectors) {
        this.values = values;
        this.vectors = vectors;
    }

    /**
     * Decomposes a symmetric matrix with plain loops on the calling thread: for orders up to a few hundred.
     *
     * @throws IllegalArgumentException when the matrix is not square or holds a number that is not finite
     */
    public static SymmetricEigen of(DoubleMatrix a) {
        return of(a, DoubleKernels.plain(), ParallelFor.serial(), share -> {});
    }

    /**
     * Decomposes a symmetric matrix; only its symmetric part (A + A')/2 is used. A is only read.
     *
     * @param progress told, on the calling thread, the share of the work that is done, as far as can be foreseen: 0.5 when
     *     A is tridiagonal, 0.7 when that matrix is decomposed, 1 at the end; what it throws ends the work
     * @throws IllegalArgumentException when the matrix is not square or holds a number that is not finite
     * @throws ArithmeticException when an iteration does not converge, which is not known to happen
     */
    public static SymmetricEigen of(
            DoubleMatrix a, DoubleKernels kernels, ParallelFor parallel, DoubleConsumer progress) {
        int n = a.rows();
        if (a.cols() != n) {
            throw new IllegalArgumentException("Eigenvalues need a square matrix, got " + n + " x " + a.cols());
        }
        if (n == 0) {
            return new SymmetricEigen(new double[0], DoubleMatrix.zeros(0, 0));
        }
        int exponent = exponent(a);
        TridiagonalReduction reduction = TridiagonalReduction.of(
                symmetricPart(a, -exponent), n, kernels, parallel, share -> progress.accept(REDUCTION * share));
        TridiagonalEigen inner = TridiagonalEigen.of(
                reduction.diagonal(),
                reduction.offDiagonal(),
                kernels,
                parallel,
                share -> progress.accept(REDUCTION + INNER * share));
        reduction
                .reflections()
                .apply(inner.vectors(), share -> progress.accept(REDUCTION + INNER + (1 - REDUCTION - INNER) * share));
        return descending(inner, exponent);
    }

    /** The exponent of the largest entry in absolute value; 0 for a matrix of zeros. */
    private static int exponent(DoubleMatrix a) {
        double largest = 0;
        for (double value : a.values()) {
            if (!(Math.abs(value) <= Double.MAX_VALUE)) {
                throw notFinite(a);
            }
            largest = Math.max(largest, Math.abs(value));
        }
        return largest == 0 ? 0 : Math.getExponent(largest);
    }

    private static IllegalArgumentException notFinite(DoubleMatrix a) {
        int at = 0;
        while (Double.isFinite(a.values()[at])) {
            at++;
        }
        return new IllegalArgumentException("Eigenvalues need finite numbers, entry (" + at / a.cols() + ", "
                + at % a.cols() + ") is " + a.values()[at]);
    }

    /** The upper triangle of (A + A')/2 times 2^exponent, which brings the largest entry near 1. */
    private static double[] symmetricPart(DoubleMatrix a, int exponent) {
        int n = a.rows();
        double[] source = a.values();
        double[] result = new double[source.length];
        double first = Math.scalb(1.0, exponent / 2); // 2^exponent itself may overflow
        double second = Math.scalb(1.0, exponent - exponent / 2);
        for (int i = 0; i < n; i++) {
            for (int j = i; j < n; j++) {
                result[i * n + j] = 0.5 * (source[i * n + j] * first * second + source[j * n + i] * first * second);
            }
        }
        return result;
    }

    /** Puts rows in the order of descending values, in place, and fixes their signs. */
    private static SymmetricEigen descending(TridiagonalEigen inner, int exponent) {
        int n = inner.values().length;
        int[] source = new int[n];
        double[] values = new double[n];
        for (int k = 0; k < n; k++) {
            source[k] = inner.order()[n - 1 - k];
            values[k] = Math.scalb(inner.values()[source[k]], exponent);
        }
        permuteRows(inner.vectors(), source);
        for (int k = 0; k < n; k++) {
            fixSign(inner.vectors(), k * n, n);
        }
        return new SymmetricEigen(values, DoubleMatrix.of(n, n, inner.vectors()));
    }

    /** Moves row {@code source[k]} to row k, cycle by cycle; {@code source} ends as the identity. */
    private static void permuteRows(double[] rows, int[] source) {
        int n = source.length;
        double[] held = new double[n];
        for (int start = 0; start < n; start++) {
            if (source[start] == start) {
                continue;
            }
            System.arraycopy(rows, start * n, held, 0, n);
            int to = start;
            while (source[to] != start) {
                int from = source[to];
                System.arraycopy(rows, from * n, rows, to * n, n);
                source[to] = to;
                to = from;
            }
            System.arraycopy(held, 0, rows, to * n, n);
            source[to] = to;
        }
    }

    /** Flips a vector in place so that its largest entry in absolute value is positive, and returns it. */
    public static double[] withFixedSign(double[] vector) {
        fixSign(vector, 0, vector.length);
        return vector;
    }

    private static void fixSign(double[] values, int from, int length) {
        int largest = from;
        for (int i = from; i < from + length; i++) {
            if (Math.abs(values[i]) > Math.abs(values[largest])) {
                largest = i;
            }
        }
        if (length > 0 && values[largest] < 0) {
            for (int i = from; i < from + length; i++) {
                values[i] = -values[i];
            }
        }
    }

    /** Order of the matrix. */
    public int size() {
        return values.length;
    }

    /** The k-th largest eigenvalue; infinite when it is beyond the range of a double though no entry is. */
    public double value(int k) {
        return values[k];
    }

    /** A copy of all eigenvalues, largest first. */
    public double[] values() {
        return values.clone();
    }

    /** A copy of the unit eigenvector of the k-th largest eigenvalue. */
    public double[] vector(int k) {
        return vectors.row(k);
    }

    /** V' (n x n): row k is the unit eigenvector of the k-th largest eigenvalue. Not a copy: treat it as read-only. */
    public DoubleMatrix vectors() {
        return vectors;
    }

    /** V f(Lambda) V' as {@link #map(DoubleUnaryOperator, DoubleKernels, ParallelFor)}, with plain loops on the calling thread. */
    public DoubleMatrix map(DoubleUnaryOperator function) {
        return map(function, DoubleKernels.plain(), ParallelFor.serial());
    }

    /** V f(Lambda) V': the matrix whose eigenvalues are mapped by the given function. Cost 2 n^3 flops. */
    public DoubleMatrix map(DoubleUnaryOperator function, DoubleKernels kernels, ParallelFor parallel) {
        int n = values.length;
        DoubleMatrix scaled = vectors.transpose();
        double[] mapped = new double[n];
        for (int k = 0; k < n; k++) {
            mapped[k] = function.applyAsDouble(values[k]);
        }
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < n; k++) {
                scaled.values()[i * n + k] *= mapped[k];
            }
        }
        return scaled.times(vectors, kernels, parallel);
    }
}

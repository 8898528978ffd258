package ml.refract.linalg;

import java.util.Optional;

/**
 * Cholesky factor L of a symmetric positive definite n x n matrix, A + shift I = L L', in double throughout: for systems of
 * some hundreds to a few thousand unknowns whose solutions must be good to double precision. {@link Cholesky} serves larger
 * ones in tiles.
 *
 * <p>Blocked and left-looking (Golub and Van Loan, Matrix Computations, section 4.2): a block of 64 columns first gathers what
 * all columns before it contribute, as one product. Cost n^3/3 flops, memory 2 n^2 doubles while it works and n^2 kept. The
 * bits depend on the {@link DoubleKernels}, not on the number of threads. Immutable.
 */
public final class DoubleCholesky {
    private static final int BLOCK = 64;

    private final int n;
    /** L row-major; what stands above the diagonal means nothing. */
    private final double[] factor;

    private DoubleCholesky(int n, double[] factor) {
        this.n = n;
        this.factor = factor;
    }

    /**
     * Factors A + shift I, of which only the lower triangle is read.
     *
     * @return the factor, or nothing when a pivot is not a positive number
     * @throws IllegalArgumentException when the matrix is not square
     */
    public static Optional<DoubleCholesky> of(
            DoubleMatrix a, double shift, DoubleKernels kernels, ParallelFor parallel) {
        int n = a.rows();
        if (a.cols() != n) {
            throw new IllegalArgumentException("A Cholesky factor needs a square matrix, got " + n + " x " + a.cols());
        }
        DoubleCholesky result = new DoubleCholesky(n, a.values().clone());
        for (int i = 0; i < n; i++) {
            result.factor[i * n + i] += shift;
        }
        for (int from = 0; from < n; from += BLOCK) {
            int width = Math.min(BLOCK, n - from);
            result.gather(from, width, kernels, parallel);
            if (!result.factorDiagonal(from, width)) {
                return Optional.empty();
            }
            result.solveBelow(from, width, parallel);
        }
        return Optional.of(result);
    }

    /** Subtracts from a block of columns what the columns before it contribute. */
    private void gather(int from, int width, DoubleKernels kernels, ParallelFor parallel) {
        if (from == 0) {
            return;
        }
        int rows = n - from;
        DoubleMatrix before = DoubleMatrix.zeros(rows, from);
        DoubleMatrix transposed = DoubleMatrix.zeros(from, width);
        for (int i = 0; i < rows; i++) {
            System.arraycopy(factor, (from + i) * n, before.values(), i * from, from);
        }
        for (int i = 0; i < width; i++) {
            for (int k = 0; k < from; k++) {
                transposed.values()[k * width + i] = before.values()[i * from + k];
            }
        }
        double[] sums = before.times(transposed, kernels, parallel).values();
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < width; j++) {
                factor[(from + i) * n + from + j] -= sums[i * width + j];
            }
        }
    }

    private boolean factorDiagonal(int from, int width) {
        for (int i = from; i < from + width; i++) {
            for (int j = from; j < i; j++) {
                factor[i * n + j] = (factor[i * n + j] - dot(i, j, from, j)) / factor[j * n + j];
            }
            double pivot = factor[i * n + i] - dot(i, i, from, i);
            if (!(pivot > 0) || Double.isInfinite(pivot)) {
                return false;
            }
            factor[i * n + i] = Math.sqrt(pivot);
        }
        return true;
    }

    private void solveBelow(int from, int width, ParallelFor parallel) {
        int next = from + width;
        parallel.run((n - next + BLOCK - 1) / BLOCK, band -> {
            int last = Math.min(n, next + (band + 1) * BLOCK);
            for (int i = next + band * BLOCK; i < last; i++) {
                for (int j = from; j < next; j++) {
                    factor[i * n + j] = (factor[i * n + j] - dot(i, j, from, j)) / factor[j * n + j];
                }
            }
        });
    }

    /** The inner product of two rows of the factor over some columns. */
    private double dot(int i, int j, int from, int to) {
        double sum = 0;
        for (int k = from; k < to; k++) {
            sum += factor[i * n + k] * factor[j * n + k];
        }
        return sum;
    }

    /** (A + shift I)^-1 B for right-hand sides B (n x k), as a new matrix. Cost 2 n^2 k flops on the calling thread. */
    public DoubleMatrix solve(DoubleMatrix b) {
        if (b.rows() != n) {
            throw new IllegalArgumentException(
                    "A system of " + n + " unknowns cannot have " + b.rows() + " right-hand entries");
        }
        DoubleMatrix result = b.copy();
        double[] x = result.values();
        int sides = b.cols();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                subtract(x, i, j, factor[i * n + j], sides);
            }
            scale(x, i, 1 / factor[i * n + i], sides);
        }
        for (int i = n - 1; i >= 0; i--) {
            scale(x, i, 1 / factor[i * n + i], sides);
            for (int j = 0; j < i; j++) {
                subtract(x, j, i, factor[i * n + j], sides);
            }
        }
        return result;
    }

    /** Row i minus a multiple of row j. */
    private static void subtract(double[] x, int i, int j, double multiple, int sides) {
        for (int l = 0; l < sides; l++) {
            x[i * sides + l] -= multiple * x[j * sides + l];
        }
    }

    private static void scale(double[] x, int i, double by, int sides) {
        for (int l = 0; l < sides; l++) {
            x[i * sides + l] *= by;
        }
    }
}

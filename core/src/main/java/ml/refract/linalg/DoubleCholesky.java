package ml.refract.linalg;

import java.util.Optional;

/**
 * Cholesky factor L of a symmetric positive definite n x n matrix, A + shift I = L L', in double throughout: for systems of
 * some hundreds to a few thousand unknowns whose solutions must be good to double precision. {@link Cholesky} serves larger
 * ones in tiles.
 *
 * <p>Blocked and left-looking (Golub and Van Loan, Matrix Computations, section 4.2): a block of 64 columns first gathers what
 * all columns before it contribute, as one product. Cost n^3/3 flops, memory n^2 doubles. The
 * bits depend on the {@link DoubleKernels}, not on the number of threads. Immutable.
 */
public final class DoubleCholesky {
    private static final int BLOCK = 64;
    /** Rows that are solved for at once below a diagonal block; their part of it, 128 KiB, stays in a level-2 cache. */
    private static final int BAND = 256;

    private final int n;
    /** L row-major; what stands above the diagonal means nothing. */
    private final double[] factor;

    private double leastPivot;

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
        double[] diagonal = new double[n];
        for (int i = 0; i < n; i++) {
            result.factor[i * n + i] += shift;
            diagonal[i] = result.factor[i * n + i];
        }
        for (int from = 0; from < n; from += BLOCK) {
            int width = Math.min(BLOCK, n - from);
            result.gather(from, width, kernels, parallel);
            if (!result.factorDiagonal(from, width)) {
                return Optional.empty();
            }
            result.solveBelow(from, width, parallel);
        }
        result.leastPivot = result.leastPivot(diagonal);
        return Optional.of(result);
    }

    private double leastPivot(double[] diagonal) {
        double least = 1;
        for (int i = 0; i < n; i++) {
            least = Math.min(least, factor[i * n + i] * factor[i * n + i] / diagonal[i]);
        }
        return least;
    }

    /**
     * The least of the pivots, each as a share of its diagonal entry: 1 for a diagonal matrix, and near n 2^-53 for one that is
     * singular to working precision, whose solutions mean nothing.
     */
    public double leastPivot() {
        return leastPivot;
    }

    /** Subtracts from a block of columns what the columns before it contribute. */
    private void gather(int from, int width, DoubleKernels kernels, ParallelFor parallel) {
        if (from == 0) {
            return;
        }
        PackedProduct.multiply(
                PackedProduct.Factor.along(factor, from * n, n),
                n - from,
                from,
                PackedProduct.Factor.along(factor, from * n, n),
                width,
                -1,
                factor,
                from * n + from,
                n,
                kernels,
                parallel);
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

    /** Solves X L' = B for the rows below a block, column after column: each is contiguous in a turned copy of a band of rows. */
    private void solveBelow(int from, int width, ParallelFor parallel) {
        int next = from + width;
        parallel.run((n - next + BAND - 1) / BAND, band -> {
            int first = next + band * BAND;
            int rows = Math.min(BAND, n - first);
            double[][] columns = new double[width][rows];
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < width; j++) {
                    columns[j][i] = factor[(first + i) * n + from + j];
                }
            }
            for (int j = 0; j < width; j++) {
                int row = (from + j) * n + from;
                int k = 0;
                for (; k + 2 <= j; k += 2) {
                    Vectors.subtract(columns[j], factor[row + k], columns[k], factor[row + k + 1], columns[k + 1], 0);
                }
                if (k < j) {
                    Vectors.subtract(columns[j], factor[row + k], columns[k], 0);
                }
                Vectors.scale(columns[j], 1 / factor[row + j], 0);
            }
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < width; j++) {
                    factor[(first + i) * n + from + j] = columns[j][i];
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
        requireSides(b);
        DoubleMatrix result = b.copy();
        solveLower(result.values(), 0, n, b.cols());
        solveUpper(result.values(), 0, n, b.cols());
        return result;
    }

    /**
     * As {@link #solve(DoubleMatrix)}, meant for many right-hand sides: what is solved so far is taken out of the other rows as a
     * product, in blocks of rows that are shared out to threads.
     */
    public DoubleMatrix solve(DoubleMatrix b, DoubleKernels kernels, ParallelFor parallel) {
        requireSides(b);
        DoubleMatrix result = b.copy();
        double[] x = result.values();
        int sides = b.cols();
        for (int from = 0; from < n; from += BLOCK) {
            int next = Math.min(n, from + BLOCK);
            solveLower(x, from, next, sides);
            PackedProduct.Factor below = PackedProduct.Factor.along(factor, next * n + from, n);
            subtract(below, next, n, from, next, x, sides, kernels, parallel);
        }
        for (int from = (n - 1) / BLOCK * BLOCK; from >= 0; from -= BLOCK) {
            int next = Math.min(n, from + BLOCK);
            solveUpper(x, from, next, sides);
            PackedProduct.Factor above = PackedProduct.Factor.across(factor, from * n, n);
            subtract(above, 0, from, from, next, x, sides, kernels, parallel);
        }
        return result;
    }

    /** Rows of X, from one to another, minus A times those that were just solved for. */
    private static void subtract(
            PackedProduct.Factor a,
            int first,
            int last,
            int from,
            int next,
            double[] x,
            int sides,
            DoubleKernels kernels,
            ParallelFor parallel) {
        PackedProduct.Factor solved = PackedProduct.Factor.across(x, from * sides, sides);
        PackedProduct.multiply(
                a, last - first, next - from, solved, sides, -1, x, first * sides, sides, kernels, parallel);
    }

    private void requireSides(DoubleMatrix b) {
        if (b.rows() != n) {
            throw new IllegalArgumentException(
                    "A system of " + n + " unknowns cannot have " + b.rows() + " right-hand entries");
        }
    }

    /** L X = B for a diagonal block of L, in place. */
    private void solveLower(double[] x, int from, int to, int sides) {
        for (int i = from; i < to; i++) {
            for (int j = from; j < i; j++) {
                subtract(x, i, j, factor[i * n + j], sides);
            }
            scale(x, i, 1 / factor[i * n + i], sides);
        }
    }

    /** L' X = B for a diagonal block of L, in place. */
    private void solveUpper(double[] x, int from, int to, int sides) {
        for (int i = to - 1; i >= from; i--) {
            scale(x, i, 1 / factor[i * n + i], sides);
            for (int j = from; j < i; j++) {
                subtract(x, j, i, factor[i * n + j], sides);
            }
        }
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

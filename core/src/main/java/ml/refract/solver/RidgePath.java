package ml.refract.solver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleConsumer;
import ml.refract.linalg.DoubleKernels;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.linalg.SymmetricEigen;

/**
 * All ridges of one kernel matrix from its eigenvectors K = V diag(l) V' (specification of xRFM, section 18.2): for G = (K +
 * ridge I)^-1, coefficients alpha = G Y and the leave-one-out residuals e_i = alpha_i / G_ii, which are those of refits without
 * row i, exactly. In double; negative eigenvalues, which only rounding makes, count as 0.
 *
 * <p>Cost about 5 n^3 flops once and 2 n^2 (c + 1) for each ridge; memory 6 n^2 doubles, of which 2 are kept. Immutable; the bits do not depend on the
 * number of threads.
 */
public final class RidgePath {
    /** Matrices of n x n alive at once: the kernel, those of its decomposition, V, V' and the squares. */
    private static final long MATRICES = 6;

    private final int outputs;
    private final double[] eigenvalues;
    /** V, and its entries squared, n x n. */
    private final DoubleMatrix vectors;

    private final DoubleMatrix squares;
    /** V' Y, n x c. */
    private final DoubleMatrix rotated;

    private final DoubleKernels kernels;
    private final ParallelFor parallel;

    private RidgePath(SymmetricEigen eigen, DoubleMatrix y, DoubleKernels kernels, ParallelFor parallel) {
        this.outputs = y.cols();
        this.eigenvalues = eigen.values();
        this.rotated = eigen.vectors().times(y, kernels, parallel);
        this.vectors = eigen.vectors().transpose();
        this.squares = vectors.copy();
        double[] entries = squares.values();
        for (int k = 0; k < entries.length; k++) {
            entries[k] *= entries[k];
        }
        this.kernels = kernels;
        this.parallel = parallel;
    }

    /**
     * Decomposes a kernel matrix.
     *
     * @param kernel K, n x n, of which the symmetric part is used; only read
     * @param y targets, n x c; only read
     * @param progress told the share of the decomposition that is done; what it throws ends it
     * @throws IllegalArgumentException when shapes do not match, there are no rows, or a number is not finite
     */
    public static RidgePath of(
            DoubleMatrix kernel, DoubleMatrix y, DoubleKernels kernels, ParallelFor parallel, DoubleConsumer progress) {
        if (y.rows() != kernel.rows() || y.rows() == 0) {
            throw new IllegalArgumentException("A kernel matrix of order " + kernel.rows() + " got targets of "
                    + y.rows() + " rows; wanted as many, at least one");
        }
        for (double value : y.values()) {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("A target is " + value + "; targets must be finite");
            }
        }
        return new RidgePath(SymmetricEigen.of(kernel, kernels, parallel, progress), y, kernels, parallel);
    }

    /** The eigenvalues of the kernel matrix, largest first, as a copy; those that rounding made negative are 0. */
    public double[] eigenvalues() {
        return Arrays.stream(eigenvalues).map(value -> Math.max(0, value)).toArray();
    }

    /** The targets in the coordinates of the eigenvectors, V' Y, n x c. */
    public DoubleMatrix rotatedTargets() {
        return rotated.copy();
    }

    /** Bytes that a path over n rows and c outputs takes for some ridges, the kernel matrix included. */
    public static long bytes(long n, long columns, int ridges) {
        return Double.BYTES * (MATRICES * n * n + ridges * n * (2 * columns + 1));
    }

    /**
     * What leaving out each row in turn shows at one ridge.
     *
     * @param residuals e = y_i - f_without_i(x_i), n x c
     */
    public record LeaveOneOut(double ridge, DoubleMatrix residuals) {
        /** The sum of squared residuals by the number of rows. */
        public double meanLoss() {
            double sum = 0;
            for (double residual : residuals.values()) {
                sum += residual * residual;
            }
            return sum / residuals.rows();
        }
    }

    /**
     * The leave-one-out residuals at each of some ridges.
     *
     * @throws IllegalArgumentException when a ridge is not positive and finite
     */
    public List<LeaveOneOut> leaveOneOut(double... ridges) {
        int n = eigenvalues.length;
        DoubleMatrix scaled = DoubleMatrix.zeros(n, ridges.length * outputs);
        DoubleMatrix inverses = DoubleMatrix.zeros(n, ridges.length);
        for (int r = 0; r < ridges.length; r++) {
            if (!(ridges[r] > 0 && ridges[r] < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("A ridge must be positive and finite, got " + ridges[r]);
            }
            for (int k = 0; k < n; k++) {
                double inverse = 1 / (Math.max(0, eigenvalues[k]) + ridges[r]);
                inverses.set(k, r, inverse);
                for (int l = 0; l < outputs; l++) {
                    scaled.set(k, r * outputs + l, inverse * rotated.get(k, l));
                }
            }
        }
        DoubleMatrix coefficients = vectors.times(scaled, kernels, parallel);
        DoubleMatrix diagonals = squares.times(inverses, kernels, parallel);
        List<LeaveOneOut> result = new ArrayList<>();
        for (int r = 0; r < ridges.length; r++) {
            DoubleMatrix residuals = DoubleMatrix.zeros(n, outputs);
            for (int i = 0; i < n; i++) {
                for (int l = 0; l < outputs; l++) {
                    residuals.set(i, l, coefficients.get(i, r * outputs + l) / diagonals.get(i, r));
                }
            }
            result.add(new LeaveOneOut(ridges[r], residuals));
        }
        return result;
    }

    /**
     * The one of some ridges with the least mean loss; the first of equals.
     *
     * @param ridges at least one
     */
    public LeaveOneOut best(double... ridges) {
        return leaveOneOut(ridges).stream()
                .min(Comparator.comparingDouble(LeaveOneOut::meanLoss))
                .orElseThrow();
    }
}

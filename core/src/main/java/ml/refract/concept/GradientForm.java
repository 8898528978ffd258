package ml.refract.concept;

import java.util.List;
import java.util.function.UnaryOperator;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.SymmetricEigen;

/**
 * How the learned metric M of a probe is held. It starts as the identity; afterwards M = (s/n) G'G with the gradients G of a
 * kernel machine at its n training rows, one row for each output. A gradient is A X M for some n x n matrix A, because pair
 * functions of a distance have the gradient w_ij M (x_i - x_j).
 */
sealed interface GradientForm {
    /** Directions of eigenvalues below this share of the largest would be rounding. */
    double LEAST_SHARE = 1e-10;

    /** X M X', n x n. */
    DoubleMatrix gram();

    /**
     * Makes gradients A X M of the given A (n x n), one for each output, the factor of the next metric.
     *
     * @return false, and nothing is learned, when the gradients are zero or not finite
     */
    boolean learn(List<DoubleMatrix> laplacians);

    /** The eigenvectors of M of the largest eigenvalues, at most {@code count}; only after something was learned. */
    Directions top(int count);

    /** One matrix below the other. */
    private static DoubleMatrix stacked(
            List<DoubleMatrix> parts, UnaryOperator<DoubleMatrix> image, boolean centred, int rows, int cols) {
        DoubleMatrix result = DoubleMatrix.zeros(rows * parts.size(), cols);
        for (int l = 0; l < parts.size(); l++) {
            DoubleMatrix part = image.apply(parts.get(l));
            System.arraycopy(part.values(), 0, result.values(), l * rows * cols, rows * cols);
            if (centred) {
                centre(result.values(), l * rows, rows, cols);
            }
        }
        return result;
    }

    /** Subtracts from each column its mean over some rows: the mean gradient of one output. */
    private static void centre(double[] values, int first, int rows, int cols) {
        double[] mean = new double[cols];
        for (int i = first; i < first + rows; i++) {
            for (int j = 0; j < cols; j++) {
                mean[j] += values[i * cols + j];
            }
        }
        for (int i = first; i < first + rows; i++) {
            for (int j = 0; j < cols; j++) {
                values[i * cols + j] -= mean[j] / rows;
            }
        }
    }

    private static int rank(SymmetricEigen eigen, int most) {
        int rank = 0;
        while (rank < Math.min(most, eigen.size()) && eigen.value(rank) > LEAST_SHARE * eigen.value(0)) {
            rank++;
        }
        return rank;
    }

    private static DoubleMatrix scaled(DoubleMatrix matrix, double factor) {
        double[] values = matrix.values();
        for (int k = 0; k < values.length; k++) {
            values[k] *= factor;
        }
        return matrix;
    }

    private static double trace(DoubleMatrix matrix) {
        double sum = 0;
        for (int i = 0; i < matrix.rows(); i++) {
            sum += matrix.get(i, i);
        }
        return sum;
    }

    /**
     * The exact dual form: gradients are combinations of training rows, G = C X, so that S = X X' is all that is needed of
     * them and nothing of order d x d arises (specification of the concept probe, section 1.4). An update costs 10 k n^3 flops
     * for k outputs, plus 2 k n^2 d for the rule by the largest diagonal entry.
     */
    final class Dual implements GradientForm {
        private final Sample sample;
        private final ProbeOptions.ScaleRule rule;
        private final boolean centred;
        private final int n;
        private boolean learned;
        /** s / n. */
        private double factor = Double.NaN;
        /** C (kn x n) and P = S C' (n x kn). */
        private DoubleMatrix coefficients = DoubleMatrix.zeros(0, 0);

        private DoubleMatrix images = DoubleMatrix.zeros(0, 0);
        /** C S C' = G G'. */
        private DoubleMatrix inner = DoubleMatrix.zeros(0, 0);

        Dual(Sample sample, ProbeOptions.ScaleRule rule, boolean centred) {
            this.sample = sample;
            this.rule = rule;
            this.centred = centred;
            this.n = sample.train().rows();
        }

        @Override
        public DoubleMatrix gram() {
            return learned ? scaled(sample.times(images, images.transpose()), factor) : sample.gram();
        }

        @Override
        public boolean learn(List<DoubleMatrix> laplacians) {
            UnaryOperator<DoubleMatrix> next = a -> a;
            if (learned) {
                DoubleMatrix map = scaled(sample.times(images, coefficients), factor); // X M = map X
                next = a -> sample.times(a, map);
            }
            DoubleMatrix newCoefficients = stacked(laplacians, next, centred, n, n);
            DoubleMatrix newImages = sample.times(sample.gram(), newCoefficients.transpose());
            DoubleMatrix newInner = sample.times(newCoefficients, newImages);
            double size = size(newCoefficients, newInner);
            if (!(size > 0 && Double.isFinite(size))) {
                return false;
            }
            coefficients = newCoefficients;
            images = newImages;
            inner = newInner;
            factor = rule == ProbeOptions.ScaleRule.NONE ? 1.0 / n : 1 / size;
            learned = true;
            return true;
        }

        private double size(DoubleMatrix c, DoubleMatrix squares) {
            return rule == ProbeOptions.ScaleRule.MAX_DIAGONAL
                    ? sample.train().largestSquares(c, sample.kernels(), sample.parallel())
                    : trace(squares);
        }

        @Override
        public Directions top(int count) {
            SymmetricEigen eigen = SymmetricEigen.of(inner, sample.kernels(), sample.parallel(), share -> {});
            int rank = rank(eigen, count);
            double[] values = new double[rank];
            DoubleMatrix vectors = DoubleMatrix.zeros(rank, inner.rows());
            for (int k = 0; k < rank; k++) {
                values[k] = eigen.value(k) * factor;
                double length = Math.sqrt(eigen.value(k)); // of X' C' u
                for (int i = 0; i < inner.rows(); i++) {
                    vectors.set(k, i, eigen.vectors().get(k, i) / length);
                }
            }
            return new Directions.OfRows(vectors.times(coefficients), values);
        }
    }

    /**
     * The plain form with M itself (d x d), for more rows than columns. An update costs 4 n d^2 + 4 k n^2 d flops, its
     * eigenvectors 5 d^3; memory 2 d^2 + (4 + k) n d doubles.
     */
    final class Primal implements GradientForm {
        private final Sample sample;
        private final ProbeOptions.ScaleRule rule;
        private final boolean centred;
        private final DoubleMatrix rows;
        private final DoubleMatrix transposed;
        /** X M. */
        private DoubleMatrix images;

        private DoubleMatrix metric = DoubleMatrix.zeros(0, 0);

        Primal(Sample sample, ProbeOptions.ScaleRule rule, boolean centred) {
            this.sample = sample;
            this.rule = rule;
            this.centred = centred;
            this.rows = sample.train().toMatrix();
            this.transposed = rows.transpose();
            this.images = rows;
        }

        @Override
        public DoubleMatrix gram() {
            return sample.times(images, transposed);
        }

        @Override
        public boolean learn(List<DoubleMatrix> laplacians) {
            int n = rows.rows();
            DoubleMatrix gradients = stacked(laplacians, a -> sample.times(a, images), centred, n, rows.cols());
            DoubleMatrix moment = sample.times(gradients.transpose(), gradients);
            double size =
                    rule == ProbeOptions.ScaleRule.MAX_DIAGONAL ? CentredRows.largestSquares(gradients) : trace(moment);
            if (!(size > 0 && Double.isFinite(size))) {
                return false;
            }
            metric = scaled(moment, rule == ProbeOptions.ScaleRule.NONE ? 1.0 / n : 1 / size);
            images = sample.times(rows, metric);
            return true;
        }

        @Override
        public Directions top(int count) {
            SymmetricEigen eigen = SymmetricEigen.of(metric, sample.kernels(), sample.parallel(), share -> {});
            int rank = rank(eigen, count);
            int[] leading = new int[rank];
            double[] values = new double[rank];
            for (int k = 0; k < rank; k++) {
                leading[k] = k;
                values[k] = eigen.value(k);
            }
            return new Directions.OfColumns(eigen.vectors().select(leading), values);
        }
    }
}

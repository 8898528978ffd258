package ml.refract.concept;

import ml.refract.linalg.DoubleKernels;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.linalg.Rows;

/**
 * Some rows of a wide matrix less a mean row, scaled to unit length if asked for: X (n x d), which is never stored. Products
 * make it in doubles in blocks of columns, so that activations stay in the precision they came in. A row equal to the mean
 * stays zero. Only reads the matrix; safe from several threads.
 */
final class CentredRows {
    private static final int BLOCK = 512;

    private final Rows source;
    private final int[] selected;
    private final double[] mean;
    private final double[] scale;

    CentredRows(Rows source, int[] selected, double[] mean, boolean unit) {
        this.source = source;
        this.selected = selected;
        this.mean = mean;
        this.scale = new double[selected.length];
        for (int i = 0; i < scale.length; i++) {
            scale[i] = unit ? reciprocal(norm(i)) : 1;
        }
    }

    /** The mean of some rows. */
    static double[] mean(Rows source, int[] selected) {
        double[] mean = new double[source.cols()];
        double[] row = new double[source.cols()];
        for (int i : selected) {
            source.copyRow(i, row, 0);
            for (int j = 0; j < row.length; j++) {
                mean[j] += row[j];
            }
        }
        for (int j = 0; j < mean.length; j++) {
            mean[j] /= selected.length;
        }
        return mean;
    }

    private static double reciprocal(double norm) {
        return norm > 0 ? 1 / norm : 0;
    }

    private double norm(int i) {
        double[] row = new double[cols()];
        source.copyRow(selected[i], row, 0);
        double largest = 0;
        for (int j = 0; j < row.length; j++) {
            row[j] -= mean[j];
            largest = Math.max(largest, Math.abs(row[j]));
        }
        double sum = 0;
        for (double value : row) {
            sum += value / largest * (value / largest);
        }
        return largest == 0 ? 0 : largest * Math.sqrt(sum);
    }

    int rows() {
        return selected.length;
    }

    int cols() {
        return source.cols();
    }

    private int blocks() {
        return (cols() + BLOCK - 1) / BLOCK;
    }

    private int width(int block) {
        return Math.min(BLOCK, cols() - block * BLOCK);
    }

    /** All of X. */
    DoubleMatrix toMatrix() {
        return columns(0, cols());
    }

    private DoubleMatrix block(int block) {
        return columns(block * BLOCK, width(block));
    }

    private DoubleMatrix columns(int from, int width) {
        DoubleMatrix result = DoubleMatrix.zeros(rows(), width);
        double[] target = result.values();
        for (int i = 0; i < rows(); i++) {
            int in = selected[i] * cols() + from;
            int out = i * width;
            if (source instanceof Matrix floats) {
                for (int j = 0; j < width; j++) {
                    target[out + j] = (floats.values()[in + j] - mean[from + j]) * scale[i];
                }
            } else {
                double[] doubles = ((DoubleMatrix) source).values();
                for (int j = 0; j < width; j++) {
                    target[out + j] = (doubles[in + j] - mean[from + j]) * scale[i];
                }
            }
        }
        return result;
    }

    /** X Z' (n x m) for other rows Z, summed over blocks of columns in order. Cost 2 n m d flops. */
    DoubleMatrix times(CentredRows other, DoubleKernels kernels, ParallelFor parallel) {
        DoubleMatrix result = DoubleMatrix.zeros(rows(), other.rows());
        for (int b = 0; b < blocks(); b++) {
            double[] part = block(b).times(other.block(b).transpose(), kernels, parallel)
                    .values();
            for (int k = 0; k < part.length; k++) {
                result.values()[k] += part[k];
            }
        }
        return result;
    }

    /** C X (r x d) for coefficients C (r x n). Cost 2 r n d flops. */
    DoubleMatrix combined(DoubleMatrix coefficients, DoubleKernels kernels, ParallelFor parallel) {
        DoubleMatrix result = DoubleMatrix.zeros(coefficients.rows(), cols());
        parallel.run(blocks(), b -> {
            DoubleMatrix part = coefficients.times(block(b), kernels, ParallelFor.serial());
            for (int i = 0; i < part.rows(); i++) {
                System.arraycopy(part.values(), i * part.cols(), result.values(), i * cols() + b * BLOCK, part.cols());
            }
        });
        return result;
    }

    /** The largest of the d sums of squares of the columns of C X, which is never stored whole. Cost 2 r n d flops. */
    double largestSquares(DoubleMatrix coefficients, DoubleKernels kernels, ParallelFor parallel) {
        double[] largest = new double[blocks()];
        parallel.run(
                largest.length,
                b -> largest[b] = largestSquares(coefficients.times(block(b), kernels, ParallelFor.serial())));
        double result = 0;
        for (double value : largest) {
            result = Math.max(result, value);
        }
        return result;
    }

    /** The largest sum of squares of a column. */
    static double largestSquares(DoubleMatrix matrix) {
        double[] sums = new double[matrix.cols()];
        double[] values = matrix.values();
        for (int i = 0; i < matrix.rows(); i++) {
            int row = i * sums.length;
            for (int j = 0; j < sums.length; j++) {
                sums[j] += values[row + j] * values[row + j];
            }
        }
        double result = 0;
        for (double sum : sums) {
            result = Math.max(result, sum);
        }
        return result;
    }

    /** Projections X V' (n x p) on directions V (p x d). Cost 2 n p d flops. */
    DoubleMatrix onto(DoubleMatrix directions) {
        int p = directions.rows();
        int d = cols();
        DoubleMatrix result = DoubleMatrix.zeros(rows(), p);
        double[] row = new double[d];
        for (int i = 0; i < rows(); i++) {
            source.copyRow(selected[i], row, 0);
            for (int j = 0; j < d; j++) {
                row[j] -= mean[j];
            }
            for (int k = 0; k < p; k++) {
                double sum = 0;
                for (int j = 0; j < d; j++) {
                    sum += row[j] * directions.values()[k * d + j];
                }
                result.set(i, k, sum * scale[i]);
            }
        }
        return result;
    }
}

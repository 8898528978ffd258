package ml.refract.rfm.exact;

import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;
import org.jspecify.annotations.Nullable;

/**
 * Rows X (n x d) as factors of products. Where at most a quarter of the entries differ from zero, as with one-hot inputs, only those
 * are worked with. Immutable.
 */
final class Inputs {
    private static final int SPARSE = 4;

    private final DoubleMatrix all;
    private final @Nullable Sparse sparse;

    /** Entries that are not zero: those of row i from {@code starts[i]} to before {@code starts[i + 1]}. */
    private record Sparse(int[] starts, int[] columns, double[] values) {}

    private Inputs(DoubleMatrix all, @Nullable Sparse sparse) {
        this.all = all;
        this.sparse = sparse;
    }

    /**
     * @param rows not copied
     * @throws IllegalArgumentException when an entry is not finite
     */
    static Inputs of(DoubleMatrix rows) {
        double[] values = rows.values();
        int filled = 0;
        for (int k = 0; k < values.length; k++) {
            if (!Double.isFinite(values[k])) {
                throw new IllegalArgumentException("Inputs must be finite, row " + k / rows.cols() + ", column "
                        + k % rows.cols() + " is " + values[k]);
            }
            filled += values[k] != 0 ? 1 : 0;
        }
        return new Inputs(rows, (long) SPARSE * filled <= values.length ? compressed(rows, filled) : null);
    }

    private static Sparse compressed(DoubleMatrix rows, int filled) {
        Sparse result = new Sparse(new int[rows.rows() + 1], new int[filled], new double[filled]);
        int next = 0;
        for (int i = 0; i < rows.rows(); i++) {
            for (int s = 0; s < rows.cols(); s++) {
                double value = rows.values()[i * rows.cols() + s];
                if (value != 0) {
                    result.columns[next] = s;
                    result.values[next++] = value;
                }
            }
            result.starts[i + 1] = next;
        }
        return result;
    }

    int rows() {
        return all.rows();
    }

    int cols() {
        return all.cols();
    }

    /** The rows themselves. */
    DoubleMatrix all() {
        return all;
    }

    boolean isSparse() {
        return sparse != null;
    }

    /** Some rows, one after another. */
    Inputs slice(int from, int to) {
        int[] selected = new int[to - from];
        for (int i = 0; i < selected.length; i++) {
            selected[i] = from + i;
        }
        return Inputs.of(all.select(selected));
    }

    /** X R, n x k, for a matrix R (d x k). */
    DoubleMatrix times(DoubleMatrix right, Execution execution) {
        Sparse s = sparse;
        if (s == null) {
            return product(all, right, execution);
        }
        int k = right.cols();
        DoubleMatrix result = DoubleMatrix.zeros(rows(), k);
        execution.workers().run(rows(), i -> {
            for (int e = s.starts[i]; e < s.starts[i + 1]; e++) {
                addMultiple(result.values(), i * k, s.values[e], right.values(), s.columns[e] * k, k);
            }
        });
        return result;
    }

    /** L X', m x n, for a matrix L (m x d). */
    DoubleMatrix timesTransposed(DoubleMatrix left, Execution execution) {
        Sparse s = sparse;
        if (s == null) {
            return product(left, all.transpose(), execution);
        }
        int n = rows();
        DoubleMatrix result = DoubleMatrix.zeros(left.rows(), n);
        execution.workers().run(left.rows(), i -> {
            int row = i * left.cols();
            for (int j = 0; j < n; j++) {
                double sum = 0;
                for (int e = s.starts[j]; e < s.starts[j + 1]; e++) {
                    sum += s.values[e] * left.values()[row + s.columns[e]];
                }
                result.values()[i * n + j] = sum;
            }
        });
        return result;
    }

    /** X'B, d x k, for a matrix B (n x k). */
    DoubleMatrix transposeTimes(DoubleMatrix b, Execution execution) {
        Sparse s = sparse;
        if (s == null) {
            return product(all.transpose(), b, execution);
        }
        DoubleMatrix result = DoubleMatrix.zeros(cols(), b.cols());
        for (int i = 0; i < rows(); i++) {
            for (int e = s.starts[i]; e < s.starts[i + 1]; e++) {
                addMultiple(result.values(), s.columns[e] * b.cols(), s.values[e], b.values(), i * b.cols(), b.cols());
            }
        }
        return result;
    }

    /** X' diag(weights) X, d x d, one below the other for each column of the weights (n x c): c d x d. */
    DoubleMatrix weightedGrams(DoubleMatrix weights, Execution execution) {
        int d = cols();
        DoubleMatrix result = DoubleMatrix.zeros(weights.cols() * d, d);
        Sparse s = sparse;
        if (s == null) {
            DoubleMatrix transposed = all.transpose();
            for (int l = 0; l < weights.cols(); l++) {
                DoubleMatrix gram = product(transposed, scaledRows(weights, l), execution);
                System.arraycopy(gram.values(), 0, result.values(), l * d * d, d * d);
            }
            return result;
        }
        execution.workers().run(weights.cols(), l -> {
            for (int i = 0; i < rows(); i++) {
                double weight = weights.values()[i * weights.cols() + l];
                for (int e = s.starts[i]; e < s.starts[i + 1]; e++) {
                    for (int f = s.starts[i]; f < s.starts[i + 1]; f++) {
                        result.values()[(l * d + s.columns[e]) * d + s.columns[f]] +=
                                weight * s.values[e] * s.values[f];
                    }
                }
            }
        });
        return result;
    }

    /** Rows of X, each times its entry in column l of the factors (n x c). */
    DoubleMatrix scaledRows(DoubleMatrix factors, int l) {
        DoubleMatrix result = DoubleMatrix.zeros(rows(), cols());
        for (int i = 0; i < rows(); i++) {
            addMultiple(result.values(), i * cols(), factors.get(i, l), all.values(), i * cols(), cols());
        }
        return result;
    }

    /**
     * Adds, for a row i of X and every column s, {@code X_is} times the given numbers to {@code target[at + s * stride ..]}.
     *
     * @param numbers {@code count} of them from {@code from}
     */
    void addOuter(int i, double[] numbers, int from, int count, double factor, double[] target, int at, int stride) {
        Sparse s = sparse;
        if (s == null) {
            for (int c = 0; c < cols(); c++) {
                addMultiple(target, at + c * stride, factor * all.values()[i * cols() + c], numbers, from, count);
            }
            return;
        }
        for (int e = s.starts[i]; e < s.starts[i + 1]; e++) {
            addMultiple(target, at + s.columns[e] * stride, factor * s.values[e], numbers, from, count);
        }
    }

    static DoubleMatrix product(DoubleMatrix a, DoubleMatrix b, Execution execution) {
        return a.times(b, execution.engine().doubleKernels(), execution.workers());
    }

    private static void addMultiple(double[] target, int at, double factor, double[] source, int from, int count) {
        for (int k = 0; k < count; k++) {
            target[at + k] += factor * source[from + k];
        }
    }
}

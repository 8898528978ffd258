package ml.refract.wide;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleCholesky;
import ml.refract.linalg.DoubleMatrix;

/**
 * Completes a matrix whose rows are independent and share a kernel K between their columns: y_missing = y_observed (K_oo +
 * ridge I)^-1 K_om, the prediction of a network of infinite width (specification of the RFM family, section 10). Rows that miss
 * the same columns are solved for together, so that a matrix whose rows all miss the same columns takes one factorisation.
 *
 * <p>The kernel comes from {@link ColumnPriors} or, for the pixels of an image, from {@link PixelNetwork}. Immutable, deterministic
 * for any number of threads.
 */
public final class KernelCompletion {
    private final DoubleMatrix kernel;

    /**
     * @param kernel symmetric positive semidefinite n x n matrix K; not copied
     * @throws IllegalArgumentException when it is not square
     */
    public KernelCompletion(DoubleMatrix kernel) {
        if (kernel.rows() != kernel.cols()) {
            throw new IllegalArgumentException(
                    "A kernel between columns is a square matrix, got " + kernel.rows() + " x " + kernel.cols());
        }
        this.kernel = kernel;
    }

    /** K. */
    public DoubleMatrix kernel() {
        return kernel;
    }

    /**
     * The matrix with its missing entries predicted; those observed stay as they are.
     *
     * <p>Cost for each set of columns missed, o of them observed, in r rows: o^3/3 + r n o flops, memory 3 o^2 doubles.
     *
     * @param values m x n, NaN where missing
     * @param ridge at least 0: what is added to the diagonal of K_oo, as a share of its mean; 0 interpolates what is observed
     * @throws IllegalArgumentException when shapes differ, an entry is infinite, a row has no observed entry or the kernel of the
     *     observed columns has no inverse
     * @throws ml.refract.engine.CancelledException when cancelled
     */
    public DoubleMatrix complete(DoubleMatrix values, double ridge, Execution execution) {
        if (values.cols() != kernel.cols()) {
            throw new IllegalArgumentException(
                    "The kernel is between " + kernel.cols() + " columns, the matrix has " + values.cols());
        }
        if (!(ridge >= 0 && ridge <= Double.MAX_VALUE)) {
            throw new IllegalArgumentException("The ridge must be at least 0 and finite, got " + ridge);
        }
        DoubleMatrix result = values.copy();
        Map<BitSet, List<Integer>> patterns = rowsByPattern(values);
        int done = 0;
        for (Map.Entry<BitSet, List<Integer>> pattern : patterns.entrySet()) {
            execution.requireNotCancelled();
            execution.progress().report("completing", (double) done++ / patterns.size());
            fill(pattern.getKey(), pattern.getValue(), ridge, result, execution);
        }
        execution.progress().report("completed", 1);
        return result;
    }

    /** Rows by the columns they observe, in the order they come. */
    private static Map<BitSet, List<Integer>> rowsByPattern(DoubleMatrix values) {
        Map<BitSet, List<Integer>> patterns = new LinkedHashMap<>();
        for (int i = 0; i < values.rows(); i++) {
            BitSet observed = new BitSet(values.cols());
            for (int j = 0; j < values.cols(); j++) {
                double value = values.get(i, j);
                if (Double.isInfinite(value)) {
                    throw new IllegalArgumentException("The entry in row " + i + " and column " + j
                            + " is infinite; entries must be finite, or NaN where they are missing");
                }
                observed.set(j, !Double.isNaN(value));
            }
            if (observed.isEmpty()) {
                throw new IllegalArgumentException("Row " + i
                        + " has no observed entry to predict the others from; leave it " + "out, or give it one");
            }
            patterns.computeIfAbsent(observed, none -> new ArrayList<>()).add(i);
        }
        return patterns;
    }

    private void fill(BitSet observed, List<Integer> rows, double ridge, DoubleMatrix result, Execution execution) {
        int[] known = observed.stream().toArray();
        BitSet rest = new BitSet(kernel.cols());
        rest.set(0, kernel.cols());
        rest.andNot(observed);
        int[] missing = rest.stream().toArray();
        if (missing.length == 0) {
            return;
        }
        DoubleMatrix y = DoubleMatrix.zeros(known.length, rows.size());
        for (int k = 0; k < known.length; k++) {
            for (int r = 0; r < rows.size(); r++) {
                y.set(k, r, result.get(rows.get(r), known[k]));
            }
        }
        DoubleMatrix coefficients = factor(known, ridge, execution).solve(y);
        DoubleMatrix predicted =
                block(missing, known).times(coefficients, execution.engine().doubleKernels(), execution.workers());
        for (int k = 0; k < missing.length; k++) {
            for (int r = 0; r < rows.size(); r++) {
                result.set(rows.get(r), missing[k], predicted.get(k, r));
            }
        }
    }

    private DoubleCholesky factor(int[] known, double ridge, Execution execution) {
        double mean = 0;
        for (int k : known) {
            mean += kernel.get(k, k) / known.length;
        }
        return DoubleCholesky.of(
                        block(known, known), ridge * mean, execution.engine().doubleKernels(), execution.workers())
                .orElseThrow(() -> new IllegalArgumentException("The kernel of the " + known.length
                        + " observed columns has no inverse: columns are too alike; give them a longer tail, or raise the "
                        + "ridge above " + ridge));
    }

    private DoubleMatrix block(int[] rows, int[] cols) {
        DoubleMatrix result = DoubleMatrix.zeros(rows.length, cols.length);
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < cols.length; j++) {
                result.set(i, j, kernel.get(rows[i], cols[j]));
            }
        }
        return result;
    }
}

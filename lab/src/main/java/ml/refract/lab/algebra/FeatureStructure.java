package ml.refract.lab.algebra;

import ml.refract.linalg.DoubleMatrix;

/** What is circulant in a learned metric, and how alike two of them are (arXiv 2407.20199; specification of the family, section 4.1). */
public final class FeatureStructure {
    private FeatureStructure() {}

    /** Along which lines the entries of a block are the same, indices taken modulo its order. */
    public enum Lines {
        /** Entry (i, j) depends on j - i: circulant. */
        DIAGONALS,
        /** Entry (i, j) depends on i + j. */
        ANTIDIAGONALS
    }

    /** A block of a matrix as a matrix of its own. */
    public static DoubleMatrix block(DoubleMatrix matrix, int row, int col, int size) {
        DoubleMatrix result = DoubleMatrix.zeros(size, size);
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                result.set(i, j, matrix.get(row + i, col + j));
            }
        }
        return result;
    }

    /** Rows and columns of a matrix in another order, or some of them. */
    public static DoubleMatrix reordered(DoubleMatrix matrix, int[] order) {
        DoubleMatrix result = DoubleMatrix.zeros(order.length, order.length);
        for (int i = 0; i < order.length; i++) {
            for (int j = 0; j < order.length; j++) {
                result.set(i, j, matrix.get(order[i], order[j]));
            }
        }
        return result;
    }

    /**
     * The share of the squares of a square block that is not explained by a value for each line: 0 where entries along each are the
     * same, near 1 for a block of no such structure and mean 0.
     */
    public static double deviation(DoubleMatrix block, Lines lines) {
        int n = block.rows();
        double unexplained = 0;
        double total = 0;
        for (int line = 0; line < n; line++) {
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < n; i++) {
                int j = Math.floorMod(lines == Lines.DIAGONALS ? i + line : line - i, n);
                sum += block.get(i, j);
                squares += block.get(i, j) * block.get(i, j);
            }
            unexplained += squares - sum * sum / n;
            total += squares;
        }
        return unexplained / total;
    }

    /** The cosine of the angle between two matrices of the same shape as vectors. */
    public static double cosine(DoubleMatrix a, DoubleMatrix b) {
        double inner = 0;
        double squaresA = 0;
        double squaresB = 0;
        for (int k = 0; k < a.values().length; k++) {
            inner += a.values()[k] * b.values()[k];
            squaresA += a.values()[k] * a.values()[k];
            squaresB += b.values()[k] * b.values()[k];
        }
        return inner / Math.sqrt(squaresA * squaresB);
    }

    /**
     * The least-squares fit of a square block by c1 I + c2 11'.
     *
     * @param identity c1
     * @param ones c2
     */
    public record IdentityAndOnes(double identity, double ones) {
        /** Fits a block of order 2 and more. */
        public static IdentityAndOnes of(DoubleMatrix block) {
            int n = block.rows();
            double diagonal = 0;
            double all = 0;
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    all += block.get(i, j);
                }
                diagonal += block.get(i, i);
            }
            double off = (all - diagonal) / (n * (n - 1.0));
            return new IdentityAndOnes(diagonal / n - off, off);
        }
    }
}

package ml.refract.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.linalg.Rows;

/**
 * Random inputs from a seed. A failing test names its seeds; {@code -Drefract.test.seed=k} shifts all of them, to see
 * whether a tolerance holds for other draws.
 */
public final class TestData {
    private static final long SHIFT = Long.getLong("refract.test.seed", 0);

    private final SplittableRandom random;

    private TestData(long seed) {
        random = new SplittableRandom(seed);
        SeedReport.used(seed);
    }

    /** Draws from this seed. */
    public static TestData seeded(long seed) {
        return new TestData(seed + SHIFT);
    }

    /** A number between two bounds. */
    public double uniform(double low, double high) {
        return low + (high - low) * random.nextDouble();
    }

    /** A whole number from 0 to below the bound. */
    public int below(int bound) {
        return random.nextInt(bound);
    }

    /** A standard normal number (Box and Muller). */
    public double gaussian() {
        return Math.sqrt(-2 * Math.log(1 - random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
    }

    /** Independent standard normal numbers. */
    public double[] gaussians(int count) {
        double[] result = new double[count];
        for (int i = 0; i < count; i++) {
            result[i] = gaussian();
        }
        return result;
    }

    /** A matrix of independent standard normal numbers. */
    public DoubleMatrix matrix(int rows, int cols) {
        return DoubleMatrix.of(rows, cols, gaussians(rows * cols));
    }

    /** The same in float32. */
    public Matrix floats(int rows, int cols) {
        return toFloats(matrix(rows, cols));
    }

    /** A matrix rounded to float32. */
    public static Matrix toFloats(DoubleMatrix matrix) {
        float[] values = new float[matrix.values().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) matrix.values()[i];
        }
        return Matrix.of(matrix.rows(), matrix.cols(), values);
    }

    /**
     * Numbers of which any two in a column differ by at least half the spacing: a shuffled grid, moved a little. For
     * derivatives of kernels that have kinks where coordinates coincide.
     */
    public DoubleMatrix apart(int rows, int cols, double spacing) {
        DoubleMatrix result = DoubleMatrix.zeros(rows, cols);
        for (int j = 0; j < cols; j++) {
            int[] order = permutation(rows);
            for (int i = 0; i < rows; i++) {
                result.set(i, j, spacing * (order[i] - rows / 2.0 + uniform(-0.25, 0.25)));
            }
        }
        return result;
    }

    /** The numbers 0 .. n - 1 in random order. */
    public int[] permutation(int n) {
        int[] result = new int[n];
        for (int i = 0; i < n; i++) {
            int j = random.nextInt(i + 1);
            result[i] = result[j];
            result[j] = i;
        }
        return result;
    }

    /** A well-conditioned positive definite matrix: GG'/n + I/2. */
    public DoubleMatrix positiveDefinite(int n) {
        DoubleMatrix g = matrix(n, n);
        DoubleMatrix result = g.times(g.transpose());
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                result.set(i, j, result.get(i, j) / n + (i == j ? 0.5 : 0));
            }
        }
        return result;
    }

    /** A positive definite metric with one full block per size. */
    public BlockSymmetric blocks(int... sizes) {
        List<BlockSymmetric.Block> blocks = new ArrayList<>();
        for (int size : sizes) {
            blocks.add(new BlockSymmetric.Full(positiveDefinite(size)));
        }
        return BlockSymmetric.of(blocks);
    }

    /** A metric with one diagonal block per size, entries between 0.3 and 2. */
    public BlockSymmetric diagonals(int... sizes) {
        List<BlockSymmetric.Block> blocks = new ArrayList<>();
        for (int size : sizes) {
            double[] values = new double[size];
            for (int i = 0; i < size; i++) {
                values[i] = uniform(0.3, 2);
            }
            blocks.add(new BlockSymmetric.Diagonal(values));
        }
        return BlockSymmetric.of(blocks);
    }

    /** Codes of a group, the unknown level -1 among them. */
    public Design.Group codes(int rows, int levels) {
        int[] codes = new int[rows];
        for (int i = 0; i < rows; i++) {
            codes[i] = random.nextInt(levels + 1) - 1;
        }
        return new Design.Group(codes, levels);
    }

    /** The given dense columns beside one coded group of each size. */
    public Design design(Rows dense, int... levels) {
        List<Design.Group> groups = new ArrayList<>();
        for (int count : levels) {
            groups.add(codes(dense.rows(), count));
        }
        return Design.of(dense, groups);
    }

    /** The same rows with every coded group written out as columns of zeros and ones, in doubles. */
    public static Design oneHot(Design design) {
        DoubleMatrix result = DoubleMatrix.zeros(design.rows(), design.width());
        for (int i = 0; i < design.rows(); i++) {
            for (int j = 0; j < design.dense().cols(); j++) {
                result.set(i, j, design.dense().get(i, j));
            }
            int at = design.dense().cols();
            for (Design.Group group : design.groups()) {
                if (group.codes()[i] >= 0) {
                    result.set(i, at + group.codes()[i], 1);
                }
                at += group.levels();
            }
        }
        return Design.of(result);
    }
}

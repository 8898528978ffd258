package ml.refract.linalg;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;

/**
 * All eigenvalues and vectors of a symmetric tridiagonal matrix by divide and conquer (Cuppen 1981, "A divide and conquer
 * method for the symmetric tridiagonal eigenproblem"): halves are solved alone, as if the number that couples them were a
 * rank-one term, which is then added by a {@link RankOneUpdate}.
 *
 * <p>Cost at most 4/3 n^3 flops, less by what deflates. Memory beside the vectors: a block of columns for each thread.
 */
final class TridiagonalEigen {
    /** Order up to which a matrix is not divided. */
    private static final int LEAF = 32;
    /** Order up to which updates are shared out among threads whole. */
    private static final int SMALL = 256;

    private final int n;
    private final double[] values;
    private final double[] beside;
    private final double[] vectors;
    private final int[] order;
    private final DoubleKernels kernels;
    private final ParallelFor parallel;

    private TridiagonalEigen(double[] diagonal, double[] offDiagonal, DoubleKernels kernels, ParallelFor parallel) {
        this.n = diagonal.length;
        this.values = diagonal;
        this.beside = offDiagonal;
        this.vectors = new double[Shapes.length(n, n)];
        this.order = new int[n];
        this.kernels = kernels;
        this.parallel = parallel;
    }

    /**
     * Decomposes a matrix with entries not far above 1.
     *
     * @param diagonal n numbers, overwritten by the eigenvalues
     * @param offDiagonal n - 1 numbers, destroyed
     */
    static TridiagonalEigen of(
            double[] diagonal,
            double[] offDiagonal,
            DoubleKernels kernels,
            ParallelFor parallel,
            DoubleConsumer progress) {
        TridiagonalEigen eigen = new TridiagonalEigen(diagonal, offDiagonal, kernels, parallel);
        eigen.solve(progress);
        return eigen;
    }

    /** Eigenvalues, in the order of the rows of {@link #vectors}. */
    double[] values() {
        return values;
    }

    /** Eigenvectors as rows, n x n. */
    double[] vectors() {
        return vectors;
    }

    /** The row of each eigenvalue, smallest first. */
    int[] order() {
        return order;
    }

    /** A part of the matrix that was divided, and where. */
    private record Node(int lo, int mid, int hi) {}

    private void solve(DoubleConsumer progress) {
        List<int[]> levels = divisions();
        int[] leaves = levels.get(levels.size() - 1);
        for (int i = 1; i + 1 < leaves.length; i++) {
            int cut = leaves[i];
            double coupling = Math.abs(beside[cut - 1]);
            values[cut - 1] -= coupling;
            values[cut] -= coupling;
        }
        parallel.run(leaves.length - 1, i -> solveLeaf(leaves[i], leaves[i + 1]));
        for (int level = levels.size() - 2; level >= 0; level--) {
            double whole = Math.pow(0.25, level); // of the work, the last update takes three quarters
            join(
                    nodes(levels.get(level), levels.get(level + 1)),
                    share -> progress.accept(whole * (1 + 3 * share) / 4));
        }
        progress.accept(1);
    }

    /** Bounds of the parts on each level: the whole, its halves, their halves, until all are small. */
    private List<int[]> divisions() {
        List<int[]> levels = new ArrayList<>();
        int[] bounds = {0, n};
        levels.add(bounds);
        while (n > LEAF * (bounds.length - 1)) {
            int[] finer = new int[2 * bounds.length - 1];
            for (int i = 0; i + 1 < bounds.length; i++) {
                finer[2 * i] = bounds[i];
                finer[2 * i + 1] = (bounds[i] + bounds[i + 1]) / 2;
            }
            finer[finer.length - 1] = n;
            levels.add(finer);
            bounds = finer;
        }
        return levels;
    }

    private static List<Node> nodes(int[] bounds, int[] finer) {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i + 1 < bounds.length; i++) {
            nodes.add(new Node(bounds[i], finer[2 * i + 1], bounds[i + 1]));
        }
        return nodes;
    }

    private void solveLeaf(int lo, int hi) {
        double[][] rows = new double[hi - lo][hi - lo];
        for (int i = 0; i < rows.length; i++) {
            rows[i][i] = 1;
        }
        ImplicitQl.solve(values, beside, lo, hi, rows);
        for (int i = lo; i < hi; i++) {
            System.arraycopy(rows[i - lo], 0, vectors, i * n + lo, hi - lo);
            order[i] = i;
        }
        Vectors.sortByValue(order, lo, hi, values);
    }

    private void join(List<Node> nodes, DoubleConsumer progress) {
        if (nodes.get(0).hi() <= SMALL) {
            parallel.run(nodes.size(), i -> join(nodes.get(i), ParallelFor.serial(), share -> {}));
        } else {
            for (int i = 0; i < nodes.size(); i++) {
                int before = i;
                join(nodes.get(i), parallel, share -> progress.accept((before + share) / nodes.size()));
            }
        }
    }

    private void join(Node node, ParallelFor threads, DoubleConsumer progress) {
        new RankOneUpdate(values, vectors, order, node.lo(), node.mid(), node.hi(), kernels, threads)
                .apply(beside[node.mid() - 1], progress);
    }
}

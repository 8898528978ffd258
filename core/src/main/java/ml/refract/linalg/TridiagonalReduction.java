package ml.refract.linalg;

import static ml.refract.linalg.DoubleKernels.COLUMNS;
import static ml.refract.linalg.DoubleKernels.ROWS;
import static ml.refract.linalg.DoubleKernels.STRIP;

import java.util.Arrays;
import java.util.function.DoubleConsumer;
import ml.refract.linalg.PackedProduct.Operand;

/**
 * A = Q T Q' with T tridiagonal and Q a product of Householder reflections I - tau v v', for the upper triangle of a
 * symmetric matrix. Rows are eliminated in panels: within one, a row is brought up to date only when its turn comes, and
 * the rest of the matrix is updated once, by a product of depth twice the panel (Dongarra, Sorensen and Hammarling 1989,
 * "Block reduction of matrices to condensed forms"; Golub and Van Loan, section 8.3).
 *
 * <p>Cost 4/3 n^3 flops, half of them in one reading of the rest of the matrix for each row. Sums run in an order that
 * depends on n alone.
 */
final class TridiagonalReduction {
    /** Rows eliminated before the rest is updated. */
    private static final int PANEL = 32;
    /** Rows of one task of an update. */
    private static final int BAND = 64;
    /** Rows below which one task multiplies the rest by a vector, and for each further task. */
    private static final int ROWS_PER_TASK = 512;

    private static final int MOST_TASKS = 16;
    /** A row this small beside a matrix with entries about 1 counts as zero; squares of what is larger do not underflow. */
    private static final double NEGLIGIBLE = 1e-140;

    private final DoubleKernels kernels;
    private final ParallelFor parallel;
    private final int n;
    /** Row j holds, right of the diagonal, first what is left of A and then the reflection v of step j. */
    private final double[] a;

    private final double[] diagonal;
    private final double[] offDiagonal;
    private final double[] tau;
    /** Row l of the panel: what is left of it, then its reflection. */
    private final double[][] v;
    /** A is to be reduced by v w' + w v' for each row of the panel. */
    private final double[][] w;
    /** Sums of each task of a product with the rest of the matrix. */
    private final double[][] partial;

    private TridiagonalReduction(double[] a, int n, DoubleKernels kernels, ParallelFor parallel) {
        this.kernels = kernels;
        this.parallel = parallel;
        this.n = n;
        this.a = a;
        this.diagonal = new double[n];
        this.offDiagonal = new double[Math.max(0, n - 1)];
        this.tau = new double[Math.max(0, n - 1)];
        this.v = new double[Math.min(PANEL, n)][n];
        this.w = new double[Math.min(PANEL, n)][n];
        this.partial = new double[tasks(n)][];
    }

    /**
     * Reduces a matrix.
     *
     * @param a n x n, row-major, largest entry about 1; its upper triangle is read and all of it overwritten
     */
    static TridiagonalReduction of(
            double[] a, int n, DoubleKernels kernels, ParallelFor parallel, DoubleConsumer progress) {
        TridiagonalReduction reduction = new TridiagonalReduction(a, n, kernels, parallel);
        for (int from = 0; from < n; from += PANEL) {
            int to = Math.min(n, from + PANEL);
            reduction.reducePanel(from, to);
            reduction.update(from, to);
            double left = 1 - (double) to / n;
            progress.accept(1 - left * left * left);
        }
        return reduction;
    }

    /** The diagonal of T. */
    double[] diagonal() {
        return diagonal;
    }

    /** What stands beside the diagonal of T, n - 1 numbers. */
    double[] offDiagonal() {
        return offDiagonal;
    }

    /**
     * Q: its reflections and their factors, for {@link Reflections#apply}. Shares the array of the matrix that was reduced.
     */
    Reflections reflections() {
        return new Reflections(a, n, tau, kernels, parallel);
    }

    private void reducePanel(int from, int to) {
        for (int j = from; j < to; j++) {
            int l = j - from;
            System.arraycopy(a, j * n + j, v[l], j, n - j);
            for (int k = 0; k < l; k++) {
                Vectors.subtract(v[l], v[k][j], w[k], w[k][j], v[k], j);
            }
            diagonal[j] = v[l][j];
            if (j + 1 < n) {
                reflect(j, v[l]);
                formW(l, j);
                System.arraycopy(v[l], j + 1, a, j * n + j + 1, n - j - 1);
            }
        }
    }

    /** Replaces what follows entry j by the reflection that makes it a multiple of the first unit vector. */
    private void reflect(int j, double[] row) {
        double head = row[j + 1];
        double rest = Vectors.dot(row, row, j + 2);
        row[j + 1] = 1;
        if (Math.sqrt(rest) <= NEGLIGIBLE) {
            Arrays.fill(row, j + 2, n, 0);
            offDiagonal[j] = head;
            tau[j] = 0;
            return;
        }
        double norm = Math.sqrt(head * head + rest);
        double image = head > 0 ? -norm : norm;
        offDiagonal[j] = image;
        tau[j] = (image - head) / image;
        Vectors.scale(row, 1 / (head - image), j + 2);
    }

    /** w = tau (A v - V W' v - W V' v), less half its part along v; A as it was before the panel. */
    private void formW(int l, int j) {
        double[] vj = v[l];
        double[] wj = w[l];
        int s = j + 1;
        if (tau[j] == 0) {
            Arrays.fill(wj, 0);
            return;
        }
        multiplyTrailing(j, vj, wj);
        for (int k = 0; k < l; k++) {
            Vectors.subtract(wj, Vectors.dot(w[k], vj, s), v[k], Vectors.dot(v[k], vj, s), w[k], s);
        }
        Vectors.scale(wj, tau[j], s);
        Vectors.subtract(wj, 0.5 * tau[j] * Vectors.dot(wj, vj, s), vj, s);
    }

    private static int tasks(int rows) {
        return Math.max(1, Math.min(MOST_TASKS, rows / ROWS_PER_TASK));
    }

    /** y := A x for the rows and columns beyond j. */
    private void multiplyTrailing(int j, double[] x, double[] y) {
        int s = j + 1;
        int m = n - s;
        int tasks = tasks(m);
        parallel.run(tasks, t -> {
            if (partial[t] == null) {
                partial[t] = new double[n];
            }
            int begin = s + share(m, t, tasks);
            Arrays.fill(partial[t], begin, n, 0);
            multiplyRows(begin, s + share(m, t + 1, tasks), x, partial[t]);
        });
        System.arraycopy(partial[0], s, y, s, m);
        for (int t = 1; t < tasks; t++) {
            for (int c = s + share(m, t, tasks); c < n; c++) {
                y[c] += partial[t][c];
            }
        }
    }

    /** Where the t-th of equal shares of a triangle of m rows begins. */
    private static int share(int m, int t, int tasks) {
        return (int) Math.round(m * (1 - Math.sqrt(1 - (double) t / tasks)));
    }

    /** Adds what rows of the triangle contribute to its product with x. */
    private void multiplyRows(int begin, int end, double[] x, double[] y) {
        double[] products = new double[DoubleKernels.PRODUCTS];
        int i = begin;
        for (; i + STRIP <= end; i += STRIP) {
            int next = i + STRIP;
            kernels.multiplySymmetric(a, i * n + next, n, n - next, x, next, x, i, y, next, products);
            for (int r = i; r < next; r++) {
                y[r] += products[r - i];
                multiplyRow(r, next, x, y);
            }
        }
        for (; i < end; i++) {
            multiplyRow(i, n, x, y);
        }
    }

    /** The part of one row up to a column. */
    private void multiplyRow(int r, int end, double[] x, double[] y) {
        double sum = a[r * n + r] * x[r];
        for (int c = r + 1; c < end; c++) {
            sum += a[r * n + c] * x[c];
            y[c] += a[r * n + c] * x[r];
        }
        y[r] += sum;
    }

    /** A := A - V W' - W V' beyond the panel. */
    private void update(int from, int to) {
        int m = n - to;
        int rows = to - from;
        int depth = 2 * rows;
        if (m == 0) {
            return;
        }
        double[] left = new double[PackedProduct.padded(m, ROWS) * depth];
        double[] right = new double[PackedProduct.padded(m, COLUMNS) * depth];
        for (int l = 0; l < rows; l++) {
            int top = l * ROWS;
            PackedProduct.packAcross(v[l], to, n, 1, m, ROWS, -1, left, top, ROWS * depth);
            PackedProduct.packAcross(w[l], to, n, 1, m, ROWS, -1, left, top + ROWS * rows, ROWS * depth);
            int start = l * COLUMNS;
            PackedProduct.packAcross(w[l], to, n, 1, m, COLUMNS, 1, right, start, COLUMNS * depth);
            PackedProduct.packAcross(v[l], to, n, 1, m, COLUMNS, 1, right, start + COLUMNS * rows, COLUMNS * depth);
        }
        parallel.run((m + BAND - 1) / BAND, band -> {
            int r = band * BAND; // a multiple of the columns of a strip, so that strips begin at the diagonal
            new PackedProduct(kernels)
                    .add(
                            new Operand(left, r * depth, ROWS * depth),
                            Math.min(BAND, m - r),
                            new Operand(right, r * depth, COLUMNS * depth),
                            m - r,
                            depth,
                            a,
                            (to + r) * n + to + r,
                            n);
        });
    }
}

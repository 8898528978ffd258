package ml.refract.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import ml.refract.engine.Engines;
import ml.refract.engine.Workers;
import ml.refract.linalg.DoubleKernels;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.linalg.SymmetricEigen;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/**
 * Times all eigenvalues and vectors of symmetric matrices on one thread and on two, with the accuracy of the result: of a
 * matrix of independent normal numbers, where the divide and conquer saves nothing, and of a Gauss kernel, where it does. Writes
 * {@code eigen.md}.
 *
 * <p>Arguments: output folder, and optionally orders.
 */
public final class EigenTime {
    private static final int[] ORDERS = {500, 1000, 2000, 5000};
    /** Orders up to this are timed several times, after a few runs that are not, and with EJML. */
    private static final int SMALL = 1000;

    private static final int RUNS = 5;
    private static final int WARM_UP = 300;
    private static final int POINT_WIDTH = 5;
    private static final double UNIT = Math.ulp(0.5);

    private final DoubleKernels kernels = Engines.choose().engine().doubleKernels();

    private EigenTime() {}

    /** Runs the measurement. */
    public static void main(String[] args) throws IOException {
        if (args.length < 1) {
            throw new IllegalArgumentException("wanted: OUTPUT_FOLDER [ORDER ...]");
        }
        int[] orders = args.length == 1
                ? ORDERS
                : Arrays.stream(args).skip(1).mapToInt(Integer::parseInt).toArray();
        Path output = Path.of(args[0]);
        Files.createDirectories(output);
        Files.writeString(output.resolve("eigen.md"), new EigenTime().document(orders));
    }

    private String document(int[] orders) {
        for (int k = 0; k < 2 * RUNS; k++) {
            time(normal(WARM_UP), 2);
        }
        StringBuilder text = new StringBuilder("# All eigenvalues and vectors of symmetric matrices\n\n")
                .append(Machine.describe("BENCH_OPTS=-Xmx4g bench/run EigenTime docs/benchmarks"))
                .append("`SymmetricEigen` in double, the best of ")
                .append(RUNS)
                .append(" runs up to order ")
                .append(SMALL)
                .append(
                        " and one run beyond. Reduction: to a tridiagonal matrix, 4/3 n^3 flops. Rate of the whole: what ")
                .append(
                        "4/3 + 4/3 + 2 n^3 flops would be, the most it can take; kernels take less. Residual: largest entry ")
                .append("of A V - V L over the norm of A, and largest entry of V'V - I, both in units of 2^-53.\n\n")
                .append(
                        "| matrix | order | threads | reduction | GFLOP/s | divide and conquer | reflections | total | ")
                .append("GFLOP/s | residual | orthogonality | EJML |\n")
                .append("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
        for (int n : orders) {
            addRows(text, "normal", normal(n));
            addRows(text, "Gauss kernel", gaussKernel(n));
        }
        return text.toString();
    }

    private void addRows(StringBuilder text, String name, DoubleMatrix a) {
        String ejml = a.rows() <= SMALL ? String.format(Locale.ROOT, "%.2f s", ejmlSeconds(a)) : "";
        for (int threads = 1; threads <= 2; threads++) {
            String row = row(name, a, threads, ejml);
            System.out.println(row);
            text.append(row).append('\n');
        }
    }

    private String row(String name, DoubleMatrix a, int threads, String ejml) {
        Times best = time(a, threads);
        for (int run = 1; run < RUNS && a.rows() <= SMALL; run++) {
            Times other = time(a, threads);
            best = other.total < best.total ? other : best;
        }
        double cube = Math.pow(a.rows(), 3) * 1e-9;
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %.3f s | %.0f | %.3f s | %.3f s | %.3f s | %.0f | %.0f | %.0f | %s |",
                name,
                a.rows(),
                threads,
                best.reduced,
                4.0 / 3 * cube / best.reduced,
                best.divided - best.reduced,
                best.total - best.divided,
                best.total,
                14.0 / 3 * cube / best.total,
                residual(a, best.eigen) / UNIT,
                deviation(best.eigen) / UNIT,
                ejml);
    }

    /** Seconds until each part was done. */
    private record Times(double reduced, double divided, double total, SymmetricEigen eigen) {}

    private Times time(DoubleMatrix a, int threads) {
        double[] ends = new double[2];
        try (Workers workers = new Workers(threads)) {
            long start = System.nanoTime();
            SymmetricEigen eigen = SymmetricEigen.of(a, kernels, workers, share -> {
                double seconds = (System.nanoTime() - start) * 1e-9;
                ends[0] = share <= 0.5 ? seconds : ends[0];
                ends[1] = share <= 0.7 ? seconds : ends[1];
            });
            return new Times(ends[0], ends[1], (System.nanoTime() - start) * 1e-9, eigen);
        }
    }

    private static double ejmlSeconds(DoubleMatrix a) {
        double best = Double.POSITIVE_INFINITY;
        for (int run = 0; run < 2; run++) {
            DMatrixRMaj copy =
                    new DMatrixRMaj(a.rows(), a.cols(), true, a.values().clone());
            long start = System.nanoTime();
            EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(a.rows(), true, true);
            if (!eigen.decompose(copy)) {
                return Double.NaN;
            }
            best = Math.min(best, (System.nanoTime() - start) * 1e-9);
        }
        return best;
    }

    private double residual(DoubleMatrix a, SymmetricEigen eigen) {
        int n = a.rows();
        DoubleMatrix image = eigen.vectors().times(a, kernels, ParallelFor.serial());
        double largest = 0;
        for (int k = 0; k < n; k++) {
            for (int i = 0; i < n; i++) {
                largest = Math.max(
                        largest,
                        Math.abs(image.get(k, i)
                                - eigen.value(k) * eigen.vectors().get(k, i)));
            }
        }
        return largest / Math.max(Math.abs(eigen.value(0)), Math.abs(eigen.value(n - 1)));
    }

    private double deviation(SymmetricEigen eigen) {
        DoubleMatrix v = eigen.vectors();
        DoubleMatrix gram = v.times(v.transpose(), kernels, ParallelFor.serial());
        double largest = 0;
        for (int i = 0; i < v.rows(); i++) {
            for (int j = 0; j < v.rows(); j++) {
                largest = Math.max(largest, Math.abs(gram.get(i, j) - (i == j ? 1 : 0)));
            }
        }
        return largest;
    }

    private static DoubleMatrix normal(int n) {
        SplittableRandom random = new SplittableRandom(n);
        DoubleMatrix a = DoubleMatrix.zeros(n, n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double value = random.nextGaussian();
                a.set(i, j, value);
                a.set(j, i, value);
            }
        }
        return a;
    }

    private static DoubleMatrix gaussKernel(int n) {
        SplittableRandom random = new SplittableRandom(n);
        double[][] points = new double[n][POINT_WIDTH];
        for (double[] point : points) {
            Arrays.setAll(point, k -> random.nextGaussian());
        }
        DoubleMatrix a = DoubleMatrix.zeros(n, n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double square = 0;
                for (int k = 0; k < POINT_WIDTH; k++) {
                    square += Math.pow(points[i][k] - points[j][k], 2);
                }
                a.set(i, j, Math.exp(-square / 2));
            }
        }
        return a;
    }
}

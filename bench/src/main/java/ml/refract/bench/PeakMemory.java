package ml.refract.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import ml.refract.engine.Execution;
import ml.refract.kernel.Kernel;
import ml.refract.kernel.Metric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.rfm.Rfm;
import ml.refract.rfm.RfmOptions;
import ml.refract.solver.KernelStorage;

/**
 * The smallest heap that one kernel ridge solve runs in, found by halving, beside a float32 triangle of the kernel matrix. Writes
 * {@code peak-memory.md}.
 *
 * <p>Arguments: output folder.
 */
public final class PeakMemory {
    private static final int COORDINATES = 20;
    private static final int TINY = 300;
    private static final int[] ROWS = {5_000, 10_000, 16_000};
    private static final double BOUND = 1.2;

    private PeakMemory() {}

    /** Runs the measurement. */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length != 1) {
            throw new IllegalArgumentException("wanted: OUTPUT_FOLDER");
        }
        int own = smallestHeap(TINY, KernelStorage.KEPT);
        StringBuilder text = new StringBuilder("# Peak memory of a direct solve\n\n")
                .append(Machine.describe("bench/run PeakMemory docs/benchmarks"))
                .append("The smallest heap (`-Xmx`, serial collector) in which one solve of n rows with ")
                .append(COORDINATES)
                .append(" coordinates and one target succeeds, less the ")
                .append(own)
                .append(" MiB that one of ")
                .append(TINY)
                .append(
                        " rows needs, and how many float32 triangles of n^2/2 that is. Kept: the kernel beside its factor, two ")
                .append(
                        "triangles. Recomputed: the factor alone.\n\n| rows | kernel | heap | more than tiny | triangles |\n")
                .append("|---:|---|---:|---:|---:|\n");
        List<Target> targets = new ArrayList<>();
        for (int n : ROWS) {
            for (KernelStorage storage : KernelStorage.values()) {
                int heap = smallestHeap(n, storage);
                double triangles = (heap - own) / (2.0 * n * n / (1 << 20));
                String kind = storage.name().toLowerCase(Locale.ROOT);
                text.append(String.format(
                        Locale.ROOT, "| %d | %s | %d MiB | %d MiB | %.2f |%n", n, kind, heap, heap - own, triangles));
                System.out.println(n + " " + kind + " " + triangles);
                int expected = storage == KernelStorage.KEPT ? 2 : 1;
                targets.add(Target.atMost(
                        n + " rows, " + kind + ": memory by " + (expected == 2 ? "two triangles" : "one triangle"),
                        "%.2f",
                        BOUND,
                        triangles / expected));
            }
        }
        text.append(Target.section(targets));
        Files.writeString(Files.createDirectories(Path.of(args[0])).resolve("peak-memory.md"), text);
    }

    private static int smallestHeap(int n, KernelStorage storage) throws IOException, InterruptedException {
        int enough = 64 + (int) (12L * n * n >> 20);
        int tooSmall = 2;
        while (enough - tooSmall > Math.max(1, enough / 100)) {
            int middle = (enough + tooSmall) / 2;
            if (succeeds(n, storage, middle)) {
                enough = middle;
            } else {
                tooSmall = middle;
            }
        }
        return enough;
    }

    private static boolean succeeds(int n, KernelStorage storage, int heap) throws IOException, InterruptedException {
        return new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "--add-modules=jdk.incubator.vector",
                                "-XX:+UseSerialGC",
                                "-Xmx" + heap + "m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Solve.class.getName(),
                                String.valueOf(n),
                                storage.name())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    /** One solve, in a JVM of its own. */
    static final class Solve {
        private Solve() {}

        /** Solves for {@code args[0]} rows, with the kernel stored as {@code args[1]} says. */
        public static void main(String[] args) {
            int n = Integer.parseInt(args[0]);
            SplittableRandom random = new SplittableRandom(1);
            float[] x = new float[n * COORDINATES];
            DoubleMatrix y = DoubleMatrix.zeros(n, 1);
            for (int i = 0; i < n; i++) {
                for (int s = 0; s < COORDINATES; s++) {
                    x[i * COORDINATES + s] = (float) random.nextDouble(-1, 1);
                }
                y.set(i, 0, Math.sin(3 * x[i * COORDINATES]));
            }
            try (Execution execution = Execution.defaults()) {
                double residual = Rfm.solve(
                                Design.of(Matrix.of(n, COORDINATES, x)),
                                y,
                                Kernel.laplace(10, 1),
                                Metric.identity(),
                                RfmOptions.reference().toBuilder()
                                        .storage(KernelStorage.valueOf(args[1]))
                                        .build(),
                                execution)
                        .solution()
                        .residual();
                if (!(residual < 1e-6)) {
                    throw new IllegalStateException("The residual is " + residual);
                }
            }
        }
    }
}

package ml.refract.bench;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasColMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import ml.refract.engine.Engine;
import ml.refract.engine.Execution;
import ml.refract.engine.scalar.ScalarEngine;
import ml.refract.engine.vector.VectorEngine;
import ml.refract.linalg.Cholesky;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.linalg.Panels;
import ml.refract.linalg.ParallelFor;
import ml.refract.linalg.SymmetricTiles;
import ml.refract.openblas.OpenBlasEngine;
import ml.refract.rfm.Rfm;
import ml.refract.rfm.RfmOptions;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Times the arithmetic of a factorisation, whole factorisations and whole fits on every engine, side by side. Writes
 * {@code engines.md}.
 *
 * <p>Arguments: output folder, and optionally the order of the matrix that is factored, 10000 unless told.
 */
public final class EngineComparison {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 3;
    private static final double WARM_UP_SECONDS = 0.4;
    private static final int BATCHES = 100;
    private static final int TILE = Panels.TILE;
    private static final double PRODUCT_FLOPS = 2.0 * TILE * TILE * TILE;
    private static final int NATIVE_CALLS = 5;
    /** Factorisations that take longer are done in one round only. */
    private static final double ONCE_SECONDS = 20;

    private static final int FIT_ROWS = 4000;
    private static final int FIT_COLUMNS = 20;

    private final int order;
    private final List<Subject<?>> subjects = List.of(
            new Subject<>("vector", new VectorEngine()),
            new Subject<>("openblas over vector", OpenBlasEngine.over(new VectorEngine())),
            new Subject<>("scalar", new ScalarEngine()),
            new Subject<>("openblas over scalar", OpenBlasEngine.over(new ScalarEngine())));

    private EngineComparison(int order) {
        this.order = order;
    }

    /** Runs the measurement. */
    public static void main(String[] args) throws IOException {
        if (args.length < 1) {
            throw new IllegalArgumentException("wanted: OUTPUT_FOLDER [ORDER]");
        }
        Path output = Files.createDirectories(Path.of(args[0]));
        String document = new EngineComparison(args.length > 1 ? Integer.parseInt(args[1]) : 10_000).run();
        Files.writeString(output.resolve("engines.md"), document);
    }

    /** The least times of one engine, in seconds. */
    private static final class Subject<A> {
        final String name;
        final Engine<A> engine;
        final double[] best = new double[Work.values().length];

        Subject(String name, Engine<A> engine) {
            this.name = name;
            this.engine = engine;
            Arrays.fill(best, Double.POSITIVE_INFINITY);
        }

        void measure(int order) {
            timeTiles();
            timeFactorisation(order);
            timeFit();
        }

        private void timeTiles() {
            A a = engine.allocate(Panels.length(TILE, TILE));
            A b = engine.allocate(Panels.length(TILE, TILE));
            A c = engine.allocate(Panels.length(TILE, TILE));
            A definite = engine.allocate(Panels.length(TILE, TILE));
            SplittableRandom random = new SplittableRandom(1);
            for (int k = 0; k < TILE * TILE; k++) {
                engine.set(a, k, random.nextDouble() - 0.5);
                engine.set(b, k, random.nextDouble() - 0.5);
                engine.set(definite, k, random.nextDouble() / TILE);
            }
            for (int i = 0; i < TILE; i++) {
                engine.set(definite, Panels.index(i, i, TILE), 1);
            }
            A factor = engine.allocate(Panels.length(TILE, TILE));
            repeat(Work.PRODUCT, () -> engine.subtractProduct(a, b, TILE, c, TILE, TILE));
            repeat(Work.FACTOR, () -> {
                engine.copy(definite, factor, TILE * TILE);
                if (engine.factor(factor, TILE) >= 0) {
                    throw new IllegalStateException("A positive definite tile was not factored");
                }
            });
            repeat(Work.SOLVE, () -> engine.solveRight(factor, TILE, a, TILE));
        }

        /** Warms up, then takes the best of many short batches: on a shared machine some go undisturbed. */
        private void repeat(Work work, Runnable call) {
            int batch = 1 + calls(call, WARM_UP_SECONDS) / BATCHES;
            for (int k = 0; k < BATCHES; k++) {
                long start = clock();
                for (int i = 0; i < batch; i++) {
                    call.run();
                }
                record(work, start, batch);
            }
        }

        private void timeFactorisation(int order) {
            if (seconds(Work.CHOLESKY) > ONCE_SECONDS && Double.isFinite(seconds(Work.CHOLESKY))) {
                return;
            }
            SymmetricTiles<A> matrix = matrix(order);
            Cholesky<A> cholesky = new Cholesky<>(engine, order, ParallelFor.serial());
            long start = clock();
            if (cholesky.factor(matrix, 0, share -> {}) >= 0) {
                throw new IllegalStateException("A positive definite matrix was not factored");
            }
            record(Work.CHOLESKY, start, 1);
        }

        /** A matrix whose diagonal outweighs the rest. */
        private SymmetricTiles<A> matrix(int order) {
            SymmetricTiles<A> matrix = new SymmetricTiles<>(engine, order);
            SplittableRandom random = new SplittableRandom(2);
            for (int i = 0; i < matrix.tileCount(); i++) {
                for (int j = 0; j <= i; j++) {
                    A tile = matrix.tile(i, j);
                    int cols = matrix.tileRows(j);
                    for (int r = 0; r < matrix.tileRows(i); r++) {
                        for (int c = 0; c < cols; c++) {
                            boolean diagonal = i == j && r == c;
                            engine.set(
                                    tile, Panels.index(r, c, cols), diagonal ? 2 : (random.nextDouble() - 0.5) / order);
                        }
                    }
                }
            }
            return matrix;
        }

        private void timeFit() {
            SplittableRandom random = new SplittableRandom(3);
            Matrix x = Matrix.zeros(FIT_ROWS, FIT_COLUMNS);
            DoubleMatrix y = DoubleMatrix.zeros(FIT_ROWS, 1);
            for (int i = 0; i < FIT_ROWS; i++) {
                for (int s = 0; s < FIT_COLUMNS; s++) {
                    x.set(i, s, (float) (2 * random.nextDouble() - 1));
                }
                y.set(i, 0, Math.sin(3 * x.get(i, 0)) + x.get(i, 1) * x.get(i, 2));
            }
            RfmOptions options =
                    RfmOptions.reference().toBuilder().iterations(2).build();
            try (Execution execution =
                    Execution.builder().engine(engine).threads(1).build()) {
                long start = clock();
                Rfm.fit(Design.of(x), y, Optional.empty(), options, execution);
                record(Work.FIT, start, 1);
            }
        }

        private void record(Work work, long start, int count) {
            double seconds = (clock() - start) * 1e-9 / count;
            best[work.ordinal()] = Math.min(best[work.ordinal()], seconds);
        }

        double seconds(Work work) {
            return best[work.ordinal()];
        }

        double speed(Work work, double flops) {
            return flops / seconds(work) * 1e-9;
        }
    }

    /** What is timed. */
    private enum Work {
        PRODUCT,
        SOLVE,
        FACTOR,
        CHOLESKY,
        FIT
    }

    /** Nanoseconds of the processor on this thread, which others on the machine add little to. */
    private static long clock() {
        return THREADS.getCurrentThreadCpuTime();
    }

    /** How often a call fits into some seconds, at least once. */
    private static int calls(Runnable call, double seconds) {
        long start = System.nanoTime();
        int count = 0;
        do {
            call.run();
            count++;
        } while ((System.nanoTime() - start) * 1e-9 < seconds);
        return count;
    }

    private String run() {
        double small = 0;
        double large = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (Subject<?> subject : subjects) {
                subject.measure(order);
                System.out.println(round + " " + row(subject));
            }
            small = Math.max(small, nativeSpeed(TILE));
            large = Math.max(large, nativeSpeed(8 * TILE));
        }
        return document(small, large);
    }

    /** GFLOP/s of one product of square matrices where OpenBLAS likes them best: in native memory, column by column. */
    private static double nativeSpeed(int order) {
        float[] ones = new float[order * order];
        Arrays.fill(ones, 1);
        FloatPointer a = new FloatPointer(ones);
        FloatPointer b = new FloatPointer(ones);
        FloatPointer c = new FloatPointer(ones);
        double flops = 2.0 * order * order * order;
        double best = 0;
        for (int k = 0; k < NATIVE_CALLS; k++) {
            long start = clock();
            cblas_sgemm(
                    CblasColMajor, CblasNoTrans, CblasTrans, order, order, order, 1, a, order, b, order, 0, c, order);
            best = Math.max(best, flops / (clock() - start));
        }
        return best;
    }

    private String document(double small, double large) {
        String rows = subjects.stream().map(this::row).collect(Collectors.joining("\n"));
        String descriptions = subjects.stream()
                .map(subject -> "- " + subject.name + ": " + subject.engine.description())
                .collect(Collectors.joining("\n"));
        return "# Engines side by side\n\n"
                + Machine.describe("bench/run EngineComparison docs/benchmarks")
                + String.format(
                        Locale.ROOT,
                        """
                        Processor time on one thread, the best of %d rounds, in each of which every engine had its turn (a factorisation of \
                        more than %.0f s: of one round). Product, solve and factor: of tiles of %d rows and columns. Cholesky: of a matrix of \
                        order %d. Fit: %d rows of %d columns, three rounds of kernel and solve with two moments between them.

                        | engine | product, GFLOP/s | solve, GFLOP/s | factor, GFLOP/s | Cholesky, GFLOP/s | Cholesky, s | fit, s |
                        |---|---:|---:|---:|---:|---:|---:|
                        %s

                        %s

                        OpenBLAS alone, float32 in native memory, column by column: %.0f GFLOP/s for a product of order %d, %.0f for one \
                        of order %d.
                        """,
                        ROUNDS,
                        ONCE_SECONDS,
                        TILE,
                        order,
                        FIT_ROWS,
                        FIT_COLUMNS,
                        rows,
                        descriptions,
                        small,
                        TILE,
                        large,
                        8 * TILE);
    }

    private String row(Subject<?> subject) {
        return String.format(
                Locale.ROOT,
                "| %s | %.1f | %.1f | %.1f | %.1f | %.2f | %.2f |",
                subject.name,
                subject.speed(Work.PRODUCT, PRODUCT_FLOPS),
                subject.speed(Work.SOLVE, PRODUCT_FLOPS / 2),
                subject.speed(Work.FACTOR, PRODUCT_FLOPS / 6),
                subject.speed(Work.CHOLESKY, (double) order * order * order / 3),
                subject.seconds(Work.CHOLESKY),
                subject.seconds(Work.FIT));
    }
}

package ml.refract.cli;

import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import ml.refract.engine.Engine;
import ml.refract.engine.Engines;
import ml.refract.engine.Points;
import ml.refract.engine.scalar.ScalarEngine;
import ml.refract.kernel.Kernel;
import ml.refract.kernel.KernelBlocks;
import ml.refract.kernel.Metric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.model.LibraryVersion;
import ml.refract.solver.RidgeSystem;
import ml.refract.xrfm.MemoryPlan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "doctor",
        header =
                "Show the JVM, the processor and the engine in use, and check that the engine computes what it should.",
        description = "",
        footer = {"", "Examples:", "  refract doctor", "  REFRACT_OPTS=-Drefract.engine=scalar refract doctor"})
final class DoctorCommand implements Callable<Integer> {
    private static final int POINTS = 300;
    private static final int COORDINATES = 20;
    /** The bound the engine contract states for points a few units apart. */
    private static final double TOLERANCE = 1e-5;

    private final Console console;

    @Mixin
    CommonOptions common = new CommonOptions();

    DoctorCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Engines.Choice choice = MachineOptions.chooseEngine();
        Matrix points = points();
        double kernelError = kernelError(choice.engine(), points);
        double solutionError = solutionError(choice.engine(), points);
        boolean sound = kernelError <= TOLERANCE && solutionError <= POINTS * TOLERANCE;
        Runtime runtime = Runtime.getRuntime();
        TextTable table = new TextTable()
                .row("Refract", LibraryVersion.get())
                .row("Java", property("java.version") + ", " + property("java.vm.name") + ", " + property("java.home"))
                .row(
                        "Platform",
                        property("os.name") + " " + property("os.arch") + ", "
                                + Text.count(runtime.availableProcessors(), "processor") + " for this process")
                .row("Engine", choice.engine().description() + ": " + choice.reason())
                .row("Threads", runtime.availableProcessors() + "; --threads changes it")
                .row("Memory", "up to " + MemoryPlan.text(runtime.maxMemory()) + "; --memory changes it")
                .row(
                        "Check",
                        String.format(
                                java.util.Locale.ROOT,
                                "kernel of %d points within %.1e of float64, solution within %.1e: %s",
                                POINTS,
                                kernelError,
                                solutionError,
                                sound ? "sound" : "WRONG"));
        if (!common.quiet) {
            console.out().print(table.text());
        }
        if (!sound) {
            console.warn("the engine computes wrong numbers on this machine; use -Drefract.engine=scalar, and please "
                    + "report it with the output above");
        }
        return (sound ? ExitCode.OK : ExitCode.BUG).code();
    }

    private static String property(String name) {
        return System.getProperty(name, "unknown");
    }

    private static Matrix points() {
        SplittableRandom random = new SplittableRandom(1);
        Matrix points = Matrix.zeros(POINTS, COORDINATES);
        for (int i = 0; i < POINTS; i++) {
            for (int s = 0; s < COORDINATES; s++) {
                points.set(i, s, (float) (2 * random.nextDouble() - 1));
            }
        }
        return points;
    }

    /** Largest difference between the engine's kernel entries and those of the formula in doubles. */
    private static double kernelError(Engine<?> engine, Matrix points) {
        double worst = 0;
        for (Kernel kernel : new Kernel[] {Kernel.laplace(2, 1), Kernel.product(5, 1), Kernel.lpq(3, 1.5, 1.2)}) {
            worst = Math.max(
                    worst,
                    largestDifference(kernel(engine, kernel, points), kernel(new ScalarEngine(), kernel, points)));
        }
        return worst;
    }

    private static <A> DoubleMatrix kernel(Engine<A> engine, Kernel kernel, Matrix rows) {
        Points<A> points = pack(engine, kernel, rows);
        return KernelBlocks.dense(engine, points, points, kernel.pairFunction(COORDINATES));
    }

    /**
     * Largest difference between the coefficients the engine finds for a target of at most one, and those found in doubles.
     * Errors e of random sign in the n x n kernel move them by less than n e: |E| is about e sqrt(n), |alpha| is below
     * sqrt(n), and the ridge is one.
     */
    private static double solutionError(Engine<?> engine, Matrix points) {
        return largestDifference(solution(engine, points), solution(new ScalarEngine(), points));
    }

    private static <A> DoubleMatrix solution(Engine<A> engine, Matrix rows) {
        Kernel kernel = Kernel.laplace(2, 1);
        DoubleMatrix target = DoubleMatrix.zeros(POINTS, 1);
        for (int i = 0; i < POINTS; i++) {
            target.set(i, 0, rows.get(i, 0));
        }
        RidgeSystem<A> system = new RidgeSystem<>(engine, POINTS, ParallelFor.serial());
        system.setKernel(pack(engine, kernel, rows), kernel.pairFunction(COORDINATES));
        return system.solve(target, 1).coefficients();
    }

    private static <A> Points<A> pack(Engine<A> engine, Kernel kernel, Matrix rows) {
        Design design = Design.of(rows);
        return Points.pack(
                engine,
                design,
                Metric.identity().projection(kernel, design, engine, ParallelFor.serial(), share -> {}),
                ParallelFor.serial());
    }

    /** NaN where one is. */
    private static double largestDifference(DoubleMatrix found, DoubleMatrix exact) {
        double worst = 0;
        for (int k = 0; k < found.values().length; k++) {
            worst = Math.max(worst, Math.abs(found.values()[k] - exact.values()[k]));
        }
        return worst;
    }
}

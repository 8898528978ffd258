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
        Engines.Choice choice = choose();
        double error = largestError(choice.engine());
        boolean sound = error <= TOLERANCE;
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
                                "kernel of %d points within %.1e of float64: %s",
                                POINTS,
                                error,
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

    private static Engines.Choice choose() {
        try {
            return Engines.choose();
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage() + ". The property " + Engines.PROPERTY + " asked for it");
        }
    }

    private static String property(String name) {
        return System.getProperty(name, "unknown");
    }

    /** Largest difference between the engine's kernel entries and those of the formula in doubles. */
    private static double largestError(Engine<?> engine) {
        SplittableRandom random = new SplittableRandom(1);
        Matrix rows = Matrix.zeros(POINTS, COORDINATES);
        for (int i = 0; i < POINTS; i++) {
            for (int s = 0; s < COORDINATES; s++) {
                rows.set(i, s, (float) (2 * random.nextDouble() - 1));
            }
        }
        double worst = 0;
        for (Kernel kernel : new Kernel[] {Kernel.laplace(2, 1), Kernel.product(5, 1), Kernel.lpq(3, 1.5, 1.2)}) {
            DoubleMatrix found = kernel(engine, kernel, rows);
            DoubleMatrix exact = kernel(new ScalarEngine(), kernel, rows);
            for (int k = 0; k < found.values().length; k++) {
                worst = Math.max(worst, Math.abs(found.values()[k] - exact.values()[k]));
            }
        }
        return worst;
    }

    private static <A> DoubleMatrix kernel(Engine<A> engine, Kernel kernel, Matrix rows) {
        Design design = Design.of(rows);
        Points<A> points = Points.pack(
                engine,
                design,
                Metric.identity().projection(kernel, design, engine, ParallelFor.serial(), share -> {}),
                ParallelFor.serial());
        return KernelBlocks.dense(engine, points, points, kernel.pairFunction(COORDINATES));
    }
}

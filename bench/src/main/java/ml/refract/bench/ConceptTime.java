package ml.refract.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import ml.refract.concept.Concept;
import ml.refract.concept.ConceptProbe;
import ml.refract.concept.ConceptTargets;
import ml.refract.concept.Method;
import ml.refract.concept.ProbeOptions;
import ml.refract.concept.ProbeOptions.Form;
import ml.refract.engine.Execution;
import ml.refract.linalg.Matrix;
import ml.refract.task.HoldOut;

/**
 * Times the extraction of a concept from wide rows: one run of the recursive feature machine in a fresh JVM and in a warm one,
 * its primal form, how far both forms are apart, and whole searches of all methods. Writes {@code concept.md}.
 *
 * <p>Arguments: output folder.
 */
public final class ConceptTime {
    private static final int ROWS = 400;
    private static final int COLUMNS = 4096;
    private static final int ITERATIONS = 5;
    private static final int RUNS = 5;
    /** For the comparison with the primal form, whose metric is d x d. */
    private static final int PRIMAL_COLUMNS = 1024;

    private ConceptTime() {}

    /** Runs the measurement. */
    public static void main(String[] args) throws IOException {
        if (args.length != 1) {
            throw new IllegalArgumentException("wanted: OUTPUT_FOLDER");
        }
        Path output = Files.createDirectories(Path.of(args[0]));
        Files.writeString(output.resolve("concept.md"), document());
    }

    private static String document() {
        Planted wide = Planted.of(ROWS, COLUMNS);
        Planted narrow = Planted.of(ROWS, PRIMAL_COLUMNS);
        ProbeOptions single = single(Form.DUAL);
        Times fresh = time(wide, single, 2); // before anything is compiled
        StringBuilder text = new StringBuilder("# Concepts in wide rows\n\n")
                .append(Machine.describe("bench/run ConceptTime docs/benchmarks"))
                .append(
                        "Normal noise in float32, to which a direction is added or from which it is subtracted. One run is ")
                .append(ITERATIONS)
                .append(
                        " iterations at bandwidth 10 with centred gradients, from rows to directions: solves, gradient ")
                .append(
                        "moments, scaling by the largest diagonal entry, eigenvectors and scores on 80 rows, all in float64. ")
                .append("Warm: the best of ")
                .append(RUNS)
                .append(
                        " runs after two others. CPU seconds are those of all threads of the JVM, its compiler and collector ")
                .append("included, which other processes lengthen little; the load average of this machine was ")
                .append(String.format(
                        Locale.ROOT,
                        "%.0f",
                        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()))
                .append(".\n\n")
                .append(
                        "| rows | columns | form | JVM | threads | seconds | CPU seconds |\n|---:|---:|---|---|---:|---:|---:|\n");
        row(text, wide, "dual", "fresh", 2, fresh);
        for (int threads = 1; threads <= 2; threads++) {
            row(text, wide, "dual", "warm", threads, best(wide, single, threads));
        }
        for (int threads = 1; threads <= 2; threads++) {
            row(text, narrow, "dual", "warm", threads, best(narrow, single, threads));
        }
        row(text, narrow, "primal", "warm", 2, best(narrow, single(Form.PRIMAL), 2));
        agreement(text, narrow);
        searches(text, wide);
        return text.toString();
    }

    private static ProbeOptions single(Form form) {
        return ProbeOptions.defaults().toBuilder()
                .unitRows(false)
                .centredGradients(true)
                .bandwidths(10.0)
                .iterations(ITERATIONS)
                .form(form)
                .build();
    }

    private static void row(StringBuilder text, Planted planted, String form, String jvm, int threads, Times times) {
        text.append(String.format(
                Locale.ROOT,
                "| %d | %d | %s | %s | %d | %.3f | %.3f |%n",
                planted.parts().train().length,
                planted.rows().cols(),
                form,
                jvm,
                threads,
                times.seconds(),
                times.cpuSeconds()));
    }

    private static void agreement(StringBuilder text, Planted planted) {
        Concept dual = planted.extract(single(Form.DUAL), 2);
        Concept primal = planted.extract(single(Form.PRIMAL), 2);
        double worst = 0;
        for (int j = 0; j < planted.rows().cols(); j++) {
            worst = Math.max(worst, Math.abs(dual.vector()[j] - primal.vector()[j]));
        }
        text.append(String.format(
                Locale.ROOT,
                "%nBoth forms on %d columns: entries of the concept vector differ by at most %.1e, its eigenvalue by %.1e of "
                        + "itself.%n",
                planted.rows().cols(),
                worst,
                Math.abs(dual.eigenvalues()[0] / primal.eigenvalues()[0] - 1)));
    }

    private static void searches(StringBuilder text, Planted planted) {
        text.append("\nWhole searches with the default options on two threads, ")
                .append(planted.parts().train().length)
                .append(" x ")
                .append(planted.rows().cols())
                .append(", and the cosine of what they find with the direction that was hidden.\n\n")
                .append("| method | candidates | seconds | CPU seconds | cosine |\n|---|---:|---:|---:|---:|\n");
        for (Method method : Method.values()) {
            ProbeOptions options =
                    ProbeOptions.defaults().toBuilder().method(method).build();
            long start = System.nanoTime();
            long cpu = cpuNanos();
            Concept concept = planted.extract(options, 2);
            double seconds = (System.nanoTime() - start) * 1e-9;
            double cpuSeconds = (cpuNanos() - cpu) * 1e-9;
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %d | %.2f | %.2f | %.3f |%n",
                    method.id(),
                    concept.trials().size(),
                    seconds,
                    cpuSeconds,
                    planted.cosine(concept)));
        }
    }

    private record Times(double seconds, double cpuSeconds) {}

    /** The least of several runs, of either time for itself. */
    private static Times best(Planted planted, ProbeOptions options, int threads) {
        double seconds = Double.POSITIVE_INFINITY;
        double cpuSeconds = Double.POSITIVE_INFINITY;
        for (int run = 0; run < RUNS + 2; run++) {
            Times times = time(planted, options, threads);
            seconds = run < 2 ? seconds : Math.min(seconds, times.seconds());
            cpuSeconds = run < 2 ? cpuSeconds : Math.min(cpuSeconds, times.cpuSeconds());
        }
        return new Times(seconds, cpuSeconds);
    }

    private static Times time(Planted planted, ProbeOptions options, int threads) {
        long start = System.nanoTime();
        long cpu = cpuNanos();
        planted.extract(options, threads);
        return new Times((System.nanoTime() - start) * 1e-9, (cpuNanos() - cpu) * 1e-9);
    }

    private static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    /** Rows in which a direction is hidden, and 80 more that choose. */
    private record Planted(Matrix rows, ConceptTargets targets, HoldOut.Parts parts, double[] direction) {
        private static final int CHOOSING = 80;
        private static final double SIGNAL = 2;

        static Planted of(int n, int d) {
            SplittableRandom random = new SplittableRandom(d);
            double[] direction = random.doubles(d, -1, 1).toArray();
            double length = Math.sqrt(IntStream.range(0, d)
                    .mapToDouble(j -> direction[j] * direction[j])
                    .sum());
            double[] unit = IntStream.range(0, d)
                    .mapToDouble(j -> direction[j] / length)
                    .toArray();
            int all = n + CHOOSING;
            Matrix rows = Matrix.zeros(all, d);
            double[] labels = new double[all];
            for (int i = 0; i < all; i++) {
                labels[i] = i % 2;
                for (int j = 0; j < d; j++) {
                    rows.set(i, j, (float) (random.nextGaussian() + (2 * labels[i] - 1) * SIGNAL * unit[j]));
                }
            }
            HoldOut.Parts parts = new HoldOut.Parts(
                    IntStream.range(0, n).toArray(), IntStream.range(n, all).toArray());
            return new Planted(rows, ConceptTargets.of(labels), parts, unit);
        }

        Concept extract(ProbeOptions options, int threads) {
            try (Execution execution = Execution.builder().threads(threads).build()) {
                return ConceptProbe.extract(rows, targets, parts, options, execution);
            }
        }

        double cosine(Concept concept) {
            double[] v = concept.vector();
            return IntStream.range(0, v.length)
                    .mapToDouble(j -> v[j] * direction[j])
                    .sum();
        }
    }
}

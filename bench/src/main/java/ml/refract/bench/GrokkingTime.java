package ml.refract.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import ml.refract.engine.Execution;
import ml.refract.engine.Seeds;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.FactUpdate;
import ml.refract.rfm.exact.ExactKernel;
import ml.refract.rfm.exact.ExactOptions;
import ml.refract.rfm.exact.ExactRfm;
import ml.refract.rfm.exact.FeatureRule;

/**
 * Times the exact recursive feature machine on addition modulo 61 from half of all pairs, with predictions of the other half in
 * every round. Writes {@code grokking.md}.
 *
 * <p>Arguments: output folder.
 */
public final class GrokkingTime {
    private static final int P = 61;
    private static final int ROUNDS = 30;

    private GrokkingTime() {}

    /** Runs the measurement. */
    public static void main(String[] args) throws IOException {
        if (args.length != 1) {
            throw new IllegalArgumentException("wanted: OUTPUT_FOLDER");
        }
        Path output = Files.createDirectories(Path.of(args[0]));
        Files.writeString(output.resolve("grokking.md"), document());
    }

    private static String document() {
        ExactOptions quadratic =
                ExactOptions.of(ExactKernel.quadratic(), FeatureRule.agop(0.5)).withRounds(ROUNDS);
        ExactOptions gaussian = ExactOptions.of(ExactKernel.gaussian(2.5), FeatureRule.agop(0.5))
                .withRounds(ROUNDS);
        FeatureRule fact = FeatureRule.fact(FactUpdate.GEOMETRIC);
        StringBuilder text = new StringBuilder("# Grokking modulo 61\n\n")
                .append(Machine.describe("bench/run GrokkingTime docs/benchmarks"))
                .append(
                        "Addition modulo 61: 1,860 pairs to learn from, 1,861 others predicted in every round, 122 columns, 61 ")
                .append("outputs, all in float64. One run is ")
                .append(ROUNDS + 1)
                .append(" solves and ")
                .append(ROUNDS)
                .append(
                        " moments. CPU seconds are those of all threads of the JVM, its compiler and collector included, which ")
                .append("other processes lengthen little; the load average of this machine was ")
                .append(String.format(
                        Locale.ROOT,
                        "%.0f",
                        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()))
                .append(".\n\n")
                .append("| kernel | metric | JVM | threads | seconds | CPU seconds |\n|---|---|---|---:|---:|---:|\n");
        row(text, "quadratic", "AGOP^1/2", "fresh", quadratic, 2);
        row(text, "quadratic", "AGOP^1/2", "warm", quadratic, 1);
        row(text, "quadratic", "AGOP^1/2", "warm", quadratic, 2);
        row(text, "quadratic", "FACT", "warm", quadratic.withRule(fact), 2);
        row(text, "Gaussian", "AGOP^1/2", "warm", gaussian, 2);
        row(text, "Gaussian", "FACT", "warm", gaussian.withRule(fact), 2);
        return text.toString();
    }

    private static void row(
            StringBuilder text, String kernel, String metric, String jvm, ExactOptions options, int threads) {
        long start = System.nanoTime();
        long cpu = cpuNanos();
        run(options, threads);
        text.append(String.format(
                Locale.ROOT,
                "| %s | %s | %s | %d | %.2f | %.2f |%n",
                kernel,
                metric,
                jvm,
                threads,
                (System.nanoTime() - start) * 1e-9,
                (cpuNanos() - cpu) * 1e-9));
    }

    private static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    private static void run(ExactOptions options, int threads) {
        int[] order = Seeds.permutation(P * P, new SplittableRandom(0));
        int half = order.length / 2;
        DoubleMatrix others = inputs(order, half, order.length);
        DoubleMatrix targets = DoubleMatrix.zeros(half, P);
        for (int i = 0; i < half; i++) {
            targets.set(i, (order[i] / P + order[i] % P) % P, 1);
        }
        try (Execution execution = Execution.builder().threads(threads).build()) {
            ExactRfm.fit(
                    inputs(order, 0, half),
                    targets,
                    options,
                    round -> round.machine().predict(others, execution),
                    execution);
        }
    }

    private static DoubleMatrix inputs(int[] order, int from, int to) {
        DoubleMatrix result = DoubleMatrix.zeros(to - from, 2 * P);
        for (int i = from; i < to; i++) {
            result.set(i - from, order[i] / P, 1);
            result.set(i - from, P + order[i] % P, 1);
        }
        return result;
    }
}

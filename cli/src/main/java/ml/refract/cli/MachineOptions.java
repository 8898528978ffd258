package ml.refract.cli;

import java.util.Optional;
import ml.refract.engine.Engines;
import ml.refract.engine.Execution;
import ml.refract.xrfm.MemoryPlan;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How much of the machine a command may use. */
final class MachineOptions {
    @Option(
            names = "--threads",
            paramLabel = "N",
            description =
                    "Threads to work on. Default: all processors this process may use. The result does not depend on it.")
    @Nullable
    Integer threads;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = ByteCount.class,
            description =
                    "Memory to stay within, such as 500m or 4g. Default: 60 %% of the machine's, or the container's. "
                            + "What does not fit is refused before it starts.")
    @Nullable
    Long memory;

    /** An execution within these limits. */
    Execution.Builder execution() {
        Execution.Builder builder =
                Execution.builder().engine(chooseEngine().engine()).memoryBudget(budget());
        Optional.ofNullable(threads).ifPresent(count -> {
            if (count < 1) {
                throw new UsageException("--threads must be at least 1, got " + count);
            }
            builder.threads(count);
        });
        return builder;
    }

    /** The engine the JVM was told to use, or the best one. */
    static Engines.Choice chooseEngine() {
        try {
            return Engines.choose();
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage() + ". The property " + Engines.PROPERTY + " asked for it");
        }
    }

    private long budget() {
        long heap = Runtime.getRuntime().maxMemory();
        if (memory == null) {
            return Execution.memoryBudgetWithin(Long.MAX_VALUE);
        }
        // The JVM reports a little less than it was given: one collector keeps a part of the young generation back.
        if (memory > 1.25 * heap) {
            throw new UsageException(
                    "--memory " + MemoryPlan.text(memory) + " is more than the " + MemoryPlan.text(heap)
                            + " this JVM may take. Start Refract by its launcher, which raises that, or add -Xmx"
                            + (memory >> 20) + "m to the java command");
        }
        return Execution.memoryBudgetWithin(memory);
    }
}

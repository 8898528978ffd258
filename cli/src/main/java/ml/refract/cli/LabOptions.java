package ml.refract.cli;

import ml.refract.lab.LabSettings;
import picocli.CommandLine.Option;

/** How experiments are run. */
final class LabOptions {
    @Option(names = "--quick", description = "Small sizes: about ten seconds an experiment. The default.")
    boolean quick;

    @Option(names = "--full", description = "The sizes of the papers where they are known: minutes an experiment.")
    boolean full;

    @Option(names = "--seed", paramLabel = "S", description = "Where all that is random comes from. Default: 0.")
    long seed;

    LabSettings settings() {
        if (quick && full) {
            throw new UsageException("Options contradict each other: --quick and --full");
        }
        return new LabSettings(full ? LabSettings.Size.FULL : LabSettings.Size.QUICK, seed);
    }
}

package ml.refract.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import ml.refract.bench.jmh.Ceilings;
import ml.refract.bench.jmh.Factorisation;
import ml.refract.bench.jmh.Family;
import ml.refract.bench.jmh.GradientMoment;
import ml.refract.bench.jmh.KernelMatrix;
import ml.refract.bench.jmh.KernelTile;
import ml.refract.bench.jmh.Prediction;
import ml.refract.bench.jmh.RowLatency;
import ml.refract.bench.jmh.Solve;
import ml.refract.engine.Engines;
import ml.refract.engine.PairFunction;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Times the parts a fit and a prediction are made of, beside what the machine could do at best, with JMH. Writes
 * {@code speed.md}.
 *
 * <p>Arguments, both optional: an output folder, without which the page only goes to standard output; {@code --only REGEX}
 * for the benchmark classes in whose name it is found, beside the ceilings.
 */
public final class SpeedOfParts {
    /** Engines beside the one that is used by default, as far as they are there. */
    private static final List<String> OTHER_ENGINES = List.of("openblas", "scalar");

    private static final String ENGINES_WIDTH = "32";

    private final Optional<Path> output;
    private final Pattern only;
    private final String command;
    private final List<Timing> timings = new ArrayList<>();

    private SpeedOfParts(Optional<Path> output, Pattern only, String command) {
        this.output = output;
        this.only = only;
        this.command = command;
    }

    /** Runs the measurement. */
    public static void main(String[] args) throws IOException, RunnerException {
        Optional<Path> output = Optional.empty();
        Pattern only = Pattern.compile("");
        for (int i = 0; i < args.length; i++) {
            if (args[i].equals("--only") && i + 1 < args.length) {
                i++;
                only = Pattern.compile(args[i]);
            } else if (output.isEmpty() && !args[i].startsWith("-")) {
                output = Optional.of(Path.of(args[i]));
            } else {
                throw new IllegalArgumentException(
                        "wanted: [OUTPUT_FOLDER] [--only REGEX], found " + String.join(" ", args));
            }
        }
        new SpeedOfParts(output, only, "bench/run SpeedOfParts " + String.join(" ", args)).run();
    }

    private void run() throws IOException, RunnerException {
        Load load = Load.watch();
        measureCeilings();
        for (Job job : jobs()) {
            if (only.matcher(job.type().getSimpleName()).find()) {
                measure(job.options());
            }
        }
        List<Timing> first = List.copyOf(timings);
        timings.clear();
        measureCeilings();
        String page = new SpeedPage(first, List.copyOf(timings)).write(Machine.describe(command) + load.sentence());
        System.out.println(page);
        if (output.isPresent()) {
            Files.createDirectories(output.get());
            Files.writeString(output.get().resolve("speed.md"), page);
        }
    }

    private void measureCeilings() throws RunnerException {
        measure(options(Ceilings.class));
        measure(options(Ceilings.class).threads(2));
    }

    /** Benchmarks of one class with the parameters they take here. */
    private record Job(Class<?> type, ChainedOptionsBuilder options) {}

    private List<Job> jobs() {
        List<Job> jobs = new ArrayList<>();
        jobs.add(job(KernelTile.class));
        jobs.add(new Job(
                KernelTile.class,
                options(KernelTile.class)
                        .param("output", PairFunction.Output.WEIGHT.name())
                        .param("family", Family.LAPLACE.name())));
        for (String engine : OTHER_ENGINES) {
            if (isThere(engine)) {
                jobs.add(new Job(
                        KernelTile.class,
                        options(KernelTile.class).param("engine", engine).param("d", ENGINES_WIDTH)));
            }
        }
        jobs.add(job(KernelMatrix.class));
        jobs.add(new Job(
                KernelMatrix.class,
                options(KernelMatrix.class).param("threads", "2").param("family", Family.LAPLACE.name())));
        jobs.add(job(Factorisation.class));
        jobs.add(job(Solve.class));
        jobs.add(job(GradientMoment.class));
        jobs.add(job(Prediction.class));
        jobs.add(job(RowLatency.class));
        return jobs;
    }

    private static boolean isThere(String engine) {
        try {
            Engines.choose(engine);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private Job job(Class<?> type) {
        return new Job(type, options(type));
    }

    private ChainedOptionsBuilder options(Class<?> type) {
        return new OptionsBuilder().include(Pattern.quote(type.getName() + ".")).addProfiler(GCProfiler.class);
    }

    private void measure(ChainedOptionsBuilder options) throws RunnerException {
        new Runner(options.build()).run().forEach(result -> timings.add(new Timing(result)));
    }
}

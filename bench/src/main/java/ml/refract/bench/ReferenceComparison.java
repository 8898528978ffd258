package ml.refract.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import ml.refract.engine.Execution;
import ml.refract.table.learn.Scores;
import ml.refract.table.learn.TableTrainer;
import ml.refract.table.learn.TrainingResult;

/**
 * Trains at the reference's default settings on every set of a data folder, on the splits the reference implementation was
 * measured on, and compares the test errors: RMSE, or log loss and the share of wrong classes. Writes one row per run
 * ({@code reference-defaults.csv}) and one table ({@code reference-defaults.md}).
 *
 * <p>Arguments: data folder, output folder, and optionally names of sets.
 */
public final class ReferenceComparison {
    private static final String REFERENCE = "xrfm_default";
    private static final String WRONG = "wrong";
    private static final int SMALL = 2_400;

    private final Arguments arguments;
    private final Results peers;

    private ReferenceComparison(Arguments arguments) {
        this.arguments = arguments;
        this.peers = Results.read(Results.peers(arguments.data()));
    }

    /** Runs the comparison. */
    public static void main(String[] args) throws IOException {
        new ReferenceComparison(Arguments.parse(args)).run();
    }

    /** Mean errors over the splits of one set. */
    private record Line(DataSet set, String error, double ours, double theirs, double standardError, int splits) {
        double difference() {
            return ours - theirs;
        }

        /** Small sets: at most one standard error of the mean above. Large sets: at most 3 % above. */
        boolean holds() {
            return difference() <= (set.rows() <= SMALL ? standardError : 0.03 * theirs);
        }
    }

    private void run() throws IOException {
        Path output = arguments.output();
        List<Line> lines = new ArrayList<>();
        try (Execution execution = Execution.defaults();
                PrintWriter csv = new PrintWriter(Files.newBufferedWriter(output.resolve("reference-defaults.csv")))) {
            csv.println("set,task,seed,error,refract,reference,seconds");
            for (DataSet set : DataSet.all(arguments.data())) {
                if (arguments.wants(set.name())) {
                    compare(set, execution, csv, lines);
                }
            }
        }
        Files.writeString(output.resolve("reference-defaults.md"), table(lines));
    }

    private void compare(DataSet set, Execution execution, PrintWriter csv, List<Line> lines) {
        List<String> names = set.isRegression() ? List.of("rmse") : List.of("logLoss", WRONG);
        List<Integer> seeds = peers.seeds(set.name(), column(names.get(0)), REFERENCE);
        double[][] ours = new double[names.size()][seeds.size()];
        double[][] theirs = new double[names.size()][seeds.size()];
        for (int i = 0; i < seeds.size(); i++) {
            int seed = seeds.get(i);
            double start = execution.elapsedSeconds();
            TrainingResult result = TableTrainer.train(set.file(), set.options(seed), execution);
            double seconds = execution.elapsedSeconds() - start;
            Scores scores = result.part("test").orElseThrow().scores();
            for (int k = 0; k < names.size(); k++) {
                boolean wrong = names.get(k).equals(WRONG);
                String score = wrong ? "accuracy" : names.get(k);
                double theirScore = peers.number(new Results.Key(set.name(), seed, REFERENCE), column(score));
                ours[k][i] = wrong ? 1 - scores.get(score) : scores.get(score);
                theirs[k][i] = wrong ? 1 - theirScore : theirScore;
                csv.printf(
                        Locale.ROOT,
                        "%s,%s,%d,%s,%.8g,%.8g,%.3f%n",
                        set.name(),
                        set.task(),
                        seed,
                        names.get(k),
                        ours[k][i],
                        theirs[k][i],
                        seconds);
            }
            csv.flush();
        }
        for (int k = 0; k < names.size(); k++) {
            Line line = new Line(
                    set,
                    names.get(k),
                    Averages.mean(ours[k]),
                    Averages.mean(theirs[k]),
                    standardError(theirs[k]),
                    seeds.size());
            lines.add(line);
            System.out.println(row(line));
        }
    }

    /** The column of a score of ours in the file of the peers. */
    private static String column(String score) {
        return score.toLowerCase(Locale.ROOT);
    }

    private static double standardError(double[] values) {
        double mean = Averages.mean(values);
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        return values.length < 2 ? Double.NaN : Math.sqrt(squares / (values.length - 1) / values.length);
    }

    private String table(List<Line> lines) {
        StringBuilder text = new StringBuilder("# Test errors at the settings of the reference\n\n")
                .append(Machine.describe(arguments.command(ReferenceComparison.class)))
                .append(
                        "Kernel `l2`, bandwidth 10, ridge 1e-3, 5 iterations, full metric; means over the given splits. ")
                .append(
                        "`wrong` is the share of wrong classes. Within: on sets of at most 2,400 rows at most one standard ")
                .append("error of the reference's mean above it, on larger ones at most 3 % above it.\n\n")
                .append(
                        "| set | rows | splits | error | Refract | reference | difference | standard error | within |\n")
                .append("|---|---:|---:|---|---:|---:|---:|---:|---|\n");
        lines.forEach(line -> text.append(row(line)).append('\n'));
        long held = lines.stream().filter(Line::holds).count();
        return text.append('\n')
                .append(held)
                .append(" of ")
                .append(lines.size())
                .append(" lines hold.\n")
                .toString();
    }

    private static String row(Line line) {
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %s | %.6g | %.6g | %+.2f %% | %.2g | %s |",
                line.set().name(),
                line.set().rows(),
                line.splits(),
                line.error(),
                line.ours(),
                line.theirs(),
                line.theirs() == 0 ? 0 : 100 * line.difference() / line.theirs(),
                line.standardError(),
                line.holds() ? "yes" : "**no**");
    }
}

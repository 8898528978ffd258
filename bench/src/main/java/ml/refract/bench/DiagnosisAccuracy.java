package ml.refract.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import ml.refract.engine.Execution;
import ml.refract.engine.Precision;
import ml.refract.engine.Seeds;
import ml.refract.kernel.Kernel;
import ml.refract.kernel.Metric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.machine.KernelMachine;
import ml.refract.rfm.Rfm;
import ml.refract.rfm.RfmOptions;
import ml.refract.table.Encoder;
import ml.refract.table.EncoderOptions;
import ml.refract.table.Table;
import ml.refract.table.TargetColumn;
import ml.refract.task.ClassCoding;
import ml.refract.theory.Diagnosis;
import ml.refract.theory.EmpiricalSpectrum;
import ml.refract.theory.LearningCurve;

/**
 * How near to the truth {@code refract diagnose} comes: errors that theory predicts for fits on few rows, and errors expected at
 * twice and four times the rows looked at, beside fits on that many rows and their errors on rows that nothing has seen. Writes a
 * page ({@code diagnose.md}).
 *
 * <p>Arguments: data folder, output folder, and optionally names of sets.
 */
public final class DiagnosisAccuracy {
    private static final int MOST_ROWS = 2_000;
    private static final int LEAST_TEST_ROWS = 300;
    private static final int MOST_SET_ROWS = 20_000;
    private static final int FITS = 3;
    private static final Kernel KERNEL = Kernel.laplace(10, 1);
    private static final String TITLE = """
            # How near a diagnosis comes

            Laplace kernel of bandwidth 10 on standardised inputs, the defaults of `refract diagnose`. Errors are squared errors of
            standardised targets, or of all classes together. Means over %d draws of rows.

            `bench/run DiagnosisAccuracy DATA OUT [SET ...]`

            """.formatted(FITS);

    private final Execution execution;

    private DiagnosisAccuracy(Execution execution) {
        this.execution = execution;
    }

    /** Runs the measurement. */
    public static void main(String[] args) throws IOException {
        Arguments arguments = Arguments.parse(args);
        StringBuilder theory = new StringBuilder(TITLE)
                .append("## Theory: errors of n of N rows from the eigenvalues of one kernel matrix\n\n")
                .append("| set | N | n | error of fits | by theory | off |\n|---|---|---|---|---|---|\n");
        StringBuilder curve = new StringBuilder()
                .append("\n## Curves: errors at more rows than were looked at\n\n")
                .append("| set | looked at | rows | error of fits | expected | middle off | between the bounds |\n")
                .append("|---|---|---|---|---|---|---|\n");
        try (Execution execution = Execution.defaults()) {
            DiagnosisAccuracy accuracy = new DiagnosisAccuracy(execution);
            for (DataSet set : DataSet.all(arguments.data())) {
                if (arguments.wants(set.name()) && set.rows() <= MOST_SET_ROWS && set.rows() >= 4 * LEAST_TEST_ROWS) {
                    System.err.println(set.name());
                    Rows rows = Rows.read(set);
                    accuracy.theory(rows, theory);
                    accuracy.curve(rows, curve);
                }
            }
        }
        Files.writeString(arguments.output().resolve("diagnose.md"), theory.append(curve));
    }

    /** A set ready to learn from. */
    private record Rows(String name, Design x, DoubleMatrix y) {
        static Rows read(DataSet set) {
            Table table = Table.read(
                    set.file(), set.options(0).csv(), set.options(0).columns().withTarget(set.target()));
            TargetColumn target = TargetColumn.of(table, set.target(), set.taskKind());
            Table inputs = table.without(set.target());
            int[] all = IntStream.range(0, table.rows()).toArray();
            Design x = Encoder.fit(inputs, all, EncoderOptions.defaults())
                    .encode(inputs, Precision.FLOAT32)
                    .design();
            return new Rows(set.name(), x, set.isRegression() ? standardised(target.values()) : coded(target));
        }

        private static DoubleMatrix standardised(double[] y) {
            double mean = Arrays.stream(y).average().orElseThrow();
            double deviation = Math.sqrt(
                    Arrays.stream(y).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
            return DoubleMatrix.column(
                    Arrays.stream(y).map(v -> (v - mean) / deviation).toArray());
        }

        private static DoubleMatrix coded(TargetColumn target) {
            return ClassCoding.of(
                            ClassCoding.Kind.ZERO_ONE,
                            target.codes(),
                            target.labels().size())
                    .encode(target.codes());
        }

        Rows select(int[] rows) {
            return new Rows(name, x.select(rows), y.select(rows));
        }
    }

    private Diagnosis diagnosis(Rows rows) {
        return Diagnosis.of(rows.x, rows.y, KERNEL, Metric.identity(), 0, execution);
    }

    /** Error over test rows of a machine with the ridge that leaving out chooses. */
    private double error(Rows train, Rows test) {
        RfmOptions options =
                RfmOptions.defaults().toBuilder().kernel(KERNEL).iterations(0).build();
        KernelMachine machine =
                Rfm.fit(train.x, train.y, Optional.empty(), options, execution).machine();
        double[] predicted = machine.predict(test.x, execution).values();
        double sum = 0;
        for (int k = 0; k < predicted.length; k++) {
            sum += Math.pow(predicted[k] - test.y.values()[k], 2);
        }
        return sum / test.y.rows();
    }

    private void theory(Rows rows, StringBuilder page) {
        int most = Math.min(MOST_ROWS, rows.x.rows());
        int[] sizes = {most / 40, most / 10, most / 3};
        double[] measured = new double[sizes.length];
        double[] predicted = new double[sizes.length];
        for (int draw = 0; draw < FITS; draw++) {
            int[] order = Seeds.permutation(rows.x.rows(), Seeds.stream(draw, "theory", 0));
            Rows sample = rows.select(Arrays.copyOf(order, most));
            Diagnosis diagnosis = diagnosis(sample);
            EmpiricalSpectrum spectrum = diagnosis.spectrum();
            for (int k = 0; k < sizes.length; k++) {
                predicted[k] += spectrum.bestTestError(sizes[k], diagnosis.ridges()) / FITS;
                // Fits on other parts of the sample, so that the draw of few rows does not count.
                int fits = Math.max(1, Math.min(5, most / sizes[k]));
                for (int part = 0; part < fits; part++) {
                    int from = part * sizes[k];
                    int[] train = IntStream.range(from, from + sizes[k]).toArray();
                    int[] test = IntStream.range(0, most)
                            .filter(row -> row < from || row >= from + train.length)
                            .toArray();
                    measured[k] += error(sample.select(train), sample.select(test)) / FITS / fits;
                }
            }
        }
        for (int k = 0; k < sizes.length; k++) {
            page.append(String.format(
                    Locale.ROOT,
                    "| %s | %d | %d | %.4f | %.4f | %+.1f %% |%n",
                    rows.name,
                    most,
                    sizes[k],
                    measured[k],
                    predicted[k],
                    100 * (predicted[k] / measured[k] - 1)));
        }
    }

    private void curve(Rows rows, StringBuilder page) {
        int all = rows.x.rows();
        int test = Math.max(LEAST_TEST_ROWS, all / 5);
        int looked = Math.min(MOST_ROWS / 2, (all - test) / 4);
        for (int times : new int[] {1, 2, 4}) {
            double measured = 0;
            double low = 0;
            double high = 0;
            for (int draw = 0; draw < FITS; draw++) {
                int[] order = Seeds.permutation(all, Seeds.stream(draw, "curve", 0));
                Rows unseen = rows.select(Arrays.copyOfRange(order, all - test, all));
                measured += error(rows.select(Arrays.copyOf(order, times * looked)), unseen) / FITS;
                Diagnosis diagnosis = diagnosis(rows.select(Arrays.copyOf(order, looked)));
                LearningCurve.Forecast forecast = diagnosis.forecast(times * looked - 1.0);
                low += forecast.low() / FITS;
                high += forecast.high() / FITS;
            }
            page.append(String.format(
                    Locale.ROOT,
                    "| %s | %d | %d | %.4f | %.4f to %.4f | %+.1f %% | %s |%n",
                    rows.name,
                    looked,
                    times * looked,
                    measured,
                    low,
                    high,
                    100 * (Math.sqrt(low * high) / measured - 1),
                    times == 1 ? "" : measured >= low && measured <= high ? "yes" : "no"));
        }
    }
}

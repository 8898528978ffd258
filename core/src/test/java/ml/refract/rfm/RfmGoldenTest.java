package ml.refract.rfm;

import static ml.refract.testing.Close.assertRelativelyClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import ml.refract.engine.Execution;
import ml.refract.engine.Points;
import ml.refract.kernel.Kernel;
import ml.refract.kernel.MedianDistance;
import ml.refract.kernel.Metric;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.machine.KernelMachine;
import ml.refract.machine.MomentOptions;
import ml.refract.testing.Golden;
import ml.refract.testing.KernelMatrices;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole runs of the reference implementation. It adds 1e-8 to the diagonal of a full metric under l2 and lpq, which
 * Refract does not, so those runs are followed step by step from the stored metrics; all others also as a whole.
 */
class RfmGoldenTest {
    private static final Execution SCALAR = TestEngines.serial(TestEngines.SCALAR);
    private static final double RIDGE = 1e-3;

    /** One run with its data; classification has one-hot targets. */
    private record Run(JsonObject data, JsonObject run) {
        JsonObject config() {
            return run.getAsJsonObject("config");
        }

        boolean diagonal() {
            return config().get("diag").getAsBoolean();
        }

        boolean adaptive() {
            return config().has("bandwidth_mode");
        }

        boolean jittered() {
            return !diagonal() && !config().get("kernel").getAsString().equals("l2_high_dim");
        }

        Kernel kernel() {
            double bandwidth = config().get("bandwidth").getAsDouble();
            double exponent = config().get("exponent").getAsDouble();
            return config().has("norm_p")
                    ? Kernel.lpq(bandwidth, config().get("norm_p").getAsDouble(), exponent)
                    : Kernel.laplace(bandwidth, exponent);
        }

        /** What the reference's own rounding leaves: it takes Euclidean distances by expansion. */
        double tolerance() {
            return config().has("norm_p") ? 1e-9 : 1e-6;
        }

        Score score() {
            DoubleMatrix targets = Golden.matrix(data, "y_val");
            return config().get("tuning_metric").getAsString().equals("brier")
                    ? Scores.brier(targets)
                    : Scores.meanSquaredError(targets);
        }

        Optional<Validation> validation() {
            return Optional.of(new Validation(Golden.design(data, "X_val"), score()));
        }

        RfmOptions options() {
            return RfmOptions.reference().toBuilder()
                    .kernel(kernel())
                    .adaptiveBandwidth(adaptive())
                    .ridge(RIDGE)
                    .iterations(4)
                    .metric(diagonal() ? MetricForm.DIAGONAL : MetricForm.FULL)
                    .build();
        }

        RfmFit fit(RfmOptions options, Optional<Validation> validation) {
            return Rfm.fit(Golden.design(data, "X_train"), Golden.matrix(data, "y_train"), validation, options, SCALAR);
        }

        List<JsonObject> iterations() {
            return Golden.objects(run, "iterations");
        }

        @Override
        public String toString() {
            return data.get("name").getAsString() + " " + config().get("id").getAsString();
        }
    }

    static Stream<Run> runs() {
        JsonObject file = Golden.read("rfm_small.json");
        return Stream.of("regression", "classification")
                .map(file::getAsJsonObject)
                .flatMap(task -> Golden.objects(task, "runs").stream()
                        .map(run -> new Run(task.getAsJsonObject("dataset"), run)));
    }

    static Stream<Run> runsWithoutJitter() {
        return runs().filter(run -> !run.jittered());
    }

    @ParameterizedTest
    @MethodSource("runs")
    void everyStepFollowsFromTheStoredMetric(Run run) {
        Design x = Golden.design(run.data(), "X_train");
        Design validationRows = Golden.design(run.data(), "X_val");
        assertThat(run.iterations()).hasSize(5);
        for (JsonObject iteration : run.iterations()) {
            Metric metric = metric(iteration, "M_used");
            double bandwidth = iteration.get("bandwidth_used").getAsDouble();
            Kernel kernel = run.kernel().withBandwidth(bandwidth);
            String where = run + ", iteration " + iteration.get("iteration");
            if (run.adaptive()) {
                assertThat(run.kernel().bandwidth() * medianDistance(run.kernel(), metric, x) / bandwidth)
                        .isCloseTo(1, within(run.tolerance()));
            }
            KernelMachine machine = Rfm.solve(
                            x, Golden.matrix(run.data(), "y_train"), kernel, metric, RfmOptions.reference(), SCALAR)
                    .machine();
            double[] kernelRow =
                    KernelMatrices.of(TestEngines.SCALAR, kernel, metric, x, x).row(0);
            close(kernelRow, Golden.numbers(iteration, "K_train_first_row"), run, where + " kernel");
            close(machine.coefficients().values(), Golden.numbers(iteration, "alpha"), run, where + " alpha");
            DoubleMatrix outputs = machine.predict(validationRows, SCALAR);
            assertThat(run.score().of(outputs) / iteration.get("val_metric").getAsDouble())
                    .isCloseTo(1, within(run.tolerance()));
            if (iteration.has("val_predictions")) {
                close(outputs.values(), Golden.numbers(iteration, "val_predictions"), run, where + " predictions");
            }
            if (iteration.has("agop_raw")) {
                checkMoment(run, machine, iteration, where);
            }
        }
    }

    private static void checkMoment(Run run, KernelMachine machine, JsonObject iteration, String where) {
        BlockSymmetric moment = machine.moment(machine.centers(), new MomentOptions(run.diagonal(), false, 0), SCALAR);
        BlockSymmetric sum = moment.times(machine.centers().rows());
        close(numbers(sum), Golden.numbers(iteration, "agop_raw"), run, where + " moment");
        double[] next = numbers(moment.times(1 / moment.largestEntry()));
        for (int i = 0; i < moment.size() && run.jittered(); i++) {
            next[i * moment.size() + i] += 1e-8;
        }
        close(next, Golden.numbers(iteration, "M_next"), run, where + " next metric");
    }

    private static double[] numbers(BlockSymmetric matrix) {
        return matrix.isDiagonal() ? matrix.diagonal() : matrix.toDense().values();
    }

    private static void close(double[] actual, double[] expected, Run run, String what) {
        assertRelativelyClose(actual, expected, run.tolerance(), what);
    }

    /** Iterate t of a run is what a run of t iterations without validation returns. */
    @ParameterizedTest
    @MethodSource("runsWithoutJitter")
    void wholeRunsReachTheStoredIterates(Run run) {
        for (int t = 0; t <= 4; t++) {
            JsonObject iteration = run.iterations().get(t);
            RfmFit fit = run.fit(run.options().toBuilder().iterations(t).build(), Optional.empty());
            assertThat(fit.stop()).isEqualTo(RfmFit.Stop.COMPLETED);
            assertThat(fit.bestRound()).isEqualTo(t);
            assertThat(fit.machine().kernel().bandwidth())
                    .isEqualTo(iteration.get("bandwidth_used").getAsDouble());
            if (t > 0) {
                close(
                        numbers(fit.machine().metric().matrix().orElseThrow()),
                        Golden.numbers(iteration, "M_used"),
                        run,
                        run + " metric " + t);
            }
            close(fit.machine().coefficients().values(), Golden.numbers(iteration, "alpha"), run, run + " alpha " + t);
        }
    }

    /** The jitter moves scores of later iterates by a few 1e-7. */
    @ParameterizedTest
    @MethodSource("runs")
    void wholeRunsScoreChooseAndPredictLikeTheReference(Run run) {
        RfmFit fit = run.fit(run.options(), run.validation());
        double tolerance = run.jittered() ? 2e-6 : run.tolerance();
        assertThat(fit.bestRound()).isEqualTo(run.run().get("best_iter").getAsInt());
        assertThat(fit.machine().kernel().bandwidth()
                        / run.run().get("final_bandwidth").getAsDouble())
                .isCloseTo(1, within(tolerance));
        checkScores(fit, run.run(), tolerance);
        DoubleMatrix outputs = fit.machine().predict(Golden.design(run.data(), "X_test"), SCALAR);
        assertRelativelyClose(
                outputs.values(), Golden.numbers(run.run(), "test_predictions"), tolerance, run + " predictions");
        if (run.run().has("test_probabilities")) {
            assertRelativelyClose(
                    Scores.probabilities(outputs).values(),
                    Golden.numbers(run.run(), "test_probabilities"),
                    tolerance,
                    run + " probabilities");
        }
    }

    @ParameterizedTest
    @MethodSource("runs")
    void earlyStoppingStopsWhereTheReferenceDoes(Run run) {
        JsonObject stopped = run.run().getAsJsonObject("with_early_stopping_multiplier_1.1");
        RfmFit fit = run.fit(run.options().toBuilder().earlyStopMultiplier(1.1).build(), run.validation());
        int solves = stopped.get("n_predictor_fits").getAsInt();
        assertThat(fit.rounds()).hasSize(solves);
        assertThat(fit.bestRound()).isEqualTo(stopped.get("best_iter").getAsInt());
        checkScores(fit, stopped, run.jittered() ? 2e-6 : run.tolerance());
        double last = fit.rounds().get(solves - 1).score();
        double best = fit.rounds().get(fit.bestRound()).score();
        assertThat(fit.stop()).isEqualTo(last > 1.1 * best ? RfmFit.Stop.EARLY_STOP : RfmFit.Stop.COMPLETED);
    }

    private static void checkScores(RfmFit fit, JsonObject expected, double tolerance) {
        double[] scores = fit.rounds().stream().mapToDouble(RfmRound::score).toArray();
        double[] wanted = Golden.numbers(expected, "val_metrics");
        assertThat(scores).hasSameSizeAs(wanted);
        for (int t = 0; t < scores.length; t++) {
            assertThat(scores[t] / wanted[t]).as("score %d", t).isCloseTo(1, within(tolerance));
        }
    }

    private static double medianDistance(Kernel kernel, Metric metric, Design x) {
        return MedianDistance.of(
                TestEngines.SCALAR,
                Points.pack(
                        TestEngines.SCALAR,
                        x,
                        KernelMatrices.projection(TestEngines.SCALAR, kernel, metric, x),
                        ParallelFor.serial()),
                kernel.pairFunction(x.width()));
    }

    private static Metric metric(JsonObject iteration, String key) {
        JsonElement stored = iteration.get(key);
        if (stored == null || stored.isJsonNull()) {
            return Metric.identity();
        }
        boolean full = stored.getAsJsonArray().get(0).isJsonArray();
        return Metric.of(
                full
                        ? BlockSymmetric.full(Golden.matrix(iteration, key))
                        : BlockSymmetric.diagonal(Golden.numbers(iteration, key)));
    }
}

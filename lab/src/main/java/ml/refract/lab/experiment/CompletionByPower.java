package ml.refract.lab.experiment;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import ml.refract.engine.Execution;
import ml.refract.engine.Seeds;
import ml.refract.lab.Claim;
import ml.refract.lab.Curve;
import ml.refract.lab.Experiment;
import ml.refract.lab.LabResult;
import ml.refract.lab.LabSettings;
import ml.refract.lab.Panel;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.SymmetricEigen;
import ml.refract.rfm.linear.Entries;
import ml.refract.rfm.linear.ExactCompletion;

/** The iteration of the paper with the log-determinant against the nuclear norm, and what it is equal to. */
final class CompletionByPower implements Experiment {
    private static final int SIZE = 100;
    private static final int RANK = 2;
    private static final int SWEEPS = 600;
    private static final int NUCLEAR_SWEEPS = 300;
    private static final int EVERY = 10;

    @Override
    public String id() {
        return "completion-by-power";
    }

    @Override
    public String title() {
        return "Power 1/2 completes matrices where the nuclear norm fails";
    }

    @Override
    public String source() {
        return "Radhakrishnan, Belkin and Drusvyatskiy, PNAS 2025 (arXiv 2401.04553)";
    }

    @Override
    public String description() {
        return "A 100 x 100 matrix of rank 2 is completed from three times as many entries as it has degrees of freedom, by "
                + "the iteration of the paper as it stands. Power 1/2 is iteratively reweighted least squares for the "
                + "logarithm of the determinant, exactly; power 1/4 is the nuclear norm.";
    }

    @Override
    public LabResult run(LabSettings settings, Execution execution) {
        int trials = settings.pick(7, 15);
        int observed = 3 * LowRankMatrix.degreesOfFreedom(SIZE, RANK);
        double[][] logarithm = new double[trials][];
        double[][] nuclear = new double[trials][];
        double violation = 0;
        for (int trial = 0; trial < trials; trial++) {
            LowRankMatrix matrix =
                    LowRankMatrix.draw(SIZE, RANK, observed, Seeds.stream(settings.seed(), "completion", trial));
            execution.progress().report("matrix " + (trial + 1), (double) trial / trials);
            logarithm[trial] = errors(matrix, 0.5, SWEEPS, t -> Math.max(1e-8, 0.05 * Math.pow(0.99, t)), execution);
            nuclear[trial] =
                    errors(matrix, 0.25, NUCLEAR_SWEEPS, t -> Math.max(1e-8, 0.5 * Math.pow(0.98, t)), execution);
            violation = Math.max(violation, violation(matrix.entries(), execution));
        }
        double[] logarithmMedian = medians(logarithm);
        double[] nuclearMedian = medians(nuclear);
        double last = logarithmMedian[logarithmMedian.length - 1];
        return LabResult.builder()
                .setup("size", SIZE)
                .setup("rank", RANK)
                .setup("observed", observed)
                .setup("matrices", trials)
                .panel(Panel.Chart.of(
                        "Median error on hidden entries",
                        Panel.Axis.linear("sweeps"),
                        Panel.Axis.log("mean squared error"),
                        Curve.line("power 1/2", sweeps(logarithmMedian), logarithmMedian),
                        Curve.line("power 1/4 (nuclear norm)", sweeps(nuclearMedian), nuclearMedian)))
                .claim(Claim.atMost(
                        "median hidden error with power 1/2",
                        last,
                        1e-4,
                        Claim.Basis.PAPER,
                        "lin-RFM recovers the matrix; the authors' script stops at 1e-3"))
                .claim(Claim.atLeast(
                        "median hidden error with power 1/4 over that with power 1/2",
                        nuclearMedian[nuclearMedian.length - 1] / last,
                        100,
                        Claim.Basis.PAPER,
                        "powers of 1/2 and more need fewer entries than the nuclear norm"))
                .claim(Claim.atMost(
                        "largest gradient of w' Q^-1 w along an unobserved entry, after a sweep with power 1/2, over the largest "
                                + "along an observed one",
                        violation,
                        1e-9,
                        Claim.Basis.IDENTITY,
                        "a sweep solves the reweighted least squares problem with weight Q = W'W/n + smoothing I"))
                .build();
    }

    private static double[] errors(
            LowRankMatrix matrix, double power, int sweeps, IntToDoubleFunction smoothing, Execution execution) {
        ExactCompletion exact = new ExactCompletion(matrix.entries(), power, true, execution);
        double[] errors = new double[sweeps / EVERY];
        for (int t = 0; t < sweeps; t++) {
            exact.sweep(smoothing.applyAsDouble(t));
            if ((t + 1) % EVERY == 0) {
                errors[t / EVERY] = matrix.hiddenError(exact.completed()::get);
            }
        }
        return errors;
    }

    private static double[] sweeps(double[] errors) {
        double[] sweeps = new double[errors.length];
        Arrays.setAll(sweeps, k -> (k + 1.0) * EVERY);
        return sweeps;
    }

    private static double[] medians(double[][] curves) {
        double[] result = new double[curves[0].length];
        for (int k = 0; k < result.length; k++) {
            int at = k;
            double[] values = Arrays.stream(curves)
                    .mapToDouble(curve -> curve[at])
                    .sorted()
                    .toArray();
            result[k] = values[values.length / 2];
        }
        return result;
    }

    /** How far the third sweep is from the minimum of sum_i w_i' Q^-1 w_i over matrices with the observed entries. */
    private static double violation(Entries entries, Execution execution) {
        double smoothing = 0.05;
        ExactCompletion exact = new ExactCompletion(entries, 0.5, true, execution);
        exact.sweep(smoothing);
        exact.sweep(smoothing);
        DoubleMatrix weight = exact.metric().copy();
        for (int j = 0; j < SIZE; j++) {
            weight.set(j, j, weight.get(j, j) + smoothing);
        }
        exact.sweep(smoothing);
        DoubleMatrix gradient =
                exact.completed().times(SymmetricEigen.of(weight).map(value -> 1 / value));
        double largest = 0;
        for (int e = 0; e < entries.size(); e++) {
            largest = Math.max(largest, Math.abs(gradient.get(entries.row(e), entries.col(e))));
            gradient.set(entries.row(e), entries.col(e), 0);
        }
        double hidden = Arrays.stream(gradient.values()).map(Math::abs).max().orElse(Double.NaN);
        return hidden / largest;
    }
}

package ml.refract.lab.experiment;

import java.util.SplittableRandom;
import ml.refract.engine.Execution;
import ml.refract.engine.Progress;
import ml.refract.engine.Seeds;
import ml.refract.lab.Claim;
import ml.refract.lab.Curve;
import ml.refract.lab.Experiment;
import ml.refract.lab.LabResult;
import ml.refract.lab.LabSettings;
import ml.refract.lab.Panel;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.linear.SparseOptions;
import ml.refract.rfm.linear.SparseRegression;

/** How many Gaussian measurements a sparse vector takes, by the power of the metric. */
final class SparseRecovery implements Experiment {
    private static final int WEIGHTS = 500;
    private static final int NONZERO = 15;
    private static final double SUCCESS = 1e-3;
    private static final double[] MEASUREMENTS = {40, 50, 60, 70, 80, 90};
    /** The l1 norm is approached slowly: its penalty does not fall off towards zero. */
    private static final double SLOW_DECAY = 0.96;

    private static final double FAST_DECAY = 0.85;

    @Override
    public String id() {
        return "sparse-recovery";
    }

    @Override
    public String title() {
        return "lin-RFM recovers sparse vectors from fewer measurements than the l1 norm";
    }

    @Override
    public String source() {
        return "Radhakrishnan, Belkin and Drusvyatskiy, PNAS 2025 (arXiv 2401.04553)";
    }

    @Override
    public String description() {
        return "A vector of 500 numbers, 15 of them not zero, is measured by Gaussian vectors, and lin-RFM with a diagonal "
                + "metric fits the measurements. With power 1/4 its limit is the smallest l1 norm, whose success turns at a "
                + "number of measurements that is known in closed form; with power 1/2, the logarithm, it turns earlier.";
    }

    @Override
    public LabResult run(LabSettings settings, Execution execution) {
        int trials = settings.pick(10, 50);
        double[] norm = new double[MEASUREMENTS.length];
        double[] logarithm = new double[MEASUREMENTS.length];
        for (int k = 0; k < MEASUREMENTS.length; k++) {
            execution.progress().report((int) MEASUREMENTS[k] + " measurements", (double) k / MEASUREMENTS.length);
            for (int trial = 0; trial < trials; trial++) {
                Problem problem = Problem.draw(
                        (int) MEASUREMENTS[k], Seeds.stream(settings.seed(), "sparse-recovery", 1_000L * k + trial));
                norm[k] += problem.isRecovered(0.25, SLOW_DECAY, execution) ? 1.0 / trials : 0;
                logarithm[k] += problem.isRecovered(0.5, FAST_DECAY, execution) ? 1.0 / trials : 0;
            }
        }
        double threshold = statisticalDimension();
        return LabResult.builder()
                .setup("weights", WEIGHTS)
                .setup("not zero", NONZERO)
                .setup("trials", trials)
                .setup("success", "relative error below 0.001")
                .panel(Panel.Chart.of(
                        "Share of successes",
                        Panel.Axis.linear("measurements"),
                        Panel.Axis.linear("share of trials"),
                        Curve.line("power 1/4 (l1 norm)", MEASUREMENTS, norm),
                        Curve.line("power 1/2 (logarithm)", MEASUREMENTS, logarithm),
                        Curve.dashed("l1 in theory", new double[] {threshold, threshold}, new double[] {0, 1})))
                .claim(
                        Claim.near(
                                "measurements at which half the trials with power 1/4 succeed",
                                crossing(norm),
                                threshold,
                                8,
                                Claim.Basis.CLOSED_FORM,
                                "statistical dimension of the descent cone of the l1 norm (Amelunxen, Lotz, McCoy and Tropp, 2014)"))
                .claim(Claim.atMost(
                        "measurements at which half the trials with power 1/2 succeed",
                        crossing(logarithm),
                        threshold - 8,
                        Claim.Basis.PAPER,
                        "more concave penalties need fewer measurements than the l1 norm"))
                .claim(Claim.near(
                        "share of trials with power 1/2 that succeed with 90 measurements",
                        logarithm[5],
                        1,
                        0.1,
                        Claim.Basis.PAPER,
                        "above its threshold the vector is recovered"))
                .build();
    }

    /** Where a rising curve passes one half, between its points. */
    private static double crossing(double[] share) {
        for (int k = 1; k < share.length; k++) {
            if (share[k - 1] < 0.5 && share[k] >= 0.5) {
                double part = (0.5 - share[k - 1]) / (share[k] - share[k - 1]);
                return MEASUREMENTS[k - 1] + part * (MEASUREMENTS[k] - MEASUREMENTS[k - 1]);
            }
        }
        return share[0] >= 0.5 ? MEASUREMENTS[0] : Double.NaN;
    }

    /** min over t of s (1 + t^2) + (d - s) E (|g| - t)_+^2, g normal. */
    static double statisticalDimension() {
        double least = WEIGHTS;
        for (double t = 0; t < 5; t += 1e-3) {
            double density = Math.exp(-t * t / 2) / Math.sqrt(2 * Math.PI);
            double beyond = 2 * ((1 + t * t) * upperTail(t) - t * density);
            least = Math.min(least, NONZERO * (1 + t * t) + (WEIGHTS - NONZERO) * beyond);
        }
        return least;
    }

    /** Probability that a normal number is above t >= 0, by Simpson's rule up to 10 standard deviations. */
    private static double upperTail(double t) {
        int steps = 400;
        double width = (10 - t) / steps;
        double sum = 0;
        for (int k = 0; k <= steps; k++) {
            double x = t + k * width;
            double weight = k == 0 || k == steps ? 1 : k % 2 == 1 ? 4 : 2;
            sum += weight * Math.exp(-x * x / 2);
        }
        return sum * width / 3 / Math.sqrt(2 * Math.PI);
    }

    private record Problem(DoubleMatrix a, double[] weights, double[] y) {
        static Problem draw(int n, SplittableRandom random) {
            DoubleMatrix a = DoubleMatrix.zeros(n, WEIGHTS);
            for (int k = 0; k < a.values().length; k++) {
                a.values()[k] = random.nextGaussian();
            }
            double[] weights = new double[WEIGHTS];
            for (int j : Seeds.sample(WEIGHTS, NONZERO, random)) {
                weights[j] = random.nextGaussian();
            }
            return new Problem(a, weights, a.times(DoubleMatrix.column(weights)).values());
        }

        boolean isRecovered(double power, double decay, Execution execution) {
            Execution quiet = execution.withProgress(Progress.none());
            SparseOptions options = SparseOptions.defaults().withPower(power).withDecay(decay);
            double[] found = SparseRegression.fit(a, y, options, quiet).weights();
            double error = 0;
            double size = 0;
            for (int j = 0; j < WEIGHTS; j++) {
                error += Math.pow(found[j] - weights[j], 2);
                size += Math.pow(weights[j], 2);
            }
            return error < SUCCESS * SUCCESS * size;
        }
    }
}

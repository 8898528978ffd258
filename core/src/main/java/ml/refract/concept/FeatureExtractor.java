package ml.refract.concept;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ml.refract.linalg.DoubleCholesky;
import ml.refract.linalg.DoubleMatrix;

/**
 * The recursive feature machine on centred rows, in double throughout: solve a kernel ridge system, form the average gradient
 * outer product of the solution, take it as the metric of the next kernel (specification of the concept probe, sections 1.2
 * and 1.4). Targets are centred first. Every metric is a candidate.
 */
final class FeatureExtractor implements Extractor {
    /** Pairs closer than this share of their squared norms have no distance left after rounding: no gradient runs along them. */
    private static final double COINCIDENT = 1e-13;
    /** A ridge that leaves the system indefinite is raised by this factor. */
    private static final double RAISE = 10;

    private final ProbeOptions options;

    FeatureExtractor(ProbeOptions options) {
        this.options = options;
    }

    @Override
    public void propose(Sample sample, boolean unitRows, Proposals proposals) {
        int runs = options.centredGradients().size() * options.bandwidths().size();
        int run = 0;
        for (boolean centred : options.centredGradients()) {
            for (double bandwidth : options.bandwidths()) {
                run(sample, unitRows, centred, bandwidth, (double) run / runs, 1.0 / runs, proposals);
                run++;
            }
        }
    }

    private void run(
            Sample sample,
            boolean unitRows,
            boolean centred,
            double bandwidth,
            double done,
            double share,
            Proposals proposals) {
        boolean primal = Extractor.isPrimal(
                options.form(),
                sample.train().rows(),
                sample.targets().matrix().cols(),
                sample.train().cols());
        GradientForm form = primal
                ? new GradientForm.Primal(sample, options.scaleRule(), centred)
                : new GradientForm.Dual(sample, options.scaleRule(), centred);
        DoubleMatrix targets = centred(sample.targets().matrix());
        for (int t = 1; t <= options.iterations(); t++) {
            proposals.progress(done + share * (t - 1) / options.iterations());
            Pairs pairs = Pairs.of(form.gram(), bandwidth, options.exponent(), sample);
            Solution solution = solve(pairs.values(), targets, sample);
            if (!form.learn(laplacians(pairs.weights(), solution.coefficients()))) {
                return; // the machine is constant
            }
            ProbeTrial trial =
                    new ProbeTrial(unitRows, centred, bandwidth, t, solution.ridge(), Double.NaN, Double.NaN);
            proposals.accept(trial, form.top(options.components()));
        }
    }

    /** Columns less their mean, so that it makes no difference whether absent is written as 0 or as -1. */
    private static DoubleMatrix centred(DoubleMatrix targets) {
        int cols = targets.cols();
        double[] mean = new double[cols];
        for (int k = 0; k < targets.values().length; k++) {
            mean[k % cols] += targets.values()[k] / targets.rows();
        }
        DoubleMatrix result = targets.copy();
        for (int k = 0; k < targets.values().length; k++) {
            result.values()[k] -= mean[k % cols];
        }
        return result;
    }

    private record Solution(DoubleMatrix coefficients, double ridge) {}

    private Solution solve(DoubleMatrix kernel, DoubleMatrix targets, Sample sample) {
        double ridge = options.ridge();
        while (true) {
            Optional<DoubleCholesky> factor = DoubleCholesky.of(kernel, ridge, sample.kernels(), sample.parallel());
            if (factor.isPresent()) {
                return new Solution(factor.get().solve(targets), ridge);
            }
            ridge *= RAISE;
        }
    }

    /** A_l with gradients A_l X M: off the diagonal -w_ij alpha_jl, and rows that sum to zero. */
    private static List<DoubleMatrix> laplacians(DoubleMatrix weights, DoubleMatrix coefficients) {
        int n = weights.rows();
        List<DoubleMatrix> result = new ArrayList<>();
        for (int l = 0; l < coefficients.cols(); l++) {
            double[] a = new double[n * n];
            double[] alpha = coefficients.col(l);
            for (int i = 0; i < n; i++) {
                double sum = 0;
                for (int j = 0; j < n; j++) {
                    double weight = weights.values()[i * n + j] * alpha[j];
                    a[i * n + j] = -weight;
                    sum += weight;
                }
                a[i * n + i] += sum;
            }
            result.add(DoubleMatrix.of(n, n, a));
        }
        return result;
    }

    /**
     * The kernel exp(-(r/B)^q) of all pairs of rows, and the weight w of its gradient w M (x_i - x_j), 0 where r is: both n x n.
     */
    private record Pairs(DoubleMatrix values, DoubleMatrix weights) {
        private static final int BAND = 16;

        /** @param gram X M X' */
        static Pairs of(DoubleMatrix gram, double bandwidth, double exponent, Sample sample) {
            int n = gram.rows();
            Pairs pairs = new Pairs(DoubleMatrix.zeros(n, n), DoubleMatrix.zeros(n, n));
            sample.parallel().run((n + BAND - 1) / BAND, band -> {
                for (int i = band * BAND; i < Math.min(n, (band + 1) * BAND); i++) {
                    pairs.fill(i, gram.values(), bandwidth, exponent);
                }
            });
            return pairs;
        }

        /** Row i; the triangle above the diagonal is computed as that below it, so that both are the same. */
        private void fill(int i, double[] gram, double bandwidth, double exponent) {
            int n = values.rows();
            for (int j = 0; j < n; j++) {
                int at = Math.max(i, j) * n + Math.min(i, j);
                double norms = gram[i * n + i] + gram[j * n + j];
                double square = Math.max(0, norms - 2 * gram[at]);
                double ratio = Math.sqrt(square) / bandwidth;
                double power = exponent == 1 ? ratio : Math.pow(ratio, exponent);
                double value = Math.exp(-power);
                values.values()[i * n + j] = value;
                weights.values()[i * n + j] = square <= COINCIDENT * norms ? 0 : -exponent * power * value / square;
            }
        }
    }
}

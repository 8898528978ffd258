package ml.refract.rfm.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import ml.refract.engine.Execution;
import ml.refract.engine.Seeds;
import ml.refract.linalg.DoubleCholesky;
import ml.refract.linalg.DoubleMatrix;
import org.jspecify.annotations.Nullable;

/**
 * A fitted convolutional recursive feature machine: kernel ridge regression with a kernel over patches, whose metric on patches is
 * the average outer product of the gradients with respect to every patch, of the round before (specification of the RFM family,
 * section 9). Where the authors' scripts choose round and ridge by the test set, here images held out choose the round. Immutable.
 */
public final class ConvRfm {
    private final Images centers;
    private final ConvRfmOptions options;
    private final PatchMetric metric;
    private final DoubleMatrix coefficients;
    private final List<Round> rounds;
    private final int bestRound;

    private ConvRfm(
            Images centers,
            ConvRfmOptions options,
            PatchMetric metric,
            DoubleMatrix coefficients,
            List<Round> rounds,
            int bestRound) {
        this.centers = centers;
        this.options = options;
        this.metric = metric;
        this.coefficients = coefficients;
        this.rounds = List.copyOf(rounds);
        this.bestRound = bestRound;
    }

    /**
     * What one round did.
     *
     * @param metric the metric it was solved with
     * @param heldOutError mean squared error over the images held out and all outputs; NaN without any
     */
    public record Round(PatchMetric metric, double heldOutError) {}

    /** Images with their targets, n x c. */
    public record Data(Images images, DoubleMatrix targets) {
        /**
         * @throws IllegalArgumentException when there are not as many targets as images
         */
        public Data {
            if (images.count() != targets.rows() || images.count() == 0 || targets.cols() == 0) {
                throw new IllegalArgumentException("There are " + images.count() + " images and a " + targets.rows()
                        + " x " + targets.cols() + " matrix of targets; wanted as many, at least one");
            }
        }
    }

    /**
     * Fits on images.
     *
     * <p>Cost of a round n^2 P p / 2 + n^3 / 3 + m n c P p flops for P patches of p numbers, n^2 P^2 p / 2 and so on when pooled;
     * memory 2 n^2 doubles and n P p numbers. The same for any number of threads.
     *
     * @param heldOut images that choose the round; without them the last is kept
     * @throws IllegalArgumentException when shapes do not match, or gradients are zero everywhere
     * @throws ml.refract.engine.CancelledException when told to stop
     */
    public static ConvRfm fit(Data train, Optional<Data> heldOut, ConvRfmOptions options, Execution execution) {
        heldOut.ifPresent(data -> requireAlike(train.images, data.images));
        int[] momentImages = Seeds.sample(
                train.images.count(), options.momentImages(), Seeds.stream(options.seed(), "moment images", 0));
        PatchMetric metric = PatchMetric.identity(options.patches(), train.images);
        List<Round> rounds = new ArrayList<>();
        @Nullable DoubleMatrix best = null;
        int bestRound = 0;
        for (int t = 0; t <= options.rounds(); t++) {
            execution.requireNotCancelled();
            execution.progress().report("round " + t, (double) t / (options.rounds() + 1));
            PatchKernel kernel = new PatchKernel(train.images, metric, options.readout(), execution);
            DoubleMatrix alpha = solve(kernel, train.targets, options.ridge(), execution);
            PatchMetric now = metric;
            double error = heldOut.map(data -> error(kernel, now, alpha, data, execution))
                    .orElse(Double.NaN);
            rounds.add(new Round(metric, error));
            if (best == null || !(error >= rounds.get(bestRound).heldOutError())) {
                best = alpha;
                bestRound = t;
            }
            if (t < options.rounds()) {
                DoubleMatrix next = unit(kernel.moment(alpha, momentImages, execution));
                metric = new PatchMetric(options.patches(), train.images.channels(), next);
            }
        }
        execution.progress().report("fitted", 1);
        return new ConvRfm(
                train.images, options, rounds.get(bestRound).metric(), Objects.requireNonNull(best), rounds, bestRound);
    }

    /** Coefficients of the kernel as it is, for the ridge that goes with its largest entry scaled to 1. */
    private static DoubleMatrix solve(PatchKernel kernel, DoubleMatrix y, double ridge, Execution execution) {
        DoubleMatrix k = kernel.centers(execution);
        double largest = 0;
        for (int i = 0; i < k.rows(); i++) {
            largest = Math.max(largest, k.get(i, i)); // the largest entry of a kernel stands on the diagonal
        }
        double shift = ridge * largest;
        return DoubleCholesky.of(k, shift, execution.engine().doubleKernels(), execution.workers())
                .orElseThrow(() -> new IllegalArgumentException(
                        "The kernel matrix of " + k.rows() + " images has no factor with a ridge of " + ridge
                                + "; images may be equal. Give a larger ridge"))
                .solve(y);
    }

    private static double error(
            PatchKernel kernel, PatchMetric metric, DoubleMatrix alpha, Data data, Execution execution) {
        double[] predicted =
                kernel.against(data.images, metric, execution).times(alpha).values();
        double sum = 0;
        for (int k = 0; k < predicted.length; k++) {
            sum += Math.pow(predicted[k] - data.targets.values()[k], 2);
        }
        return sum / predicted.length;
    }

    /** A matrix of Frobenius norm 1. */
    private static DoubleMatrix unit(DoubleMatrix moment) {
        double squares = 0;
        for (double value : moment.values()) {
            squares += value * value;
        }
        if (!(squares > 0 && squares < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "The gradient is zero or not finite, so no metric can be learned from it");
        }
        DoubleMatrix result = moment.copy();
        for (int k = 0; k < result.values().length; k++) {
            result.values()[k] /= Math.sqrt(squares);
        }
        return result;
    }

    private static void requireAlike(Images one, Images other) {
        if (!one.isLike(other)) {
            throw new IllegalArgumentException(
                    "Images must be of " + one.height() + " x " + one.width() + " pixels and "
                            + one.channels() + " channels, got " + other.height() + " x " + other.width() + " and "
                            + other.channels());
        }
    }

    /** Predictions for m images, m x c. Cost m n P p flops, times P when pooled. */
    public DoubleMatrix predict(Images images, Execution execution) {
        requireAlike(centers, images);
        PatchKernel kernel = new PatchKernel(centers, metric, options.readout(), execution);
        return kernel.against(images, metric, execution).times(coefficients);
    }

    /** The metric that the coefficients were solved with. */
    public PatchMetric metric() {
        return metric;
    }

    /** The settings. */
    public ConvRfmOptions options() {
        return options;
    }

    /** Every round, in order; round 0 has no preference among patches. */
    public List<Round> rounds() {
        return rounds;
    }

    /** Index of the round that is kept. */
    public int bestRound() {
        return bestRound;
    }
}

package ml.refract.wide;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import ml.refract.engine.Execution;
import ml.refract.kernel.DualActivation;
import ml.refract.linalg.DoubleMatrix;

/**
 * A convolutional network of infinite width that paints an image from noise, and its tangent kernel between the pixels of the
 * image (CNTK): completing an image is {@link KernelCompletion} with channels as rows and pixels as columns (specification of the
 * RFM family, section 10.1; Radhakrishnan et al., PNAS 2022; Ulyanov et al., "Deep image prior"). The kernel does not depend on
 * the image.
 *
 * <p>The network is (convolution, activation, down)^s, convolution, activation, (up, convolution, activation)^(s-1), up,
 * convolution, on an image that wraps around at its edges. Down keeps every second pixel. Covariances S and tangent kernels T of
 * activations start at S = 1/300 on the diagonal and 1/400 off it, the second moments of uniform noise in [0, 0.1]. A convolution
 * adds up q x q windows, the same offset for both pixels; an activation turns the windows B of S and K of S + T into psi(u) N and
 * psi'(u) K, over q^2 each, with N the geometric mean of two variances and u the correlation.
 *
 * <p>After bilinear upsampling the authors' program multiplies what was interpolated, up(psi') up(K); here up(psi' K), which is the
 * kernel of the network.
 *
 * @param activation ReLU or leaky ReLU
 * @param window q, odd, 1 to 15
 * @param scales s, times the image is halved, 1 to 10
 * @param upsampling how it is doubled again
 */
public record PixelNetwork(DualActivation.Rectifier activation, int window, int scales, Upsampling upsampling) {
    /** Sides above this are not computed exactly: 4096 pixels are 134 MB for each of some arrays of pairs. */
    public static final int MOST_EXACT = 64;

    private static final double VARIANCE = 1.0 / 300;
    private static final double COVARIANCE = 1.0 / 400;
    private static final int MOST_WINDOW = 15;
    private static final int MOST_SCALES = 10;

    /** How an image is doubled. */
    public enum Upsampling {
        /** Each pixel becomes four. */
        NEAREST,
        /** Pixels are weighted by 3/4 and 1/4 along each side. */
        BILINEAR
    }

    /**
     * @throws IllegalArgumentException naming every setting out of range
     */
    public PixelNetwork {
        List<String> faults = new ArrayList<>();
        if (window < 1 || window > MOST_WINDOW || window % 2 == 0) {
            faults.add("window must be an odd number between 1 and " + MOST_WINDOW + ", got " + window);
        }
        if (scales < 1 || scales > MOST_SCALES) {
            faults.add("scales must be between 1 and " + MOST_SCALES + ", got " + scales);
        }
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException("Invalid network: " + String.join("; ", faults));
        }
    }

    /** The authors' network: leaky ReLU of slope 0.01, windows of 3 x 3, bilinear upsampling. */
    public static PixelNetwork ofScales(int scales) {
        return new PixelNetwork(new DualActivation.Rectifier(0.01), 3, scales, Upsampling.BILINEAR);
    }

    /**
     * The kernel between the pixels of a square image, pixel (i, j) at i * side + j. Cost about 4 s (q + 40) side^4 flops, memory
     * four matrices of side^2 x side^2 doubles.
     *
     * @param side at most {@value #MOST_EXACT}, a multiple of 2^s and above it
     * @throws IllegalArgumentException when it is not
     * @throws ml.refract.engine.CancelledException when cancelled
     */
    public DoubleMatrix kernel(int side, Execution execution) {
        int unit = 1 << scales;
        if (side > MOST_EXACT) {
            throw new IllegalArgumentException(
                    "The kernel of an image of side " + side + " is too large to be computed exactly;" + " the most is "
                            + MOST_EXACT + ", beyond that expand the kernel of a smaller image");
        }
        if (side <= unit || side % unit != 0) {
            throw new IllegalArgumentException("With " + scales + " scales the side of an image must be a multiple of "
                    + unit + " above it, got " + side);
        }
        PixelPairs covariance = PixelPairs.constant(side, VARIANCE, COVARIANCE);
        Layer layer = first(covariance, execution);
        int steps = 2 * scales + 1;
        for (int l = 1; l <= scales; l++) {
            report(l, steps, execution);
            layer = activated(layer.down(), execution);
        }
        for (int l = 1; l < scales; l++) {
            report(scales + l, steps, execution);
            layer = activated(layer.up(upsampling, execution), execution);
        }
        report(2 * scales, steps, execution);
        Layer last = layer.up(upsampling, execution);
        return last.covariance.plus(last.tangent).windows(window, execution).symmetric();
    }

    private static void report(int step, int steps, Execution execution) {
        execution.requireNotCancelled();
        execution.progress().report("kernel between pixels", (double) step / steps);
    }

    /**
     * The kernel of a larger image from one of a smaller. The kernel does not change when both pixels are shifted by 2^s; pairs
     * further apart than half the smaller side get its smallest value in the same row, for there the true kernel is almost flat. Exact
     * where the windows of the network reach less far than that; else close, and not positive semidefinite: expand from a large
     * side, and complete with a ridge.
     *
     * @param kernel between the pixels of an image of side {@code from}, from {@link #kernel}
     * @param side a multiple of 2^s, at least {@code from}
     * @throws IllegalArgumentException when sides do not match
     */
    public DoubleMatrix expand(DoubleMatrix kernel, int from, int side) {
        int unit = 1 << scales;
        if (kernel.rows() != from * from || kernel.cols() != from * from) {
            throw new IllegalArgumentException("The kernel of an image of side " + from + " has " + from * from
                    + " rows and columns, got " + kernel.rows() + " x " + kernel.cols());
        }
        if (from % unit != 0 || side < from || side % unit != 0) {
            throw new IllegalArgumentException("Both sides must be multiples of " + unit
                    + " and the larger at least the " + "smaller, got " + from + " and " + side);
        }
        DoubleMatrix result = DoubleMatrix.zeros(side * side, side * side);
        for (int p = 0; p < side * side; p++) {
            int i = p / side;
            int j = p % side;
            double[] row = kernel.row(i % unit * from + j % unit);
            double least = Arrays.stream(row).min().orElse(0);
            double[] target = result.values();
            Arrays.fill(target, p * side * side, (p + 1) * side * side, least);
            for (int a = 0; a < from; a++) {
                for (int b = 0; b < from; b++) {
                    int di = a - i % unit;
                    int dj = b - j % unit;
                    int across = Math.floorMod(i + near(di, from), side);
                    int along = Math.floorMod(j + near(dj, from), side);
                    target[p * side * side + across * side + along] = row[a * from + b];
                }
            }
        }
        return averaged(result);
    }

    /** A shift on a circle, from -half to below half. */
    private static int near(int shift, int from) {
        return Math.floorMod(shift + from / 2, from) - from / 2;
    }

    /** The window is cut differently seen from either pixel of a pair; the mean is symmetric again. */
    private static DoubleMatrix averaged(DoubleMatrix kernel) {
        int n = kernel.rows();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                double mean = (kernel.get(i, j) + kernel.get(j, i)) / 2;
                kernel.set(i, j, mean);
                kernel.set(j, i, mean);
            }
        }
        return kernel;
    }

    /** Covariances and tangent kernels of activations. */
    private record Layer(PixelPairs covariance, PixelPairs tangent) {
        Layer down() {
            return new Layer(covariance.down(), tangent.down());
        }

        Layer up(Upsampling how, Execution execution) {
            return new Layer(covariance.up(how, execution), tangent.up(how, execution));
        }
    }

    private Layer first(PixelPairs covariance, Execution execution) {
        PixelPairs windows = covariance.windows(window, execution);
        return activated(windows, windows, execution);
    }

    private Layer activated(Layer before, Execution execution) {
        return activated(
                before.covariance.windows(window, execution),
                before.covariance.plus(before.tangent).windows(window, execution),
                execution);
    }

    /** psi(u) N and psi'(u) K, over q^2. */
    private Layer activated(PixelPairs windows, PixelPairs tangent, Execution execution) {
        int n = windows.pixels();
        double share = 1.0 / (window * window);
        double[] deviations = new double[n];
        for (int p = 0; p < n; p++) {
            deviations[p] = Math.sqrt(windows.get(p, p));
        }
        PixelPairs covariance = PixelPairs.constant(windows.side(), 0, 0);
        PixelPairs next = PixelPairs.constant(windows.side(), 0, 0);
        execution.workers().run(n, p -> {
            for (int q = 0; q < n; q++) {
                double scale = deviations[p] * deviations[q];
                double u = p == q ? 1 : Math.max(-1, Math.min(1, windows.get(p, q) / scale));
                covariance.set(p, q, activation.value(u) * scale * share);
                next.set(p, q, activation.slope(u) * tangent.get(p, q) * share);
            }
        });
        return new Layer(covariance, next);
    }
}

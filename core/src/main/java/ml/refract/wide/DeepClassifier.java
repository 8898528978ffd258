package ml.refract.wide;

import java.util.Arrays;
import ml.refract.engine.Execution;
import ml.refract.kernel.InfiniteNetwork;
import ml.refract.kernel.SignedLog;
import ml.refract.linalg.DoubleCholesky;
import ml.refract.linalg.DoubleMatrix;

/**
 * The classifier of a network of infinite width and any depth: kernel regression without a ridge on the class codes, f(z) = k(z, X)
 * K^-1 Y, with rows taken at length 1 and kernels held by their logarithms, so that hundreds of layers do not underflow
 * (specification of the RFM family, section 11; Radhakrishnan, Belkin and Uhler, PNAS 2023). {@link ml.refract.kernel.DepthLimit}
 * tells what it becomes.
 *
 * <p>Scores of a row are scaled by the largest kernel value it has with a training row: only their order means something. Once all
 * kernel values between different training rows are below 1e-13 of the diagonal, K is the identity and nothing is solved. Cost n^2
 * (k + 50 H) + n^3/3 flops to fit, n (k + 50 H) for a row. Immutable, safe to share.
 */
public final class DeepClassifier implements Interpolator {
    /** Off-diagonal entries below this leave the solution as it is, to rounding. */
    private static final double NEGLIGIBLE = 1e-13;

    /** Inner products above this are taken from distances, which keep the digits of 1 - u. */
    private static final double NEAR = 0.5;

    private final InfiniteNetwork network;
    private final double[][] rows;
    private final DoubleMatrix coefficients;

    private DeepClassifier(InfiniteNetwork network, double[][] rows, DoubleMatrix coefficients) {
        this.network = network;
        this.rows = rows;
        this.coefficients = coefficients;
    }

    /**
     * Fits.
     *
     * @param x n x k rows, none of them zero
     * @param labels class of each row, 0 to classes - 1
     * @throws IllegalArgumentException when shapes differ, a label is out of range, a row is zero or not finite, or two rows point in
     *     the same direction, so that K has no inverse
     * @throws ml.refract.engine.CancelledException when cancelled
     */
    public static DeepClassifier fit(
            InfiniteNetwork network, DoubleMatrix x, int[] labels, int classes, Execution execution) {
        DoubleMatrix codes = Sample.oneHot(x, labels, classes);
        double[][] rows = directions(x);
        double diagonal = network.ofCorrelation(SignedLog.ONE).log();
        int n = rows.length;
        DoubleMatrix kernel = DoubleMatrix.zeros(n, n);
        double[] largest = new double[n];
        execution.workers().run(n, i -> {
            execution.requireNotCancelled();
            for (int j = 0; j < i; j++) {
                SignedLog value = value(network, rows[i], rows[j]);
                double relative = value.sign() * Math.exp(value.log() - diagonal);
                kernel.set(i, j, relative);
                largest[i] = Math.max(largest[i], Math.abs(relative));
            }
            kernel.set(i, i, 1);
        });
        if (Arrays.stream(largest).max().orElse(0) < NEGLIGIBLE) {
            return new DeepClassifier(network, rows, codes);
        }
        DoubleMatrix coefficients = DoubleCholesky.of(
                        kernel, 0, execution.engine().doubleKernels(), execution.workers())
                .orElseThrow(
                        () -> new IllegalArgumentException(
                                "The kernel of the " + n + " rows has no inverse: rows point in "
                                        + "the same direction, or the network is too deep for its activation to tell them apart"))
                .solve(codes);
        return new DeepClassifier(network, rows, coefficients);
    }

    /** Whether K was the identity to rounding, so that the prediction is a vote weighted by the kernel. */
    public boolean isVote() {
        return Arrays.stream(coefficients.values()).allMatch(value -> value == 0 || value == 1);
    }

    @Override
    public DoubleMatrix scores(DoubleMatrix z, Execution execution) {
        Sample.requireFinite(z, rows[0].length);
        double[][] directions = directions(z);
        DoubleMatrix result = DoubleMatrix.zeros(z.rows(), coefficients.cols());
        execution.workers().run(z.rows(), j -> {
            execution.requireNotCancelled();
            SignedLog[] values = new SignedLog[rows.length];
            double largest = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < rows.length; i++) {
                values[i] = value(network, directions[j], rows[i]);
                largest = Math.max(largest, values[i].log());
            }
            for (int i = 0; i < rows.length; i++) {
                double weight = values[i].sign() == 0 ? 0 : values[i].sign() * Math.exp(values[i].log() - largest);
                for (int l = 0; l < coefficients.cols(); l++) {
                    result.set(j, l, result.get(j, l) + weight * coefficients.get(i, l));
                }
            }
        });
        return result;
    }

    private static double[][] directions(DoubleMatrix x) {
        double[][] rows = new double[x.rows()][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = x.row(i);
            double square = 0;
            for (double value : rows[i]) {
                square += value * value;
            }
            if (!(square > 0 && square <= Double.MAX_VALUE)) {
                throw new IllegalArgumentException(
                        "Row " + i + " has no direction: it is zero, or too large to be squared");
            }
            for (int s = 0; s < rows[i].length; s++) {
                rows[i][s] /= Math.sqrt(square);
            }
        }
        return rows;
    }

    private static SignedLog value(InfiniteNetwork network, double[] x, double[] z) {
        double product = 0;
        for (int s = 0; s < x.length; s++) {
            product += x[s] * z[s];
        }
        SignedLog correlation = product > NEAR
                ? new SignedLog(1, Math.log1p(-Sample.squaredDistance(x, z) / 2))
                : SignedLog.of(Math.max(-1, product));
        return network.ofCorrelation(correlation);
    }
}

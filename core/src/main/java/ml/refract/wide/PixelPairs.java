package ml.refract.wide;

import java.util.Arrays;
import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;

/** A number for every pair of pixels of a square image that wraps around; pixel (i, j) is i * side + j. */
final class PixelPairs {
    private final int side;
    private final double[] values;

    private PixelPairs(int side, double[] values) {
        this.side = side;
        this.values = values;
    }

    static PixelPairs constant(int side, double own, double other) {
        int n = side * side;
        double[] values = new double[Math.multiplyExact(n, n)];
        Arrays.fill(values, other);
        for (int p = 0; p < n; p++) {
            values[p * n + p] = own;
        }
        return new PixelPairs(side, values);
    }

    int side() {
        return side;
    }

    int pixels() {
        return side * side;
    }

    double get(int p, int q) {
        return values[p * pixels() + q];
    }

    void set(int p, int q, double value) {
        values[p * pixels() + q] = value;
    }

    PixelPairs plus(PixelPairs other) {
        double[] sum = values.clone();
        for (int k = 0; k < sum.length; k++) {
            sum[k] += other.values[k];
        }
        return new PixelPairs(side, sum);
    }

    /** Sums over q x q windows about both pixels, the same offset for both: first down the image, then across. */
    PixelPairs windows(int q, Execution execution) {
        return shiftedSums(q, side, execution).shiftedSums(q, 1, execution);
    }

    /**
     * Sums over q shifts of both pixels along one side of the image.
     *
     * @param step from a pixel to the next one along that side
     */
    private PixelPairs shiftedSums(int q, int step, Execution execution) {
        int n = pixels();
        double[] sums = new double[values.length];
        int[][] shifted = new int[q][n];
        for (int m = 0; m < q; m++) {
            for (int p = 0; p < n; p++) {
                shifted[m][p] = shifted(p, m - q / 2, step);
            }
        }
        execution.workers().run(n, p -> {
            for (int[] moved : shifted) {
                int source = moved[p] * n;
                for (int r = 0; r < n; r++) {
                    sums[p * n + r] += values[source + moved[r]];
                }
            }
        });
        return new PixelPairs(side, sums);
    }

    private int shifted(int pixel, int by, int step) {
        int place = pixel / step % side;
        return pixel + (Math.floorMod(place + by, side) - place) * step;
    }

    /** Every second pixel. */
    PixelPairs down() {
        int half = side / 2;
        PixelPairs result = constant(half, 0, 0);
        for (int p = 0; p < half * half; p++) {
            for (int q = 0; q < half * half; q++) {
                result.set(p, q, get(doubled(p, half), doubled(q, half)));
            }
        }
        return result;
    }

    private int doubled(int pixel, int half) {
        return 2 * (pixel / half) * side + 2 * (pixel % half);
    }

    /** Twice the side, both pixels interpolated. */
    PixelPairs up(PixelNetwork.Upsampling how, Execution execution) {
        int n = pixels();
        int large = 4 * n;
        // Rows first, then columns: U V U' with the weights U of the pixels that a new one comes from.
        double[] rows = new double[Math.multiplyExact(large, n)];
        double[] result = new double[Math.multiplyExact(large, large)];
        int[][] sources = new int[large][];
        double[] weights = weights(how);
        for (int p = 0; p < large; p++) {
            sources[p] = sources(p, how);
        }
        execution.workers().run(large, p -> {
            for (int k = 0; k < weights.length; k++) {
                int source = sources[p][k] * n;
                for (int q = 0; q < n; q++) {
                    rows[p * n + q] += weights[k] * values[source + q];
                }
            }
            for (int q = 0; q < large; q++) {
                double sum = 0;
                for (int k = 0; k < weights.length; k++) {
                    sum += weights[k] * rows[p * n + sources[q][k]];
                }
                result[p * large + q] = sum;
            }
        });
        return new PixelPairs(2 * side, result);
    }

    private static double[] weights(PixelNetwork.Upsampling how) {
        return how == PixelNetwork.Upsampling.NEAREST
                ? new double[] {1}
                : new double[] {9 / 16.0, 3 / 16.0, 3 / 16.0, 1 / 16.0};
    }

    /** The pixels a new pixel comes from: the one under it and, between pixels, its neighbours on the nearer sides. */
    private int[] sources(int pixel, PixelNetwork.Upsampling how) {
        int i = pixel / (2 * side);
        int j = pixel % (2 * side);
        int own = i / 2 * side + j / 2;
        if (how == PixelNetwork.Upsampling.NEAREST) {
            return new int[] {own};
        }
        int across = shifted(own, i % 2 == 0 ? -1 : 1, side);
        int along = j % 2 == 0 ? -1 : 1;
        return new int[] {own, across, shifted(own, along, 1), shifted(across, along, 1)};
    }

    /** As a matrix, whose two halves rounding may have set apart. */
    DoubleMatrix symmetric() {
        int n = pixels();
        for (int p = 0; p < n; p++) {
            for (int q = 0; q < p; q++) {
                double mean = (values[p * n + q] + values[q * n + p]) / 2;
                values[p * n + q] = mean;
                values[q * n + p] = mean;
            }
        }
        return DoubleMatrix.of(n, n, values);
    }
}

package ml.refract.tune;

import java.util.Arrays;

/** Losses of the same rows under different choices. */
final class Losses {
    private Losses() {}

    static double mean(double[] losses) {
        return Arrays.stream(losses).average().orElse(Double.NaN);
    }

    /** Whether the mean is less than that of the others by at least the standard error of the mean difference. */
    static boolean clearlyLess(double[] losses, double[] than) {
        double[] gains = new double[losses.length];
        Arrays.setAll(gains, i -> than[i] - losses[i]);
        double mean = mean(gains);
        double squares =
                Arrays.stream(gains).map(gain -> (gain - mean) * (gain - mean)).sum();
        return mean > 0 && mean >= Math.sqrt(squares / (gains.length - 1) / gains.length);
    }
}

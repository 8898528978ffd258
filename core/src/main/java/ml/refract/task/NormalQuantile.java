package ml.refract.task;

/** Quantiles of the standard normal distribution. */
final class NormalQuantile {
    private static final double FAR = 8;
    private static final int HALVINGS = 60;

    private NormalQuantile() {}

    /**
     * The number below which a share of the distribution lies, by bisection; accurate to 1e-9 for shares from 1e-6 to 1 - 1e-6.
     *
     * @param share between 0 and 1
     */
    static double of(double share) {
        double low = -FAR;
        double high = FAR;
        for (int k = 0; k < HALVINGS; k++) {
            double middle = (low + high) / 2;
            if (shareBelow(middle) < share) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    /** 1/2 + density(z) (z + z^3/3 + z^5/(3*5) + ...): Marsaglia, "Evaluating the normal distribution", 2004. */
    private static double shareBelow(double z) {
        double term = z;
        double sum = 0;
        for (int k = 3; sum + term != sum; k += 2) {
            sum += term;
            term *= z * z / k;
        }
        return 0.5 + sum * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
    }
}

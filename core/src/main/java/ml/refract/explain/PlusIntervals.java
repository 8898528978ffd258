package ml.refract.explain;

import java.util.Arrays;

/** Intervals around the predictions of many models, each of which left out some of the training rows (Barber et al., 2021). */
final class PlusIntervals {
    private PlusIntervals() {}

    /**
     * From the (n + 1 - k)-th smallest of f_i - |e_i| to the k-th smallest of f_i + |e_i|, k = ceil(share (n + 1)).
     *
     * @param predictions f_i(x) of the model without row i
     * @param errors e_i, what that model misses row i by
     */
    static Interval of(double[] predictions, double[] errors, Coverage coverage) {
        int n = errors.length;
        int rank = coverage.rank(n);
        if (rank > n) {
            return new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
        }
        double[] lower = new double[n];
        double[] upper = new double[n];
        for (int i = 0; i < n; i++) {
            double size = Math.abs(errors[i]);
            lower[i] = predictions[i] - size;
            upper[i] = predictions[i] + size;
        }
        Arrays.sort(lower);
        Arrays.sort(upper);
        return new Interval(lower[n - rank], upper[rank - 1]);
    }
}

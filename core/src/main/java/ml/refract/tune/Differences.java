package ml.refract.tune;

/**
 * Losses of the same rows by two ways, subtracted row by row.
 *
 * @param mean of the differences
 * @param squares sum of their squared deviations from it
 * @param count of rows
 */
record Differences(double mean, double squares, int count) {
    /** How much more {@code losses} are than others. */
    static Differences of(double[] losses, double[] others) {
        int n = losses.length;
        double mean = 0;
        for (int i = 0; i < n; i++) {
            mean += (losses[i] - others[i]) / n;
        }
        double squares = 0;
        for (int i = 0; i < n; i++) {
            double deviation = losses[i] - others[i] - mean;
            squares += deviation * deviation;
        }
        return new Differences(mean, squares, n);
    }
}

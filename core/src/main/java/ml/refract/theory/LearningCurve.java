package ml.refract.theory;

import java.util.Arrays;

/**
 * Errors at growing numbers of rows, and what they lead to expect at more: between a power law without a floor, a n^-b, through
 * the last three, and one with a floor, c + a n^-b, through all. Both start at the last error. What is learned only by rows of a
 * kind not seen yet no curve can show.
 *
 * @param samples numbers of rows n, rising
 * @param errors the error of each, positive
 */
public record LearningCurve(double[] samples, double[] errors) {
    private static final int LAST = 3;
    private static final double EXPONENT_STEP = 0.05;
    private static final double MOST_EXPONENT = 2;

    /**
     * @throws IllegalArgumentException with fewer than three errors, or errors that are not positive
     */
    public LearningCurve {
        if (samples.length != errors.length || samples.length < LAST) {
            throw new IllegalArgumentException("A learning curve needs at least " + LAST
                    + " numbers of rows and as many " + "errors, got " + samples.length + " and " + errors.length);
        }
        for (double error : errors) {
            if (!(error > 0 && error < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "Errors of a learning curve must be positive and finite, got " + error);
            }
        }
        samples = samples.clone();
        errors = errors.clone();
    }

    /** What is expected at some number of rows. */
    public record Forecast(double samples, double low, double high) {
        /** Geometric mean of the bounds. */
        public double middle() {
            return Math.sqrt(low * high);
        }
    }

    /** The last error. */
    public double last() {
        return errors[errors.length - 1];
    }

    /** The slope of ln error against ln n over the last three. */
    public double slope() {
        int from = samples.length - LAST;
        return Overfitting.slope(
                Arrays.copyOfRange(samples, from, samples.length), Arrays.copyOfRange(errors, from, errors.length));
    }

    /** The errors to expect at a number of rows beyond the last; an error that has not been falling is expected to stay. */
    public Forecast at(double n) {
        double growth = n / samples[samples.length - 1];
        double falling = last() * Math.pow(growth, Math.min(0, slope()));
        double levelling = last() * Floored.fit(this).relativeAt(growth);
        return new Forecast(n, Math.min(falling, levelling), Math.max(falling, levelling));
    }

    /** error = floor + scale (n / last n)^-exponent, fitted to relative errors. */
    private record Floored(double floor, double scale, double exponent, double misfit) {
        static Floored fit(LearningCurve curve) {
            Floored best = new Floored(curve.last(), 0, 1, Double.POSITIVE_INFINITY);
            for (double exponent = EXPONENT_STEP; exponent <= MOST_EXPONENT; exponent += EXPONENT_STEP) {
                Floored fit = fit(curve, exponent);
                best = fit.misfit < best.misfit ? fit : best;
            }
            return best;
        }

        /** Least squares in floor and scale, neither below 0. */
        private static Floored fit(LearningCurve curve, double exponent) {
            int n = curve.samples.length;
            double[] ones = new double[n];
            double[] powers = new double[n];
            for (int k = 0; k < n; k++) {
                ones[k] = 1 / curve.errors[k];
                powers[k] = Math.pow(curve.samples[k] / curve.samples[n - 1], -exponent) / curve.errors[k];
            }
            double aa = products(ones, ones);
            double ab = products(ones, powers);
            double bb = products(powers, powers);
            double a = Arrays.stream(ones).sum();
            double b = Arrays.stream(powers).sum();
            double determinant = aa * bb - ab * ab;
            double floor = (a * bb - b * ab) / determinant;
            double scale = (b * aa - a * ab) / determinant;
            if (!(floor >= 0)) {
                floor = 0;
                scale = b / bb;
            } else if (!(scale >= 0)) {
                floor = a / aa;
                scale = 0;
            }
            double misfit = 0;
            for (int k = 0; k < n; k++) {
                misfit += Math.pow(floor * ones[k] + scale * powers[k] - 1, 2);
            }
            return new Floored(floor, scale, exponent, misfit);
        }

        private static double products(double[] x, double[] y) {
            double sum = 0;
            for (int k = 0; k < x.length; k++) {
                sum += x[k] * y[k];
            }
            return sum;
        }

        double relativeAt(double growth) {
            return (floor + scale * Math.pow(growth, -exponent)) / (floor + scale);
        }
    }
}

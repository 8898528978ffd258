package ml.refract.task;

import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.SymmetricEigen;

/** Newton's method with halved steps for smooth convex functions of a few parameters. */
final class Newton {
    private static final int MOST_STEPS = 100;
    private static final int MOST_HALVINGS = 40;
    private static final double LEAST_GRADIENT = 1e-12;
    private static final double LEAST_DECREASE = 1e-4;
    /** Near the minimum, differences of the value are nothing but its rounding; the gradient still tells. */
    private static final double ROUNDING = 1e-15;
    /** Curvature below this share of the largest counts as this: the function is flat there as far as rounding tells. */
    private static final double FLAT = 1e-12;

    private Newton() {}

    /** A function with its derivatives. */
    @FunctionalInterface
    interface Function {
        Point at(double[] parameters);
    }

    /** Value, gradient and Hessian at one place. */
    record Point(double value, double[] gradient, DoubleMatrix hessian) {}

    /** The minimiser, as near as rounding of the value allows. */
    static double[] minimise(Function function, double[] start) {
        double[] at = start;
        Point point = function.at(at);
        for (int step = 0; step < MOST_STEPS && largest(point.gradient()) > LEAST_GRADIENT; step++) {
            double[] direction = direction(point);
            double slope = dot(direction, point.gradient());
            double length = 1;
            double[] next = moved(at, direction, length);
            Point there = function.at(next);
            double noise = ROUNDING * Math.abs(point.value());
            for (int h = 0;
                    h < MOST_HALVINGS && !(there.value() <= point.value() + LEAST_DECREASE * length * slope + noise);
                    h++) {
                length /= 2;
                next = moved(at, direction, length);
                there = function.at(next);
            }
            if (!(there.value() < point.value()) && !(largest(there.gradient()) < largest(point.gradient()))) {
                return at;
            }
            at = next;
            point = there;
        }
        return at;
    }

    private static double[] direction(Point point) {
        SymmetricEigen eigen = SymmetricEigen.of(point.hessian());
        double floor = Math.max(FLAT * eigen.value(0), Double.MIN_NORMAL);
        return eigen.map(value -> -1 / Math.max(value, floor))
                .times(DoubleMatrix.column(point.gradient()))
                .values();
    }

    private static double[] moved(double[] from, double[] direction, double length) {
        double[] result = from.clone();
        for (int k = 0; k < result.length; k++) {
            result[k] += length * direction[k];
        }
        return result;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += a[k] * b[k];
        }
        return sum;
    }

    private static double largest(double[] values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}

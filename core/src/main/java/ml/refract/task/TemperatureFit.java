package ml.refract.task;

import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Softmax;

/**
 * The temperature of the least mean log loss, within {@link #LEAST} and {@link #MOST}: a zero of the derivative with respect to
 * u = ln temperature by Newton's method, with bisection where a step would leave the bracket. The loss is convex in exp(-u), so
 * there is one zero at most.
 */
final class TemperatureFit {
    /** Classes parted by their scores ask for 0. */
    private static final double LEAST = 0.1;
    /** Scores without a relation to the classes ask for infinity. */
    private static final double MOST = 100;

    private static final int MOST_STEPS = 100;
    private static final double TOLERANCE = 1e-12;

    private final DoubleMatrix logits;
    private final ScoredRows rows;

    private TemperatureFit(DoubleMatrix logits, ScoredRows rows) {
        this.logits = logits;
        this.rows = rows;
    }

    static Calibrator.Temperature of(ScoredRows rows) {
        DoubleMatrix logits = Calibrator.Temperature.logits(rows.scores());
        return new Calibrator.Temperature(Math.exp(new TemperatureFit(logits, rows).best()));
    }

    /** For scores that are logits already. */
    static Calibrator.Vector ofLogits(ScoredRows rows) {
        double slope = Math.exp(-new TemperatureFit(rows.scores(), rows).best());
        return new Calibrator.Vector(slope, new double[rows.classes()]);
    }

    private double best() {
        double low = Math.log(LEAST);
        double high = Math.log(MOST);
        double u = 0;
        for (int step = 0; step < MOST_STEPS && high - low > TOLERANCE; step++) {
            double[] slopes = slopes(u);
            if (slopes[0] > 0) {
                high = u;
            } else {
                low = u;
            }
            double next = u - slopes[0] / slopes[1];
            boolean inside = slopes[1] > 0 && next > low && next < high;
            next = inside ? next : (low + high) / 2;
            if (Math.abs(next - u) < TOLERANCE) {
                return next;
            }
            u = next;
        }
        return (low + high) / 2;
    }

    /** First and second derivative of the mean log loss with respect to u. */
    private double[] slopes(double u) {
        double inverse = Math.exp(-u);
        int classes = logits.cols();
        double first = 0;
        double second = 0;
        double[] p = new double[classes];
        for (int i = 0; i < logits.rows(); i++) {
            for (int k = 0; k < classes; k++) {
                p[k] = logits.get(i, k) * inverse;
            }
            Softmax.inPlace(p, 0, classes);
            double mean = 0;
            double square = 0;
            for (int k = 0; k < classes; k++) {
                mean += p[k] * logits.get(i, k);
                square += p[k] * logits.get(i, k) * logits.get(i, k);
            }
            first += rows.weights()[i] * (mean - logits.get(i, rows.labels()[i]));
            second += rows.weights()[i] * (square - mean * mean);
        }
        return new double[] {-inverse * first, inverse * inverse * second + inverse * first};
    }
}

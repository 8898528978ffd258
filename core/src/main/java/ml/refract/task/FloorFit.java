package ml.refract.task;

import ml.refract.linalg.DoubleMatrix;

/**
 * The floor of the least log loss over some rows and half a row more, on which the form would be as wrong as it could be on any. Where
 * a form makes no mistake in n rows that it is sure of, that is 1 / (2 n + 1): the estimate by Jeffreys' prior, whose log loss is the
 * least in the worst case (Krichevsky and Trofimov, 1981). n rows are no evidence for probabilities nearer to 0 than that.
 */
final class FloorFit {
    /** Rows predicted as wrongly as any could be, beside those seen. */
    static final double UNSEEN = 0.5;

    private static final double MOST = 1e-2;
    /** Of floors that stand in this ratio the best is sought first, then of finer ones around it. */
    private static final double STEP = Math.pow(10, 0.125);

    private static final double FINE_STEP = Math.pow(10, 0.0125);

    private FloorFit() {}

    /** The form with its floor, or the form itself where the clamp that it has is best. */
    static Calibrator on(Calibrator form, ScoredRows rows) {
        DoubleMatrix probabilities = form.apply(rows.scores());
        double coarse = best(probabilities, rows, Calibrator.CLAMP, MOST, STEP);
        double from = Math.max(Calibrator.CLAMP, coarse / STEP);
        double floor = best(probabilities, rows, from, Math.min(MOST, coarse * STEP), FINE_STEP);
        return floor > Calibrator.CLAMP ? new Calibrator.Floor(form, floor) : form;
    }

    private static double best(DoubleMatrix probabilities, ScoredRows rows, double from, double to, double step) {
        double best = from;
        double least = loss(probabilities, rows, from);
        for (double floor = from * step; floor < to * Math.sqrt(step); floor *= step) {
            double loss = loss(probabilities, rows, floor);
            if (loss < least) {
                least = loss;
                best = floor;
            }
        }
        return best;
    }

    private static double loss(DoubleMatrix unbounded, ScoredRows rows, double floor) {
        DoubleMatrix probabilities = ClassCoding.clamp(unbounded, floor);
        double smallest = 1;
        for (double p : probabilities.values()) {
            smallest = Math.min(smallest, p);
        }
        double sum = -UNSEEN * Math.log(smallest);
        for (int i = 0; i < rows.count(); i++) {
            sum -= rows.weights()[i] * Math.log(probabilities.get(i, rows.labels()[i]));
        }
        return sum;
    }
}

package ml.refract.task;

import java.util.Arrays;
import ml.refract.linalg.Ascending;
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

    private final ScoredRows rows;
    /** Of each row the probability of its class. */
    private final double[] own;
    /** The probabilities of each row, ascending, and the sums of the first of them, one more than there are. */
    private final double[][] ascending;

    private final double[][] sums;

    private FloorFit(DoubleMatrix probabilities, ScoredRows rows) {
        int count = rows.count();
        this.rows = rows;
        this.own = new double[count];
        this.ascending = new double[count][];
        this.sums = new double[count][probabilities.cols() + 1];
        for (int i = 0; i < count; i++) {
            own[i] = probabilities.get(i, rows.labels()[i]);
            ascending[i] = probabilities.row(i);
            Arrays.sort(ascending[i]);
            for (int k = 0; k < ascending[i].length; k++) {
                sums[i][k + 1] = sums[i][k] + ascending[i][k];
            }
        }
    }

    /**
     * The form with its floor, or the form itself where the clamp that it has is best. Cost O(n K log K), and n log K for each floor
     * tried.
     */
    static Calibrator on(Calibrator form, ScoredRows rows) {
        FloorFit fit = new FloorFit(form.apply(rows.scores()), rows);
        double coarse = fit.best(Calibrator.CLAMP, MOST, STEP);
        double from = Math.max(Calibrator.CLAMP, coarse / STEP);
        double floor = fit.best(from, Math.min(MOST, coarse * STEP), FINE_STEP);
        return floor > Calibrator.CLAMP ? new Calibrator.Floor(form, floor) : form;
    }

    private double best(double from, double to, double step) {
        double best = from;
        double least = loss(from);
        for (double floor = from * step; floor < to * Math.sqrt(step); floor *= step) {
            double loss = loss(floor);
            if (loss < least) {
                least = loss;
                best = floor;
            }
        }
        return best;
    }

    /** The loss of probabilities clamped to [floor, 1 - floor] and divided by their sum. */
    private double loss(double floor) {
        double smallest = 1;
        double sum = 0;
        for (int i = 0; i < own.length; i++) {
            double total = clampedSum(i, floor);
            smallest = Math.min(smallest, clamped(ascending[i][0], floor) / total);
            sum -= rows.weights()[i] * Math.log(clamped(own[i], floor) / total);
        }
        return sum - UNSEEN * Math.log(smallest);
    }

    private double clampedSum(int row, double floor) {
        double[] p = ascending[row];
        int low = Ascending.below(p, floor);
        int high = Ascending.below(p, 1 - floor);
        return low * floor + (sums[row][high] - sums[row][low]) + (p.length - high) * (1 - floor);
    }

    private static double clamped(double p, double floor) {
        return Math.min(1 - floor, Math.max(floor, p));
    }
}

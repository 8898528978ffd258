package ml.refract.tune;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import ml.refract.task.Folds;
import ml.refract.task.HoldOut;

/**
 * Divides some of the training rows. Where the rows offer no choice, because they are of one group or one time, they are divided
 * at random.
 *
 * @param labels class of each training row, in classification
 */
record Divider(Division division, Optional<int[]> labels, int classes) {

    /** Folds that each hold out about one in so many of the rows; the numbers are places in {@code rows}. */
    List<HoldOut.Parts> folds(int[] rows, int count, long seed) {
        Division some = on(rows);
        if (some instanceof Division.ByGroup by) {
            int different = (int) Arrays.stream(by.groups()).distinct().count();
            return Folds.grouped(by.groups(), Math.min(count, different), seed);
        }
        if (some instanceof Division.InOrder order) {
            int different = (int) Arrays.stream(order.times()).distinct().count();
            return Folds.inOrder(order.times(), Math.min(count, different - 1));
        }
        int possible = Math.min(count, rows.length);
        return labels.map(all -> Folds.stratified(pick(all, rows), possible, seed))
                .orElseGet(() -> Folds.random(rows.length, possible, seed));
    }

    /** One part held out. */
    HoldOut.Parts holdOut(int[] rows, double share, long seed) {
        Division some = on(rows);
        if (some instanceof Division.ByGroup by) {
            return HoldOut.grouped(by.groups(), share, seed);
        }
        if (some instanceof Division.InOrder order) {
            return HoldOut.latest(order.times(), share);
        }
        return labels.map(all -> HoldOut.stratified(pick(all, rows), classes, share, seed))
                .orElseGet(() -> HoldOut.random(rows.length, share, seed));
    }

    /** What some of the rows have to do with each other. */
    private Division on(int[] rows) {
        if (division instanceof Division.ByGroup by) {
            int[] groups = pick(by.groups(), rows);
            return Arrays.stream(groups).distinct().count() > 1 ? new Division.ByGroup(groups) : Division.atRandom();
        }
        if (division instanceof Division.InOrder order) {
            double[] times = pick(order.times(), rows);
            return Arrays.stream(times).distinct().count() > 1 ? new Division.InOrder(times) : Division.atRandom();
        }
        return division;
    }

    /** Whether another seed divides the rows otherwise. */
    boolean isRandom() {
        return !(division instanceof Division.InOrder);
    }

    private static int[] pick(int[] values, int[] rows) {
        return Arrays.stream(rows).map(row -> values[row]).toArray();
    }

    private static double[] pick(double[] values, int[] rows) {
        return Arrays.stream(rows).mapToDouble(row -> values[row]).toArray();
    }
}

package ml.refract.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import ml.refract.engine.Seeds;

/**
 * Divides rows into folds for cross-validation: each fold holds some rows out and learns from the others. Deterministic for a
 * seed. Thread-safe.
 */
public final class Folds {
    private static final String PURPOSE = "folds";

    private Folds() {}

    /**
     * Folds of sizes that differ by at most one, at random; every row is held out once.
     *
     * @param n number of rows
     * @param folds number of folds, from 2 to n
     */
    public static List<HoldOut.Parts> random(int n, int folds, long seed) {
        requireFolds(folds, n, "rows");
        return of(dealt(Seeds.permutation(n, Seeds.stream(seed, PURPOSE, 0)), new int[n], folds), folds);
    }

    /**
     * Folds that each hold out an equal share of every class, as far as its rows can be divided: the classes are dealt out one
     * after the other, so that the sizes of folds differ by at most one.
     *
     * @param labels class of each row
     * @param folds number of folds, from 2 to the number of rows
     */
    public static List<HoldOut.Parts> stratified(int[] labels, int folds, long seed) {
        requireFolds(folds, labels.length, "rows");
        int[] shuffled = Seeds.permutation(labels.length, Seeds.stream(seed, PURPOSE, 0));
        int[] byClass = Arrays.stream(shuffled)
                .boxed()
                .sorted(Comparator.comparingInt(row -> labels[row]))
                .mapToInt(row -> row)
                .toArray();
        return of(dealt(byClass, new int[labels.length], folds), folds);
    }

    /**
     * Folds that never part a group: all its rows are held out together. The largest groups are placed first, each into the fold
     * that has the fewest rows; groups of equal size in random order.
     *
     * @param groups number of the group of each row
     * @param folds number of folds, from 2 to the number of different groups
     */
    public static List<HoldOut.Parts> grouped(int[] groups, int folds, long seed) {
        Map<Integer, Integer> sizes = new HashMap<>();
        int[] shuffled = Seeds.permutation(groups.length, Seeds.stream(seed, PURPOSE, 0));
        List<Integer> order = new ArrayList<>();
        for (int row : shuffled) {
            if (sizes.merge(groups[row], 1, Integer::sum) == 1) {
                order.add(groups[row]);
            }
        }
        requireFolds(folds, order.size(), "groups");
        order.sort(Comparator.comparing(sizes::get).reversed());
        long[] filled = new long[folds];
        Map<Integer, Integer> foldOfGroup = new HashMap<>();
        for (int group : order) {
            int least = 0;
            for (int f = 1; f < folds; f++) {
                least = filled[f] < filled[least] ? f : least;
            }
            foldOfGroup.put(group, least);
            filled[least] += sizes.getOrDefault(group, 0);
        }
        return of(Arrays.stream(groups).map(foldOfGroup::get).toArray(), folds);
    }

    /**
     * Folds that learn from the past and hold out what came next: the rows are cut by time into {@code folds + 1} stretches of
     * nearly equal size; fold f learns from the stretches before number f + 1 and holds that one out. Rows of one time stay
     * together, so a stretch may be larger than another; the first is never held out.
     *
     * @param times time of each row, in any unit; not NaN
     * @param folds number of folds, at least 1
     * @throws IllegalArgumentException when there are not {@code folds + 1} different times
     */
    public static List<HoldOut.Parts> inOrder(double[] times, int folds) {
        double[] sorted = times.clone();
        Arrays.sort(sorted);
        long different = Arrays.stream(sorted).distinct().count();
        if (folds < 1 || different < folds + 1L) {
            throw new IllegalArgumentException(folds + " folds in order of time need at least "
                    + (Math.max(1, folds) + 1) + " different times and one fold; there are " + different);
        }
        double[] starts = starts(sorted, folds);
        List<HoldOut.Parts> result = new ArrayList<>();
        for (int f = 0; f < folds; f++) {
            double from = starts[f];
            double to = f + 1 < folds ? starts[f + 1] : Double.POSITIVE_INFINITY;
            boolean last = f + 1 == folds;
            result.add(new HoldOut.Parts(
                    rows(times.length, row -> times[row] < from),
                    rows(times.length, row -> times[row] >= from && (last || times[row] < to))));
        }
        return List.copyOf(result);
    }

    /** The times at which stretches 1 .. folds begin: at even shares of the rows, moved on where a time would be cut. */
    private static double[] starts(double[] sorted, int folds) {
        double[] distinct = Arrays.stream(sorted).distinct().toArray();
        double[] starts = new double[folds];
        int least = 1;
        for (int f = 0; f < folds; f++) {
            double wanted = sorted[(int) ((long) (f + 1) * sorted.length / (folds + 1))];
            int at = Arrays.binarySearch(distinct, wanted);
            int most = distinct.length - (folds - f);
            at = Math.max(least, Math.min(at, most));
            starts[f] = distinct[at];
            least = at + 1;
        }
        return starts;
    }

    private static void requireFolds(int folds, int most, String what) {
        if (folds < 2 || folds > most) {
            throw new IllegalArgumentException(
                    "There must be at least 2 folds and no more than " + most + " " + what + ", got " + folds);
        }
    }

    /** The fold of each row, when rows in the given order are dealt out in turn. */
    private static int[] dealt(int[] order, int[] foldOf, int folds) {
        for (int i = 0; i < order.length; i++) {
            foldOf[order[i]] = i % folds;
        }
        return foldOf;
    }

    private static List<HoldOut.Parts> of(int[] foldOf, int folds) {
        List<HoldOut.Parts> result = new ArrayList<>();
        for (int f = 0; f < folds; f++) {
            int fold = f;
            result.add(new HoldOut.Parts(
                    rows(foldOf.length, row -> foldOf[row] != fold), rows(foldOf.length, row -> foldOf[row] == fold)));
        }
        return List.copyOf(result);
    }

    private static int[] rows(int n, java.util.function.IntPredicate picked) {
        return IntStream.range(0, n).filter(picked).toArray();
    }
}

package ml.refract.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import ml.refract.engine.Seeds;

/** Divides rows into those that are learned from and those held out to choose a model. */
public final class HoldOut {
    /** With fewer rows none are held out: a score of one or two rows chooses nothing. */
    private static final int LEAST_ROWS = 10;

    private HoldOut() {}

    /**
     * The two parts, each ascending.
     *
     * @param train rows to learn from
     * @param heldOut rows held out
     */
    public record Parts(int[] train, int[] heldOut) {}

    /** Holds out a random share of n rows; none of fewer than ten. */
    public static Parts random(int n, double share, long seed) {
        int count = n < LEAST_ROWS ? 0 : (int) Math.round(share * n);
        boolean[] out = new boolean[n];
        for (int i : Seeds.sample(n, count, Seeds.stream(seed, "held-out rows", 0))) {
            out[i] = true;
        }
        return parts(out);
    }

    /** Holds out a random share of each class, leaving every class at least one row; none of fewer than ten rows. */
    public static Parts stratified(int[] labels, int classes, double share, long seed) {
        boolean[] out = new boolean[labels.length];
        for (int k = 0; k < classes && labels.length >= LEAST_ROWS; k++) {
            List<Integer> members = new ArrayList<>();
            for (int i = 0; i < labels.length; i++) {
                if (labels[i] == k) {
                    members.add(i);
                }
            }
            int count = (int) Math.min(Math.round(share * members.size()), Math.max(0, members.size() - 1));
            for (int position : Seeds.sample(members.size(), count, Seeds.stream(seed, "held-out rows", k + 1))) {
                out[members.get(position)] = true;
            }
        }
        return parts(out);
    }

    /**
     * Holds out whole groups, in random order as long as that brings their rows nearer to the share; at least one group, and
     * never all of them. None of fewer than ten rows.
     *
     * @param groups number of the group of each row; at least two different ones
     */
    public static Parts grouped(int[] groups, double share, long seed) {
        Map<Integer, Integer> sizes = new LinkedHashMap<>();
        for (int group : groups) {
            sizes.merge(group, 1, Integer::sum);
        }
        if (sizes.size() < 2) {
            throw new IllegalArgumentException("To hold out groups there must be at least two, got " + sizes.size());
        }
        double wanted = groups.length < LEAST_ROWS ? 0 : share * groups.length;
        Set<Integer> picked = wanted > 0 ? pick(sizes, wanted, seed) : Set.of();
        boolean[] out = new boolean[groups.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = picked.contains(groups[i]);
        }
        return parts(out);
    }

    private static Set<Integer> pick(Map<Integer, Integer> sizes, double wanted, long seed) {
        List<Integer> names = List.copyOf(sizes.keySet());
        Set<Integer> picked = new HashSet<>();
        int rows = 0;
        for (int position : Seeds.permutation(names.size(), Seeds.stream(seed, "held-out groups", 0))) {
            int group = names.get(position);
            int more = rows + sizes.getOrDefault(group, 0);
            if (picked.size() < names.size() - 1 && Math.abs(more - wanted) < Math.abs(rows - wanted)) {
                picked.add(group);
                rows = more;
            }
        }
        return picked.isEmpty() ? Set.of(Collections.min(names, Comparator.comparing(sizes::get))) : picked;
    }

    /**
     * Holds out the rows that are latest in time, about a share of all; rows of one time stay together, and those of the
     * earliest time are never held out. None of fewer than ten rows.
     *
     * @param times time of each row, in any unit; not NaN; at least two different ones
     */
    public static Parts latest(double[] times, double share) {
        double[] distinct = Arrays.stream(times).sorted().distinct().toArray();
        if (distinct.length < 2) {
            throw new IllegalArgumentException(
                    "To hold out the latest rows there must be at least two different times, got " + distinct.length);
        }
        int count = times.length < LEAST_ROWS ? 0 : (int) Math.round(share * times.length);
        boolean[] out = new boolean[times.length];
        if (count > 0) {
            double[] sorted = Arrays.stream(times).sorted().toArray();
            double from = Math.max(sorted[times.length - count], distinct[1]);
            for (int i = 0; i < out.length; i++) {
                out[i] = times[i] >= from;
            }
        }
        return parts(out);
    }

    private static Parts parts(boolean[] out) {
        int count = 0;
        for (boolean o : out) {
            count += o ? 1 : 0;
        }
        int[] train = new int[out.length - count];
        int[] held = new int[count];
        int t = 0;
        int h = 0;
        for (int i = 0; i < out.length; i++) {
            if (out[i]) {
                held[h++] = i;
            } else {
                train[t++] = i;
            }
        }
        return new Parts(train, held);
    }
}

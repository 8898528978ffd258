package ml.refract.task;

import java.util.ArrayList;
import java.util.List;
import ml.refract.engine.Seeds;

/** Divides rows at random into those that are learned from and those held out to choose a model. */
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

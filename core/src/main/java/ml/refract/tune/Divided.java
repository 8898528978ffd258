package ml.refract.tune;

import java.util.List;
import java.util.stream.IntStream;
import ml.refract.task.HoldOut;

/**
 * Rows that settings are tried on.
 *
 * @param parts how they are divided; the numbers are places in {@code rows}
 * @param sideBySide whether settings are fitted one to a thread; otherwise one after the other, each on all threads and in all the memory
 */
record Divided(int[] rows, List<HoldOut.Parts> parts, boolean sideBySide) {
    /** The rows held out by the first parts, part after part. */
    int[] heldOut(int count) {
        return IntStream.of(CrossFit.heldOutRows(parts.subList(0, count)))
                .map(i -> rows[i])
                .toArray();
    }

    /** How many parts it takes to hold out so many rows, or all. */
    int partsHolding(int wanted) {
        int held = 0;
        for (int k = 0; k < parts.size(); k++) {
            held += parts.get(k).heldOut().length;
            if (held >= wanted) {
                return k + 1;
            }
        }
        return parts.size();
    }
}

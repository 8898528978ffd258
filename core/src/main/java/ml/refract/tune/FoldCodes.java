package ml.refract.tune;

import java.util.List;
import ml.refract.linalg.Rows;

/**
 * Coordinates of training rows that were learned from targets, such as the mean target of a level. What a fold of a search holds out
 * may not shine through them, so every fold makes its own from the rows it learns from.
 */
@FunctionalInterface
public interface FoldCodes {
    /**
     * Overwrites these coordinates by what the targets of some rows say: in one of those by the targets of others among them, in any
     * other row by those of all.
     *
     * @param learned training rows whose targets may be looked at, none twice
     * @param rows the training rows that are encoded
     * @param ignored coordinates that nobody will look at: these may stay as they are
     * @param encoded dense coordinates of {@code rows} in that order; changed
     */
    void rewrite(int[] learned, int[] rows, List<Integer> ignored, Rows encoded);

    /** No coordinate comes from targets. */
    static FoldCodes none() {
        return (learned, rows, ignored, encoded) -> {};
    }
}

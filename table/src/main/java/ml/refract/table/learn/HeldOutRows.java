package ml.refract.table.learn;

import java.nio.file.Path;

/**
 * Where the rows that choose the model come from. A search holds rows out itself, over and over, in the way named here: then a
 * share does not count, the validation rows of a split file are training rows like the others, and rows of another file are
 * refused.
 */
public sealed interface HeldOutRows {
    /**
     * A random share of the rows sits out, chosen per class in classification; afterwards the chosen model is solved again
     * on all rows.
     *
     * @param share above 0 and at most 0.5, or 0 to hold nothing out and keep the last iterate
     */
    record Share(double share) implements HeldOutRows {
        public Share {
            requireShare(share);
        }
    }

    /**
     * As {@link Share}, of whole groups: the rows of one group all sit out or none does.
     *
     * @param column the column whose equal cells make a group, see {@link ml.refract.table.ColumnOptions#withGroup}
     */
    record GroupShare(double share, String column) implements HeldOutRows {
        public GroupShare {
            requireShare(share);
        }
    }

    /**
     * As {@link Share}, of the rows that are latest in time.
     *
     * @param column numbers or dates that put the rows in order, see {@link ml.refract.table.ColumnOptions#withTime}
     */
    record TimeShare(double share, String column) implements HeldOutRows {
        public TimeShare {
            requireShare(share);
        }
    }

    /** The rows of another file with the same columns. */
    record OtherFile(Path file) implements HeldOutRows {}

    /** A file {@code row,part} that gives each data row to train, val or test; rows not listed are not used. */
    record SplitFile(Path file) implements HeldOutRows {}

    private static void requireShare(double share) {
        if (!(share >= 0 && share <= 0.5)) {
            throw new IllegalArgumentException("The share of rows held out must be between 0 and 0.5, got " + share);
        }
    }
}

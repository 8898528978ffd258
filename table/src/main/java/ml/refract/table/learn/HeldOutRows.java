package ml.refract.table.learn;

import java.nio.file.Path;

/** Where the rows that choose the model come from. */
public sealed interface HeldOutRows {
    /**
     * A random share of the rows sits out, chosen per class in classification; afterwards the chosen model is solved again
     * on all rows.
     *
     * @param share above 0 and at most 0.5, or 0 to hold nothing out and keep the last iterate
     */
    record Share(double share) implements HeldOutRows {
        public Share {
            if (!(share >= 0 && share <= 0.5)) {
                throw new IllegalArgumentException(
                        "The share of rows held out must be between 0 and 0.5, got " + share);
            }
        }
    }

    /** The rows of another file with the same columns. */
    record OtherFile(Path file) implements HeldOutRows {}

    /** A file {@code row,part} that gives each data row to train, val or test; rows not listed are not used. */
    record SplitFile(Path file) implements HeldOutRows {}
}

package ml.refract.table.learn;

import java.util.Optional;

/**
 * How rows are divided into folds: each fold holds some rows out and learns from the others. By default at random, in
 * classification with an equal share of every class; or without parting groups; or in order of time. Immutable.
 *
 * @param folds number of folds, at least 2
 * @param group the column whose equal cells make a group, which no fold parts
 * @param time the column of numbers or dates that puts the rows in order: they are cut into {@code folds + 1} stretches, and
 *     fold f learns from the first f of them and holds the next one out, so that the earliest stretch is never held out
 * @param seed of the random choices
 */
public record FoldChoice(int folds, Optional<String> group, Optional<String> time, long seed) {
    /**
     * @throws IllegalArgumentException when there are fewer than two folds, or both a group and a time
     */
    public FoldChoice {
        if (folds < 2) {
            throw new IllegalArgumentException("There must be at least 2 folds, got " + folds);
        }
        if (group.isPresent() && time.isPresent()) {
            throw new IllegalArgumentException("Rows are divided either by group or in order of time; choose one of '"
                    + group.get() + "' and '" + time.get() + "'");
        }
    }

    /** So many folds at random, with seed 0. */
    public static FoldChoice of(int folds) {
        return new FoldChoice(folds, Optional.empty(), Optional.empty(), 0);
    }

    /** The same without parting groups. */
    public FoldChoice withGroup(String column) {
        return new FoldChoice(folds, Optional.of(column), time, seed);
    }

    /** The same in order of time. */
    public FoldChoice withTime(String column) {
        return new FoldChoice(folds, group, Optional.of(column), seed);
    }

    /** The same with another seed. */
    public FoldChoice withSeed(long value) {
        return new FoldChoice(folds, group, time, value);
    }

    /**
     * The options under which data are read and each fold is trained: the rows that choose a model are held out of its
     * training rows in the way of these folds.
     *
     * @throws IllegalArgumentException when the rows that choose the model are to come from a file
     */
    public TrainingOptions within(TrainingOptions options) {
        HeldOutRows held = options.heldOut();
        if (held instanceof HeldOutRows.OtherFile || held instanceof HeldOutRows.SplitFile) {
            throw new IllegalArgumentException(
                    "In cross-validation the rows that choose a model are a share of its training rows; they cannot "
                            + "come from a file");
        }
        if (!(held instanceof HeldOutRows.Share share)) {
            return options;
        }
        return group.map(column -> options.withHeldOut(new HeldOutRows.GroupShare(share.share(), column)))
                .or(() -> time.map(column -> options.withHeldOut(new HeldOutRows.TimeShare(share.share(), column))))
                .orElse(options);
    }
}

package ml.refract.table.learn;

import java.util.stream.IntStream;
import ml.refract.table.TargetColumn;
import ml.refract.table.TaskKind;
import ml.refract.task.HoldOut;

/**
 * Which rows of a table train, choose and test a model; each list ascending.
 *
 * @param refit whether the rows that choose the model join the training rows afterwards
 */
record Parts(int[] train, int[] validation, int[] test, boolean refit) {

    /** A random share of the rows is held out and joins again later; in classification the share of every class. */
    static Parts holdOut(TargetColumn target, double share, long seed) {
        HoldOut.Parts parts = target.task() == TaskKind.CLASSIFICATION
                ? HoldOut.stratified(target.codes(), target.labels().size(), share, seed)
                : HoldOut.random(target.rows(), share, seed);
        return refitted(parts);
    }

    /** Rows are held out and join again later. */
    static Parts refitted(HoldOut.Parts parts) {
        return new Parts(parts.train(), parts.heldOut(), new int[0], parts.heldOut().length > 0);
    }

    /** The same with the rows that choose a model among those that train it. */
    Parts allToTrain() {
        int[] all = IntStream.concat(IntStream.of(train), IntStream.of(validation))
                .sorted()
                .toArray();
        return new Parts(all, new int[0], test, false);
    }

    /** Number of rows in any part. */
    int count() {
        return train.length + validation.length + test.length;
    }
}

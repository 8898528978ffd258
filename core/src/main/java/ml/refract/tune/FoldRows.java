package ml.refract.tune;

import java.util.Arrays;
import java.util.List;
import ml.refract.linalg.Design;
import ml.refract.task.HoldOut;

/**
 * Rows that are divided into folds.
 *
 * @param x n x d
 * @param rows the number of each among all training rows
 * @param codes what a fold learns from targets itself
 */
record FoldRows(Design x, int[] rows, FoldCodes codes) {
    /** The rows a fold learns from, for a model that ignores some coordinates. */
    Design train(HoldOut.Parts fold, List<Integer> ignored) {
        return select(fold, fold.train(), ignored);
    }

    /** The rows a fold holds out. */
    Design heldOut(HoldOut.Parts fold, List<Integer> ignored) {
        return select(fold, fold.heldOut(), ignored);
    }

    private Design select(HoldOut.Parts fold, int[] places, List<Integer> ignored) {
        Design picked = x.select(places);
        codes.rewrite(numbers(fold.train()), numbers(places), ignored, picked.dense());
        return picked;
    }

    private int[] numbers(int[] places) {
        return Arrays.stream(places).map(i -> rows[i]).toArray();
    }
}

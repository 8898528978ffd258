package ml.refract.tune;

import java.util.Arrays;
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
    /** The rows a fold learns from. */
    Design train(HoldOut.Parts fold) {
        return select(fold, fold.train());
    }

    /** The rows a fold holds out. */
    Design heldOut(HoldOut.Parts fold) {
        return select(fold, fold.heldOut());
    }

    private Design select(HoldOut.Parts fold, int[] places) {
        Design picked = x.select(places);
        codes.rewrite(numbers(fold.train()), numbers(places), picked.dense());
        return picked;
    }

    private int[] numbers(int[] places) {
        return Arrays.stream(places).map(i -> rows[i]).toArray();
    }
}

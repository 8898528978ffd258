package ml.refract.tune;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import ml.refract.linalg.Design;
import ml.refract.task.HoldOut;

/** Rows that are divided into folds. Safe for use by several threads. */
final class FoldRows {
    private final Design x;
    private final int[] rows;
    private final Optional<FoldCodes> codes;
    private final UnaryOperator<int[]> apart;
    /** What the settings have in common: to learn codes takes longer than to copy rows. */
    private final Map<HoldOut.Parts, Sides> coded = new ConcurrentHashMap<>();

    /**
     * Some training rows, with what every fold learns from targets itself.
     *
     * @param x n x d
     * @param rows the number of each among all training rows
     * @param apart all training rows that have nothing to do with given ones
     */
    FoldRows(Design x, int[] rows, Optional<FoldCodes> codes, UnaryOperator<int[]> apart) {
        this.x = x;
        this.rows = rows;
        this.codes = codes;
        this.apart = apart;
    }

    /** All training rows, none of whose coordinates come from targets. */
    FoldRows(Design x) {
        this(x, IntStream.range(0, x.rows()).toArray(), Optional.empty(), UnaryOperator.identity());
    }

    /**
     * The rows on both sides of a fold.
     *
     * @param train those it learns from
     */
    record Sides(Design train, Design heldOut) {}

    /** The rows of a fold; kept where coordinates come from targets. */
    Sides of(HoldOut.Parts fold) {
        return codes.isEmpty() ? sides(fold) : coded.computeIfAbsent(fold, parts -> encoded(codes.get(), parts));
    }

    private Sides sides(HoldOut.Parts fold) {
        return new Sides(x.select(fold.train()), x.select(fold.heldOut()));
    }

    /**
     * Codes are learned from rows outside the sample too, where these have nothing to do with those held out: they are to be as good as
     * those of the final model.
     */
    private Sides encoded(FoldCodes codes, HoldOut.Parts fold) {
        Sides sides = sides(fold);
        int[] train = numbers(fold.train());
        int[] heldOut = numbers(fold.heldOut());
        int[] learned = IntStream.concat(Arrays.stream(train), Arrays.stream(apart.apply(heldOut)))
                .distinct()
                .toArray();
        codes.rewrite(learned, train, sides.train().dense());
        codes.rewrite(learned, heldOut, sides.heldOut().dense());
        return sides;
    }

    private int[] numbers(int[] places) {
        return Arrays.stream(places).map(i -> rows[i]).toArray();
    }
}

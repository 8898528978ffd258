package ml.refract.tune;

/**
 * What training rows have to do with each other, so that those a search holds out are as new to its models as future rows will
 * be.
 */
public sealed interface Division {
    /** Nothing: rows are held out at random, in classification a share of every class. */
    static Division atRandom() {
        return new AtRandom();
    }

    /** Rows are held out at random. */
    record AtRandom() implements Division {}

    /**
     * Rows of one group are held out together or not at all.
     *
     * @param groups number of the group of each row; not copied
     */
    record ByGroup(int[] groups) implements Division {}

    /**
     * Rows that are held out are later than those learned from; the earliest are never held out.
     *
     * @param times time of each row, in any unit, not NaN; not copied
     */
    record InOrder(double[] times) implements Division {}
}

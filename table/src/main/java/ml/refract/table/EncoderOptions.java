package ml.refract.table;

/**
 * How columns become coordinates.
 *
 * @param maxOneHotLevels a categorical column of more levels than this, missing cells of training rows counting as one,
 *     is kept as codes instead of one column of zeros and ones for each level; at least 0
 * @param ranks whether numeric columns that are skewed or have heavy tails get a second coordinate: the normal score of the
 *     rank; see {@link Encoder#views}
 */
public record EncoderOptions(int maxOneHotLevels, boolean ranks) {
    /**
     * Checks the number.
     *
     * @throws IllegalArgumentException when it is negative
     */
    public EncoderOptions {
        if (maxOneHotLevels < 0) {
            throw new IllegalArgumentException("maxOneHotLevels must be at least 0, got " + maxOneHotLevels);
        }
    }

    /** Up to 100 levels as columns, numbers standardised. */
    public static EncoderOptions defaults() {
        return new EncoderOptions(100, false);
    }

    /** These options with another limit. */
    public EncoderOptions withMaxOneHotLevels(int levels) {
        return new EncoderOptions(levels, ranks);
    }

    /** These options with or without ranks. */
    public EncoderOptions withRanks(boolean wanted) {
        return new EncoderOptions(maxOneHotLevels, wanted);
    }
}

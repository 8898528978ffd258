package ml.refract.table;

/**
 * How columns become coordinates.
 *
 * @param maxOneHotLevels a categorical column of more levels than this, missing cells of training rows counting as one,
 *     is kept as codes instead of one column of zeros and ones for each level; at least 0
 */
public record EncoderOptions(int maxOneHotLevels) {
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

    /** Up to 100 levels as columns. */
    public static EncoderOptions defaults() {
        return new EncoderOptions(100);
    }

    /** These options with another limit. */
    public EncoderOptions withMaxOneHotLevels(int levels) {
        return new EncoderOptions(levels);
    }
}

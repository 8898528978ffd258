package ml.refract.machine;

/**
 * How a gradient moment is formed.
 *
 * @param diagonal whether only its diagonal is wanted
 * @param centred whether the mean gradient over all rows and outputs is subtracted first
 * @param weightFloor distance below which a pair's gradient weight stops growing, 0 for none
 */
public record MomentOptions(boolean diagonal, boolean centred, double weightFloor) {
    /** The plain full moment. */
    public static final MomentOptions FULL = new MomentOptions(false, false, 0);

    /** The plain diagonal moment. */
    public static final MomentOptions DIAGONAL = new MomentOptions(true, false, 0);

    private static final int MOST_FULL_LEVELS = 2_000;
    /** Under other distances the table of pairs costs a power for each triple of levels. */
    private static final int MOST_FULL_LEVELS_WITH_POWERS = 100;

    /** Whether a coded group of so many levels gets a block with all its entries; beyond, only its diagonal is kept. */
    public static boolean hasFullBlock(int levels, boolean rotationInvariant) {
        return levels <= (rotationInvariant ? MOST_FULL_LEVELS : MOST_FULL_LEVELS_WITH_POWERS);
    }
}

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
}

package ml.refract.lab;

/**
 * How an experiment is run.
 *
 * @param size how much of it
 * @param seed where all that is random comes from
 */
public record LabSettings(Size size, long seed) {
    /** How much is run. */
    public enum Size {
        /** About ten seconds on two cores. */
        QUICK,
        /** A few minutes, at the sizes of the paper where they are known. */
        FULL
    }

    /** One of two values by size. */
    public <T> T pick(T quick, T full) {
        return size == Size.QUICK ? quick : full;
    }
}

package ml.refract.explain;

/**
 * Where a number should lie, bounds included.
 *
 * @param lower not above {@code upper}; negative infinity when nothing is known
 * @param upper positive infinity when nothing is known
 */
public record Interval(double lower, double upper) {
    /** Upper minus lower bound. */
    public double width() {
        return upper - lower;
    }

    /** Whether a number lies within the bounds. */
    public boolean contains(double value) {
        return lower <= value && value <= upper;
    }

    /** The same interval moved by a number: errors around a prediction become bounds of the target. */
    public Interval plus(double value) {
        return new Interval(lower + value, upper + value);
    }
}

package ml.refract.kernel;

/**
 * A number held by its sign and the logarithm of its size, for products too small or too large for a double. Arithmetic is
 * exact to a few roundings of the logarithm.
 *
 * @param sign -1, 0 or 1
 * @param log natural logarithm of the absolute value; negative infinity at zero
 */
public record SignedLog(int sign, double log) {
    /** Zero. */
    public static final SignedLog ZERO = new SignedLog(0, Double.NEGATIVE_INFINITY);

    /** One. */
    public static final SignedLog ONE = new SignedLog(1, 0);

    /** The number itself; not a NaN. */
    public static SignedLog of(double value) {
        return value == 0 ? ZERO : new SignedLog(value > 0 ? 1 : -1, Math.log(Math.abs(value)));
    }

    /** As a double; zero or infinite where it is out of range. */
    public double value() {
        return sign * Math.exp(log);
    }

    /** The product. */
    public SignedLog times(SignedLog other) {
        return sign == 0 || other.sign == 0 ? ZERO : new SignedLog(sign * other.sign, log + other.log);
    }

    /** The sum. */
    public SignedLog plus(SignedLog other) {
        if (other.sign == 0 || sign == 0) {
            return other.sign == 0 ? this : other;
        }
        SignedLog large = log >= other.log ? this : other;
        double difference = -Math.abs(log - other.log);
        if (sign == other.sign) {
            return new SignedLog(sign, large.log + Math.log1p(Math.exp(difference)));
        }
        return difference == 0 ? ZERO : new SignedLog(large.sign, large.log + Math.log(-Math.expm1(difference)));
    }
}

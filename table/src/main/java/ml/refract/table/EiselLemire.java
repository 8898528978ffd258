package ml.refract.table;

import java.math.BigInteger;

/**
 * Decimal to double by the algorithm of Eisel and Lemire (D. Lemire, "Number parsing at a gigabyte per second", 2021):
 * the digits are multiplied by a 128-bit approximation of the power of ten, and in nearly all cases the product shows
 * which double is nearest. Where it does not, the answer is NaN and the caller takes the slow way.
 *
 * <p>It matters because most files hold doubles of 16 or 17 digits, for which {@link Double#parseDouble} is slow.
 */
final class EiselLemire {
    private static final int LARGEST_POWER = 100;
    private static final long[] HIGH = new long[2 * LARGEST_POWER + 1];
    private static final long[] LOW = new long[2 * LARGEST_POWER + 1];
    private static final int MANTISSA_BITS = 52;
    private static final int EXPONENT_BIAS = 1023;

    static {
        for (int power = -LARGEST_POWER; power <= LARGEST_POWER; power++) {
            BigInteger bits = power < 0 ? reciprocalOfFive(-power) : powerOfFive(power);
            HIGH[power + LARGEST_POWER] = bits.shiftRight(64).longValue();
            LOW[power + LARGEST_POWER] = bits.longValue();
        }
    }

    private EiselLemire() {}

    /** The leading 128 bits of 5^power, rounded down. */
    private static BigInteger powerOfFive(int power) {
        BigInteger five = BigInteger.valueOf(5).pow(power);
        return five.shiftLeft(128).shiftRight(five.bitLength());
    }

    /** The leading 128 bits of 5^-power: rounded up as long as 5^power fits 64 bits, down beyond, as the proof asks. */
    private static BigInteger reciprocalOfFive(int power) {
        BigInteger five = BigInteger.valueOf(5).pow(power);
        BigInteger quotient = BigInteger.ONE.shiftLeft(five.bitLength() + 127).divide(five);
        return five.bitLength() <= 64 ? quotient.add(BigInteger.ONE) : quotient;
    }

    /**
     * The double nearest to digits * 10^power, or NaN when this cannot be told.
     *
     * @param digits positive
     */
    static double toDouble(long digits, int power) {
        if (power < -LARGEST_POWER || power > LARGEST_POWER) {
            return Double.NaN;
        }
        int shift = Long.numberOfLeadingZeros(digits);
        long factor = digits << shift;
        long fiveHigh = HIGH[power + LARGEST_POWER];
        long high = multiplyHigh(factor, fiveHigh);
        long low = factor * fiveHigh;
        if ((high & 0x1FF) == 0x1FF) {
            // The upper half of the power does not settle the rounding; add what the lower half contributes.
            long carry = multiplyHigh(factor, LOW[power + LARGEST_POWER]);
            low += carry;
            high += Long.compareUnsigned(low, carry) < 0 ? 1 : 0;
        }
        if (low == -1L) {
            return Double.NaN;
        }
        int upperBit = (int) (high >>> 63);
        long mantissa = high >>> (upperBit + 9);
        int exponent = binaryExponent(power) + upperBit - shift + EXPONENT_BIAS;
        boolean nearHalfway = Long.compareUnsigned(low, 1) <= 0 && (mantissa & 3) == 1;
        if (exponent <= 0 || exponent >= 0x7FE || nearHalfway) {
            return Double.NaN;
        }
        mantissa = (mantissa + (mantissa & 1)) >>> 1;
        if (mantissa == 1L << (MANTISSA_BITS + 1)) {
            mantissa >>>= 1;
            exponent++;
        }
        long fraction = mantissa & ((1L << MANTISSA_BITS) - 1);
        return Double.longBitsToDouble(((long) exponent << MANTISSA_BITS) | fraction);
    }

    /** floor(log2(10^power)) + 63, exact in the range of powers used. */
    private static int binaryExponent(int power) {
        return ((217_706 * power) >> 16) + 63;
    }

    /** The upper 64 bits of an unsigned product. */
    private static long multiplyHigh(long a, long b) {
        return Math.multiplyHigh(a, b) + ((a >> 63) & b) + ((b >> 63) & a);
    }
}

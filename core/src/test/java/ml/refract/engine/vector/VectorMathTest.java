package ml.refract.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class VectorMathTest {
    /** The shortest run the functions take. */
    private static final int RUN = 2 * Lanes.WIDTH;

    /** Exponents around every branch: tiny, the search range, both sides of 1, both ends. */
    static DoubleStream exponents() {
        return DoubleStream.of(0.01, 0.1, 0.35, 0.5, 0.7, 0.99, 1, 1.01, 1.3, 1.5, 1.9, 2);
    }

    @Test
    void exponentialIsWithinOneAndAHalfUlp() {
        double[] worst = {0};
        sweep(0f, 86.6f, 101, VectorMathTest::exponentials, (y, result) -> {
            double exact = Math.exp(-(double) y);
            worst[0] = Math.max(worst[0], Math.abs(result - exact) / Math.ulp((float) exact));
        });
        assertThat(worst[0]).isLessThan(1.5);
    }

    @Test
    void exponentialNeverRises() {
        float[] last = {2};
        sweep(0f, 200f, 101, VectorMathTest::exponentials, (y, result) -> {
            if (!(result <= last[0])) {
                throw new AssertionError("exp(-" + y + ") = " + result + " after " + last[0]);
            }
            last[0] = result;
        });
    }

    @Test
    void exponentialOfLargeArgumentsIsZero() {
        sweep(87f, 1e6f, 1, VectorMathTest::exponentials, (y, result) -> {
            if (result != 0) {
                throw new AssertionError("exp(-" + y + ") = " + result);
            }
        });
    }

    /** The scale is a double and multiplies exactly, so that it costs no accuracy however large the product. */
    @ParameterizedTest
    @ValueSource(doubles = {1e-8, 0.1, Math.PI, 1e4})
    void scalesAreNotRounded(double scale) {
        double[] worst = {0};
        UnaryOperator<float[]> scaled = arguments -> {
            float[] result = new float[arguments.length];
            VectorMath.expOfNegative(scale, arguments, 0, result, 0, arguments.length);
            return result;
        };
        sweep((float) (1e-3 / scale), (float) (86.6 / scale), 9973, scaled, (x, result) -> {
            double exact = Math.exp(-scale * x);
            worst[0] = Math.max(worst[0], Math.abs(result - exact) / Math.ulp((float) exact));
        });
        assertThat(worst[0]).isLessThan(1.5);
    }

    @Test
    void exponentialOfARootIsThatOfTheRoundedRoot() {
        sweep(
                1e-12f,
                7_000f,
                997,
                arguments -> {
                    float[] roots = new float[arguments.length];
                    for (int i = 0; i < roots.length; i++) {
                        roots[i] = (float) Math.sqrt(arguments[i]);
                    }
                    float[] expected = new float[arguments.length];
                    VectorMath.expOfNegative(0.7, roots, 0, expected, 0, arguments.length);
                    float[] result = new float[arguments.length];
                    VectorMath.expOfNegativeRoot(0.7, arguments, 0, result, 0, arguments.length);
                    assertThat(result).containsExactly(expected);
                    return result;
                },
                (s, result) -> {});
    }

    @Test
    void exponentialOfSpecialValues() {
        assertThat(exponential(0f)).isEqualTo(1);
        assertThat(exponential(-0f)).isEqualTo(1);
        assertThat(exponential(Float.MIN_VALUE)).isEqualTo(1);
        assertThat(exponential(1e-9f)).isEqualTo(1);
        assertThat(exponential(1e30f)).isZero();
        assertThat(exponential(Float.MAX_VALUE)).isZero();
        assertThat(exponential(Float.POSITIVE_INFINITY)).isZero();
    }

    @ParameterizedTest
    @MethodSource("exponents")
    void powerIsWithinOneMillionth(double exponent) {
        double p = exponent;
        double[] worst = {0};
        sweep(1e-30f, 1e18f, 997, powers(p), (u, result) -> {
            double exact = Math.pow(u, p);
            if (exact >= 0x1p-124) {
                worst[0] = Math.max(worst[0], Math.abs(result / exact - 1));
            } else if (!(result >= 0 && result <= 0x1.00001p-124)) {
                throw new AssertionError(u + "^" + p + " = " + result);
            }
        });
        assertThat(worst[0]).isLessThan(1e-6);
    }

    @ParameterizedTest
    @MethodSource("exponents")
    void powerBeyondTheFloatsIsTheLargest(double exponent) {
        double p = exponent;
        sweep(1e18f, Float.MAX_VALUE, 997, powers(p), (u, result) -> {
            double exact = Math.pow(u, p);
            if (Math.abs(result / Math.min(exact, 0x1p127) - 1) > 1e-6) {
                throw new AssertionError(u + "^" + p + " = " + result);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("exponents")
    void powerOfOneIsOneAndOfZeroZero(double exponent) {
        double p = exponent;
        assertThat(power(1f, p)).isEqualTo(1);
        assertThat(power(0f, p)).isZero();
        assertThat(power(Float.MIN_VALUE, p))
                .as("numbers below the normal floats count as zero")
                .isZero();
    }

    /** Exponents below zero, which slopes have; zero stays zero. */
    @ParameterizedTest
    @ValueSource(doubles = {-0.01, -0.3, -0.65, -0.99})
    void negativePowersAreReciprocals(double p) {
        double[] worst = {0};
        sweep(Float.MIN_NORMAL, 1e30f, 9973, powers(p), (u, result) -> {
            double exact = Math.pow(u, p);
            worst[0] = Math.max(worst[0], Math.abs(result / exact - 1));
        });
        assertThat(worst[0]).isLessThan(1e-6);
        assertThat(power(0f, p)).isZero();
    }

    @Test
    void signsDoNotMatterToPowers() {
        assertThat(power(-3f, 1.3)).isEqualTo(power(3f, 1.3));
        assertThat(power(-0f, 1.3)).isZero();
    }

    @Test
    void powerOneIsAlmostTheIdentityAndPowerTwoTheSquare() {
        sweep(
                1e-18f,
                1e18f,
                9973,
                powers(1),
                (u, result) -> assertThat(result / u).isBetween(1 - 1e-6f, 1 + 1e-6f));
        sweep(
                1e-18f,
                1e18f,
                9973,
                powers(2),
                (u, result) -> assertThat(result / (u * u)).isBetween(1 - 1e-6f, 1 + 1e-6f));
    }

    /** Before the loop the code is interpreted, after it compiled; the twin never sees a vector. */
    @ParameterizedTest
    @ValueSource(doubles = {0.35, 0.7, 1.3, 2})
    void interpretedAndCompiledCodeAndTheScalarTwinAgreeBitForBit(double p) {
        float[] arguments = new float[32 * RUN];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = (float) Math.pow(10, -30 + 48.0 * i / arguments.length);
        }
        float[] coldExponentials = apply(VectorMathTest::exponentials, arguments);
        float[] coldPowers = apply(powers(p), arguments);
        for (int warmUp = 0; warmUp < 2_000; warmUp++) {
            apply(VectorMathTest::exponentials, arguments);
            apply(powers(p), arguments);
        }
        assertThat(apply(VectorMathTest::exponentials, arguments)).containsExactly(coldExponentials);
        assertThat(apply(powers(p), arguments)).containsExactly(coldPowers);
        for (int i = 0; i < arguments.length; i++) {
            assertThat(coldExponentials[i]).isEqualTo(exponentialTwin(arguments[i]));
            assertThat(coldPowers[i]).isEqualTo(powerTwin(arguments[i], p));
        }
    }

    @Test
    void everyLaneComputesTheSame() {
        float[] arguments = new float[RUN];
        Arrays.fill(arguments, 0.731f);
        assertThat(apply(VectorMathTest::exponentials, arguments)).containsOnly(exponentialTwin(0.731f));
        assertThat(apply(powers(0.7), arguments)).containsOnly(powerTwin(0.731f, 0.7));
    }

    /** The algorithm of {@link VectorMath#expOfNegative} on one number. */
    private static float exponentialTwin(float y) {
        double digits = 1.4426950408889634;
        float high = (float) digits;
        float low = (float) (digits - high);
        float bounded = Math.min(y, (float) (300 / high));
        float shifted = Math.fma(bounded, -high, 0x1.8p23f);
        float g = Math.fma(bounded, -low, Math.fma(bounded, -high, 0x1.8p23f - shifted));
        float[] coefficients = {
            0.00015353361959569156f,
            0.0013398873852565885f,
            0.00961843691766262f,
            0.055503323674201965f,
            0.24022647738456726f,
            0.6931471824645996f,
            1f
        };
        int n = (int) (shifted - 0x1.8p23f);
        return n < -125 ? 0 : (float) Math.scalb((double) horner(g, coefficients), n);
    }

    /** The algorithm of {@link VectorMath#power} on one number. */
    private static float powerTwin(float u, double p) {
        if (u <= (float) Math.pow(2, -125 / p)) {
            return 0;
        }
        int bits = Float.floatToRawIntBits(u);
        int exponent = bits - 0x3f2aaaab >> 23;
        float f = Float.intBitsToFloat(bits - (exponent << 23)) - 1f;
        float log = f
                * horner(
                        f,
                        0.25706666707992554f,
                        -0.2842305898666382f,
                        0.28365853428840637f,
                        -0.35773220658302307f,
                        0.48106637597084045f,
                        -0.7214025855064392f,
                        1.4426935911178589f);
        float pHigh = Float.intBitsToFloat(Float.floatToRawIntBits((float) p) & 0xfffff000);
        float high = exponent * pHigh;
        float n = Math.fma(log, (float) p, high) + 0x1.8p23f - 0x1.8p23f;
        float g = Math.fma((float) exponent, (float) (p - pHigh), Math.fma(log, (float) p, high - n));
        float x = horner(
                g,
                0.001326472731307149f,
                0.009671512991189957f,
                0.05550733581185341f,
                0.24022242426872253f,
                0.6931470036506653f,
                1f);
        return (float) Math.scalb((double) x, (int) n);
    }

    private static float horner(float x, float... coefficients) {
        float result = coefficients[0];
        for (int i = 1; i < coefficients.length; i++) {
            result = Math.fma(result, x, coefficients[i]);
        }
        return result;
    }

    private static float exponential(float y) {
        return apply(VectorMathTest::exponentials, broadcast(y))[0];
    }

    private static float power(float u, double p) {
        return apply(powers(p), broadcast(u))[0];
    }

    private static float[] broadcast(float value) {
        float[] result = new float[RUN];
        Arrays.fill(result, value);
        return result;
    }

    private static float[] apply(UnaryOperator<float[]> function, float[] arguments) {
        return function.apply(arguments);
    }

    private static float[] exponentials(float[] arguments) {
        float[] result = new float[arguments.length];
        VectorMath.expOfNegative(1, arguments, 0, result, 0, arguments.length);
        return result;
    }

    private static UnaryOperator<float[]> powers(double p) {
        return arguments -> {
            float[] result = new float[arguments.length];
            VectorMath.power(VectorMath.Exponent.of(p), arguments, 0, result, 0, arguments.length);
            return result;
        };
    }

    private interface Check {
        void accept(float argument, float result);
    }

    /** Every {@code step}-th float between two positive ones, in ascending order. */
    private static void sweep(float from, float to, int step, UnaryOperator<float[]> function, Check check) {
        int last = Float.floatToRawIntBits(to);
        float[] arguments = new float[RUN];
        for (long bits = Float.floatToRawIntBits(from); bits <= last; bits += (long) step * RUN) {
            for (int i = 0; i < RUN; i++) {
                arguments[i] = Float.intBitsToFloat((int) Math.min(last, bits + (long) i * step));
            }
            float[] results = apply(function, arguments);
            for (int i = 0; i < RUN; i++) {
                check.accept(arguments[i], results[i]);
            }
        }
    }
}

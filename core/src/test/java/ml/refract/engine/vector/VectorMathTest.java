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
        sweep(0f, 87.33f, 101, VectorMathTest::exponentials, (y, result) -> {
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
    void exponentialOfLargeArgumentsIsBelowTheNormalFloats() {
        sweep(87.34f, 200f, 1, VectorMathTest::exponentials, (y, result) -> {
            if (!(result >= 0 && result < Float.MIN_NORMAL && (y < 87.69f || result == 0))) {
                throw new AssertionError("exp(-" + y + ") = " + result);
            }
        });
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
        float p = (float) exponent;
        double[] worst = {0};
        sweep(1e-30f, 1e18f, 997, powers(p), (u, result) -> {
            double exact = Math.pow(u, p);
            if (exact >= Float.MIN_NORMAL) {
                worst[0] = Math.max(worst[0], Math.abs(result / exact - 1));
            } else if (!(result >= 0 && result <= Float.MIN_NORMAL)) {
                throw new AssertionError(u + "^" + p + " = " + result);
            }
        });
        assertThat(worst[0]).isLessThan(1e-6);
    }

    @ParameterizedTest
    @MethodSource("exponents")
    void powerBeyondTheFloatsIsInfinite(double exponent) {
        float p = (float) exponent;
        sweep(1e18f, Float.MAX_VALUE, 997, powers(p), (u, result) -> {
            double exact = Math.pow(u, p);
            boolean fits = exact < 0x1p127 ? Math.abs(result / exact - 1) < 1e-6 : result > 0x1.fffffp126f;
            if (!fits) {
                throw new AssertionError(u + "^" + p + " = " + result);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("exponents")
    void powerOfOneIsOneAndOfZeroZero(double exponent) {
        float p = (float) exponent;
        assertThat(power(1f, p)).isEqualTo(1);
        assertThat(power(0f, p)).isZero();
        assertThat(power(Float.MIN_VALUE, p))
                .as("numbers below the normal floats count as zero")
                .isZero();
    }

    @Test
    void powerOneIsAlmostTheIdentityAndPowerTwoTheSquare() {
        sweep(
                1e-18f,
                1e18f,
                9973,
                powers(1f),
                (u, result) -> assertThat(result / u).isBetween(1 - 1e-6f, 1 + 1e-6f));
        sweep(
                1e-18f,
                1e18f,
                9973,
                powers(2f),
                (u, result) -> assertThat(result / (u * u)).isBetween(1 - 1e-6f, 1 + 1e-6f));
    }

    /** Before the loop the code is interpreted, after it compiled; the twin never sees a vector. */
    @ParameterizedTest
    @ValueSource(floats = {0.35f, 0.7f, 1.3f, 2f})
    void interpretedAndCompiledCodeAndTheScalarTwinAgreeBitForBit(float p) {
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
        assertThat(apply(powers(0.7f), arguments)).containsOnly(powerTwin(0.731f, 0.7f));
    }

    /** The algorithm of {@link VectorMath#expOfNegative} on one number. */
    private static float exponentialTwin(float y) {
        float bounded = Math.min(y, 200f);
        float shifted = Math.fma(bounded, -1.44269504f, 0x1.8p23f);
        float n = shifted - 0x1.8p23f;
        float f = Math.fma(n, -2.12194440e-4f, Math.fma(n, 0.693359375f, bounded));
        float[] coefficients = {
            0.001381461275741458f,
            -0.008368710055947304f,
            0.04166838899254799f,
            -0.1666652113199234f,
            0.4999999403953552f,
            -1f,
            1f
        };
        return horner(f, coefficients) * powerOfTwo((int) n);
    }

    /** The algorithm of {@link VectorMath#power} on one normal number. */
    private static float powerTwin(float u, float p) {
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
        float high = exponent * p;
        float low = Math.fma((float) exponent, p, -high);
        float n = Math.fma(log, p, high) + 0x1.8p23f - 0x1.8p23f;
        float g = Math.fma(log, p, high - n) + low;
        return horner(
                        g,
                        0.001326472731307149f,
                        0.009671512991189957f,
                        0.05550733581185341f,
                        0.24022242426872253f,
                        0.6931470036506653f,
                        1f)
                * powerOfTwo((int) n);
    }

    private static float horner(float x, float... coefficients) {
        float result = coefficients[0];
        for (int i = 1; i < coefficients.length; i++) {
            result = Math.fma(result, x, coefficients[i]);
        }
        return result;
    }

    private static float powerOfTwo(int n) {
        return Float.intBitsToFloat(Math.min(255, Math.max(0, n + 127)) << 23);
    }

    private static float exponential(float y) {
        return apply(VectorMathTest::exponentials, broadcast(y))[0];
    }

    private static float power(float u, float p) {
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
        VectorMath.expOfNegative(1f, arguments, 0, result, 0, arguments.length);
        return result;
    }

    private static UnaryOperator<float[]> powers(float p) {
        return arguments -> {
            float[] result = new float[arguments.length];
            VectorMath.power(p, arguments, 0, result, 0, arguments.length);
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

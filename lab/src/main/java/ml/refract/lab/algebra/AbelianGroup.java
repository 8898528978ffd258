package ml.refract.lab.algebra;

import java.util.Arrays;

/**
 * A product of cyclic groups, written additively. Elements are numbers from 0 to below the order: mixed-radix digits, the last factor
 * fastest; 0 is the neutral element. The numbers 1 .. p - 1 under multiplication modulo a prime p are the cyclic group of order p - 1
 * by their {@link Residues#logarithms}.
 */
public final class AbelianGroup {
    private final int[] factors;
    private final int order;

    private AbelianGroup(int[] factors) {
        this.factors = factors;
        this.order = Arrays.stream(factors).reduce(1, Math::multiplyExact);
    }

    /**
     * The product of the cyclic groups of the given orders.
     *
     * @throws IllegalArgumentException when there is none, or one of order below 1
     */
    public static AbelianGroup product(int... orders) {
        if (orders.length == 0 || Arrays.stream(orders).anyMatch(order -> order < 1)) {
            throw new IllegalArgumentException(
                    "A group needs cyclic factors of order 1 and more, got " + Arrays.toString(orders));
        }
        return new AbelianGroup(orders.clone());
    }

    /** Number of elements. */
    public int order() {
        return order;
    }

    /** a + b. */
    public int sum(int a, int b) {
        return combine(a, b, 1);
    }

    /** a - b. */
    public int difference(int a, int b) {
        return combine(a, b, -1);
    }

    /** -a. */
    public int negative(int a) {
        return combine(0, a, -1);
    }

    private int combine(int a, int b, int sign) {
        int result = 0;
        int place = 1;
        int restA = a;
        int restB = b;
        for (int k = factors.length - 1; k >= 0; k--) {
            int digit = Math.floorMod(restA % factors[k] + sign * (restB % factors[k]), factors[k]);
            result += place * digit;
            place *= factors[k];
            restA /= factors[k];
            restB /= factors[k];
        }
        return result;
    }
}

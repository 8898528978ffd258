package ml.refract.engine;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Random streams derived from one seed by (seed, purpose, index), so that no draw depends on which others were made. */
public final class Seeds {
    private Seeds() {}

    /** The stream for a purpose. */
    public static SplittableRandom stream(long seed, String purpose, long index) {
        long mixed = seed;
        for (int i = 0; i < purpose.length(); i++) {
            mixed = mix(mixed * 31 + purpose.charAt(i));
        }
        return new SplittableRandom(mix(mixed ^ mix(index + 0x9e3779b97f4a7c15L)));
    }

    /** The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
        return b ^ (b >>> 31);
    }

    /** The numbers 0 .. n - 1 in random order. */
    public static int[] permutation(int n, SplittableRandom random) {
        int[] result = new int[n];
        for (int i = 0; i < n; i++) {
            int j = random.nextInt(i + 1);
            result[i] = result[j];
            result[j] = i;
        }
        return result;
    }

    /** {@code count} different numbers from 0 .. n - 1, ascending; all of them when count is not below n. */
    public static int[] sample(int n, int count, SplittableRandom random) {
        int[] picked = Arrays.copyOf(permutation(n, random), Math.min(n, count));
        Arrays.sort(picked);
        return picked;
    }
}

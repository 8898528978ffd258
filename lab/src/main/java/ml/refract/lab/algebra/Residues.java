package ml.refract.lab.algebra;

import java.util.Arrays;

/** Residues modulo a prime p. */
public final class Residues {
    private Residues() {}

    /**
     * Discrete logarithms: entry g^i mod p is i, for the smallest generator g of the residues 1 .. p - 1. Entry 0 is -1.
     *
     * @throws IllegalArgumentException when p is not a prime
     */
    public static int[] logarithms(int p) {
        for (int g = 1; g < p; g++) {
            int[] result = new int[p];
            Arrays.fill(result, -1);
            int power = 1;
            int i = 0;
            while (result[power] < 0 && power != 0) {
                result[power] = i++;
                power = (int) ((long) power * g % p);
            }
            if (i == p - 1) {
                return result;
            }
        }
        throw new IllegalArgumentException("Logarithms need a prime, got " + p);
    }

    /** The residues in the order of their logarithms: g^0, g^1, ..., g^(p-2). */
    public static int[] byLogarithm(int p) {
        int[] logarithms = logarithms(p);
        int[] result = new int[p - 1];
        for (int a = 1; a < p; a++) {
            result[logarithms[a]] = a;
        }
        return result;
    }
}

package ml.refract.xrfm;

import java.util.Locale;
import ml.refract.engine.Precision;
import ml.refract.solver.RidgeSystem;

/**
 * Bytes that fitting takes, reckoned before anything is allocated, and the largest leaf that stays within a budget.
 *
 * @param leafRows rows of the largest leaf
 * @param bytes bytes needed while that leaf is fitted, the data included
 * @param budget bytes allowed
 */
public record MemoryPlan(int leafRows, long bytes, long budget) {
    /** Leaves are not made smaller than this to save memory; splitting further costs more accuracy than it saves. */
    private static final int LEAST_LEAF = 500;
    /** Entries of packed right-hand sides held at once; see the gradient moment. */
    private static final long MOST_PAYLOAD = 1L << 24;

    /**
     * Plans a fit.
     *
     * @param rows n
     * @param width d
     * @param outputs c
     * @param largestLeaf leaf size not to be exceeded whatever the memory
     * @param overlap share of rows that neighbouring leaves have in common, on each side
     * @throws IllegalArgumentException when not even leaves of 500 rows (or all rows, if fewer) fit; says what is needed
     */
    public static MemoryPlan of(
            int rows, int width, int outputs, int largestLeaf, double overlap, Precision precision, long budget) {
        int leaf = Math.min(rows, largestLeaf);
        int least = Math.min(leaf, LEAST_LEAF);
        while (leaf > least && bytes(leaf, rows, width, outputs, overlap, precision) > budget) {
            leaf = Math.max(least, (int) (leaf * 0.9));
        }
        long bytes = bytes(leaf, rows, width, outputs, overlap, precision);
        if (bytes > budget) {
            throw new IllegalArgumentException("Fitting " + rows + " rows x " + width + " columns with " + outputs
                    + (outputs == 1 ? " output needs " : " outputs needs ") + text(bytes)
                    + " of memory even in leaves of " + leaf + " rows; " + text(budget)
                    + " are allowed. Allow more memory, or use fewer rows or columns");
        }
        return new MemoryPlan(leaf, bytes, budget);
    }

    private static long bytes(long leaf, long rows, long width, long outputs, double overlap, Precision precision) {
        int unit = precision.bytes();
        long data = rows * (width * unit + outputs * 8);
        long leafData = leaf < rows ? leaf * (width * unit + outputs * 8) : 0;
        double copies = leaf < rows ? Math.pow(1 + 2 * overlap, Math.log((double) rows / leaf) / Math.log(2)) : 1;
        long machines = (long) (rows * copies * (2 * width + 2 + 2 * outputs) * unit);
        long system = RidgeSystem.bytes(leaf, precision) + leaf * outputs * 8 * 6;
        long moment = Math.min(MOST_PAYLOAD, leaf * outputs * (width + 1)) * unit + 24 * width * width * 8;
        return data + leafData + machines + system + moment;
    }

    /** A number of bytes for people. */
    public static String text(long bytes) {
        String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB"};
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 ? bytes + " bytes" : String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
    }
}

package ml.refract.table;

/**
 * Counts distinct values by 64-bit hashes in bounded memory.
 *
 * <p>Counting pauses when a limit is reached. The share of distinct values is that among the values offered while
 * counting was on, so that it stays meaningful for files of any length.
 */
final class DistinctCounter {
    /** One more than is ever reported for columns whose type does not hang on the count. */
    static final int SHORT = 1_001;

    /** One more than is ever reported for columns whose type hangs on the count. */
    static final int LONG = 1_000_001;

    private long[] slots = new long[32];
    private int size;
    private long offered;
    private boolean complete = true;

    /** Whether no further value is counted under this limit; a value that is then passed over makes the count a bound. */
    boolean isFull(int limit) {
        complete &= size < limit;
        return size >= limit;
    }

    /** Counts a value and tells whether it is new. */
    boolean add(long hash) {
        offered++;
        // Zero marks a free slot; the one hash that is zero shares the slot of one other value out of 2^64.
        long key = hash == 0 ? 1 : hash;
        if (!insert(slots, key)) {
            return false;
        }
        if (2 * ++size > slots.length) {
            grow();
        }
        return true;
    }

    private static boolean insert(long[] table, long key) {
        int mask = table.length - 1;
        int i = (int) key & mask;
        while (table[i] != 0) {
            if (table[i] == key) {
                return false;
            }
            i = (i + 1) & mask;
        }
        table[i] = key;
        return true;
    }

    private void grow() {
        long[] larger = new long[2 * slots.length];
        for (long key : slots) {
            if (key != 0) {
                insert(larger, key);
            }
        }
        slots = larger;
    }

    int count() {
        return size;
    }

    /** Whether every value was counted. */
    boolean isComplete() {
        return complete;
    }

    /** Distinct values per value, of those counted. */
    double share() {
        return offered == 0 ? 0 : (double) size / offered;
    }

    static long hash(char[] chars, int start, int end) {
        long h = (long) end - start;
        for (int i = start; i < end; i++) {
            h = (h ^ chars[i]) * 0x9E3779B97F4A7C15L;
            h ^= h >>> 29;
        }
        return mix(h);
    }

    static long hash(double value) {
        // Adding zero makes one value of both zeros.
        return mix(Double.doubleToLongBits(value + 0.0));
    }

    private static long mix(long h) {
        long z = (h ^ (h >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}

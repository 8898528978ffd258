package ml.refract.rfm.linear;

import org.jspecify.annotations.Nullable;

/**
 * Entries of a matrix gathered by row, or by column: what a loop over rows, or over columns, reads.
 *
 * @param starts entries of line i are at {@code starts[i]} up to {@code starts[i + 1]}; one more than there are lines
 * @param others the other coordinate of each
 * @param entries the number of each, by which its value is found
 */
record SparseSide(int[] starts, int[] others, int[] entries) {
    /** Gathers entries by a coordinate that runs up to {@code lines}; within a line they keep their order. */
    static SparseSide of(int[] line, int[] other, int lines) {
        int[] entries = sorted(line, null, lines);
        int[] others = new int[entries.length];
        for (int k = 0; k < others.length; k++) {
            others[k] = other[entries[k]];
        }
        return new SparseSide(starts(line, lines), others, entries);
    }

    /** Order of the items by key, equal keys in the given order, which is that of their numbers when there is none. */
    static int[] sorted(int[] keys, int @Nullable [] given, int bound) {
        int[] next = starts(keys, bound);
        int[] order = new int[keys.length];
        for (int k = 0; k < keys.length; k++) {
            int item = given == null ? k : given[k];
            order[next[keys[item]]++] = item;
        }
        return order;
    }

    private static int[] starts(int[] keys, int bound) {
        int[] starts = new int[bound + 1];
        for (int key : keys) {
            starts[key + 1]++;
        }
        for (int i = 0; i < bound; i++) {
            starts[i + 1] += starts[i];
        }
        return starts;
    }

    /** How many lines there are. */
    int lines() {
        return starts.length - 1;
    }
}

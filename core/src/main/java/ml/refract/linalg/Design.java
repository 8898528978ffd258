package ml.refract.linalg;

import java.util.ArrayList;
import java.util.List;

/**
 * A design matrix X (n x d) whose wide one-hot groups are kept as integer codes instead of columns of zeros and ones.
 *
 * <p>Coordinates come in a fixed order: first the dense columns, then the levels of each group. A group of K levels
 * stands for K coordinates of which row i has a one at {@code codes[i]} and zeros elsewhere; code -1 (level never seen,
 * or missing) stands for all zeros.
 *
 * <p>Immutable; the arrays inside are shared, not copied.
 */
public final class Design {
    private final Rows dense;
    private final List<Group> groups;

    /**
     * One categorical column held as codes.
     *
     * @param codes one code per row, -1 or 0 .. levels - 1
     * @param levels number of levels, K
     */
    public record Group(int[] codes, int levels) {
        public Group {
            if (levels < 1) {
                throw new IllegalArgumentException("A categorical group needs at least one level, got " + levels);
            }
            for (int i = 0; i < codes.length; i++) {
                if (codes[i] < -1 || codes[i] >= levels) {
                    throw new IllegalArgumentException("Row " + i + " has the code " + codes[i] + " in a group of "
                            + levels + " levels; codes run from -1 (unknown) to " + (levels - 1));
                }
            }
        }

        private Group select(int[] rows) {
            int[] picked = new int[rows.length];
            for (int i = 0; i < rows.length; i++) {
                picked[i] = codes[rows[i]];
            }
            return new Group(picked, levels);
        }
    }

    private Design(Rows dense, List<Group> groups) {
        this.dense = dense;
        this.groups = groups;
    }

    /** A design without coded groups. */
    public static Design of(Rows dense) {
        return new Design(dense, List.of());
    }

    /**
     * A design of dense columns followed by coded groups.
     *
     * @throws IllegalArgumentException when a group has another number of rows than the dense part
     */
    public static Design of(Rows dense, List<Group> groups) {
        for (int b = 0; b < groups.size(); b++) {
            if (groups.get(b).codes().length != dense.rows()) {
                throw new IllegalArgumentException("Group " + b + " has "
                        + groups.get(b).codes().length + " rows, the dense columns have " + dense.rows());
            }
        }
        return new Design(dense, List.copyOf(groups));
    }

    /** Number of rows, n. */
    public int rows() {
        return dense.rows();
    }

    /** Number of coordinates, d: dense columns plus the levels of all groups. */
    public int width() {
        int width = dense.cols();
        for (Group group : groups) {
            width = Math.addExact(width, group.levels());
        }
        return width;
    }

    /** The dense columns. */
    public Rows dense() {
        return dense;
    }

    /** The coded groups, in coordinate order. */
    public List<Group> groups() {
        return groups;
    }

    /** Bytes of a row whose numbers take so many bytes each. */
    public long rowBytes(int ofNumber) {
        return (long) dense.cols() * ofNumber + (long) groups.size() * Integer.BYTES;
    }

    /** The given rows in the given order. */
    public Design select(int[] rows) {
        List<Group> picked = new ArrayList<>(groups.size());
        for (Group group : groups) {
            picked.add(group.select(rows));
        }
        return new Design(dense.select(rows), List.copyOf(picked));
    }

    /** Whether another design has the same coordinates: as many dense columns and groups of the same sizes. */
    public boolean sameCoordinates(Design other) {
        if (dense.cols() != other.dense.cols() || groups.size() != other.groups.size()) {
            return false;
        }
        for (int b = 0; b < groups.size(); b++) {
            if (groups.get(b).levels() != other.groups.get(b).levels()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return "Design[" + rows() + " rows, " + dense.cols() + " dense columns, " + groups.size() + " coded groups]";
    }
}

package ml.refract.table;

import java.util.List;

/**
 * Neighbouring coordinates of a design that say the same kind of thing about the same column.
 *
 * @param column the column they come from
 * @param kind what they say about it
 * @param start the first coordinate, 0-based
 * @param labels a label for each coordinate, such as {@code ocean_proximity=INLAND}; an unmodifiable list
 */
public record CoordinateRange(String column, CoordinateKind kind, int start, List<String> labels) {

    /** Number of coordinates. */
    public int width() {
        return labels.size();
    }

    /** The coordinate behind the last one. */
    public int end() {
        return start + labels.size();
    }
}

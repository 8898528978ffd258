package ml.refract.table;

import java.util.ArrayList;
import java.util.List;

/**
 * What each coordinate of a design stands for, so that what is found out about coordinates can be summed back to
 * columns. Immutable; memory does not grow with the number of levels.
 */
public final class Coordinates {
    private final List<CoordinateRange> ranges;
    private final int width;

    Coordinates(List<CoordinateRange> ranges) {
        this.ranges = List.copyOf(ranges);
        this.width = ranges.isEmpty() ? 0 : ranges.get(ranges.size() - 1).end();
    }

    /** The ranges in coordinate order; together they cover every coordinate once. */
    public List<CoordinateRange> ranges() {
        return ranges;
    }

    /** The ranges that come from a column, in coordinate order. */
    public List<CoordinateRange> of(String column) {
        return ranges.stream().filter(range -> range.column().equals(column)).toList();
    }

    /** Number of coordinates. */
    public int width() {
        return width;
    }

    /**
     * The range a coordinate lies in.
     *
     * @throws IndexOutOfBoundsException when there is no such coordinate
     */
    public CoordinateRange range(int coordinate) {
        if (coordinate < 0 || coordinate >= width) {
            throw new IndexOutOfBoundsException("Coordinate " + coordinate + " of " + width);
        }
        int low = 0;
        int high = ranges.size() - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (coordinate < ranges.get(middle).end()) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return ranges.get(low);
    }

    /**
     * The label of a coordinate.
     *
     * @throws IndexOutOfBoundsException when there is no such coordinate
     */
    public String label(int coordinate) {
        CoordinateRange range = range(coordinate);
        return range.labels().get(coordinate - range.start());
    }

    /** The labels of all coordinates, as a new list. */
    public List<String> labels() {
        List<String> labels = new ArrayList<>(width);
        ranges.forEach(range -> labels.addAll(range.labels()));
        return labels;
    }
}

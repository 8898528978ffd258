package ml.refract.tune;

import java.util.List;

/**
 * What models may look at, where rows hold some things in several encodings: every model of a search ignores the coordinates of one of
 * these lists. Immutable.
 *
 * @param ignored dense coordinates, for each view; the first view is that of the settings a search begins with
 */
public record Views(List<List<Integer>> ignored) {
    /**
     * @throws IllegalArgumentException when there is no view
     */
    public Views {
        if (ignored.isEmpty()) {
            throw new IllegalArgumentException("Models need at least one view of the coordinates");
        }
        ignored = ignored.stream().map(List::copyOf).toList();
    }

    /** All coordinates, for all models. */
    public static Views all() {
        return new Views(List.of(List.of()));
    }

    /** Number of views. */
    public int count() {
        return ignored.size();
    }
}

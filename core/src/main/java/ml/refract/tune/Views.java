package ml.refract.tune;

import java.util.List;
import java.util.Optional;

/**
 * What models may look at, where rows hold some things in several encodings: every model of a search ignores the coordinates of one of
 * these lists. Immutable.
 *
 * @param ignored coordinates, for each view, as in {@link ml.refract.rfm.RfmOptions#ignored}; the first view is that of the settings a
 *     search begins with, and ignores those of {@code codes}
 * @param codes makes the coordinates that were learned from targets, where there are any
 */
public record Views(List<List<Integer>> ignored, Optional<FoldCodes> codes) {
    /**
     * @throws IllegalArgumentException when there is no view
     */
    public Views {
        if (ignored.isEmpty()) {
            throw new IllegalArgumentException("Models need at least one view of the coordinates");
        }
        ignored = ignored.stream().map(List::copyOf).toList();
    }

    /** Views of coordinates that do not come from targets. */
    public Views(List<List<Integer>> ignored) {
        this(ignored, Optional.empty());
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

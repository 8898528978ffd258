package ml.refract.tune;

import java.util.List;
import java.util.Set;

/**
 * What models may look at, where rows hold some things in several encodings: every model of a search ignores the coordinates of one of
 * these lists. Immutable.
 *
 * @param ignored coordinates, for each view, as in {@link ml.refract.rfm.RfmOptions#ignored}; the first view is that of the settings a
 *     search begins with, and ignores those of {@code codes}
 * @param extras coordinates that all views ignore, and that the best settings are tried with as well; empty if there are none
 * @param codes coordinates that were learned from targets
 */
public record Views(List<List<Integer>> ignored, List<Integer> extras, FoldCodes codes) {
    /**
     * @throws IllegalArgumentException when there is no view
     */
    public Views {
        if (ignored.isEmpty()) {
            throw new IllegalArgumentException("Models need at least one view of the coordinates");
        }
        ignored = ignored.stream().map(List::copyOf).toList();
        extras = List.copyOf(extras);
    }

    /** Views of coordinates that do not come from targets. */
    public Views(List<List<Integer>> ignored) {
        this(ignored, List.of(), FoldCodes.none());
    }

    /** All coordinates, for all models. */
    public static Views all() {
        return new Views(List.of(List.of()));
    }

    /** What is ignored by a model that looks at the extras beside its view. */
    List<Integer> withExtras(List<Integer> ignored) {
        Set<Integer> added = Set.copyOf(extras);
        return ignored.stream()
                .filter(coordinate -> !added.contains(coordinate))
                .toList();
    }

    /** Number of views. */
    public int count() {
        return ignored.size();
    }
}

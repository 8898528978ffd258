package ml.refract.tune;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import ml.refract.linalg.Design;

/**
 * What models may look at, where rows hold some things in several encodings: every model of a search ignores the coordinates of one of
 * these lists. Immutable.
 *
 * @param ignored coordinates, for each view, as in {@link ml.refract.rfm.RfmOptions#ignored}; the first view is that of the settings a
 *     search begins with, and ignores those of {@code codes}
 * @param extras lists of coordinates that all views ignore; the best settings are tried with those of one list after the other as well
 * @param codes coordinates that were learned from targets
 */
public record Views(List<List<Integer>> ignored, List<List<Integer>> extras, FoldCodes codes) {
    /**
     * @throws IllegalArgumentException when there is no view
     */
    public Views {
        if (ignored.isEmpty()) {
            throw new IllegalArgumentException("Models need at least one view of the coordinates");
        }
        ignored = ignored.stream().map(List::copyOf).toList();
        extras = extras.stream().map(List::copyOf).toList();
    }

    /** Views of coordinates that do not come from targets. */
    public Views(List<List<Integer>> ignored) {
        this(ignored, List.of(), FoldCodes.none());
    }

    /** All coordinates, for all models. */
    public static Views all() {
        return new Views(List.of(List.of()));
    }

    /** What is ignored by a model that looks at extras beside what it looked at. */
    static List<Integer> with(List<Integer> extras, List<Integer> ignored) {
        Set<Integer> added = Set.copyOf(extras);
        return ignored.stream()
                .filter(coordinate -> !added.contains(coordinate))
                .toList();
    }

    /** Number of coordinates that are not extras. */
    int width(Design x) {
        Set<Integer> left = extras.stream().flatMap(List::stream).collect(Collectors.toSet());
        int dense = x.dense().cols();
        int width =
                (int) IntStream.range(0, dense).filter(j -> !left.contains(j)).count();
        for (int b = 0; b < x.groups().size(); b++) {
            width += left.contains(dense + b) ? 0 : x.groups().get(b).levels();
        }
        return width;
    }

    /** Number of views. */
    public int count() {
        return ignored.size();
    }
}

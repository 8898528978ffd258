package ml.refract.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The order of the levels of a categorical column: the one that is given, or one that is evident. */
final class LevelOrder {
    private static final String NUMBER = "([-+]?\\d+(?:\\.\\d+)?)";
    /** 10-19, 10 to 19, 10..19, [10, 20). */
    private static final Pattern BETWEEN =
            Pattern.compile("[\\[(]?\\s*" + NUMBER + "\\s*(?:-|\u2013|to|\\.\\.|,)\\s*" + NUMBER + "\\s*[])]?");

    private static final Pattern BELOW = Pattern.compile("(?:<=?|\u2264|lt|under|below|up to)[\\s-]*" + NUMBER);
    private static final Pattern ABOVE = Pattern.compile("(?:>=?|\u2265|gt|over|above)[\\s-]*" + NUMBER);
    private static final Pattern FROM = Pattern.compile(NUMBER + "\\s*(?:\\+|(?:or |and )?(?:more|over|above))");
    private static final Pattern ONE = Pattern.compile(NUMBER);

    private LevelOrder() {}

    /** Numbers that a level stands for. */
    private record Stretch(double from, double to) {}

    /**
     * The place of each level in the evident order, from 0: every level is a number, a stretch of numbers such as 10-19, or an open one
     * such as {@code <10} or {@code 65+}, and no two are the same. Empty where it is not evident.
     */
    static Optional<int[]> evident(List<String> levels) {
        List<Stretch> stretches = new ArrayList<>();
        for (String level : levels) {
            Optional<Stretch> stretch = stretch(level.strip());
            if (stretch.isEmpty() || stretches.contains(stretch.get())) {
                return Optional.empty();
            }
            stretches.add(stretch.get());
        }
        List<Stretch> ascending = stretches.stream()
                .sorted(Comparator.comparingDouble(Stretch::from).thenComparingDouble(Stretch::to))
                .toList();
        return Optional.of(stretches.stream().mapToInt(ascending::indexOf).toArray());
    }

    private static Optional<Stretch> stretch(String level) {
        Matcher one = ONE.matcher(level);
        if (one.matches()) {
            return Optional.of(new Stretch(number(one, 1), number(one, 1)));
        }
        Matcher between = BETWEEN.matcher(level);
        if (between.matches()) {
            return Optional.of(new Stretch(number(between, 1), number(between, 2)))
                    .filter(stretch -> stretch.from() <= stretch.to());
        }
        Matcher below = BELOW.matcher(level);
        if (below.matches()) {
            return Optional.of(new Stretch(Double.NEGATIVE_INFINITY, number(below, 1)));
        }
        Matcher above = ABOVE.matcher(level);
        Matcher from = FROM.matcher(level);
        if (above.matches() || from.matches()) {
            return Optional.of(new Stretch(number(above.matches() ? above : from, 1), Double.POSITIVE_INFINITY));
        }
        return Optional.empty();
    }

    private static double number(Matcher matcher, int group) {
        return Double.parseDouble(matcher.group(group));
    }

    /**
     * The place of each level in a given order.
     *
     * @param source of the table, for the message
     * @throws DataException when a level is not in it
     */
    static int[] given(String source, String column, Levels levels, List<String> ascending) {
        int[] places = new int[levels.size()];
        Arrays.fill(places, -1);
        for (int place = 0; place < ascending.size(); place++) {
            int code = levels.code(ascending.get(place));
            if (code >= 0) {
                places[code] = place;
            }
        }
        for (int code = 0; code < places.length; code++) {
            if (places[code] < 0) {
                throw new DataException(
                        Where.column(source, column),
                        "found the level " + Where.quote(levels.names().get(code))
                                + ", which is not in the order given: " + String.join(", ", ascending),
                        "add it to the order where it belongs");
            }
        }
        return places;
    }
}

package ml.refract.table;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How columns become coordinates.
 *
 * @param maxOneHotLevels a categorical column of more levels than this, missing cells of training rows counting as one,
 *     is kept as codes instead of one column of zeros and ones for each level; at least 0
 * @param everyIndicator whether missing cells of every column of numbers or dates have an indicator, also where it tells nothing about
 *     the target, as in the reference
 * @param alternatives whether columns get further coordinates that models look at in the place of the plain ones: numbers that are
 *     skewed or have heavy tails their ranks, categories numbers; see {@link Encoder#views}
 * @param orders levels of categorical columns in ascending order, by column
 */
public record EncoderOptions(
        int maxOneHotLevels, boolean everyIndicator, boolean alternatives, Map<String, List<String>> orders) {
    /**
     * Checks the number and the orders.
     *
     * @throws IllegalArgumentException when the number is negative, or an order has less than two levels or one twice
     */
    public EncoderOptions {
        if (maxOneHotLevels < 0) {
            throw new IllegalArgumentException("maxOneHotLevels must be at least 0, got " + maxOneHotLevels);
        }
        Map<String, List<String>> copies = new LinkedHashMap<>();
        orders.forEach((column, levels) -> {
            if (levels.size() < 2 || new HashSet<>(levels).size() < levels.size()) {
                throw new IllegalArgumentException("The order of column " + Where.name(column)
                        + " must name two levels or more, each once, got " + String.join(", ", levels));
            }
            copies.put(column, List.copyOf(levels));
        });
        orders = Collections.unmodifiableMap(copies);
    }

    /** Up to 100 levels as columns, numbers standardised, no orders given. */
    public static EncoderOptions defaults() {
        return new EncoderOptions(100, false, false, Map.of());
    }

    /** These options with another limit. */
    public EncoderOptions withMaxOneHotLevels(int levels) {
        return new EncoderOptions(levels, everyIndicator, alternatives, orders);
    }

    /** These options with indicators of missing cells for all columns, or only where they tell something. */
    public EncoderOptions withEveryIndicator(boolean wanted) {
        return new EncoderOptions(maxOneHotLevels, wanted, alternatives, orders);
    }

    /** These options with or without alternatives. */
    public EncoderOptions withAlternatives(boolean wanted) {
        return new EncoderOptions(maxOneHotLevels, everyIndicator, wanted, orders);
    }

    /** These options with the orders of levels that are not evident. */
    public EncoderOptions withOrders(Map<String, List<String>> ascending) {
        return new EncoderOptions(maxOneHotLevels, everyIndicator, alternatives, ascending);
    }
}

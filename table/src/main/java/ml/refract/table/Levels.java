package ml.refract.table;

import java.math.BigDecimal;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * The levels of a categorical column in order, and how the text of a cell is matched to one.
 *
 * <p>When every level is a number, levels are ordered and matched by value, so that "1" and "1.0" are one level. The
 * two levels of a boolean column are matched without regard to case. All other levels are matched exactly and ordered
 * by {@link String#compareTo}. Immutable.
 */
final class Levels {
    private enum Matching {
        EXACT,
        IGNORE_CASE,
        BY_VALUE
    }

    private final List<String> names;
    private final Matching matching;
    private final TextIndex index;

    private Levels(List<String> names, Matching matching) {
        this.names = List.copyOf(names);
        this.matching = matching;
        List<String> keys = new ArrayList<>(names.size());
        for (String name : names) {
            keys.add(key(name, matching));
        }
        this.index = TextIndex.of(keys);
    }

    /** The levels that stand behind the given texts: equal ones merged to the first spelling, then ordered. */
    static Levels of(ColumnType type, Collection<String> texts) {
        Matching matching = matching(type, texts);
        TextIndex distinct = new TextIndex();
        List<String> names = new ArrayList<>();
        for (String text : texts) {
            String key = key(text, matching);
            if (distinct.add(key) == names.size()) {
                names.add(matching == Matching.BY_VALUE ? key : text);
            }
        }
        return new Levels(matching == Matching.BY_VALUE ? sortedByValue(names) : sortedByText(names), matching);
    }

    private static Matching matching(ColumnType type, Collection<String> texts) {
        if (type == ColumnType.BOOLEAN) {
            return Matching.IGNORE_CASE;
        }
        return !texts.isEmpty() && texts.stream().allMatch(Decimal::isNumber) ? Matching.BY_VALUE : Matching.EXACT;
    }

    private static List<String> sortedByText(List<String> names) {
        return names.stream().sorted().toList();
    }

    private static List<String> sortedByValue(List<String> names) {
        return names.stream()
                .map(BigDecimal::new)
                .sorted()
                .map(Decimal::canonical)
                .toList();
    }

    private static String key(String text, Matching matching) {
        return switch (matching) {
            case EXACT -> text;
            case IGNORE_CASE -> text.toLowerCase(Locale.ROOT);
            case BY_VALUE -> Decimal.isNumber(text) ? Decimal.canonical(text) : text;
        };
    }

    int size() {
        return names.size();
    }

    List<String> names() {
        return names;
    }

    /** The code of the level that a text stands for, or -1 when it stands for none. */
    int code(String text) {
        return index.find(key(text, matching));
    }

    /** The code of the level that characters stand for, or -1. */
    int code(char[] chars, int start, int end) {
        int exact = index.find(chars, start, end);
        return exact >= 0 || matching == Matching.EXACT ? exact : code(new String(chars, start, end - start));
    }

    /** The code of each text, -1 for those that stand for no level. */
    int[] codes(List<String> texts) {
        return texts.stream().mapToInt(this::code).toArray();
    }

    /** These levels followed by texts that are none of them; the texts are not copied. */
    List<String> followedBy(List<String> unknown) {
        return unknown.isEmpty() ? names : new Concatenation(names, unknown);
    }

    @Override
    public boolean equals(Object other) {
        return other == this || (other instanceof Levels l && l.matching == matching && l.names.equals(names));
    }

    @Override
    public int hashCode() {
        return names.hashCode();
    }

    private static final class Concatenation extends AbstractList<String> {
        private final List<String> first;
        private final List<String> second;

        Concatenation(List<String> first, List<String> second) {
            this.first = first;
            this.second = second;
        }

        @Override
        public String get(int i) {
            return i < first.size() ? first.get(i) : second.get(i - first.size());
        }

        @Override
        public int size() {
            return first.size() + second.size();
        }
    }
}

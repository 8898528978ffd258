package ml.refract.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What type inference needs to know of one column, gathered cell by cell in the first pass over the rows. */
final class ColumnScan {
    private static final int MOST_EXAMPLES = 3;
    private static final List<DateKind> DATE_KINDS = List.of(DateKind.values());
    private static final List<Set<String>> BOOLEAN_PAIRS =
            List.of(Set.of("true", "false"), Set.of("yes", "no"), Set.of("t", "f"), Set.of("y", "n"));
    private static final int LONGEST_BOOLEAN = 5;

    private static final Set<String> IDENTIFIER_WORDS = Set.of("id", "uuid", "guid", "key", "identifier");
    private static final Pattern WORD_BORDER = Pattern.compile("[^\\p{L}]+|(?<=\\p{Ll})(?=\\p{Lu})");

    private final String name;
    private final boolean namedLikeIdentifier;
    private final Decimal decimal = new Decimal();
    private final DateText dateText = new DateText();

    private int missing;
    private int filled;
    private int numbers;
    private int infinities;
    private int otherTexts;
    private final int[] dates = new int[DATE_KINDS.size()];
    private int commaNumbers;
    private int anyDates;

    private boolean allIntegers = true;
    private boolean hugeIntegers;
    private boolean leadingZeros;
    private boolean countsUp = true;
    private long nextInteger;

    private final boolean[] booleanPairs = {true, true, true, true};
    private long totalLength;
    private final DistinctCounter distinct = new DistinctCounter();
    private final List<String> examples = new ArrayList<>();

    private final Samples firstNumbers = new Samples();
    private final Samples firstInfinities = new Samples();
    private final Samples firstDates = new Samples();
    private final Samples firstOthers = new Samples();

    ColumnScan(String name) {
        this.name = name;
        this.namedLikeIdentifier = WORD_BORDER
                .splitAsStream(name)
                .anyMatch(word -> IDENTIFIER_WORDS.contains(word.toLowerCase(Locale.ROOT)));
    }

    /** A cell remembered for messages. */
    record Sample(long row, long line, String text) {}

    /** The first few cells of a kind. */
    private static final class Samples {
        private static final int MOST = 3;
        private final List<Sample> cells = new ArrayList<>(MOST);

        void offer(Row row, int field) {
            if (cells.size() < MOST) {
                cells.add(new Sample(row.index(), row.line(), row.text(field)));
            }
        }
    }

    void accept(Row row, int field, MissingTokens missingTokens) {
        if (missingTokens.contains(row, field)) {
            missing++;
            countsUp = false;
            return;
        }
        filled++;
        totalLength += row.end(field) - row.start(field);
        if (decimal.read(row.chars(), row.start(field), row.end(field))) {
            acceptNumber(row, field);
        } else {
            acceptText(row, field);
        }
    }

    private void acceptNumber(Row row, int field) {
        if (decimal.isInfinite()) {
            infinities++;
            firstInfinities.offer(row, field);
        } else {
            numbers++;
            firstNumbers.offer(row, field);
        }
        boolean huge = decimal.isHugeInteger();
        allIntegers &= decimal.isInteger();
        hugeIntegers |= huge;
        leadingZeros |= decimal.hasLeadingZero();
        countsUp &= decimal.isInteger() && !huge;
        if (countsUp) {
            countsUp = filled == 1 || decimal.integer() == nextInteger;
            nextInteger = decimal.integer() + 1;
        }
        if (!distinct.isFull(distinctLimit())) {
            // Huge integers are told apart by their digits: as doubles, neighbours are equal.
            count(huge ? textHash(row, field) : DistinctCounter.hash(decimal.value()), row, field);
        }
    }

    private void acceptText(Row row, int field) {
        char[] chars = row.chars();
        int start = row.start(field);
        int end = row.end(field);
        countsUp = false;
        if (Decimal.isInfinity(chars, start, end)) {
            infinities++;
            firstInfinities.offer(row, field);
        } else if (acceptDate(chars, start, end)) {
            firstDates.offer(row, field);
        } else {
            otherTexts++;
            firstOthers.offer(row, field);
            narrowBooleans(chars, start, end);
            commaNumbers += Decimal.isNumberWithComma(chars, start, end) ? 1 : 0;
        }
        if (!distinct.isFull(distinctLimit())) {
            count(textHash(row, field), row, field);
        }
    }

    private int distinctLimit() {
        return otherTexts > 0 || hugeIntegers || namedLikeIdentifier ? DistinctCounter.LONG : DistinctCounter.SHORT;
    }

    private static long textHash(Row row, int field) {
        return DistinctCounter.hash(row.chars(), row.start(field), row.end(field));
    }

    private void count(long hash, Row row, int field) {
        if (distinct.add(hash) && examples.size() < MOST_EXAMPLES) {
            examples.add(row.text(field));
        }
    }

    private boolean acceptDate(char[] chars, int start, int end) {
        boolean any = false;
        for (int k = 0; k < dates.length; k++) {
            if (!Double.isNaN(dateText.read(DATE_KINDS.get(k), chars, start, end))) {
                dates[k]++;
                any = true;
            }
        }
        anyDates += any ? 1 : 0;
        return any;
    }

    private void narrowBooleans(char[] chars, int start, int end) {
        if (end - start > LONGEST_BOOLEAN) {
            Arrays.fill(booleanPairs, false);
        } else if (couldBeBoolean()) {
            String word = new String(chars, start, end - start).toLowerCase(Locale.ROOT);
            for (int k = 0; k < booleanPairs.length; k++) {
                booleanPairs[k] &= BOOLEAN_PAIRS.get(k).contains(word);
            }
        }
    }

    private boolean couldBeBoolean() {
        return booleanPairs[0] || booleanPairs[1] || booleanPairs[2] || booleanPairs[3];
    }

    String name() {
        return name;
    }

    /** Whether one of the words of the name says identifier; words end at non-letters and before inner capitals. */
    boolean namedLikeIdentifier() {
        return namedLikeIdentifier;
    }

    int missing() {
        return missing;
    }

    /** Number of cells that are not missing. */
    int filled() {
        return filled;
    }

    /** Finite numbers. */
    int numbers() {
        return numbers;
    }

    int infinities() {
        return infinities;
    }

    /** Cells that would be numbers but for a decimal comma or commas between thousands. */
    int commaNumbers() {
        return commaNumbers;
    }

    int dates(DateKind kind) {
        return dates[DATE_KINDS.indexOf(kind)];
    }

    /** Cells that are a date or time of any kind. */
    int anyDates() {
        return anyDates;
    }

    boolean allIntegers() {
        return allIntegers;
    }

    boolean hugeIntegers() {
        return hugeIntegers;
    }

    boolean leadingZeros() {
        return leadingZeros;
    }

    /** Whether every row holds the integer that follows the one in the row above. */
    boolean countsUp() {
        return countsUp;
    }

    boolean isBoolean() {
        return otherTexts == filled && couldBeBoolean();
    }

    double meanLength() {
        return (double) totalLength / filled;
    }

    DistinctCounter distinct() {
        return distinct;
    }

    List<String> examples() {
        return examples;
    }

    /** The first cells that are not finite numbers, in row order. */
    List<Sample> notNumbers() {
        return first(firstInfinities, firstDates, firstOthers);
    }

    /** The first cells that are not dates, in row order. */
    List<Sample> notDates() {
        return first(firstNumbers, firstInfinities, firstOthers);
    }

    List<Sample> infinite() {
        return firstInfinities.cells;
    }

    private static List<Sample> first(Samples... kinds) {
        return Stream.of(kinds)
                .flatMap(samples -> samples.cells.stream())
                .sorted(Comparator.comparingLong(Sample::row))
                .limit(Samples.MOST)
                .toList();
    }
}

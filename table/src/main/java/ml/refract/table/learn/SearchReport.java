package ml.refract.table.learn;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import ml.refract.table.Encoder;
import ml.refract.tune.Tuned;

/**
 * What a search tried and chose.
 *
 * @param tried number of settings tried
 * @param members settings whose models are averaged, the heaviest first
 * @param views the encodings that were tried
 * @param intervalMeans coordinates of mean targets of intervals, which the best settings were tried with as well
 * @param repeatedNumbers groups of numbers as levels, likewise
 */
public record SearchReport(
        int tried,
        List<Tuned.Member> members,
        List<Encoder.View> views,
        List<Integer> intervalMeans,
        List<Integer> repeatedNumbers) {
    /** The encoding a model looks at, whether with something beside it or not. */
    public Encoder.View view(Tuned.Member member) {
        Set<Integer> ignored = new HashSet<>(member.trial().options().ignored());
        ignored.addAll(intervalMeans);
        ignored.addAll(repeatedNumbers);
        return views.stream()
                .filter(view -> ignored.equals(Set.copyOf(view.ignored())))
                .findFirst()
                .orElseThrow();
    }

    /** Whether a model looks at ranks in the place of values. */
    public boolean onRanks(Tuned.Member member) {
        return view(member).ranks();
    }

    /** Whether a model looks at categories as numbers, in the place of levels. */
    public boolean onLevelNumbers(Tuned.Member member) {
        return view(member).levelNumbers();
    }

    /** Whether a model looks at mean targets of intervals beside numbers. */
    public boolean onIntervalMeans(Tuned.Member member) {
        return !member.trial().options().ignored().containsAll(intervalMeans);
    }

    /** Whether a model looks at numbers that repeat as levels too. */
    public boolean onRepeatedNumbers(Tuned.Member member) {
        return !member.trial().options().ignored().containsAll(repeatedNumbers);
    }
}

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
 */
public record SearchReport(
        int tried, List<Tuned.Member> members, List<Encoder.View> views, List<Integer> intervalMeans) {
    /** The encoding a model looks at, whether with mean targets of intervals or not. */
    public Encoder.View view(Tuned.Member member) {
        Set<Integer> ignored = new HashSet<>(member.trial().options().ignored());
        ignored.addAll(intervalMeans);
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

    /** Whether a model looks at numbers that repeat as levels, beside values. */
    public boolean onRepeatedNumbers(Tuned.Member member) {
        return view(member).repeatedNumbers();
    }

    /** Whether a model looks at mean targets of intervals beside numbers. */
    public boolean onIntervalMeans(Tuned.Member member) {
        return !member.trial().options().ignored().containsAll(intervalMeans);
    }
}

package ml.refract.table.learn;

import java.util.List;
import ml.refract.table.Encoder;
import ml.refract.tune.Tuned;

/**
 * What a search tried and chose.
 *
 * @param tried number of settings tried
 * @param members settings whose models are averaged, the heaviest first
 * @param views the encodings that were tried
 */
public record SearchReport(int tried, List<Tuned.Member> members, List<Encoder.View> views) {
    /** The encoding a model looks at. */
    public Encoder.View view(Tuned.Member member) {
        List<Integer> ignored = member.trial().options().ignored();
        return views.stream()
                .filter(view -> view.ignored().equals(ignored))
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
        return view(member).intervalMeans();
    }
}

package ml.refract.table.learn;

import java.util.List;
import ml.refract.tune.Tuned;
import ml.refract.tune.Views;

/**
 * What a search tried and chose.
 *
 * @param tried number of settings tried
 * @param members settings whose models are averaged, the heaviest first
 * @param views the encodings that were tried: values of numeric columns first, then ranks where columns have both
 */
public record SearchReport(int tried, List<Tuned.Member> members, Views views) {
    /** Whether a model looks at ranks in the place of values. */
    public boolean onRanks(Tuned.Member member) {
        return views.count() > 1
                && !member.trial().options().ignored().equals(views.ignored().get(0));
    }
}

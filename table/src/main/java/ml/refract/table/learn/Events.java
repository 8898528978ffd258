package ml.refract.table.learn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ml.refract.rfm.RfmFit;
import ml.refract.rfm.RfmRound;
import ml.refract.xrfm.LeafReport;
import ml.refract.xrfm.XrfmFit;

/** What a user should know about a training run, in sentences without a full stop. */
final class Events {
    private final List<String> all = new ArrayList<>();

    /** What happened in a fit, with equal words about several leaves said once. */
    static Events of(XrfmFit fit) {
        Events events = new Events();
        fit.events().forEach(events::add);
        Map<String, Integer> leaves = new LinkedHashMap<>();
        for (LeafReport leaf : fit.leaves()) {
            for (RfmRound round : leaf.rounds()) {
                round.events().forEach(event -> leaves.merge("round " + round.index() + ": " + event, 1, Integer::sum));
            }
            String ending = ending(leaf);
            if (!ending.isEmpty()) {
                leaves.merge(ending, 1, Integer::sum);
            }
        }
        int count = fit.leaves().size();
        leaves.forEach(
                (event, times) -> events.add(count == 1 ? event : event + " (" + times + " of " + count + " leaves)"));
        return events;
    }

    /** Why a leaf has fewer rounds than asked for, where that is news. */
    private static String ending(LeafReport leaf) {
        String after = "after round " + (leaf.rounds().size() - 1);
        if (leaf.stop() == RfmFit.Stop.TIME_LIMIT) {
            return "the time limit ended feature learning " + after;
        }
        return leaf.stop() == RfmFit.Stop.CANCELLED ? "feature learning was cancelled " + after : "";
    }

    void add(String event) {
        all.add(event);
    }

    List<String> all() {
        return List.copyOf(all);
    }
}

package ml.refract.tune;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import ml.refract.engine.CancelledException;
import ml.refract.engine.Execution;
import ml.refract.engine.Progress;
import ml.refract.task.HoldOut;

/**
 * Fits attempts in some more folds, side by side or one after the other ({@link Divided#sideBySide}), and collects their scores as they
 * come in. Progress is reported by the thread that began it.
 */
final class Heat {
    private final Objective objective;
    private final Divided divided;
    private final Execution execution;
    private final double end;
    private final Progress progress;
    private final Thread caller = Thread.currentThread();
    private final List<Attempt.Scored> scored = new ArrayList<>();
    private double least = Double.POSITIVE_INFINITY;

    /** @param end seconds from the start of the execution after which no attempt begins */
    Heat(Objective objective, Divided divided, Execution execution, double end, Progress progress) {
        this.objective = objective;
        this.divided = divided;
        this.execution = execution;
        this.end = end;
        this.progress = progress;
    }

    /**
     * What came of it.
     *
     * @param scored attempts that came to an end, best first
     * @param ended why others did not, or nothing
     */
    record Outcome(List<Attempt.Scored> scored, String ended) {}

    /**
     * Fits all attempts in the folds from one to another, as long as there is time.
     *
     * @param always whether the first is fitted even when the time is up
     */
    Outcome run(List<Attempt> attempts, int from, int to, boolean always) {
        progress.report("trying " + settings(attempts.size()), 0);
        List<HoldOut.Parts> folds = divided.parts().subList(from, to);
        int[] heldOut = divided.heldOut(to);
        IntConsumer tryOne = k -> {
            boolean late = execution.elapsedSeconds() > end || execution.cancelled();
            if (late && !(always && k == 0)) {
                return;
            }
            try {
                attempts.get(k).fit(folds);
                add(attempts.get(k).score(objective, heldOut), attempts.size());
            } catch (CancelledException e) {
                // The outcome says so.
            }
        };
        if (divided.sideBySide()) {
            execution.workers().run(attempts.size(), tryOne::accept);
        } else {
            IntStream.range(0, attempts.size()).forEach(tryOne);
        }
        return outcome(attempts.size());
    }

    private synchronized void add(Attempt.Scored one, int wanted) {
        scored.add(one);
        least = Math.min(least, one.trial().loss());
        if (Thread.currentThread() == caller) {
            progress.report(
                    "tried " + scored.size() + " of " + settings(wanted) + ", best " + objective.text(least),
                    (double) scored.size() / wanted);
        }
    }

    private String settings(int count) {
        return count + (count == 1 ? " setting on " : " settings on ") + divided.rows().length + " rows";
    }

    private synchronized Outcome outcome(int wanted) {
        String ended = scored.size() == wanted ? "" : execution.cancelled() ? "cancelled" : "time limit";
        return new Outcome(bestFirst(scored), ended);
    }

    /** In an order that does not depend on the one given. */
    static List<Attempt.Scored> bestFirst(List<Attempt.Scored> scored) {
        return scored.stream()
                .sorted(Comparator.<Attempt.Scored>comparingDouble(
                                s -> s.trial().loss())
                        .thenComparingInt(s -> s.trial().index()))
                .toList();
    }
}

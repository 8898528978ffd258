package ml.refract.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the time of some work goes: the phases that the creating thread goes through, each inside the phase it was begun
 * in. Attach it with {@link Execution.Builder#profile}. Phases of other threads are not recorded, so that no second is
 * counted twice. To be used by the creating thread alone.
 */
public final class Profile {
    private final Thread thread = Thread.currentThread();
    private final Node root = new Node(null);
    private Node current = root;

    /**
     * All the time spent in a phase inside the same outer phases.
     *
     * @param calls how often it was gone through
     * @param seconds wall-clock time, that of {@code parts} included
     * @param work done, counted as {@link Phase#measure} says
     * @param parts the phases inside it, in the order they were first begun
     */
    public record Entry(Phase phase, long calls, double seconds, double work, List<Entry> parts) {
        /** Wall-clock time outside all parts. */
        public double ownSeconds() {
            return seconds - parts.stream().mapToDouble(Entry::seconds).sum();
        }

        /** Work by time in the unit of {@link Phase#measure}, NaN when there is none. */
        public double rate() {
            return phase.measure().rate(work, seconds);
        }
    }

    /** The outermost phases that have ended, in the order they were first begun. */
    public List<Entry> entries() {
        return root.entries();
    }

    boolean isOfThisThread() {
        return Thread.currentThread() == thread;
    }

    void enter(Phase phase) {
        Node outer = current;
        current = outer.parts.computeIfAbsent(phase, first -> new Node(outer));
    }

    void leave(long nanos, double work) {
        current.calls++;
        current.nanos += nanos;
        current.work += work;
        current = Objects.requireNonNull(current.outer);
    }

    private static final class Node {
        private final @Nullable Node outer;
        private final Map<Phase, Node> parts = new LinkedHashMap<>();
        private long calls;
        private long nanos;
        private double work;

        Node(@Nullable Node outer) {
            this.outer = outer;
        }

        List<Entry> entries() {
            List<Entry> entries = new ArrayList<>();
            parts.forEach((phase, node) -> {
                if (node.calls > 0) {
                    entries.add(new Entry(phase, node.calls, node.nanos * 1e-9, node.work, node.entries()));
                }
            });
            return List.copyOf(entries);
        }
    }
}

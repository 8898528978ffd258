package ml.refract.engine;

/** Told when phases of work begin; an {@link Execution} is. */
@FunctionalInterface
public interface Phases {
    /**
     * Begins a phase on the calling thread.
     *
     * @return ends the phase when closed, which the same thread must do, the inner of nested phases first
     */
    Span begin(Phase phase);

    /** Takes no notice. */
    static Phases unrecorded() {
        return phase -> Span.UNRECORDED;
    }
}

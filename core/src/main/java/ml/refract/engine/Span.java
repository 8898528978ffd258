package ml.refract.engine;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A stretch of work in a {@link Phase}, from {@link Phases#begin} to {@link #close}. */
public final class Span implements AutoCloseable {
    static final Span UNRECORDED = new Span(() -> 0, null, null);

    /** A runtime image may lack the module; then no class that extends its event may be loaded. */
    private static final boolean FLIGHT_RECORDER =
            ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private final LongSupplier ticker;
    private final @Nullable Profile profile;
    private final @Nullable PhaseEvent event;
    private final long start;
    private long rows;
    private long columns;
    private double work;

    private Span(LongSupplier ticker, @Nullable Profile profile, @Nullable PhaseEvent event) {
        this.ticker = ticker;
        this.profile = profile;
        this.event = event;
        this.start = ticker.getAsLong();
    }

    /** Begins a phase for a profile, if it is one of this thread, and for Flight Recorder, if it records. */
    static Span begin(Phase phase, @Nullable Profile attached, LongSupplier ticker) {
        Profile profile = attached != null && attached.isOfThisThread() ? attached : null;
        PhaseEvent event = FLIGHT_RECORDER ? PhaseEvents.begin(phase) : null;
        if (profile == null && event == null) {
            return UNRECORDED;
        }
        if (profile != null) {
            profile.enter(phase);
        }
        return new Span(ticker, profile, event);
    }

    /**
     * Says what the span covers; what the numbers mean depends on the phase.
     *
     * @param amount of work, counted as {@link Phase#measure} says; 0 when that is not known
     */
    public void covers(long ofRows, long ofColumns, double amount) {
        if (this != UNRECORDED) { // shared by all threads
            rows = ofRows;
            columns = ofColumns;
            work = amount;
        }
    }

    @Override
    public void close() {
        long nanos = ticker.getAsLong() - start;
        if (profile != null) {
            profile.leave(nanos, work);
        }
        if (event != null) {
            event.end(rows, columns, work, nanos * 1e-9);
        }
    }
}

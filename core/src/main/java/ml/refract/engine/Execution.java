package ml.refract.engine;

import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How work is carried out: engine, threads, memory budget, time limit, progress, cancellation and what is timed. Passed down
 * explicitly; it never changes what is computed, except that a time limit or a cancellation may end a search early.
 *
 * <p>Close it to end its threads.
 */
public final class Execution implements Phases, AutoCloseable {
    private static final long UNLIMITED = Long.MAX_VALUE;
    /** Of the heap: what the program itself holds. */
    private static final long OWN_BYTES = 16L << 20;
    /** Of the rest, what is planned; the remainder is for garbage and for what is not worth planning. */
    private static final double PLANNED = 0.8;

    private final Engine<?> engine;
    private final Workers workers;
    private final long memoryBudget;
    private final Progress progress;
    private final BooleanSupplier cancelled;
    private final LongSupplier ticker;
    private final long start;
    private final long limitNanos;
    private final @Nullable Profile profile;

    private Execution(Builder builder) {
        this.engine = builder.engine == null ? Engines.choose().engine() : builder.engine;
        this.workers = new Workers(builder.threads);
        this.memoryBudget = builder.memoryBudget;
        this.progress = builder.progress;
        this.cancelled = builder.cancelled;
        this.ticker = builder.ticker;
        this.start = ticker.getAsLong();
        this.limitNanos = builder.limitNanos;
        this.profile = builder.profile;
    }

    private Execution(Execution base, Progress progress, BooleanSupplier cancelled, long limitNanos) {
        this.engine = base.engine;
        this.workers = base.workers;
        this.memoryBudget = base.memoryBudget;
        this.progress = progress;
        this.cancelled = cancelled;
        this.ticker = base.ticker;
        this.start = base.start;
        this.limitNanos = limitNanos;
        this.profile = base.profile;
    }

    /** The best engine here, all processors the JVM may use, no time limit, no progress. */
    public static Execution defaults() {
        return builder().build();
    }

    /** The best engine here on the calling thread alone: what prediction uses unless asked otherwise. */
    public static Execution singleThreaded() {
        return builder().threads(1).build();
    }

    /**
     * What may be planned: 80 % of the given bytes, or of the largest heap without 16 MiB for the program itself, whichever is
     * less; at least one byte, so that a heap with no room for work is refused by the plan that says how much is needed.
     */
    public static long memoryBudgetWithin(long most) {
        return Math.max(1, (long) (PLANNED * Math.min(most, Runtime.getRuntime().maxMemory() - OWN_BYTES)));
    }

    /** Starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** The engine. */
    public Engine<?> engine() {
        return engine;
    }

    /** The threads. */
    public Workers workers() {
        return workers;
    }

    /** Bytes that kernel blocks, factors and points may take together. */
    public long memoryBudget() {
        return memoryBudget;
    }

    /** Where progress goes. */
    public Progress progress() {
        return progress;
    }

    /** The same execution, sharing its threads, with other progress. */
    public Execution withProgress(Progress other) {
        return new Execution(this, other, cancelled, limitNanos);
    }

    /** The same execution, sharing its threads, whose time limit comes after a share of the time that is left. */
    public Execution withTimeShare(double share) {
        if (limitNanos == UNLIMITED) {
            return this;
        }
        double end = elapsedSeconds() + share * Math.max(0, remainingSeconds());
        return new Execution(this, progress, cancelled, (long) (end * 1e9));
    }

    /**
     * The same execution, sharing its threads, without a time limit and deaf to cancellation: for the little that remains
     * to be done when the search has ended, for whatever reason.
     */
    public Execution toTheEnd() {
        return new Execution(this, progress, () -> false, UNLIMITED);
    }

    /** {@inheritDoc} It costs next to nothing while neither a profile nor Java Flight Recorder records. */
    @Override
    public Span begin(Phase phase) {
        return Span.begin(phase, profile, ticker);
    }

    /** Seconds since this execution was built. */
    public double elapsedSeconds() {
        return (ticker.getAsLong() - start) * 1e-9;
    }

    /** Seconds left of the time limit; infinite without one, negative when it has passed. */
    public double remainingSeconds() {
        return limitNanos == UNLIMITED ? Double.POSITIVE_INFINITY : limitNanos * 1e-9 - elapsedSeconds();
    }

    /** Whether the work was told to stop. */
    public boolean cancelled() {
        return cancelled.getAsBoolean();
    }

    /**
     * @throws CancelledException when the work was told to stop
     */
    public void requireNotCancelled() {
        if (cancelled()) {
            throw new CancelledException("The work was cancelled");
        }
    }

    @Override
    public void close() {
        workers.close();
    }

    /** Settings of an execution. */
    public static final class Builder {
        private @Nullable Engine<?> engine;
        private int threads = Runtime.getRuntime().availableProcessors();
        private long memoryBudget = memoryBudgetWithin(Long.MAX_VALUE);
        private Progress progress = Progress.none();
        private BooleanSupplier cancelled = () -> false;
        private LongSupplier ticker = System::nanoTime;
        private long limitNanos = UNLIMITED;
        private @Nullable Profile profile;

        private Builder() {}

        /** Uses this engine instead of the best one found. */
        public Builder engine(Engine<?> value) {
            this.engine = value;
            return this;
        }

        /** Threads to work on, at least 1; default all processors the JVM may use. */
        public Builder threads(int value) {
            this.threads = value;
            return this;
        }

        /** Bytes to stay within; default {@link Execution#memoryBudgetWithin} the heap. */
        public Builder memoryBudget(long bytes) {
            this.memoryBudget = bytes;
            return this;
        }

        /** Receives progress reports. */
        public Builder progress(Progress value) {
            this.progress = value;
            return this;
        }

        /** Asked now and then whether to stop. */
        public Builder cancelledWhen(BooleanSupplier value) {
            this.cancelled = value;
            return this;
        }

        /** Seconds after which the best result so far is returned; the first result is always completed. */
        public Builder timeLimitSeconds(double seconds) {
            if (!(seconds > 0)) {
                throw new IllegalArgumentException("The time limit must be positive, got " + seconds + " seconds");
            }
            this.limitNanos = seconds > 9e9 ? UNLIMITED : (long) (seconds * 1e9);
            return this;
        }

        /** Records where the time of the thread that created the profile goes. */
        public Builder profile(Profile value) {
            this.profile = value;
            return this;
        }

        /** Source of elapsed nanoseconds, for tests. */
        public Builder ticker(LongSupplier value) {
            this.ticker = value;
            return this;
        }

        /** Builds it; threads start on first use. */
        public Execution build() {
            if (memoryBudget <= 0) {
                throw new IllegalArgumentException("The memory budget must be positive, got " + memoryBudget);
            }
            return new Execution(this);
        }
    }
}

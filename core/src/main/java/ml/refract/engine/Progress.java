package ml.refract.engine;

/** Told how far long work has come. Called from the thread that started the work; must return quickly. */
@FunctionalInterface
public interface Progress {
    /**
     * @param activity what is being done now, a few words
     * @param fraction share of the whole work that is done, 0 to 1, never falling
     */
    void report(String activity, double fraction);

    /** Ignores all reports. */
    static Progress none() {
        return (activity, fraction) -> {};
    }

    /** The part of this progress from one fraction to another, as a progress of its own running from 0 to 1. */
    default Progress part(double from, double to) {
        return (activity, fraction) -> report(activity, from + fraction * (to - from));
    }
}

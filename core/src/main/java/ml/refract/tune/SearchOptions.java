package ml.refract.tune;

import java.util.ArrayList;
import java.util.List;

/**
 * How much is tried. Immutable. The outcome depends on these numbers and the seed alone, unless a time limit or a cancellation
 * ends the search.
 *
 * @param trials settings tried on a sample of 1,000 rows
 * @param mostTrials the same where they take little time: of at most 1,000 rows, or 32 coordinates
 * @param finalists settings tried again on more rows, at most all of the trials
 * @param members most settings whose models are averaged
 * @param crossFitAll whether, of more rows than the finalists are tried on, all are held out in turn and not a fifth of them: five times
 *     the fits, and five times the rows that members and calibration are chosen by. Members are fitted so in any case where no row of
 *     the fifth has the wrong class
 */
public record SearchOptions(int trials, int mostTrials, int finalists, int members, boolean crossFitAll) {
    private static final int MOST_TRIALS = 10_000;

    /**
     * @throws IllegalArgumentException naming every option out of range
     */
    public SearchOptions {
        List<String> faults = new ArrayList<>();
        if (trials < 1 || trials > MOST_TRIALS) {
            faults.add("trials must be between 1 and " + MOST_TRIALS + ", got " + trials);
        }
        if (mostTrials < 1 || mostTrials > MOST_TRIALS) {
            faults.add("trials of small data must be between 1 and " + MOST_TRIALS + ", got " + mostTrials);
        }
        if (finalists < 1 || finalists > trials) {
            faults.add("finalists must be between 1 and the number of trials, got " + finalists);
        }
        if (members < 1 || members > 100) {
            faults.add("members must be between 1 and 100, got " + members);
        }
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException("Invalid options: " + String.join("; ", faults));
        }
    }

    /** The same number of trials for any data. */
    public SearchOptions(int trials, int finalists, int members) {
        this(trials, trials, finalists, members, false);
    }

    /** About a minute on 5,000 rows of 50 columns on two cores. */
    public static SearchOptions standard() {
        return new SearchOptions(24, 48, 8, 6, false);
    }

    /** Two to four times the work of {@link #standard}. */
    public static SearchOptions thorough() {
        return new SearchOptions(48, 96, 16, 8, true);
    }

    /** The same with another number of trials; the same share of them, or as many as can be averaged, are tried on more rows. */
    public SearchOptions withTrials(int value) {
        int share = (int) ((long) value * finalists / trials);
        return new SearchOptions(value, value, Math.max(Math.min(value, members), share), members, crossFitAll);
    }
}

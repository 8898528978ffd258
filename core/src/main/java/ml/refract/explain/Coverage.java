package ml.refract.explain;

/**
 * The share of new rows whose target an interval or a set of classes is to hold.
 *
 * @param share between 0.5 and 0.999
 */
public record Coverage(double share) {
    /** Least share that makes sense: below it a set would rather be wrong than right. */
    public static final double LEAST = 0.5;

    /** Greatest share; more would need thousands of errors. */
    public static final double MOST = 0.999;

    /** Shares such as 0.9 (n + 1) that are whole numbers must not be rounded up by their last bit. */
    private static final double ROUNDING = 1e-9;

    /**
     * @throws IllegalArgumentException when the share is out of range
     */
    public Coverage {
        if (!isValid(share)) {
            throw new IllegalArgumentException(
                    "A coverage must be between " + LEAST + " and " + MOST + ", got " + share);
        }
    }

    /** Whether there is a coverage of this share. */
    public static boolean isValid(double share) {
        return share >= LEAST && share <= MOST;
    }

    /**
     * The rank k = ceil(share (n + 1)) of the error, among n that are exchangeable with the next one, that the next one does not
     * exceed with at least this probability (specification of xRFM, section 19). Above n the errors do not suffice.
     */
    public int rank(int n) {
        return rank(share, n);
    }

    /** The rank for each of two tails, which share the miscoverage evenly. */
    int tailRank(int n) {
        return rank((1 + share) / 2, n);
    }

    private static int rank(double share, int n) {
        return Math.max(1, (int) Math.ceil(share * (n + 1.0) - ROUNDING));
    }

    /** The least number of errors that suffices: with fewer, every interval is infinite. */
    public int leastRows() {
        int n = (int) Math.floor(share / (1 - share) * (1 - ROUNDING));
        while (rank(n) > n) {
            n++;
        }
        return n;
    }
}

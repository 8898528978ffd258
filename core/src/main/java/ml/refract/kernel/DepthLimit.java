package ml.refract.kernel;

/**
 * What the kernel classifier of a network becomes as its depth grows without bound, read from its dual activation psi: with A =
 * psi'(0) and B = psi'(1), a network with psi(0) > 0 decides by majority vote; with psi(0) = 0 and A = 0 by the nearest
 * neighbour; with psi(0) = 0 and 0 < A < 1 < B by the singular kernel |x - z|^-alpha, alpha = -2 ln A / ln B, which is
 * consistent where alpha is the dimension of the data (specification of the RFM family, section 11; Radhakrishnan, Belkin and
 * Uhler, "Wide and deep neural networks achieve consistency for classification", PNAS 2023). Rows are of length 1.
 *
 * @param kind which of them
 * @param order alpha of {@link Kind#SINGULAR}; infinite for the nearest neighbour, 0 for the vote, NaN where depth changes
 *     nothing
 */
public record DepthLimit(Kind kind, double order) {
    /** The limits there are. */
    public enum Kind {
        NEAREST_NEIGHBOUR,
        MAJORITY_VOTE,
        SINGULAR,
        /** psi(u) = u: the kernel of every depth is the inner product. */
        LINEAR
    }

    /** Values of psi and its slope below this are rounding. */
    private static final double ZERO = 1e-14;

    /** The limit of an activation. */
    public static DepthLimit of(DualActivation activation) {
        double slopeAtZero = activation.slope(0);
        if (activation.value(0) > ZERO) {
            return new DepthLimit(Kind.MAJORITY_VOTE, 0);
        }
        if (slopeAtZero <= ZERO) {
            return new DepthLimit(Kind.NEAREST_NEIGHBOUR, Double.POSITIVE_INFINITY);
        }
        if (slopeAtZero >= 1 - ZERO) {
            return new DepthLimit(Kind.LINEAR, Double.NaN);
        }
        return new DepthLimit(Kind.SINGULAR, -2 * Math.log(slopeAtZero) / Math.log(activation.slope(1)));
    }
}

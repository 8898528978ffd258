package ml.refract.lab;

/**
 * A measured number and what it has to be. The target comes from outside: a closed form, an identity, or a figure of a paper,
 * never from a run of this program. A measured number that is not finite never passes.
 *
 * @param text what is measured, with its unit
 * @param measured what came out
 * @param relation how it has to compare to the target
 * @param target what was expected
 * @param tolerance absolute slack, at least 0
 * @param basis where the target comes from
 * @param source the place in the paper, or the formula
 */
public record Claim(
        String text, double measured, Relation relation, double target, double tolerance, Basis basis, String source) {
    /** How a measured number compares to its target. */
    public enum Relation {
        /** Within the tolerance of it. */
        NEAR("="),
        /** Not above it by more than the tolerance. */
        AT_MOST("≤"),
        /** Not below it by more than the tolerance. */
        AT_LEAST("≥");

        private final String sign;

        Relation(String sign) {
            this.sign = sign;
        }

        /** As it is written between two numbers. */
        public String sign() {
            return sign;
        }
    }

    /** Where a target comes from. */
    public enum Basis {
        /** A formula that gives the number. */
        CLOSED_FORM("closed form"),
        /** Two ways that must lead to the same number. */
        IDENTITY("identity"),
        /** A number or statement of a paper or of its authors' program. */
        PAPER("paper");

        private final String words;

        Basis(String words) {
            this.words = words;
        }

        /** As people read it. */
        public String words() {
            return words;
        }
    }

    /**
     * @throws IllegalArgumentException when the target is not a number or the tolerance is negative
     */
    public Claim {
        if (!Double.isFinite(target) || !(tolerance >= 0)) {
            throw new IllegalArgumentException(
                    "The claim '" + text + "' needs a finite target and a tolerance of at least " + "0, got " + target
                            + " and " + tolerance);
        }
    }

    /** The measured number is the target, within an absolute tolerance. */
    public static Claim near(
            String text, double measured, double target, double tolerance, Basis basis, String source) {
        return new Claim(text, measured, Relation.NEAR, target, tolerance, basis, source);
    }

    /** The measured number is not above the target. */
    public static Claim atMost(String text, double measured, double target, Basis basis, String source) {
        return new Claim(text, measured, Relation.AT_MOST, target, 0, basis, source);
    }

    /** The measured number is not below the target. */
    public static Claim atLeast(String text, double measured, double target, Basis basis, String source) {
        return new Claim(text, measured, Relation.AT_LEAST, target, 0, basis, source);
    }

    /** Whether the measured number is what it has to be. */
    public boolean pass() {
        if (!Double.isFinite(measured)) {
            return false;
        }
        return switch (relation) {
            case NEAR -> Math.abs(measured - target) <= tolerance;
            case AT_MOST -> measured <= target + tolerance;
            case AT_LEAST -> measured >= target - tolerance;
        };
    }

    /** What the measured number has to be, such as "≤ 0.45" or "2 ± 1e-4". */
    public String wanted() {
        String slack = tolerance == 0 ? "" : " ± " + Numbers.text(tolerance);
        String value = Numbers.text(target) + slack;
        return relation == Relation.NEAR ? value : relation.sign() + " " + value;
    }
}

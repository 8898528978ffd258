package ml.refract.concept;

/** There is no direction to find, because all targets of the rows are the same. */
public final class ConstantTargetsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    ConstantTargetsException(String rows, int count) {
        super("All " + count + " " + rows
                + " have the same target, so no direction tells them apart; both kinds of rows, "
                + "or numbers that vary, are needed");
    }
}

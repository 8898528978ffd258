package ml.refract.xrfm;

/** A fit would need more memory than it may take; thrown before any of it is taken. */
public final class MemoryBudgetException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    public MemoryBudgetException(String message) {
        super(message);
    }
}

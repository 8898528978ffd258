package ml.refract.engine;

/** A fit would need more memory than it may take; thrown before any of it is taken. */
public final class MemoryBudgetException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /** @param message what is needed, what is allowed, what to change */
    public MemoryBudgetException(String message) {
        super(message);
    }
}

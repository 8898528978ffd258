package ml.refract.cli;

/** Options that each are fine but cannot be used like this; the message says which and what to do. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}

package ml.refract.engine;

/** Thrown out of long work that was told to stop before it had any result worth keeping. */
public final class CancelledException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public CancelledException(String message) {
        super(message);
    }
}

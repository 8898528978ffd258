package ml.refract.concept;

/** A method finds no direction in rows: they are all the same, or targets do not depend on them. */
public final class NoDirectionException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    NoDirectionException(String message) {
        super(message);
    }

    /** The same with the layer in front in which it was. */
    NoDirectionException in(String layer) {
        NoDirectionException named = new NoDirectionException(layer + ": " + getMessage());
        named.initCause(this);
        return named;
    }
}
